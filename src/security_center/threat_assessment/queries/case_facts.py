"""What is known in the clear of many cases at once, in a fixed number of queries: moments, codes and names of
disciplines, no text.

The chair's page and the figures of the rooms above read cases only through this. Practice cases are never
among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from security_center.foundation.students.models import Student
from security_center.prevention.queries import rules_of_versions

from .. import content_loader as doctrine
from ..models import (
    Action,
    Case,
    Interview,
    Judgement,
    LawEnforcementDecision,
    Member,
    Move,
    Notice,
    PlacementQuestion,
    Plan,
    Removal,
    Review,
    Signature,
    Source,
    State,
)
from .case_page import questions_asked

MANIFESTATION = "manifestation"  # key of content/removals.yaml: questions
ORIGINS: tuple[str, ...] = tuple(Case.Origin.values)
JUDGED_STATES = frozenset({State.CLASSIFIED, State.MANAGING, State.MONITORING, State.HANDOFF, State.CLOSED})
# Columns in the clear: whoever counts cases has no need of what is sealed in them.
CLEAR = (
    "number",
    "district",
    "school",
    "origin",
    "state",
    "plan_version",
    "rule_set",
    "scheme",
    "opened_at",
    "state_due",
    "closed_at",
    "close_reason",
    "reopened",
    "special_education",
)


@dataclass
class JudgementFacts:
    made_at: datetime
    conclusion: str
    level: str
    complete_at: datetime | None
    signed: set[str] = field(default_factory=set)  # disciplines


@dataclass
class ActionFacts:
    option: str
    added_at: datetime
    state: str
    both_here: bool  # owner and backup both still work here


@dataclass
class CaseFacts:
    case: Case
    moves: list[tuple[datetime, str, str]] = field(default_factory=list)  # (moment, from, to)
    team: list[list[str]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)  # kinds of source
    refused: set[str] = field(default_factory=set)
    spoken: set[str] = field(default_factory=set)
    judgements: list[JudgementFacts] = field(default_factory=list)
    open_notices: bool = False
    police: list[tuple[str, str]] = field(default_factory=list)  # (threshold, outcome)
    plan_approved: bool = False
    actions: list[ActionFacts] = field(default_factory=list)
    # Stretches out of school, of the kinds that count
    removals: list[tuple[date, date | None]] = field(default_factory=list)
    # (due, answered): reviews under IDEA
    placement_reviews: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    reviews: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # (held, the next one due)

    def first(self, state: str) -> datetime | None:
        return next((at for at, _from, to in self.moves if to == state), None)

    def last(self, state: str) -> datetime | None:
        return next((at for at, _from, to in reversed(self.moves) if to == state), None)

    @property
    def assessed(self) -> bool:
        return self.first(State.ASSESSING) is not None

    @property
    def judgement(self) -> JudgementFacts | None:
        """The last one, if it was made since the case was last assessed."""
        began = self.last(State.ASSESSING) or self.case.opened_at
        return self.judgements[-1] if self.judgements and self.judgements[-1].made_at >= began else None

    @property
    def band(self) -> str:
        """How closely the judged case is followed (content/review_intervals.yaml): high, moderate, low, or ""
        when it is unfounded or not judged."""
        last = self.judgement
        found = (
            doctrine.review_band(scheme=self.case.scheme, level=last.level, conclusion=last.conclusion)
            if last is not None
            else None
        )
        return found.key if found is not None else ""

    @property
    def police_told(self) -> bool:
        return any(outcome == LawEnforcementDecision.Outcome.NOTIFIED for _threshold, outcome in self.police)

    @property
    def reopenings(self) -> list[datetime]:
        return [at for at, before, _to in self.moves if before == State.CLOSED]


def facts_of(cases: QuerySet[Case], *, questions: bool = True) -> list[CaseFacts]:
    """The newest first. `questions`: also which were asked, the largest of the tables."""
    cases = cases.filter(practice=False)
    rows = cases.select_related("school", "lead").only(
        *CLEAR,
        "lead__name",
        "school__name",
        "school__level",
        "school__slug",
        "school__external_id",
        "school__time_zone",
    )
    found = {case.pk: CaseFacts(case) for case in rows.order_by("-opened_at", "-pk")}
    rules = rules_of_versions(facts.case.plan_version_id for facts in found.values())
    for facts in found.values():
        facts.case.rules = rules[facts.case.plan_version_id]
    within = cases.order_by().values("pk")
    _read_moves_and_teams(found, within)
    _read_inquiry(found, within)
    _read_judgements(found, within)
    _read_plans(found, within)
    _read_removals(found, within)
    if questions:
        for pk, asked in questions_asked(cases).items():
            found[pk].asked = asked
    return list(found.values())


def students_of(cases: QuerySet[Case]) -> dict[int, Student]:
    """By case, the student whom a person confirmed."""
    rows = (
        cases.filter(practice=False, student__isnull=False)
        .order_by()
        .select_related("student__district")
        .only(
            "student__uuid", "student__record", "student__identifier", "student__grade", "student__district"
        )
    )
    return {case.pk: case.student for case in rows if case.student is not None}


def _read_moves_and_teams(found: dict[int, CaseFacts], within: Any) -> None:
    for case, at, before, to in (
        Move.objects.filter(case__in=within)
        .order_by("at", "pk")
        .values_list("case_id", "at", "from_state", "to_state")
    ):
        found[case].moves.append((at, before, to))
    for case, disciplines in (
        Member.objects.filter(case__in=within, removed_at__isnull=True)
        .order_by()
        .values_list("case_id", "disciplines")
    ):
        found[case].team.append(disciplines)


def _read_inquiry(found: dict[int, CaseFacts], within: Any) -> None:
    settled = Source.objects.filter(case__in=within, state__in=[Source.State.ANSWERED, Source.State.REFUSED])
    for case, kind, state in settled.order_by().values_list("case_id", "kind", "state"):
        (found[case].answered if state == Source.State.ANSWERED else found[case].refused).add(kind)
    for case, kind in _ended(within):
        found[case].spoken.add(kind)
    for case, threshold, outcome in (
        LawEnforcementDecision.objects.filter(case__in=within)
        .order_by()
        .values_list("case_id", "threshold", "outcome")
    ):
        found[case].police.append((threshold, outcome))
    for case in (
        Notice.objects.filter(case__in=within, settled_at__isnull=True)
        .order_by()
        .values_list("case_id", flat=True)
    ):
        found[case].open_notices = True


def _ended(within: Any) -> Iterable[tuple[int, str]]:
    return (
        Interview.objects.filter(case__in=within, ended_at__isnull=False)
        .order_by()
        .values_list("case_id", "source__kind")
    )


def _read_judgements(found: dict[int, CaseFacts], within: Any) -> None:
    signed: defaultdict[int, set[str]] = defaultdict(set)
    for judgement, disciplines in (
        Signature.objects.filter(judgement__case__in=within)
        .order_by()
        .values_list("judgement_id", "disciplines")
    ):
        signed[judgement].update(disciplines)
    for row in (
        Judgement.objects.filter(case__in=within)
        .order_by("number")
        .only("case", "made_at", "conclusion", "level", "complete_at")
    ):
        found[row.case_id].judgements.append(
            JudgementFacts(row.made_at, row.conclusion, row.level, row.complete_at, signed[row.pk])
        )


def _read_plans(found: dict[int, CaseFacts], within: Any) -> None:
    for case in (
        Plan.objects.filter(case__in=within, approved_at__isnull=False)
        .order_by()
        .values_list("case_id", flat=True)
    ):
        found[case].plan_approved = True
    columns = ("plan__case_id", "option", "added_at", "state", "owner__is_active", "backup__is_active")
    for case, option, at, state, owner, backup in (
        Action.objects.filter(plan__case__in=within).order_by("pk").values_list(*columns)
    ):
        found[case].actions.append(ActionFacts(option, at, state, owner and backup))
    for case, at, next_at in (
        Review.objects.filter(case__in=within).order_by("at").values_list("case_id", "at", "next_at")
    ):
        found[case].reviews.append((at, next_at))


def _read_removals(found: dict[int, CaseFacts], within: Any) -> None:
    counted = [key for key, kind in doctrine.removal_kinds().items() if kind.counts]
    removed = Removal.objects.filter(case__in=within, kind__in=counted).order_by("first_day", "pk")
    for case, first, last in removed.values_list("case_id", "first_day", "last_day"):
        found[case].removals.append((first, last))
    asked = PlacementQuestion.objects.filter(case__in=within, kind=MANIFESTATION).order_by("raised_at")
    for case, due, answered in asked.values_list("case_id", "due_at", "answered_at"):
        found[case].placement_reviews.append((due, answered))
