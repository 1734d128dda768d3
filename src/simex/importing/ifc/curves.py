"""Curves of IFC as lines of points, in the coordinates that they are written in."""

from __future__ import annotations

import math
from typing import Any

from .placement import Places, apply

DEEPEST = 12
ARC_STEP = math.radians(15)  # an arc as a chain of chords: a circle of 24
MOST_POINTS = 20_000  # of one curve


class Curves:
    def __init__(self, places: Places) -> None:
        self.places, self.step = places, places.step

    def points(self, number: int, depth: int = 0) -> list[tuple[float, float, float]]:
        """The points along a curve. Raises ValueError for a curve of another kind, or with more points than
        any room has."""
        if depth > DEEPEST:
            raise ValueError("its curves are nested too deeply")
        kind, values = self.step.kind(number), self.step.values(number)
        if kind == "IFCPOLYLINE":
            if len(values[0]) > MOST_POINTS:
                raise ValueError("a curve has too many points")
            return [self.places.point(point) for point in values[0]]
        if kind == "IFCINDEXEDPOLYCURVE":
            return self._indexed(values)
        if kind in ("IFCCOMPOSITECURVE", "IFC2DCOMPOSITECURVE"):
            return self._composite(values[0], depth)
        if kind == "IFCTRIMMEDCURVE":
            return self._trimmed(values, depth)
        if kind in ("IFCCIRCLE", "IFCELLIPSE"):
            return self._arc(number, 0.0, 2 * math.pi)[:-1]
        if kind.startswith(("IFCBSPLINECURVE", "IFCRATIONALBSPLINECURVE", "IFCBEZIERCURVE")):
            return [self.places.point(point) for point in values[1][:MOST_POINTS]]
        raise ValueError(f"{kind} is a curve that is not read")

    def _indexed(self, values: list[Any]) -> list[tuple[float, float, float]]:
        listed = self.step.values(values[0])[0]
        if len(listed) > MOST_POINTS:
            raise ValueError("a curve has too many points")
        at = [tuple(map(float, (*row[:3], 0.0)))[:3] for row in listed]
        every: list[Any] = [(x, y, z) for x, y, z in at]
        if not values[1]:
            return every
        found: list[tuple[float, float, float]] = []
        for indices in values[1]:
            chain = [every[_index(one)] for one in indices[0]]
            if indices.kind == "IFCARCINDEX" and not _straight(chain):
                chain = _through(*chain)
            found += chain if not found else chain[1:]
            if len(found) > MOST_POINTS:
                raise ValueError("a curve has too many points")
        return found

    def _composite(self, segments: list[int], depth: int) -> list[tuple[float, float, float]]:
        found: list[tuple[float, float, float]] = []
        for segment in segments:
            values = self.step.values(segment)
            piece = self.points(values[2], depth + 1)
            if values[1] == "F":
                piece.reverse()
            if found and math.dist(found[-1], piece[0]) > math.dist(found[-1], piece[-1]) + 1e-9:
                # Some programs write the sense of the segment wrongly; the end that fits is right
                piece.reverse()
            found += piece if not found or math.dist(found[-1], piece[0]) > 1e-6 else piece[1:]
            if len(found) > MOST_POINTS:
                raise ValueError("a curve has too many points")
        return found

    def _trimmed(self, values: list[Any], depth: int) -> list[tuple[float, float, float]]:
        basis = values[0]
        kind = self.step.kind(basis)
        forward = values[3] != "F"
        if kind == "IFCLINE":
            start, vector = self.step.values(basis)
            way, size = self.step.values(vector)
            origin, along = self.places.point(start), self.places.point(way)
            return [
                self._trim_point(trim) or _along(origin, along, float(_parameter(trim)) * float(size))
                for trim in values[1:3]
            ]
        if kind in ("IFCCIRCLE", "IFCELLIPSE"):
            low, high = (self._angle(basis, trim) for trim in values[1:3])
            if not forward:
                low, high = high, low
            while high <= low + 1e-9:
                high += 2 * math.pi
            arc = self._arc(basis, low, high)
            return arc if forward else arc[::-1]
        return self.points(basis, depth + 1)

    def _trim_point(self, trim: list[Any]) -> tuple[float, float, float] | None:
        """Where a curve is trimmed at a point (and not at a parameter)."""
        point = next(
            (one for one in trim if isinstance(one, int) and self.step.kind(one) == "IFCCARTESIANPOINT"), None
        )
        return None if point is None else self.places.point(point)

    def _angle(self, basis: int, trim: list[Any]) -> float:
        point = self._trim_point(trim)
        if point is None:
            value = _parameter(trim)
            return math.radians(value) if self._degrees() else value
        values = self.step.values(basis)
        rows = self.places.axes(values[0])
        dx, dy, dz = (point[n] - rows[n][3] for n in range(3))
        second = float(values[2]) if self.step.kind(basis) == "IFCELLIPSE" else float(values[1])
        x = sum(rows[n][0] * d for n, d in enumerate((dx, dy, dz)))
        y = sum(rows[n][1] * d for n, d in enumerate((dx, dy, dz)))
        return math.atan2(y / second, x / float(values[1]))

    def _degrees(self) -> bool:
        """Whether plane angles of the file are in degrees."""
        return any(
            self.step.values(unit)[1] == "PLANEANGLEUNIT"
            for unit in self.step.numbers("IFCCONVERSIONBASEDUNIT")
        )

    def _arc(self, basis: int, low: float, high: float) -> list[tuple[float, float, float]]:
        values = self.step.values(basis)
        matrix = self.places.axes(values[0])
        first = float(values[1])
        second = float(values[2]) if self.step.kind(basis) == "IFCELLIPSE" else first
        count = max(2, min(200, math.ceil((high - low) / ARC_STEP)))
        angles = [low + (high - low) * n / count for n in range(count + 1)]
        return [apply(matrix, (first * math.cos(a), second * math.sin(a), 0.0)) for a in angles]


def _parameter(trim: list[Any]) -> float:
    for one in trim:
        inner = one[0] if isinstance(one, list) and one else one
        if isinstance(inner, float):
            return inner
    raise ValueError("a curve is trimmed at nothing")


def _index(number: float) -> int:
    if number < 1:
        raise ValueError("an index counts from 1")
    return int(number) - 1


def _along(
    origin: tuple[float, float, float], way: tuple[float, float, float], far: float
) -> tuple[float, float, float]:
    return origin[0] + far * way[0], origin[1] + far * way[1], origin[2] + far * way[2]


def _straight(chain: list[tuple[float, float, float]]) -> bool:
    (ax, ay, _), (bx, by, _), (cx, cy, _) = chain
    return abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) < 1e-9


def _through(
    start: tuple[float, float, float], between: tuple[float, float, float], end: tuple[float, float, float]
) -> list[tuple[float, float, float]]:
    """The arc from a point through another to a third, on the plane of x and y."""
    (ax, ay, z), (bx, by, _), (cx, cy, _) = start, between, end
    d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    ox = (a2 * (by - cy) + b2 * (cy - ay) + c2 * (ay - by)) / d
    oy = (a2 * (cx - bx) + b2 * (ax - cx) + c2 * (bx - ax)) / d
    radius = math.hypot(ax - ox, ay - oy)
    low, mid, high = (math.atan2(y - oy, x - ox) for x, y in ((ax, ay), (bx, by), (cx, cy)))
    turns = 2 * math.pi
    clockwise = (mid - low) % turns > (high - low) % turns
    sweep = -((low - high) % turns) if clockwise else (high - low) % turns
    count = max(2, min(200, math.ceil(abs(sweep) / ARC_STEP)))
    return [
        (ox + radius * math.cos(low + sweep * n / count), oy + radius * math.sin(low + sweep * n / count), z)
        for n in range(count + 1)
    ]
