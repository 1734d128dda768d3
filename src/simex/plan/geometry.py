"""Plane geometry of small polygons: areas, convexity, distances. Points are (x, y) in metres; a polygon's
first corner is not repeated."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .model import Point

Polygon = Sequence[Point]
Segment = tuple[Point, Point]


def cross(origin: Point, one: Point, other: Point) -> float:
    """Twice the signed area of the triangle: positive where `other` lies to the left of the way from `origin`
    to `one`."""
    return (one[0] - origin[0]) * (other[1] - origin[1]) - (one[1] - origin[1]) * (other[0] - origin[0])


def edges(polygon: Polygon) -> Iterator[Segment]:
    for number, corner in enumerate(polygon):
        yield corner, polygon[(number + 1) % len(polygon)]


def signed_area(polygon: Polygon) -> float:
    """Square metres; negative where the corners run clockwise."""
    x0, y0 = polygon[0]  # near the polygon, so that a building far from the origin loses no digits
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in edges(polygon)) / 2


def centroid(polygon: Polygon) -> Point:
    """The centre of area (of the corners, where the area is nothing)."""
    x0, y0 = polygon[0]
    area = sx = sy = 0.0
    for (ax, ay), (bx, by) in edges(polygon):
        piece = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        area += piece
        sx += (ax + bx - 2 * x0) * piece
        sy += (ay + by - 2 * y0) * piece
    if abs(area) < 1e-9:
        return sum(x for x, _ in polygon) / len(polygon), sum(y for _, y in polygon) / len(polygon)
    return x0 + sx / (3 * area), y0 + sy / (3 * area)


def bounds(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """(least x, least y, greatest x, greatest y)."""
    return (
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )


def length(segment: Segment) -> float:
    return math.dist(*segment)


def middle(segment: Segment) -> Point:
    (x1, y1), (x2, y2) = segment
    return (x1 + x2) / 2, (y1 + y2) / 2


def distance(point: Point, segment: Segment) -> float:
    """From a point to the nearest point of a segment."""
    (ax, ay), (bx, by) = segment
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    along = 0.0 if square == 0 else max(0.0, min(1.0, ((point[0] - ax) * dx + (point[1] - ay) * dy) / square))
    return math.hypot(point[0] - ax - along * dx, point[1] - ay - along * dy)


def shared_length(segment: Segment, edge: Segment) -> float:
    """How much of a segment lies beside an edge: the length of its projection on the edge's line that falls
    on the edge."""
    (ax, ay), (bx, by) = edge
    long = math.dist(*edge)
    if long == 0:
        return 0.0
    ux, uy = (bx - ax) / long, (by - ay) / long
    places = sorted((x - ax) * ux + (y - ay) * uy for x, y in segment)
    return max(0.0, min(places[1], long) - max(places[0], 0.0))


def is_convex(polygon: Polygon, tolerance: float = 0.005) -> bool:
    """Whether a counter-clockwise polygon goes round once and no corner turns inwards by more than
    `tolerance` metres. It is simple then, too."""
    count = len(polygon)
    for number in range(count):
        before, corner, after = polygon[number - 1], polygon[number], polygon[(number + 1) % count]
        chord = math.dist(before, after)
        if cross(before, corner, after) < 0 and (
            chord == 0 or -cross(before, corner, after) / chord > tolerance
        ):
            return False
    ways = [b[0] > a[0] for a, b in edges(polygon) if abs(b[0] - a[0]) > 2 * tolerance]
    # A star turns left all the way, too, but goes round twice
    return sum(way != ways[number - 1] for number, way in enumerate(ways)) <= 2


def crossing(polygon: Polygon) -> Point | None:
    """Where two edges of a polygon cross or touch that are no neighbours; None for a simple polygon."""
    count = len(polygon)
    own = list(edges(polygon))
    for i in range(count):
        for j in range(i + 2, count):
            if (i, j) != (0, count - 1) and _meet(own[i], own[j]):
                (a, b), (c, d) = own[i], own[j]
                whole = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
                if whole == 0:
                    return c
                along = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / whole
                return a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])
    return None


def _meet(one: Segment, other: Segment) -> bool:
    a, b = one
    c, d = other
    if (
        min(a[0], b[0]) > max(c[0], d[0])
        or min(c[0], d[0]) > max(a[0], b[0])
        or min(a[1], b[1]) > max(c[1], d[1])
        or min(c[1], d[1]) > max(a[1], b[1])
    ):
        return False
    return cross(a, b, c) * cross(a, b, d) <= 0 and cross(c, d, a) * cross(c, d, b) <= 0


def overlap_depth(one: Polygon, other: Polygon) -> float:
    """How far two convex polygons reach into each other: the shortest way that would part them, in metres (0
    where they only touch).

    By the separating axis: convex shapes are apart exactly where the normal of one of their edges parts them.
    """
    least = math.inf
    for polygon in (one, other):
        for a, b in edges(polygon):
            long = math.dist(a, b)
            if long < 1e-9:
                continue
            nx, ny = (b[1] - a[1]) / long, (a[0] - b[0]) / long
            first = [x * nx + y * ny for x, y in one]
            second = [x * nx + y * ny for x, y in other]
            least = min(least, max(first) - min(second), max(second) - min(first))
            if least <= 0:
                return 0.0
    return least
