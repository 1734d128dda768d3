"""What is counted of the cases of a district and a period before anything of it is kept back. It never leaves
the action that publishes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.models import State
from security_center.threat_assessment.queries.audit import RAISED
from security_center.threat_assessment.queries.case_facts import CaseFacts

from .content_loader import SCHOOL, UNKNOWN

SUPPORT = frozenset({"reduce_stressors", "redirect_motive"})  # categories of plan steps that help the student
Row = dict[str, int]  # group → how many


@dataclass
class Axis:
    """By group: how many students are enrolled, and of how many cases each thing is true."""

    enrolment: Row = field(default_factory=dict)
    # Node → group → cases
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    days: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def of(self, node: str, groups: list[str]) -> Row:
        return {group: self.counts[node][group] for group in groups}


@dataclass
class Counts:
    axes: dict[str, Axis] = field(default_factory=lambda: defaultdict(Axis))
    levels: dict[str, str] = field(default_factory=dict)  # school → its level
    # School → the groups of grades that the enrolment says it has
    taught: dict[str, set[str]] = field(default_factory=dict)
    # Node → (school, group of grades) → cases
    grades: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    facts: list[CaseFacts] = field(default_factory=list)
    first_half: Counts | None = (
        None  # of a school year: the same of those cases that were opened in its first half
    )


def ended(facts: CaseFacts) -> list[float]:
    """The days until it was first closed; none while it never was."""
    closed = facts.first(State.CLOSED)
    return [(closed - facts.case.opened_at) / timedelta(days=1)] if closed is not None else []


def judged(facts: CaseFacts) -> bool:
    return any(one.complete_at is not None for one in facts.judgements)


def raised(facts: CaseFacts) -> bool:
    return judged(facts) and facts.band in RAISED


def supported(facts: CaseFacts) -> bool:
    """A step that helps the student was set within the days of the metric, and was not given up."""
    within = timedelta(days=doctrine.equity_metrics()["support_rate"].numbers["support_days"])
    until = facts.case.opened_at + within
    return any(
        one.option.partition(".")[0] in SUPPORT and one.added_at <= until and one.state != "waived"
        for one in facts.actions
    )


def reopened(facts: CaseFacts) -> bool:
    within = timedelta(days=doctrine.equity_metrics()["reopen_rate"].numbers["reopen_days"])
    closed = facts.first(State.CLOSED)
    return closed is not None and any(closed <= at <= closed + within for at in facts.reopenings)


def placement_reviews(facts: CaseFacts, at: datetime) -> tuple[int, int]:
    """(held by their day, that were due)."""
    due = [
        (until, answered)
        for until, answered in facts.placement_reviews
        if answered is not None or until <= at
    ]
    return sum(1 for until, answered in due if answered is not None and answered <= until), len(due)


# What is counted of each case. Each is a part of another (see tables.NODES), or of the enrolment.
TRUE_OF = {
    "referrals": lambda facts: True,
    "assessments": judged,
    "raised": raised,
    "told_raised": lambda facts: raised(facts) and facts.police_told,
    "told_low": lambda facts: judged(facts) and not raised(facts) and facts.police_told,
    "supported": lambda facts: judged(facts) and supported(facts),
    "ended": lambda facts: bool(ended(facts)),
    "removed": lambda facts: judged(facts) and bool(facts.removals),
    "reopened": reopened,
}


def add(counts: Counts, facts: CaseFacts, groups: dict[str, str], axes: list[str], days_out: int) -> None:
    """Count one case under its group of each axis. `days_out`: the school days that its student was kept
    out."""
    counts.facts.append(facts)
    school, grade = facts.case.school.slug, groups.get("grade", UNKNOWN)
    for node, true_of in TRUE_OF.items():
        counts.grades[node][school, grade] += true_of(facts)
    for axis in [*axes, SCHOOL]:
        group = school if axis == SCHOOL else groups.get(axis, UNKNOWN)
        for node, true_of in TRUE_OF.items():
            if true_of(facts):
                counts.axes[axis].counts[node][group] += 1
        counts.axes[axis].days["ended"][group] += ended(facts)
        if TRUE_OF["removed"](facts):
            counts.axes[axis].days["removed"][group].append(days_out)
