"""The chair's page: live, the measures on which Broward County was audited in 2019 and 2021
(threat-assessment.md 13, F5), and whether weapons were asked about (threat-assessment.md 7, Oxford). It
counts cases, never people's work: nobody is ranked by speed (threat-assessment.md F3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.school_years import Period, last_school_years

from .. import content_loader as doctrine
from .. import gate_rules, gates
from ..models import Case, Member, State
from .case_facts import JUDGED_STATES, CaseFacts, facts_of

WEAPONS = "weapons_access"
RAISED = frozenset({"high", "moderate"})


class Standing(StrEnum):
    MET = "met"
    MISSING = "missing"
    WAITING = "waiting"  # its time is not over yet: not counted
    NONE = "none"  # this case does not come under the measure


@dataclass(frozen=True)
class Measure:
    """`found`: what the audit, or the review, found elsewhere, with its source."""

    key: str
    label: Any
    of: Any
    standing: Callable[[CaseFacts, datetime], Standing]
    found: Any = ""


def _judge(true: bool, *, due: bool) -> Standing:
    return Standing.MET if true else Standing.MISSING if due else Standing.WAITING


def _assessment_due(facts: CaseFacts, at: datetime) -> bool:
    began = facts.last(State.ASSESSING)
    return facts.case.state in JUDGED_STATES or (
        began is not None and began + facts.case.rules.assessed_within <= at
    )


def _of_assessment(met: Callable[[CaseFacts], bool]) -> Callable[[CaseFacts, datetime], Standing]:
    """A measure of every case that was assessed, counted once the time for the assessment is over."""
    return lambda facts, at: (
        _judge(met(facts), due=_assessment_due(facts, at)) if facts.assessed else Standing.NONE
    )


def _needs_plan(facts: CaseFacts) -> bool:
    """All but what was found to be nothing, or passed at once."""
    last = facts.judgement
    return last is not None and last.complete_at is not None and facts.band in RAISED


def _signed(facts: CaseFacts) -> bool:
    last = facts.judgement
    return (
        last is not None
        and set(gate_rules.required_disciplines(facts.case.rule_set, facts.team)) <= last.signed
    )


def _signatures(facts: CaseFacts, at: datetime) -> Standing:
    last = facts.judgement
    return (
        Standing.NONE
        if last is None
        else _judge(
            _signed(facts),
            due=last.made_at + facts.case.rules.assessed_within <= at or facts.case.state in JUDGED_STATES,
        )
    )


def _raised_signatures(facts: CaseFacts, at: datetime) -> Standing:
    return _signatures(facts, at) if facts.band in RAISED else Standing.NONE


def _plan(facts: CaseFacts, at: datetime) -> Standing:
    """The plan is owed when the clock of the judged case runs out (one school day)."""
    if not _needs_plan(facts):
        return Standing.NONE
    waits = facts.case.state in {State.ASSESSING, State.CLASSIFIED} and (
        facts.case.state_due is None or facts.case.state_due > at
    )
    return _judge(facts.plan_approved, due=not waits)


def _follow_up(facts: CaseFacts, at: datetime) -> Standing:
    began = facts.first(State.MANAGING)
    if began is None:
        return Standing.NONE
    until = began + timedelta(days=doctrine.plan_rules().audit_days)
    held = any(began <= moment <= until for moment, _next in facts.reviews)
    return _judge(held, due=until <= at or facts.case.closed_at is not None)


def _started(facts: CaseFacts, at: datetime) -> Standing:
    until, began = facts.case.opened_at + facts.case.rules.assessed_within, facts.first(State.ASSESSING)
    if began is None and facts.case.closed_at is not None:
        return Standing.NONE  # two disciplines screened it and found no need
    return _judge(began is not None and began <= until, due=until <= at)


def _completed(facts: CaseFacts, at: datetime) -> Standing:
    began = facts.first(State.ASSESSING)
    if began is None:
        return Standing.NONE
    done = next((one.complete_at for one in facts.judgements if one.complete_at is not None), None)
    return _judge(
        done is not None and done <= began + facts.case.rules.assessed_within,
        due=began + facts.case.rules.assessed_within <= at,
    )


def _heard(kind: str, facts: CaseFacts) -> bool:
    return kind in facts.spoken or kind in facts.refused


def _weapons(facts: CaseFacts) -> bool:
    return not any(prompt.startswith(f"{WEAPONS}.") for prompt in gate_rules.prompts_missing(facts.asked))


def _alternates(facts: CaseFacts, _at: datetime) -> Standing:
    """A backup who no longer works here steps in for nobody (threat-assessment.md F11)."""
    if not facts.plan_approved:
        return Standing.NONE
    return _judge(bool(facts.actions) and all(one.both_here for one in facts.actions), due=True)


# The papers of an assessed case, each under the name of the gate that asks for it.
PAPERS: dict[str, Callable[[CaseFacts, datetime], Standing]] = {
    "mandatory_prompts": _of_assessment(lambda facts: not gate_rules.prompts_missing(facts.asked)),
    "three_kinds_of_source": _of_assessment(
        lambda facts: gate_rules.kinds_of_source_missing(facts.answered) == 0
    ),
    "student_and_parent": _of_assessment(
        lambda facts: all(_heard(kind, facts) for kind in gate_rules.TO_BE_HEARD)
    ),
    "thresholds_decided": _of_assessment(lambda facts: all(outcome for _threshold, outcome in facts.police)),
    "signed": _of_assessment(_signed),
    "notices": lambda facts, at: (
        _judge(not facts.open_notices, due=facts.case.state not in {State.ASSESSING, State.CLASSIFIED})
        if facts.judgement
        else Standing.NONE
    ),
    "plan_approved": _plan,
}


def _papers(facts: CaseFacts, at: datetime) -> Standing:
    if not facts.assessed:
        return Standing.NONE
    standings = {part(facts, at) for part in PAPERS.values()} - {Standing.NONE}
    worst = (Standing.MISSING, Standing.WAITING, Standing.MET)
    return next(one for one in worst if one in standings)


_BROWARD_2019 = _("Broward 2019: 14 of 60 cases had no papers; of 46, 16 were mostly complete.")
_BROWARD_PLAN = _("Broward 2021: 60% of 200 cases had no monitoring plan where one was needed.")
_BROWARD_FOLLOW_UP = _("Broward 2021: 82% of the plans had no follow-up in 30 days.")
_BROWARD_HOURS = _("Broward 2021: 54% missed the limit of 24 hours.")
_BROWARD_SIGNED = _("Broward 2021: none of 66 medium or high cases had all signatures.")
_BROWARD_STUDENT = _("Broward 2021: in 16% the student was not interviewed.")
_OXFORD = _("Oxford: asked in 3 of 20 assessments in winter 2022, in 21 of 28 in fall 2022.")
_DENVER = _("Denver East 2023: the person who usually searched was absent that day.")
_ASSESSED = _("cases that were assessed")

MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("papers", _("The papers are complete"), _ASSESSED, _papers, _BROWARD_2019),
        Measure(
            "plan",
            _("There is a plan, where one is needed"),
            _("cases whose judgement asks for a plan"),
            _plan,
            _BROWARD_PLAN,
        ),
        Measure(
            "follow-up",
            _("The plan was followed up within 30 days"),
            _("cases with a plan"),
            _follow_up,
            _BROWARD_FOLLOW_UP,
        ),
        Measure(
            "started",
            _("The assessment began in 24 hours, or sooner where the plan says so"),
            _("cases that needed one"),
            _started,
            _BROWARD_HOURS,
        ),
        Measure(
            "completed",
            _("The assessment was done in 24 hours, or sooner where the plan says so"),
            _ASSESSED,
            _completed,
            _BROWARD_HOURS,
        ),
        Measure(
            "signatures", _("Every required discipline signed"), _("cases that were judged"), _signatures
        ),
        Measure(
            "signatures-raised",
            _("The same, where concern is medium or high"),
            _("cases judged so"),
            _raised_signatures,
            _BROWARD_SIGNED,
        ),
        Measure(
            "student",
            _("The student was interviewed, or the refusal is written down"),
            _ASSESSED,
            _of_assessment(lambda facts: _heard("student_of_concern", facts)),
            _BROWARD_STUDENT,
        ),
        Measure("weapons", _("Weapons were asked about"), _ASSESSED, _of_assessment(_weapons), _OXFORD),
        Measure(
            "alternates",
            _("Each step of the plan has somebody to step in"),
            _("cases with a plan"),
            _alternates,
            _DENVER,
        ),
    )
}
PARTS: dict[str, Measure] = {
    f"paper-{key}": Measure(f"paper-{key}", gates.GATES[key].sentence, _ASSESSED, part)
    for key, part in PAPERS.items()
}
EVERY: dict[str, Measure] = {**MEASURES, **PARTS}


@dataclass(frozen=True)
class Line:
    measure: Measure
    counts: dict[Standing, int]

    @property
    def counted(self) -> int:
        return self.counts[Standing.MET] + self.counts[Standing.MISSING]


@dataclass(frozen=True)
class Scope:
    """Whose cases, and of which school year."""

    schools: list[Organization]  # those that the person may choose from
    school: Organization | None  # None: all of them
    periods: list[Period]
    period: Period


@dataclass(frozen=True)
class Audit:
    scope: Scope
    cases: int
    lines: list[Line]
    parts: list[Line]


class NoSuchScope(Exception):
    """A school that the person does not oversee, or a year that is none of those offered."""


def scope_of(person: Person, school: str = "", period: str = "") -> Scope:
    """Raises NoSuchScope."""
    found = organizations.organizations_for(person, Permission.CASE_LIST).filter(
        kind=Organization.Kind.SCHOOL
    )
    schools = list(found.select_related("parent__parent").order_by("name"))
    if not schools:
        raise NoSuchScope
    chosen = next((one for one in schools if one.slug == school), None)
    periods = last_school_years(now(), schools[0].zone)
    wanted = next((one for one in periods if one.key == period), None)
    if (school and chosen is None) or (period and wanted is None):
        raise NoSuchScope
    return Scope(schools, chosen, periods, wanted or periods[0])


def _cases(scope: Scope) -> QuerySet[Case]:
    schools = [scope.school] if scope.school is not None else scope.schools
    begins, ends = scope.period.bounds(schools[0].zone)
    return Case.objects.filter(
        school__in=[one.pk for one in schools], opened_at__gte=begins, opened_at__lt=ends
    )


def audit(scope: Scope) -> Audit:
    at, found = now(), facts_of(_cases(scope))
    return Audit(
        scope,
        len(found),
        [_line(one, found, at) for one in MEASURES.values()],
        [_line(one, found, at) for one in PARTS.values()],
    )


def _line(measure: Measure, found: list[CaseFacts], at: datetime) -> Line:
    counts = dict.fromkeys(Standing, 0)
    for facts in found:
        counts[measure.standing(facts, at)] += 1
    return Line(measure, counts)


def audited_cases(scope: Scope, measure: Measure, standing: Standing) -> list[Case]:
    """The cases that a number of the page counts, the newest first."""
    at = now()
    return [facts.case for facts in facts_of(_cases(scope)) if measure.standing(facts, at) == standing]


def read_by(person: Person, cases: list[Case]) -> frozenset[int]:
    """Ids of those that the person is on the team of: only these open."""
    rows = Member.objects.filter(case__in=[case.pk for case in cases], person=person, removed_at__isnull=True)
    return frozenset(rows.values_list("case_id", flat=True))
