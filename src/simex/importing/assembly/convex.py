"""Dividing the floor of a room into convex parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from simex.plan import Point
from simex.plan.geometry import cross, signed_area

if TYPE_CHECKING:
    from shapely import Polygon

COLUMN_M2 = (
    1.0  # a smaller hole is a column: people walk round it, and a floor in many parts would say nothing more
)
BEND_M = 0.004  # a corner that turns inwards by less is straight (the checks allow 0.005)
SNAP_M = 0.05
LEAST_M2 = 0.3  # a smaller part is a niche of the wall
MOST_CORNERS = 400
IN_A_DOOR_M = 1_000.0  # a cut that ends in a door counts as so much longer
Ring = list[Point]


def tidied(area: Polygon) -> Any:
    """A room's outline without columns and corners that hardly bend. Raises ValueError where too many corners
    are left."""
    from shapely import Polygon

    walls = [hole for hole in area.interiors if Polygon(hole).area >= COLUMN_M2]
    shape: Any = Polygon(area.exterior, walls).simplify(0.02)
    if len(shape.exterior.coords) > MOST_CORNERS:
        shape = shape.simplify(0.1)
    if corners(shape) > MOST_CORNERS:
        raise ValueError(f"its outline has more than {MOST_CORNERS} corners")
    return shape


def corners(shape: Any) -> int:
    return sum(len(ring.coords) - 1 for ring in (shape.exterior, *shape.interiors))


def convex_parts(shape: Any, doors: Sequence[tuple[Point, float]] = ()) -> list[Ring]:
    """Convex rings, counter-clockwise, that cover a tidied outline but for niches. Takes time with the cube
    of its corners.

    doors: middle and half width of each; no cut ends in one while another cut is possible, or the door would
    open to half of it."""
    return [
        part
        for piece in _without_holes(shape)
        for part in _split(_ring(piece), doors)
        if signed_area(part) >= LEAST_M2
    ]


def _without_holes(shape: Any) -> list[Any]:
    """Cuts through every hole, from wall to wall along a side of it."""
    from shapely import LineString
    from shapely.ops import split

    waiting: list[Any] = [shape]
    whole: list[Any] = []
    while waiting:
        if len(waiting) + len(whole) > MOST_CORNERS:
            raise ValueError("its outline falls into too many parts")
        piece = waiting.pop()
        if not piece.interiors:
            whole.append(piece)
            continue
        (ax, ay), (bx, by) = max(pairwise(piece.interiors[0].coords), key=lambda edge: math.dist(*edge))
        far = 10 * (
            math.dist((ax, ay), (bx, by))
            + math.hypot(piece.bounds[2] - piece.bounds[0], piece.bounds[3] - piece.bounds[1])
        )
        long = math.dist((ax, ay), (bx, by))
        ux, uy = (bx - ax) / long, (by - ay) / long
        cut = LineString([(ax - far * ux, ay - far * uy), (ax + far * ux, ay + far * uy)])
        parts = [part for part in split(piece, cut).geoms if part.area > 1e-6]
        if len(parts) < 2:
            raise ValueError("its outline cannot be divided")
        waiting += parts
    return whole


def _ring(piece: Any) -> Ring:
    ring = [(float(x), float(y)) for x, y in list(piece.exterior.coords)[:-1]]
    return ring if signed_area(ring) > 0 else ring[::-1]


def _split(ring: Ring, doors: Sequence[tuple[Point, float]]) -> list[Ring]:
    waiting, parts = [ring], []
    while waiting:
        piece = _straightened(waiting.pop())
        if len(piece) < 3:
            continue
        cut = _best_cut(piece, doors)
        if cut is None:
            parts.append(piece)
        else:
            waiting += _divided(piece, *cut)
        if len(parts) + len(waiting) > MOST_CORNERS:
            raise ValueError("its outline falls into too many parts")
    return parts


def _straightened(ring: Ring) -> Ring:
    """Without corners that do not bend and points that lie on each other."""
    kept = [point for number, point in enumerate(ring) if math.dist(point, ring[number - 1]) > 0.002]
    changed = True
    while changed and len(kept) > 3:
        changed = False
        for number in range(len(kept)):
            before, corner, after = kept[number - 1], kept[number], kept[(number + 1) % len(kept)]
            chord = math.dist(before, after)
            if chord > 0 and abs(cross(before, corner, after)) / chord < 1e-4:
                del kept[number]
                changed = True
                break
    return kept


def _best_cut(ring: Ring, doors: Sequence[tuple[Point, float]]) -> tuple[int, int, Point] | None:
    """(corner, edge that is hit, where): the shortest line that continues a wall from a corner that turns
    inwards; None for a convex ring."""
    best: tuple[float, int, int, Point] | None = None
    count = len(ring)
    for number in range(count):
        before, corner, after = ring[number - 1], ring[number], ring[(number + 1) % count]
        chord = math.dist(before, after)
        bend = -cross(before, corner, after)
        if bend <= 0 or (chord > 0 and bend / chord <= BEND_M):
            continue
        for origin in (before, after):
            hit = _hit(ring, number, origin)
            if hit is None:
                continue
            cost = hit[0] + IN_A_DOOR_M * any(math.dist(hit[2], middle) < half for middle, half in doors)
            if best is None or cost < best[0]:
                best = (cost, number, hit[1], hit[2])
    return None if best is None else best[1:]


def _hit(ring: Ring, number: int, origin: Point) -> tuple[float, int, Point] | None:
    """How far, on which edge and where the wall from `origin` to a corner meets the outline again when it is
    continued."""
    corner = ring[number]
    long = math.dist(origin, corner)
    ux, uy = (corner[0] - origin[0]) / long, (corner[1] - origin[1]) / long
    count = len(ring)
    nearest: tuple[float, int, Point] | None = None
    for edge in range(count):
        if edge in (number, (number - 1) % count):
            continue
        (ax, ay), (bx, by) = ring[edge], ring[(edge + 1) % count]
        dx, dy = bx - ax, by - ay
        whole = ux * dy - uy * dx
        if abs(whole) < 1e-12:
            continue
        far = ((ax - corner[0]) * dy - (ay - corner[1]) * dx) / whole
        along = ((ax - corner[0]) * uy - (ay - corner[1]) * ux) / whole
        if far > 1e-6 and -1e-9 <= along <= 1 + 1e-9 and (nearest is None or far < nearest[0]):
            nearest = (far, edge, (corner[0] + far * ux, corner[1] + far * uy))
    return nearest


def _divided(ring: Ring, number: int, edge: int, place: Point) -> list[Ring]:
    count = len(ring)
    after = (edge + 1) % count
    if math.dist(place, ring[edge]) < SNAP_M and edge != (number + 1) % count:
        place = ring[edge]
    elif math.dist(place, ring[after]) < SNAP_M and after != (number - 1) % count:
        place = ring[after]
    one = [ring[number]]
    here = (number + 1) % count
    while here != after:
        one.append(ring[here])
        here = (here + 1) % count
    other = [ring[number], place]
    while here != number:
        other.append(ring[here])
        here = (here + 1) % count
    return [[*one, place], other]
