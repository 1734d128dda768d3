"""Which regions lie on the two sides of a door, and along which line two regions meet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from simex.plan import WALL, Point, Region
from simex.plan.geometry import bounds, distance, edges

PARALLEL = 0.94  # cosine: walls that differ by less than 20 degrees


Box = tuple[float, float, float, float]


def touching(one: Box, other: Box, apart_m: float = 0.0) -> bool:
    """Whether two boxes (left, bottom, right, top) are at most so far apart."""
    return (
        one[0] <= other[2] + apart_m
        and other[0] <= one[2] + apart_m
        and one[1] <= other[3] + apart_m
        and other[1] <= one[3] + apart_m
    )


class Nearby:
    """Regions by place: what is near a door is found without a look at every room of the building."""

    def __init__(self, regions: Sequence[Region]) -> None:
        from shapely import STRtree, box

        by_level: dict[str, list[Region]] = {}
        for region in regions:
            by_level.setdefault(region.level, []).append(region)
        self._levels = {
            level: (STRtree([box(*bounds(one.polygon)) for one in own]), own)
            for level, own in by_level.items()
        }

    def around(self, level: str, place: Box, reach_m: float) -> list[Region]:
        """The regions of a level whose box is within reach of a box, in the order in which they were
        given."""
        from shapely import box

        if level not in self._levels:
            return []
        tree, own = self._levels[level]
        return [
            own[n]
            for n in sorted(
                tree.query(
                    box(place[0] - reach_m, place[1] - reach_m, place[2] + reach_m, place[3] + reach_m)
                )
            )
        ]


def sides(
    regions: Iterable[Region], middle: Point, along: Point, width_m: float, reach_m: float = WALL
) -> tuple[Region | None, Region | None]:
    """The nearest region to the left and to the right of a door that stands at `middle` in a wall of
    direction `along` (length 1)."""
    best: list[tuple[float, Region] | None] = [None, None]
    for region in regions:
        found = _facing(region, middle, along, width_m, reach_m)
        if found is not None:
            apart, side = found
            held = best[side]
            if held is None or apart < held[0]:
                best[side] = (apart, region)
    return best[0][1] if best[0] else None, best[1][1] if best[1] else None


def _facing(
    region: Region, middle: Point, along: Point, width_m: float, reach_m: float
) -> tuple[float, int] | None:
    """(how far away, 0 for left or 1 for right) of the wall of a region that a door could stand in."""
    best: tuple[float, int] | None = None
    for edge in edges(region.polygon):
        (ax, ay), (bx, by) = edge
        long = math.dist(*edge)
        if long < 0.3:
            continue
        ux, uy = (bx - ax) / long, (by - ay) / long
        cosine = ux * along[0] + uy * along[1]
        if abs(cosine) < PARALLEL:
            continue
        apart = distance(middle, edge)
        # A door beside a corner may reach over the end of its wall a little, not by half.
        if apart > reach_m or overlap(middle, along, width_m, edge) < 0.6 * min(width_m, 1.0):
            continue
        if best is None or apart < best[0]:
            best = (apart, 0 if cosine > 0 else 1)  # counter-clockwise: the floor is on the left of its edge
    return best


def overlap(middle: Point, along: Point, width_m: float, edge: tuple[Point, Point]) -> float:
    """How much of a door's width lies beside an edge, metres."""
    low, high = sorted((x - middle[0]) * along[0] + (y - middle[1]) * along[1] for x, y in edge)
    return max(0.0, min(high, width_m / 2) - max(low, -width_m / 2))


def clipped(middle: Point, along: Point, width_m: float, regions: Iterable[Region]) -> tuple[Point, Point]:
    """The part of a door that lies beside the walls of all its regions, as a segment."""
    low, high = -width_m / 2, width_m / 2
    for region in regions:
        best = max(edges(region.polygon), key=lambda edge: _fit(middle, along, width_m, edge))
        start, end = sorted((x - middle[0]) * along[0] + (y - middle[1]) * along[1] for x, y in best)
        low, high = max(low, start), min(high, end)
    return (middle[0] + low * along[0], middle[1] + low * along[1]), (
        middle[0] + high * along[0],
        middle[1] + high * along[1],
    )


def _fit(middle: Point, along: Point, width_m: float, edge: tuple[Point, Point]) -> float:
    long = math.dist(*edge)
    if (
        long == 0
        or abs((edge[1][0] - edge[0][0]) * along[0] + (edge[1][1] - edge[0][1]) * along[1]) < PARALLEL * long
        or distance(middle, edge) > WALL + 0.01
    ):
        return -1.0
    return overlap(middle, along, width_m, edge) - 0.1 * distance(middle, edge)


def meeting(one: Region, other: Region, apart_m: float, least_m: float = 0.5) -> tuple[Point, Point] | None:
    """The longest line along which two regions of a level lie beside each other at most `apart_m` apart; None
    where it is shorter than `least_m`."""
    best: tuple[float, tuple[Point, Point]] | None = None
    for (ax, ay), (bx, by) in edges(one.polygon):
        long = math.dist((ax, ay), (bx, by))
        if long < least_m:
            continue
        ux, uy = (bx - ax) / long, (by - ay) / long
        for (cx, cy), (dx, dy) in edges(other.polygon):
            if (dx - cx) * ux + (
                dy - cy
            ) * uy >= 0:  # neighbours run along a common edge in opposite directions
                continue
            away = [(x - ax) * uy - (y - ay) * ux for x, y in ((cx, cy), (dx, dy))]
            if max(away) > apart_m or min(away) < -0.03:
                continue
            low, high = sorted((x - ax) * ux + (y - ay) * uy for x, y in ((cx, cy), (dx, dy)))
            low, high = max(low, 0.0), min(high, long)
            if high - low >= least_m and (best is None or high - low > best[0]):
                half = sum(away) / 4  # in the middle between the two edges
                ends = tuple((ax + s * ux + half * uy, ay + s * uy - half * ux) for s in (low, high))
                best = (high - low, (ends[0], ends[1]))
    return None if best is None else best[1]
