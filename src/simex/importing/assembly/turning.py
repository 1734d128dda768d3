"""Stairs that turn back: in a stairwell whose doors are all at one end, half a flight goes away from them and
half a flight comes back.

Seen from above: a landing at the doors, two lanes side by side, a landing at the other end. The far landing
lies half a storey higher, on a level of its own, so that people walk the whole length and not from door to
door."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simex.plan import Point, Region
from simex.plan.geometry import signed_area

from ..drawn import DrawnLevel
from .flights import joined
from .floors import Floors

LANDING_M = 1.2  # depth of a landing, at least
FLIGHT_M = 1.5  # length of half a flight, at least
LANE_M = 0.8  # width of a lane, at least
BETWEEN_M = 0.1  # from lane to lane


@dataclass(frozen=True, slots=True)
class Well:
    """A stairwell's rectangle: `origin` at the doors' end, `along` away from them, `across` to the left of
    that, both of length 1."""

    origin: Point
    along: Point
    across: Point
    length: float
    width: float

    def place(self, point: Point) -> tuple[float, float]:
        x, y = point[0] - self.origin[0], point[1] - self.origin[1]
        return x * self.along[0] + y * self.along[1], x * self.across[0] + y * self.across[1]

    def box(self, near: float, far: float, low: float, high: float) -> list[Point]:
        corners = ((near, low), (far, low), (far, high), (near, high))
        return [
            (
                self.origin[0] + s * self.along[0] + t * self.across[0],
                self.origin[1] + s * self.along[1] + t * self.across[1],
            )
            for s, t in corners
        ]


def well_of(floors: Floors, chain: Sequence[Region]) -> tuple[Well, float] | None:
    """The rectangle of stairwells above each other and the depth of the landing at their doors; None where
    they are not at one end."""
    from shapely import Polygon

    corners = list(Polygon(chain[0].polygon).minimum_rotated_rectangle.exterior.coords)[:4]
    sides = [(corners[n], corners[(n + 1) % 4]) for n in range(4)]
    (ax, ay), (bx, by) = max(sides, key=lambda side: math.dist(*side))
    length = math.dist((ax, ay), (bx, by))
    width = min(math.dist(*side) for side in sides)
    ways = {region.id for region in chain}
    doors = [
        portal for portal in floors.portals if ways & set(portal.between) and not ways >= set(portal.between)
    ]
    if not doors or width < 2 * LANE_M + BETWEEN_M:
        return None
    middle = (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)
    for sign in (1, -1):
        ux, uy = sign * (bx - ax) / length, sign * (by - ay) / length
        origin = (middle[0] - ux * length / 2 + uy * width / 2, middle[1] - uy * length / 2 - ux * width / 2)
        well = Well(origin, (ux, uy), (-uy, ux), length, width)
        near = max(LANDING_M, *(well.place(point)[0] + 0.05 for portal in doors for point in portal.segment))
        if near + FLIGHT_M + LANDING_M <= length:
            return well, near
    return None


def turn_back(
    floors: Floors, chain: Sequence[Region], well: Well, near: float, heights: dict[str, float]
) -> bool:
    """Lays the two lanes and the far landing between each two levels of a chain of stairwells. Changes
    nothing where a piece would not fit."""
    far = well.length - LANDING_M
    half = (well.width - BETWEEN_M) / 2
    landings = [_piece(room, well.box(-1.0, near, -1.0, well.width + 1.0)) for room in chain]
    pieces: list[tuple[Region, list[Point] | None]] = list(zip(chain, landings, strict=True))
    laid = []
    for room, above in pairwise(chain):
        up = _piece(room, well.box(near, far, -1.0, half))
        back = _piece(room, well.box(near, far, well.width - half, well.width + 1.0))
        turn = _piece(room, well.box(far, well.length + 1.0, -1.0, well.width + 1.0))
        laid.append((room, above, up, back, turn))
    if any(piece is None for _, piece in pieces) or any(
        piece is None for _, _, *three in laid for piece in three
    ):
        return False
    for room, landing in pieces:
        here = next(n for n, region in enumerate(floors.regions) if region.id == room.id)
        floors.regions[here] = dataclasses.replace(floors.regions[here], polygon=tuple(landing or ()))
    for room, above, up, back, turn in laid:
        rise = heights[above.level] - heights[room.level]
        level = _half_level(floors, room.level, above.level, heights)
        slope = round(math.hypot(far - near, rise / 2), 3)
        lower = Region(
            floors.region_names.give(f"{room.id}-up"), room.space, room.level, tuple(up or ()), level, slope
        )
        middle = Region(floors.region_names.give(f"{room.id}-turn"), room.space, level, tuple(turn or ()))
        upper = Region(
            floors.region_names.give(f"{room.id}-on"),
            room.space,
            level,
            tuple(back or ()),
            above.level,
            slope,
        )
        floors.regions += [lower, middle, upper]
        for flight in (lower, upper):
            ends = (
                (flight.level, near if flight is lower else far),
                (flight.upper_level or "", far if flight is lower else near),
            )
            for at, place in ends:
                line = (
                    well.box(place, place, 0.0, half)
                    if flight is lower
                    else well.box(place, place, well.width - half, well.width)
                )
                found = joined(
                    [one for one in floors.on(at) if one is not flight], flight, at, (line[0], line[2])
                )
                if found is not None:
                    floors.opening(flight, found[0], at, found[1])
    return True


def _piece(room: Region, box: list[Point]) -> list[Point] | None:
    """The part of a stairwell that lies in a box."""
    from shapely import Polygon

    shared: Any = Polygon(room.polygon).intersection(Polygon(box))
    if shared.geom_type != "Polygon" or shared.area < 0.5:
        return None
    ring = [(round(x, 3), round(y, 3)) for x, y in list(shared.exterior.coords)[:-1]]
    return ring if signed_area(ring) > 0 else ring[::-1]


def _half_level(floors: Floors, lower: str, upper: str, heights: dict[str, float]) -> str:
    """The level of the landings between two storeys."""
    identifier = f"{lower}-landings"
    if identifier not in heights:
        names = {level.id: level.name for level in floors.drawn.levels}
        heights[identifier] = (heights[lower] + heights[upper]) / 2
        place = next(n for n, level in enumerate(floors.drawn.levels) if level.id == upper)
        floors.drawn.levels.insert(
            place, DrawnLevel(identifier, f"Landings above {names[lower]}", heights[identifier])
        )
    return identifier
