"""One case as its members see it. Findings are read here and nowhere else: into tiles that say complete, gaps or not started, never into a figure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.records import OpenRecord

from .. import content_loader as doctrine
from .. import gates, policies
from ..models import (
    Action,
    Case,
    CaseReport,
    Closure,
    Finding,
    Judgement,
    LawEnforcementDecision,
    Member,
    Move,
    Notice,
    Plan,
    Press,
    Review,
    Screening,
    Source,
    State,
)
from ..sealing import unseal
from .inquiry import visible_interviews, visible_sources


class CaseUnknown(Exception):
    """No such case, or none that this person may know of."""


def known_case(person: Person, number: str) -> Case:
    """The case, if the person may know that it is there. Raises CaseUnknown."""
    found = Case.objects.filter(number=number.upper()).select_related("school__parent__parent", "district", "lead").first()
    if found is None or not policies.may_know(person, found):
        raise CaseUnknown(number)
    return found


@dataclass(frozen=True)
class Said:
    """A row with its opened texts, by column."""

    row: Any
    text: dict[str, str]


@dataclass(frozen=True)
class Asked:
    """One prompt with what was found for it last, and the earlier versions."""

    prompt: Any
    finding: Finding | None
    note: str
    sources: list[Source]
    earlier: int


@dataclass(frozen=True)
class Tile:
    """A theme of the board. `state`: complete, gaps (a question that must be asked is open) or not_started."""

    theme: Any
    state: str
    asked: list[Asked]
    gaps: list[Any]


@dataclass(frozen=True)
class Board:
    tiles: list[Tile]

    @property
    def gaps(self) -> list[Any]:
        return [prompt for tile in self.tiles for prompt in tile.gaps]


@dataclass(frozen=True)
class CasePage:
    case: Case
    text: dict[str, str]
    members: list[Member]
    reports: list[CaseReport]
    screenings: list[Said]
    presses: list[Said]
    law_enforcement: list[Said]
    sources: list[Said]
    interviews: list[Said]
    board: Board
    judgements: list[Said]
    signatures: dict[int, list[Said]]
    notices: list[Said]
    plan: Said | None
    actions: list[Said]
    reviews: list[Said]
    closures: list[Said]
    moves: list[Said]
    duties: list[Duty]
    next_states: dict[str, list[gates.Unmet]] = field(default_factory=dict)


def case_page(person: Person, case: Case, opened: OpenRecord) -> CasePage:
    """Everything that a member may read of the case. An officer sees what the school knows, not the students' records (section 10)."""

    def said(rows: Any, *columns: str) -> list[Said]:
        return [Said(row, {name: unseal(opened, row, name) for name in columns}) for row in rows]

    shown = list(visible_sources(person, case))
    judgements = list(Judgement.objects.filter(case=case).select_related("made_by").order_by("number"))
    signatures: dict[int, list[Said]] = defaultdict(list)
    from ..models import Signature

    for one in said(Signature.objects.filter(judgement__case=case).select_related("person").order_by("at"), "text"):
        signatures[one.row.judgement_id].append(one)
    plan = Plan.objects.filter(case=case).select_related("approved_by").first()
    return CasePage(
        case=case,
        text={name: unseal(opened, case, name) for name in ("subject_name", "subject_facts", "concern")},
        members=list(Member.objects.filter(case=case, removed_at__isnull=True).select_related("person").order_by("pk")),
        reports=list(CaseReport.objects.filter(case=case).order_by("-added_at")),
        screenings=said(Screening.objects.filter(case=case).select_related("person").order_by("at"), "note"),
        presses=said(Press.objects.filter(case=case).select_related("by").order_by("at"), "note"),
        law_enforcement=said(
            LawEnforcementDecision.objects.filter(case=case).select_related("decided_by").order_by("raised_at"),
            "reason",
            "agency",
            "officer",
            "incident_number",
        ),
        sources=said(shown, "name", "note"),
        interviews=said(visible_interviews(person, case), "place", "quotes", "notes"),
        board=_board(case, opened),
        judgements=said(judgements, "facts_for", "facts_against", "unknowns", "would_change"),
        signatures=dict(signatures),
        notices=said(Notice.objects.filter(case=case).select_related("settled_by").order_by("pk"), "note"),
        plan=Said(plan, {name: unseal(opened, plan, name) for name in ("goal", "raises_concern", "lowers_concern", "out_of_hours")})
        if plan
        else None,
        actions=said(
            Action.objects.filter(plan__case=case).select_related("owner", "backup", "settled_by").prefetch_related("confirmations").order_by("pk"),
            "what",
            "evidence",
        ),
        reviews=said(Review.objects.filter(case=case).select_related("by").order_by("-at"), "text"),
        closures=said(Closure.objects.filter(case=case).select_related("asked_by", "agreed_by").order_by("-asked_at"), "text", "answer"),
        moves=said(Move.objects.filter(case=case).select_related("by").order_by("at", "pk"), "reason"),
        duties=list(open_about(case.thing).select_related("holder").order_by("due_at")),
        next_states={
            to: gates.unmet(case, to) for to in sorted(Case.TRANSITIONS[case.state]) if to not in {State.CLOSED, State.HANDOFF, State.IMMINENT}
        },
    )


def _board(case: Case, opened: OpenRecord) -> Board:
    rows = Finding.objects.filter(case=case).select_related("recorded_by").prefetch_related("sources").order_by("version")
    current: dict[str, Finding] = {}
    versions: dict[str, int] = defaultdict(int)
    for row in rows:
        versions[row.prompt] += 1
        if row.current:
            current[row.prompt] = row
    tiles = []
    for theme in doctrine.themes().values():
        asked = [_asked(f"{theme.key}.{prompt.key}", prompt, current, versions, opened) for prompt in theme.prompts]
        open_ones = [one.prompt for one in asked if one.prompt.mandatory and (one.finding is None or one.finding.answer == Finding.Answer.NOT_ASKED)]
        begun = any(one.finding is not None for one in asked)
        state = "not_started" if not begun else "gaps" if open_ones else "complete"
        tiles.append(Tile(theme, state, asked, open_ones))
    return Board(tiles)


def _asked(key: str, prompt: Any, current: dict[str, Finding], versions: dict[str, int], opened: OpenRecord) -> Asked:
    row = current.get(key)
    note = unseal(opened, row, "note") if row is not None else ""
    return Asked(prompt, row, note, list(row.sources.all()) if row is not None else [], max(0, versions.get(key, 0) - 1))
