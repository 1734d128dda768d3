"""Stairs that a file draws as a room on each level: rooms of stairs above each other become one flight from
level to level."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

from simex.plan import Region, Use
from simex.plan.geometry import distance, edges

from ..drawn import DrawnStairs
from .floors import Floors
from .turning import turn_back, well_of

RISER_M, TREAD_M = 0.17, 0.28  # a common step [A]
NEAR_M = 2.0
COVERED = 0.5  # of the smaller room
SLOPE = math.hypot(1.0, TREAD_M / RISER_M)  # metres along the flight for each metre of rise


def stack_stairs(floors: Floors) -> None:
    """Of rooms of stairs above each other, each leads up to where the next has its doors."""
    order = [level.id for level in sorted(floors.drawn.levels, key=lambda level: level.elevation_m)]
    heights = {level.id: level.elevation_m for level in floors.drawn.levels}
    wells = {space.id for space in floors.spaces if space.use is Use.STAIRS}
    rooms = [region for region in floors.regions if region.space in wells and region.upper_level is None]
    above: dict[str, Region] = {}
    for lower, upper in pairwise(order):
        for one in [region for region in rooms if region.level == lower]:
            best = max(
                (region for region in rooms if region.level == upper),
                key=lambda other: _covered(one, other),
                default=None,
            )
            if (
                best is not None
                and _covered(one, best) >= COVERED
                and heights[upper] > heights[lower]
                and not _has_flight(floors, one, best)
            ):
                above[one.id] = best
    reached = {region.id for region in above.values()}
    for one in rooms:
        if one.id in above and one.id not in reached:
            chain = [one]
            while chain[-1].id in above:
                chain.append(above[chain[-1].id])
            well = well_of(floors, chain)
            if well is None or not turn_back(floors, chain, *well, heights):
                _straight(floors, chain, heights)
    if above:
        kept = {region.space for region in floors.regions}
        floors.spaces = [space for space in floors.spaces if space.id in kept]
        floors.notes.append(
            "Assumed: how stairs run within their stairwell, and their length, from its outline, "
            "its doors and the rise."
        )


def _straight(floors: Floors, chain: list[Region], heights: dict[str, float]) -> None:
    """Each room of the chain becomes one flight from its own doors to those of the room above."""
    for one, above in pairwise(chain):
        here = next(number for number, region in enumerate(floors.regions) if region.id == one.id)
        slope = round((heights[above.level] - heights[one.level]) * SLOPE, 3)
        floors.regions[here] = dataclasses.replace(
            floors.regions[here], upper_level=above.level, slope_length_m=slope
        )
        for portal in [
            portal for portal in floors.portals if above.id in portal.between and portal.level == above.level
        ]:
            between = (
                one.id if portal.between[0] == above.id else portal.between[0],
                one.id if portal.between[1] == above.id else portal.between[1],
            )
            floors.portals.append(
                dataclasses.replace(
                    portal, id=floors.portal_names.give(f"{portal.id}-from-below"), between=between
                )
            )
    last = chain[-1].id  # nothing but the place where the last flight arrives
    floors.regions = [region for region in floors.regions if region.id != last]
    floors.portals = [portal for portal in floors.portals if last not in portal.between]


def _has_flight(floors: Floors, one: Region, above: Region) -> bool:
    """Whether a flight that the file draws already leads from the one room to the other."""
    flights = {
        region.id
        for region in floors.regions
        if region.upper_level == above.level and region.level == one.level
    }
    rooms = {region.id for region in floors.regions if region.space in (one.space, above.space)}
    return any(set(portal.between) & flights and set(portal.between) & rooms for portal in floors.portals)


def note_missing(floors: Floors, unplaced: list[DrawnStairs]) -> None:
    """Stairs that turn back are known by their stairwells. What leads nowhere is noted."""
    for stairs in unplaced:
        found = any(
            region.level == stairs.level
            and region.upper_level is not None
            and min(
                distance(point, edge) for point in (stairs.foot, stairs.top) for edge in edges(region.polygon)
            )
            < NEAR_M
            for region in floors.regions
        )
        if not found:
            floors.notes.append(
                f"{stairs.name}: left out, no floor was found at its foot or at its top. Add the "
                "stairs to the plan's file."
            )


def _covered(one: Region, other: Region) -> float:
    from shapely import Polygon

    a, b = Polygon(one.polygon), Polygon(other.polygon)
    return float(a.intersection(b).area / min(a.area, b.area))
