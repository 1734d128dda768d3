"""Who could see whom with every door shut: straight lines through convex floor and through openings without a
leaf (simex.md section 5, M10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simex.plan import OUTSIDE, Plan, PortalKind

Point = tuple[float, float]
Segment = tuple[Point, Point]
_TOUCH = 1e-9


@dataclass(frozen=True)
class _Cone:
    """What can be seen from `eye` between two directions, counter-clockwise from right to left, less than
    half a turn apart."""

    eye: Point
    right: Point
    left: Point

    def through(self, opening: Segment) -> _Cone | None:
        """The part of it that goes through an opening; None when there is none."""
        one, two = (_minus(end, self.eye) for end in opening)
        right, left = (one, two) if _cross(one, two) > 0 else (two, one)
        right = right if _cross(self.right, right) > 0 else self.right
        left = left if _cross(self.left, left) < 0 else self.left
        return _Cone(self.eye, right, left) if _cross(right, left) > _TOUCH else None

    def holds(self, point: Point) -> bool:
        way = _minus(point, self.eye)
        return _cross(self.right, way) >= -_TOUCH and _cross(way, self.left) >= -_TOUCH


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def _cross(a: Point, b: Point) -> float:
    return a[0] * b[1] - a[1] * b[0]


def _first_cone(eye: Point, opening: Segment) -> _Cone | None:
    one, two = (_minus(end, eye) for end in opening)
    turn = _cross(one, two)
    if abs(turn) <= _TOUCH:
        return None
    return _Cone(eye, one, two) if turn > 0 else _Cone(eye, two, one)


def openings_of(plan: Plan) -> dict[str, list[tuple[str, Segment]]]:
    """For each region on one level, its openings without a leaf as (region behind, segment). Stairs are left
    out: they lead out of the level."""
    level = {region.id: region for region in plan.regions if region.upper_level is None}
    found: dict[str, list[tuple[str, Segment]]] = {region: [] for region in level}
    for portal in plan.portals:
        if (
            portal.kind is PortalKind.DOOR
            or OUTSIDE in portal.between
            or any(side not in level for side in portal.between)
        ):
            continue
        one, two = portal.between
        if level[one].level == level[two].level:
            found[one].append((two, portal.segment))
            found[two].append((one, portal.segment))
    return found


def seen_from(
    eye: Point, region: str, openings: Mapping[str, Sequence[tuple[str, Segment]]]
) -> Iterator[tuple[str, _Cone]]:
    """The other regions of which something is seen from a point in a region, each with the cone in which it
    is seen."""
    waiting = [
        (behind, cone, {region, behind})
        for behind, segment in openings.get(region, ())
        if (cone := _first_cone(eye, segment)) is not None
    ]
    while waiting:
        place, cone, passed = waiting.pop()
        yield place, cone
        for behind, segment in openings[place]:
            # A straight line enters convex floor once
            if behind not in passed and (narrower := cone.through(segment)) is not None:
                waiting.append((behind, narrower, passed | {behind}))
