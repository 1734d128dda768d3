"""Districts of random counts, as the worker would count them: cases with their schools, grades, groups and
ends, without a database."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from security_center.equity.content_loader import SCHOOL, axes
from security_center.equity.counts import Counts, add
from security_center.foundation.school_years import Period
from security_center.threat_assessment.models import State
from security_center.threat_assessment.queries.case_facts import (
    ORIGINS,
    ActionFacts,
    CaseFacts,
    JudgementFacts,
)

ZONE = ZoneInfo("America/New_York")
YEAR = Period(2025)
KINDS = {
    "elementary": ["k_2", "g3_5"],
    "middle": ["g6_8"],
    "high": ["g9_12"],
    "combined": ["k_2", "g3_5", "g6_8", "g9_12"],
}
RULES = SimpleNamespace(assessed_within=timedelta(days=3))
AT = datetime(2026, 8, 1, tzinfo=UTC)


@dataclass
class District:
    schools: dict[str, str] = field(default_factory=dict)  # → its kind
    enrolment: dict[str, dict[str, int]] = field(default_factory=dict)  # axis → group → students
    cases: list[tuple[CaseFacts, dict[str, str]]] = field(default_factory=list)

    def counts(self, period: Period) -> Counts:
        """As `joining.counts_of` makes them."""
        found = Counts(
            levels=dict(self.schools),
            taught={school: set(KINDS[kind]) for school, kind in self.schools.items()},
        )
        for axis, row in self.enrolment.items():
            found.axes[axis].enrolment.update(row)
        begins, ends = period.bounds(ZONE)
        second = YEAR.bounds(ZONE)[0] if period.half else period.halves[0].bounds(ZONE)[1]
        found.first_half = None if period.half else Counts(levels=found.levels)
        for facts, groups in self.cases:
            if begins <= facts.case.opened_at < ends:
                add(found, facts, groups, list(axes()), len(facts.removals))
                if found.first_half is not None and facts.case.opened_at < second:
                    add(found.first_half, facts, groups, list(axes()), len(facts.removals))
        return found


def make(seed: int) -> District:
    """A district of up to a dozen schools and a few hundred cases, some groups small."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    found = District()
    kinds = chance.sample(list(KINDS)[:3], chance.choice((2, 3, 3)))
    for number in range(chance.randint(2, 9)):
        found.schools[f"school-{number}"] = chance.choice([*kinds, *kinds, "combined"])
    weights = {
        axis: {group: chance.choice((0.2, 1, 3, 10)) for group in one.groups} for axis, one in axes().items()
    }
    total = chance.choice((30, 60, 120, 250, 500))
    for axis, row in weights.items():
        students, share = total * 20, sum(row.values())
        found.enrolment[axis] = {group: round(students * weight / share) for group, weight in row.items()}
    found.enrolment[SCHOOL] = {school: 20 * total // len(found.schools) for school in found.schools}
    how = {
        name: chance.random()
        for name in ("judged", "raised", "told", "supported", "removed", "ended", "reopened", "known", "fall")
    }
    busy = {school: chance.choice((0.3, 1, 4)) for school in found.schools}
    for _case in range(chance.randint(total // 3, total)):
        school = chance.choices(list(busy), list(busy.values()))[0]
        grade = chance.choice(KINDS[found.schools[school]])
        groups = {"grade": grade}
        for axis, row in weights.items():
            if axis != "grade":
                groups[axis] = chance.choices(list(row), list(row.values()))[0]
        if chance.random() > 0.9 + how["known"] / 9:
            groups = {}
        found.cases.append((_facts(chance, how, school, found.schools[school]), groups))
    return found


def _facts(chance: random.Random, how: dict[str, float], school: str, kind: str) -> CaseFacts:
    fall = chance.random() < 0.3 + 0.4 * how["fall"]
    opened = datetime(2025, 8, 15, 14, tzinfo=UTC) if fall else datetime(2026, 1, 8, 14, tzinfo=UTC)
    opened += timedelta(days=chance.randint(0, 120), hours=chance.randint(0, 5))
    case: Any = SimpleNamespace(
        school=SimpleNamespace(slug=school, level=kind),
        opened_at=opened,
        origin=chance.choice(ORIGINS),
        close_reason="",
        closed_at=None,
        state=State.SCREENING,
        scheme="cstag",
        rules=RULES,
        special_education=chance.random() < 0.3,
    )
    facts = CaseFacts(case, team=[["special_education"]] if chance.random() < 0.6 else [[]])
    facts.moves = [(opened + timedelta(hours=1), "", State.SCREENING)]
    if chance.random() < how["judged"]:
        begun, done = opened + timedelta(days=1), opened + timedelta(days=chance.randint(2, 6))
        facts.moves.append((begun, State.SCREENING, State.ASSESSING))
        level = "substantive_serious" if chance.random() < how["raised"] else "transient"
        facts.judgements.append(
            JudgementFacts(done, chance.choice(("self_harm_primary", "other")), level, done)
        )
        if chance.random() < how["told"]:
            facts.police.append(("threat", "notified"))
        if chance.random() < how["supported"]:
            facts.actions.append(
                ActionFacts("reduce_stressors.one", opened + timedelta(days=3), "open", True)
            )
        if chance.random() < how["removed"]:
            facts.removals.append((opened.date(), None))
    if chance.random() < how["ended"]:
        closed = opened + timedelta(days=chance.randint(7, 40))
        facts.moves.append((closed, State.SCREENING, State.CLOSED))
        if chance.random() < how["reopened"] / 2:
            facts.moves.append((closed + timedelta(days=5), State.CLOSED, State.ASSESSING))
        else:
            case.closed_at, case.close_reason, case.state = (
                closed,
                chance.choice(("unfounded", "resolved", "moved")),
                State.CLOSED,
            )
    return facts
