"""What a school needs to be simulated: an office, rooms that can be locked, floor for its people, a place to
assemble."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..geometry import bounds, centroid, distance, edges, signed_area
from ..model import LockType, Plan, Point, PortalKind, Region
from .model import Fault, FaultKind

DENSEST_M2 = 0.25  # a person: nobody can stand closer than four to a square metre and still walk
SAFE_M = 50.0  # from the building (simex.md section 5, M8)


def rooms(plan: Plan, sound: dict[str, Region]) -> Iterator[Fault]:
    if plan.office is None:
        yield Fault(
            FaultKind.NO_OFFICE,
            "The plan names no office. Put the space from which announcements are made into “office”.",
        )
    if not plan.rooms_to_lock:
        yield Fault(
            FaultKind.NO_ROOM_TO_LOCK,
            (
                "No room is marked as lockable: a lockdown would have nowhere to go. Mark the rooms "
                "meant for it."
            ),
        )
    floor: dict[str, float] = {}
    first: dict[str, Region] = {}
    for one in plan.regions:
        first.setdefault(one.space, one)
        floor[one.space] = floor.get(one.space, 0.0) + (signed_area(one.polygon) if one.id in sound else 0.0)
    space_of = {one.id: one.space for one in plan.regions}
    unlocked: dict[str, list[str]] = {}
    for portal in plan.portals:
        spaces = {space_of.get(end, end) for end in portal.between}
        if len(spaces) == 2 and (portal.kind is PortalKind.OPENING or portal.lock is LockType.NO_LOCK):
            for name in spaces:
                unlocked.setdefault(name, []).append(portal.id)
    for space in plan.spaces:
        if (region := first.get(space.id)) is None:
            sentence = f"Space {space.id} ({space.name}) has no region. Draw its floor or leave it out."
            yield Fault(FaultKind.SPACE_WITHOUT_FLOOR, sentence, subjects=(space.id,))
            continue
        where = centroid(region.polygon) if region.id in sound else None
        if space.capacity and 0 < floor[space.id] < space.capacity * DENSEST_M2:
            sentence = (
                f"{space.name} ({space.id}) is furnished for {space.capacity} people on "
                f"{floor[space.id]:.1f} m2. Correct one of them."
            )
            yield Fault(FaultKind.TOO_MANY_PEOPLE, sentence, region.level, where, (space.id,))
        if space.lockable and space.id in unlocked:
            named = ", ".join(unlocked[space.id][:5])
            sentence = (
                f"{space.name} ({space.id}) is marked as lockable, but has no lock at {named}: it can "
                "be barricaded, never secured."
            )
            yield Fault(
                FaultKind.CANNOT_BE_LOCKED, sentence, region.level, where, (space.id, *unlocked[space.id])
            )
    yield from _assembly(plan, sound)


def _assembly(plan: Plan, sound: dict[str, Region]) -> Iterator[Fault]:
    if not plan.assembly_points:
        yield Fault(
            FaultKind.NO_ASSEMBLY_POINT,
            "The plan has no assembly point: the distance to a threat cannot be measured.",
        )
    boxed = [(one.polygon, bounds(one.polygon)) for one in sound.values()]
    for point in plan.assembly_points:
        apart = SAFE_M
        for polygon, box in boxed:
            # What is farther away in whole is not looked at corner by corner
            if _outside(point.position, box) < apart:
                apart = min(apart, *(distance(point.position, edge) for edge in edges(polygon)))
        if apart < SAFE_M:
            sentence = f"{point.name} is {apart:.0f} m from the building; {SAFE_M:.0f} m count as safe."
            yield Fault(
                FaultKind.NEAR_ASSEMBLY_POINT,
                sentence,
                subjects=(point.id,),
                position=point.position,
                level=plan.levels[0].id,
            )


def _outside(place: Point, box: tuple[float, float, float, float]) -> float:
    """How far a place is from a box, metres; 0 within it."""
    return math.hypot(
        max(box[0] - place[0], 0, place[0] - box[2]), max(box[1] - place[1], 0, place[1] - box[3])
    )
