"""Stairs as regions between two levels: cut out of the lower floor, joined to it at the foot and to the upper
floor at the top."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from simex.plan import Point, Region, Space, Use
from simex.plan.geometry import bounds, distance, edges, middle, signed_area
from simex.plan.words import plain

from ..drawn import DrawnStairs
from .convex import convex_parts, tidied
from .floors import Floors
from .walls import meeting, touching

NARROWEST_M = 0.6  # floor beside the steps that is narrower is no way
TURNS_BACK = 1.6  # along the flights for each metre from foot to top; straight stairs have less
# A landing between the last step and the floor that it leads to is part of the stairs up to this length
REACH_M = 1.6


def place_stairs(floors: Floors) -> list[DrawnStairs]:
    """Puts straight flights into the floors. Gives back those that could not be placed: they turn back, or no
    floor is at their ends."""
    return [stairs for stairs in floors.drawn.stairs if not _placed_or_undone(floors, stairs)]


def _placed_or_undone(floors: Floors, stairs: DrawnStairs) -> bool:
    before = floors.spaces[:], floors.regions[:], floors.portals[:], dict(floors.space_of)
    if _place(floors, stairs):
        return True
    floors.spaces, floors.regions, floors.portals, floors.space_of = before
    return False


def _place(floors: Floors, stairs: DrawnStairs) -> bool:
    long = math.dist(stairs.foot, stairs.top)
    if long < 0.5 or stairs.width_m < 0.4 or stairs.length_m > TURNS_BACK * long:
        return False
    ux, uy = (stairs.top[0] - stairs.foot[0]) / long, (stairs.top[1] - stairs.foot[1]) / long
    before = _gap(floors.on(stairs.level), stairs.foot, (-ux, -uy))
    beyond = _gap(floors.on(stairs.upper_level), stairs.top, (ux, uy))
    if before is None or beyond is None:
        return False
    half = stairs.width_m / 2
    foot = (stairs.foot[0] - before * ux, stairs.foot[1] - before * uy)
    top = (stairs.top[0] + beyond * ux, stairs.top[1] + beyond * uy)
    corners: list[Point] = [
        (foot[0] + half * uy, foot[1] - half * ux),
        (top[0] + half * uy, top[1] - half * ux),
        (top[0] - half * uy, top[1] + half * ux),
        (foot[0] - half * uy, foot[1] + half * ux),
    ]
    polygon = tuple((round(x, 3), round(y, 3)) for x, y in corners)
    _cut_out(floors, stairs.level, polygon)
    space = Space(floors.space_names.give(stairs.name), plain(stairs.name) or "Stairs", Use.STAIRS)
    slope = round(stairs.length_m + before + beyond, 3)
    region = Region(
        floors.region_names.give(space.id), space.id, stairs.level, polygon, stairs.upper_level, slope
    )
    low = joined(floors.on(stairs.level), region, stairs.level, (polygon[3], polygon[0]))
    high = joined(floors.on(stairs.upper_level), region, stairs.upper_level, (polygon[1], polygon[2]))
    if low is None or high is None:
        return False
    floors.spaces.append(space)
    floors.regions.append(region)
    floors.opening(low[0], region, stairs.level, low[1])
    floors.opening(region, high[0], stairs.upper_level, high[1])
    return True


def _gap(regions: list[Region], end: Point, outwards: Point) -> float | None:
    """How far the stairs are lengthened at an end so that they touch the floor there; None where none is
    near.

    At the foot the floor mostly lies around the steps: nothing is added. At the top it begins where the well
    ends."""
    for step in range(int(REACH_M / 0.05) + 1):
        far = step * 0.05
        probe = (end[0] + (far + 0.05) * outwards[0], end[1] + (far + 0.05) * outwards[1])
        if any(_contains(region, probe) for region in regions):
            return far
    return None


def _contains(region: Region, point: Point) -> bool:
    return all(
        (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) >= -1e-9
        for a, b in edges(region.polygon)
    )


def _cut_out(floors: Floors, level: str, polygon: tuple[Point, ...]) -> None:
    """Takes the steps' floor out of the rooms that they stand in, and divides what is left again."""
    from shapely import Polygon

    steps = Polygon(polygon)
    for region in [one for one in floors.regions if one.level == level]:
        if not touching(bounds(region.polygon), bounds(polygon)):
            continue
        whole = Polygon(region.polygon)
        if whole.intersection(steps).area < 0.02:
            continue
        left = whole.difference(steps)
        parts = [
            part
            for piece in getattr(left, "geoms", [left])
            if piece.geom_type == "Polygon" and piece.area > 0.3
            for part in convex_parts(tidied(piece))
        ]
        gone = [portal for portal in floors.portals if region.id in portal.between]
        floors.portals = [portal for portal in floors.portals if portal not in gone]
        floors.regions.remove(region)
        new = []
        for part in parts:
            ring = tuple((round(x, 3), round(y, 3)) for x, y in part)
            if signed_area(ring) > NARROWEST_M * max(math.dist(a, b) for a, b in edges(ring)):
                new.append(Region(floors.region_names.give(region.id), region.space, level, ring))
        neighbours = [
            one
            for one in floors.regions
            if one.level == level and any(one.id in portal.between for portal in gone)
        ]
        for number, one in enumerate(new):
            for other in [*new[:number], *neighbours]:
                floors.join(other, one, 0.05)
        floors.regions += new
    used = {region.space for region in floors.regions}
    # A room that was nothing but its stairs
    for space in [one for one in floors.spaces if one.id not in used]:
        floors.spaces.remove(space)
        floors.space_of = {key: name for key, name in floors.space_of.items() if name != space.id}


def joined(
    regions: Sequence[Region], stairs: Region, level: str, end: tuple[Point, Point]
) -> tuple[Region, tuple[Point, Point]] | None:
    """The region of a level that an end of the stairs opens to, and the line between them."""
    best: tuple[float, Region, tuple[Point, Point]] | None = None
    strip = dataclasses.replace(stairs, level=level)
    for region in regions:
        line = meeting(strip, region, 0.2, 0.4)
        if line is not None and distance(middle(line), end) < 0.3:
            wide = math.dist(*line)
            if best is None or wide > best[0]:
                best = (wide, region, line)
    return None if best is None else (best[1], best[2])
