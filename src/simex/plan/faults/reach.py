"""Ways: into every room from an exit, and out of every room whatever is locked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..geometry import centroid
from ..model import OUTSIDE, LockType, Plan, PortalState, Region
from .model import Fault, FaultKind


def ways(plan: Plan, sound: dict[str, Region]) -> Iterator[Fault]:
    if not plan.exits:
        yield Fault(FaultKind.NO_EXIT, f"The plan has no exit. Add a door between a region and “{OUTSIDE}”.")
        return
    both: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)  # against the way out while everything is locked that can be
    for portal in plan.portals:
        protected, other = portal.between
        both[protected].add(other)
        both[other].add(protected)
        back[other].add(protected)  # whoever is inside can always leave (life-safety codes)
        if portal.lock is LockType.NO_LOCK and portal.state is not PortalState.LOCKED:
            back[protected].add(other)
    reached, left = _from_outside(both), _from_outside(back)
    for region in plan.regions:
        where = centroid(region.polygon) if region.id in sound else None
        if region.id not in both:
            sentence = f"Region {region.id} has no door or opening. Join it to its neighbour or leave it out."
            yield Fault(FaultKind.NO_DOOR, sentence, region.level, where, (region.id,))
        elif region.id not in reached:
            sentence = (
                f"Region {region.id} cannot be reached from any exit. A door or opening on the way is "
                "missing."
            )
            yield Fault(FaultKind.UNREACHABLE, sentence, region.level, where, (region.id,))
        elif region.id not in left:
            sentence = (
                f"Region {region.id} cannot be left when the doors on its way out are locked. In "
                "“between”, put the room that a lock protects first."
            )
            yield Fault(FaultKind.CANNOT_BE_LEFT, sentence, region.level, where, (region.id,))


def _from_outside(ways: dict[str, set[str]]) -> set[str]:
    seen, waiting = {OUTSIDE}, [OUTSIDE]
    while waiting:
        for neighbour in ways.get(waiting.pop(), ()):
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    return seen
