"""Stairs that a file draws as a room on each level: rooms of stairs above each other become one flight from level to level."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

from simex.plan import Region, Use
from simex.plan.geometry import distance, edges

from ..drawn import DrawnStairs
from .floors import Floors

RISER_M, TREAD_M = 0.17, 0.28  # a common step [A]
NEAR_M = 2.0
COVERED = 0.5  # of the smaller room
SLOPE = math.hypot(1.0, TREAD_M / RISER_M)  # metres along the flight for each metre of rise


def stack_stairs(floors: Floors) -> None:
    """The lower of two rooms of stairs leads up to where the upper one has its doors."""
    order = [level.id for level in sorted(floors.drawn.levels, key=lambda level: level.elevation_m)]
    height = {level.id: level.elevation_m for level in floors.drawn.levels}
    wells = {space.id for space in floors.spaces if space.use is Use.STAIRS}
    rooms = [region for region in floors.regions if region.space in wells and region.upper_level is None]
    pairs: list[tuple[Region, Region]] = []
    for lower, upper in pairwise(order):
        for one in [region for region in rooms if region.level == lower]:
            above = max((region for region in rooms if region.level == upper), key=lambda other: _covered(one, other), default=None)
            if above is not None and _covered(one, above) >= COVERED and not _has_flight(floors, one, above):
                pairs.append((one, above))
    leads_on = {one.id for one, _ in pairs}
    for one, above in pairs:
        doors = [portal for portal in floors.portals if above.id in portal.between and portal.level == above.level]
        rise = height[above.level] - height[one.level]
        if not doors or rise <= 0:
            continue
        here = floors.regions.index(next(region for region in floors.regions if region.id == one.id))
        floors.regions[here] = dataclasses.replace(floors.regions[here], upper_level=above.level, slope_length_m=round(rise * SLOPE, 3))
        for portal in doors:
            between = (
                one.id if portal.between[0] == above.id else portal.between[0],
                one.id if portal.between[1] == above.id else portal.between[1],
            )
            floors.portals.append(dataclasses.replace(portal, id=floors.portal_names.give(f"{portal.id}-from-below"), between=between))
    for _, above in pairs:
        if above.id not in leads_on:  # nothing but the place where the flight arrives
            floors.regions = [region for region in floors.regions if region.id != above.id]
            floors.portals = [portal for portal in floors.portals if above.id not in portal.between]
    kept = {region.space for region in floors.regions}
    floors.spaces = [space for space in floors.spaces if space.id in kept]
    if pairs:
        floors.notes.append("Assumed: the length of stairs, from their rise and steps of 17 by 28 cm.")


def _has_flight(floors: Floors, one: Region, above: Region) -> bool:
    """Whether a flight that the file draws already leads from the one room to the other."""
    flights = {region.id for region in floors.regions if region.upper_level == above.level and region.level == one.level}
    rooms = {region.id for region in floors.regions if region.space in (one.space, above.space)}
    return any(set(portal.between) & flights and set(portal.between) & rooms for portal in floors.portals)


def note_missing(floors: Floors, unplaced: list[DrawnStairs]) -> None:
    """Stairs that turn back are known by their rooms: these take their length. What leads nowhere is noted."""
    for stairs in unplaced:
        found = [
            number
            for number, region in enumerate(floors.regions)
            if (region.level, region.upper_level) == (stairs.level, stairs.upper_level)
            and min(distance(point, edge) for point in (stairs.foot, stairs.top) for edge in edges(region.polygon)) < NEAR_M
        ]
        for number in found[:1]:
            floors.regions[number] = dataclasses.replace(floors.regions[number], slope_length_m=round(stairs.length_m, 3))
        if not found:
            floors.notes.append(f"{stairs.name}: left out, no floor was found at its foot or at its top. Add the stairs to the plan's file.")


def _covered(one: Region, other: Region) -> float:
    from shapely import Polygon

    a, b = Polygon(one.polygon), Polygon(other.polygon)
    return float(a.intersection(b).area / min(a.area, b.area))
