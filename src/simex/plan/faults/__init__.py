"""The checks of a plan: what would make an engine fail or lie is a fault and refused; what is only worth
knowing is a remark."""

from __future__ import annotations

from itertools import islice

from ..model import Plan
from .model import REMARKS, Fault, FaultKind, FaultyPlan
from .passages import passages
from .reach import ways
from .references import same_identifiers, unknown_references
from .rooms import rooms
from .shapes import MOST, examine, overlaps, stairs

__all__ = ["REMARKS", "Fault", "FaultKind", "FaultyPlan", "faults", "refuse"]


def faults(plan: Plan) -> list[Fault]:
    """Every fault and remark of a plan (of each check the first 300), faults first; each with its place."""
    found, sound = examine(plan)
    for check in (
        same_identifiers(plan),
        unknown_references(plan),
        overlaps(plan, sound),
        stairs(plan, sound),
        passages(plan, sound),
        ways(plan, sound),
        rooms(plan, sound),
    ):
        found += islice(check, MOST)
    return sorted(found, key=lambda fault: fault.is_remark)


def refuse(plan: Plan) -> None:
    """Raises `FaultyPlan` where the plan has a fault that is no remark."""
    found = [fault for fault in faults(plan) if not fault.is_remark]
    if found:
        raise FaultyPlan(plan.name, found)
