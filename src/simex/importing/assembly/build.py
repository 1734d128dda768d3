"""From what is drawn to a plan."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from simex.plan import AssemblyPoint, FaultKind, LockType, Plan, Use, faults
from simex.plan.geometry import signed_area
from simex.plan.words import plain

from ..drawn import Drawn
from ..problems import Unimportable
from .doors import Doors
from .flights import place_stairs
from .floors import Floors
from .names import Names
from .stacked import note_missing, stack_stairs

MAIN_OFFICE = r"front|main|reception|administ|school office"
FAR_M = 1_000.0  # a plan farther from the origin (in survey coordinates) is moved to it
MOST_ASSEMBLY_POINTS = 100
APART_M = 60.0  # an assembly point from the building: 50 m count as safe


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a file does not say and the caller may. office: a room's name or identifier. lock: of rooms to be
    locked.

    without_unreachable: leave out what no way leads to. grades: "elementary", "middle" or "high".
    """

    office: str | None = None
    lock: LockType = LockType.INSIDE_KEY
    without_unreachable: bool = False
    grades: str = "high"


def assemble(drawn: Drawn, wishes: Wishes) -> Plan:
    """The plan of a drawn building, with notes on all that was guessed or left out. Raises `Unimportable`
    where no room is left."""
    floors = Floors(drawn)
    if not floors.spaces:
        listed = " ".join((drawn.notes + floors.notes)[:3])
        raise Unimportable(
            f"{drawn.name} holds no room with a floor. Export it with its rooms (spaces). {listed}".strip()
        )
    unplaced = place_stairs(floors)
    floors.passages()
    Doors(floors, wishes.lock).place_all()
    stack_stairs(floors)
    note_missing(floors, unplaced)
    _prune(floors)
    floors.notes.append(
        "Assumed, correct it in the file: what each room is for and how many it holds (by its name "
        "and floor); "
        f"{wishes.lock.value} on rooms to be locked; outer doors lock by closing and are locked from outside."
    )
    plan = floors.plan(_office(floors, wishes.office or drawn.office), (), wishes.grades)
    plan = _leavable(_near(plan))
    if wishes.without_unreachable:
        plan = _without_unreachable(plan)
    names, shown = Names(), drawn.assembly_points[:MOST_ASSEMBLY_POINTS]
    points = tuple(
        AssemblyPoint(names.give(name), plain(name) or "Assembly point", place) for name, place in shown
    )
    return dataclasses.replace(plan, assembly_points=points or _assembly_points(plan))


def _prune(floors: Floors) -> None:
    """Leaves out parts of a room that nothing joins to the rest of it: niches behind columns, strips beside
    stairs."""
    joined = {end for portal in floors.portals for end in portal.between}
    whole = {region.space for region in floors.regions if region.id in joined}
    gone = [region for region in floors.regions if region.id not in joined and region.space in whole]
    lost = sum(signed_area(region.polygon) for region in gone)
    if gone:
        floors.regions = [region for region in floors.regions if region not in gone]
        floors.notes.append(
            f"Left out: {lost:.1f} m2 of niches and strips that nothing joins to the rest of their room."
        )


def _office(floors: Floors, wish: str | None) -> str | None:
    """The space with this name or identifier; without a wish the main office, else the first. Raises
    `Unimportable` where the wish is no room."""
    if wish is None:
        offices = [space for space in floors.spaces if space.use is Use.OFFICE]
        return next(
            (
                space.id
                for space in sorted(
                    offices, key=lambda space: not re.search(MAIN_OFFICE, space.name, re.IGNORECASE)
                )
            ),
            None,
        )
    found = [
        space.id for space in floors.spaces if wish.casefold() in (space.id.casefold(), space.name.casefold())
    ]
    found = found or [space.id for space in floors.spaces if wish.casefold() in space.name.casefold()]
    if not found:
        names = ", ".join(space.name for space in floors.spaces[:12])
        raise Unimportable(
            f"There is no room “{wish}” that could be the office. Rooms are "
            f"{names}{'…' if len(floors.spaces) > 12 else ''}."
        )
    return found[0]


def _near(plan: Plan) -> Plan:
    """Moved to the origin where it lies in the coordinates of a survey."""
    points = [point for region in plan.regions for point in region.polygon]
    x, y = min(px for px, _ in points), min(py for _, py in points)
    if max(abs(x), abs(y)) < FAR_M:
        return plan
    dx, dy = -round(x), -round(y)

    def moved(point: tuple[float, float]) -> tuple[float, float]:
        return round(point[0] + dx, 3), round(point[1] + dy, 3)

    return dataclasses.replace(
        plan,
        regions=tuple(
            dataclasses.replace(one, polygon=tuple(moved(point) for point in one.polygon))
            for one in plan.regions
        ),
        portals=tuple(
            dataclasses.replace(one, segment=(moved(one.segment[0]), moved(one.segment[1])))
            for one in plan.portals
        ),
        notes=(*plan.notes, f"Moved by {dx:,} m in x and {dy:,} m in y, to the origin."),
    )


def _leavable(plan: Plan) -> Plan:
    """Takes the guessed lock from a door that would shut somebody in: the way out of that room leads through
    another one's door."""
    for _ in range(5):
        shut_in = {fault.subjects[0] for fault in faults(plan) if fault.kind is FaultKind.CANNOT_BE_LEFT}
        if not shut_in:
            break
        portals = tuple(
            dataclasses.replace(portal, lock=LockType.NO_LOCK)
            if portal.between[1] in shut_in and not portal.is_exit
            else portal
            for portal in plan.portals
        )
        plan = dataclasses.replace(plan, portals=portals)
    return plan


def _without_unreachable(plan: Plan) -> Plan:
    kinds = (FaultKind.NO_DOOR, FaultKind.UNREACHABLE)
    gone = {fault.subjects[0] for fault in faults(plan) if fault.kind in kinds}
    regions = tuple(region for region in plan.regions if region.id not in gone)
    if not regions:
        raise Unimportable(f"No room of {plan.name} can be reached from outside: no outer door was found.")
    kept = {region.space for region in regions}
    left_out = [space.name for space in plan.spaces if space.id not in kept]
    note = (f"Left out, no way leads there from outside: {', '.join(left_out)}.",) if left_out else ()
    return dataclasses.replace(
        plan,
        regions=regions,
        spaces=tuple(space for space in plan.spaces if space.id in kept),
        portals=tuple(portal for portal in plan.portals if not gone & set(portal.between)),
        levels=tuple(
            level for level in plan.levels if any(level.id in (one.level, one.upper_level) for one in regions)
        ),
        office=plan.office if plan.office in kept else None,
        notes=(*plan.notes, *note),
    )


def _assembly_points(plan: Plan) -> tuple[AssemblyPoint, ...]:
    """Two, to the south and to the north, far enough to count as safe."""
    points = [point for region in plan.regions for point in region.polygon]
    x = round((min(px for px, _ in points) + max(px for px, _ in points)) / 2, 1)
    low, high = min(py for _, py in points) - APART_M, max(py for _, py in points) + APART_M
    return (
        AssemblyPoint("assembly-south", "Assembly point south", (x, round(low, 1))),
        AssemblyPoint("assembly-north", "Assembly point north", (x, round(high, 1))),
    )
