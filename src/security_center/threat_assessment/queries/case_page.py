"""One case as its members see it. Findings are read here and nowhere else: into tiles that say complete, gaps
or not started, never into a figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.columns import shown, shown_all
from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord

from .. import content_loader as doctrine
from .. import gates, policies
from ..models import (
    Action,
    Case,
    CaseReport,
    ClassReturn,
    Closure,
    Convening,
    Finding,
    Incoming,
    Judgement,
    Member,
    Move,
    Notice,
    PathStep,
    Plan,
    Review,
    Screening,
    Signature,
    Source,
    State,
)
from ..review_clock import next_review
from .inquiry import visible_interviews, visible_sources
from .police import police_decisions
from .prior import Prior, prior_of
from .subject import StudentFile, student_file

WITH = (
    "school__parent__parent",
    "district",
    "lead",
    "student__school",
    "student__district",
    "subject_set_by",
)


class CaseUnknown(Exception):
    """No such case, or none that this person may know of."""


def case_by_number(number: str) -> Case | None:
    """Whoever asks has to ask the policy then."""
    return Case.objects.filter(number=number.strip().upper()).select_related(*WITH).first()


def known_case(person: Person, number: str) -> Case:
    """The case, if the person may know that it is there. Raises CaseUnknown."""
    found = case_by_number(number)
    if found is None or not policies.may_know(person, found):
        raise CaseUnknown(number)
    return found


@dataclass(frozen=True)
class Asked:
    """One prompt with what was found for it last, and the earlier versions."""

    prompt: Any
    finding: Finding | None
    note: str
    sources: list[Source]
    earlier: int
    kept: bool = False  # of the school's records, and whoever reads is an officer


@dataclass(frozen=True)
class Tile:
    """A theme of the board. `state`: complete, gaps (a question that must be asked is open) or
    not_started."""

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


class CasePage:
    """Everything that a member may read of the case; each part is read and opened when a page asks for it,
    once. An officer sees what the school knows, not the students' records (threat-assessment.md 10)."""

    def __init__(self, person: Person, case: Case, opened: OpenRecord) -> None:
        self.person, self.case, self.opened = person, case, opened
        # Before the page is drawn, so that its head can say that a part of it is damaged.
        self.text = shown_all(opened, case, ("subject_name", "subject_facts", "concern"))

    def _said(self, rows: Iterable[Any], *columns: str) -> list[OpenedRow]:
        return open_rows(self.opened, rows, *columns)

    @cached_property
    def student_file(self) -> StudentFile | None:
        return student_file(self.case)

    @cached_property
    def members(self) -> list[Member]:
        return list(
            Member.objects.filter(case=self.case, removed_at__isnull=True)
            .select_related("person")
            .order_by("pk")
        )

    @cached_property
    def officer(self) -> bool:
        """Somebody of law enforcement: no page shows them what the school's records say of a disability."""
        return policies.is_officer(self.person, self.case)

    @cached_property
    def reports(self) -> list[CaseReport]:
        return list(CaseReport.objects.filter(case=self.case).order_by("-added_at"))

    @cached_property
    def screenings(self) -> list[OpenedRow]:
        return self._said(
            Screening.objects.filter(case=self.case).select_related("person").order_by("at"), "note"
        )

    @cached_property
    def law_enforcement(self) -> list[OpenedRow]:
        return police_decisions(self.case, self.opened)

    @cached_property
    def sources(self) -> list[OpenedRow]:
        return self._said(visible_sources(self.person, self.case), "name", "note")

    @cached_property
    def interviews(self) -> list[OpenedRow]:
        return self._said(visible_interviews(self.person, self.case), "place", "quotes", "notes")

    @cached_property
    def board(self) -> Board:
        return board(self.case, self.opened, self.person)

    @cached_property
    def judgements(self) -> list[OpenedRow]:
        rows = Judgement.objects.filter(case=self.case).select_related("made_by").order_by("number")
        return self._said(rows, "facts_for", "facts_against", "unknowns", "would_change")

    @cached_property
    def signatures(self) -> dict[int, list[OpenedRow]]:
        """By judgement."""
        found: defaultdict[int, list[OpenedRow]] = defaultdict(list)
        for one in self._said(
            Signature.objects.filter(judgement__case=self.case).select_related("person").order_by("at"),
            "text",
        ):
            found[one.row.judgement_id].append(one)
        return dict(found)

    @cached_property
    def notices(self) -> list[OpenedRow]:
        return self._said(
            Notice.objects.filter(case=self.case).select_related("settled_by").order_by("pk"), "note"
        )

    @cached_property
    def plan(self) -> OpenedRow | None:
        rows = Plan.objects.filter(case=self.case).select_related("approved_by")
        return next(iter(self._said(rows, "goal", "raises_concern", "lowers_concern", "out_of_hours")), None)

    @cached_property
    def actions(self) -> list[OpenedRow]:
        rows = (
            Action.objects.filter(plan__case=self.case)
            .select_related("owner", "backup", "second_backup", "settled_by")
            .prefetch_related("confirmations")
        )
        return self._said(rows.order_by("pk"), "what", "evidence")

    @cached_property
    def reviews(self) -> list[OpenedRow]:
        return self._said(Review.objects.filter(case=self.case).select_related("by").order_by("-at"), "text")

    @cached_property
    def next_review(self) -> datetime | None:
        return next_review(self.case)

    @cached_property
    def closures(self) -> list[OpenedRow]:
        rows = (
            Closure.objects.filter(case=self.case)
            .select_related("asked_by", "agreed_by", "same_as")
            .order_by("-asked_at")
        )
        return self._said(rows, "text", "answer")

    @cached_property
    def prior(self) -> Prior:
        return prior_of(self.person, self.case)

    @cached_property
    def urgent_path_step(self) -> PathStep | None:
        """A step of self-harm or child protection that this person can do, and that is due before the plan
        works."""
        rows = PathStep.objects.filter(case=self.case, answer="").order_by("due_at")
        mine = [row for row in rows if row.person_id in {None, self.person.pk}]
        return next(
            (row for row in mine if doctrine.paths()[row.path].steps[row.step].before != "closed"), None
        )

    @cached_property
    def convening(self) -> Convening | None:
        """The meeting that was called and not held yet."""
        return Convening.objects.filter(case=self.case, held_at__isnull=True).first()

    @cached_property
    def class_return(self) -> ClassReturn | None:
        """While it is not decided whether the student goes back to class."""
        return ClassReturn.objects.filter(case=self.case, outcome="").first()

    @cached_property
    def told_anew(self) -> bool:
        """Whether something that the school was told is still to be looked at."""
        return Incoming.objects.filter(case=self.case, seen_at__isnull=True).exists()

    @cached_property
    def moves(self) -> list[OpenedRow]:
        return self._said(
            Move.objects.filter(case=self.case).select_related("by").order_by("at", "pk"), "reason"
        )

    @cached_property
    def duties(self) -> list[Duty]:
        return list(open_about(self.case.thing).select_related("holder").order_by("due_at"))

    @cached_property
    def next_states(self) -> dict[str, list[gates.Unmet]]:
        """Where the case may go from here, with what is not met yet; the states that have a verb of their own
        are left out."""
        ways = sorted(Case.TRANSITIONS[self.case.state])
        return {
            to: gates.unmet(self.case, to)
            for to in ways
            if to not in {State.CLOSED, State.HANDOFF, State.IMMINENT}
        }


def questions_asked(cases: QuerySet[Case]) -> dict[int, set[str]]:
    """By case, the questions that were asked: never what was found."""
    asked: defaultdict[int, set[str]] = defaultdict(set)
    rows = Finding.objects.filter(case__in=cases.values("pk"), current=True).exclude(
        answer=Finding.Answer.NOT_ASKED
    )
    for case, prompt in rows.order_by().values_list("case_id", "prompt"):
        asked[case].add(prompt)
    return asked


def board(case: Case, opened: OpenRecord, person: Person) -> Board:
    """The thirteen themes with what was found last under each prompt; for an officer without what the
    school's records say of a disability."""
    officer = policies.is_officer(person, case)
    rows = Finding.objects.filter(case=case, current=True).select_related("recorded_by")
    current = {row.prompt: row for row in rows}
    sources = _sources_of_findings(case)
    tiles = []
    for theme in doctrine.themes().values():
        asked = [_asked(prompt, current.get(prompt.name), sources, opened) for prompt in theme.prompts]
        open_ones = [
            one.prompt
            for one in asked
            if one.prompt.mandatory
            and (one.finding is None or one.finding.answer == Finding.Answer.NOT_ASKED)
        ]
        begun = any(one.finding is not None for one in asked)
        state = "not_started" if not begun else "gaps" if open_ones else "complete"
        shown = [
            Asked(one.prompt, None, "", [], 0, kept=True) if officer and one.prompt.records else one
            for one in asked
        ]
        tiles.append(Tile(theme, state, shown, open_ones))
    return Board(tiles)


def _sources_of_findings(case: Case) -> dict[int, list[Source]]:
    """By finding, of those that count now. (A prefetch would build a manager for each finding, which takes
    longer than the query.)"""
    found: defaultdict[int, list[Source]] = defaultdict(list)
    rows = (
        Finding.sources.through.objects.filter(finding__case=case, finding__current=True)
        .select_related("source")
        .order_by("pk")
    )
    for row in rows:
        found[row.finding_id].append(row.source)
    return dict(found)


def _asked(prompt: Any, row: Finding | None, sources: dict[int, list[Source]], opened: OpenRecord) -> Asked:
    """A finding's version counts those before it."""
    if row is None:
        return Asked(prompt, None, "", [], 0)
    return Asked(prompt, row, shown(opened, row, "note"), sources.get(row.pk, []), row.version - 1)
