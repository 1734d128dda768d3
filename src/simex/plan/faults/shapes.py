"""The shapes of the floor: simple, convex, of a size that a building has, and no two at one place."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from ..geometry import bounds, centroid, crossing, edges, is_convex, overlap_depth, signed_area
from ..model import Plan, Region
from .model import Fault, FaultKind

FARTHEST_M = 5_000.0  # from the plan's origin
LEAST_AREA_M2 = 0.25
MOST = 300
MOST_PAIRS = 2_000_000  # of regions whose boxes overlap: a building has as many as it has regions
MOST_EFFORT = 20_000_000  # squares of the corners of such pairs
OVERLAP_M = 0.02  # touching shapes of real drawings reach this far into each other


def examine(plan: Plan) -> tuple[list[Fault], dict[str, Region]]:
    """(faults of shapes, the regions whose shape can be worked with by identifier: further checks look at
    these only).

    Ends at `MOST` faults: the plan is refused by then, and a hostile one would keep the check busy for long.
    """
    found: list[Fault] = []
    levels = {level.id for level in plan.levels}
    sound: dict[str, Region] = {}
    for region in plan.regions:
        fault = _shape(region)
        if fault is not None:
            found.append(fault)
        elif region.level in levels:
            sound[region.id] = region
        if len(found) >= MOST:
            break
    for point in plan.assembly_points:
        if max(abs(point.position[0]), abs(point.position[1])) > FARTHEST_M:
            sentence = (
                f"Assembly point {point.id} is {_far(point.position)} from the origin. Are its metres "
                "millimetres?"
            )
            found.append(Fault(FaultKind.HUGE_COORDINATES, sentence))
    return found, sound


def _far(point: tuple[float, float]) -> str:
    return f"{math.hypot(*point) / 1000:,.0f} km"


def _shape(region: Region) -> Fault | None:
    polygon, name = region.polygon, region.id

    def fault(kind: FaultKind, sentence: str, position: tuple[float, float] | None = None) -> Fault:
        return Fault(kind, sentence, region.level, position or centroid(polygon), (name,))

    if len(polygon) < 3:
        return fault(
            FaultKind.TINY_REGION,
            f"Region {name} has fewer than three corners. Draw its outline.",
            polygon[0] if polygon else (0.0, 0.0),
        )
    far = max(polygon, key=lambda point: max(abs(point[0]), abs(point[1])))
    if max(abs(far[0]), abs(far[1])) > FARTHEST_M:
        return fault(
            FaultKind.HUGE_COORDINATES,
            (
                f"Region {name} is {_far(far)} from the origin. Are its metres millimetres? Move the "
                "plan to the origin."
            ),
        )
    area = signed_area(polygon)
    if area >= LEAST_AREA_M2 and is_convex(polygon):
        if any(math.dist(a, b) < 0.001 for a, b in edges(polygon)):
            return fault(
                FaultKind.TINY_REGION, f"Region {name} has two corners at one place. Leave one of them out."
            )
        return None
    if (place := crossing(polygon)) is not None:
        return fault(
            FaultKind.CROSSES_ITSELF,
            f"The outline of region {name} crosses itself. Put its corners in order.",
            place,
        )
    if abs(area) < LEAST_AREA_M2:
        return fault(
            FaultKind.TINY_REGION,
            f"Region {name} has {abs(area):.2f} m2: no floor to stand on. Leave it out.",
        )
    if area < 0:
        return fault(
            FaultKind.CLOCKWISE, f"The corners of region {name} run clockwise. Turn their order round."
        )
    return fault(
        FaultKind.NOT_CONVEX,
        (
            f"Region {name} has a corner that turns inwards. Divide it into convex parts and join them "
            "by openings."
        ),
    )


def overlaps(plan: Plan, sound: dict[str, Region]) -> Iterator[Fault]:
    by_level: dict[str, list[tuple[tuple[float, float, float, float], Region]]] = defaultdict(list)
    for region in sound.values():
        by_level[region.level].append((bounds(region.polygon), region))
    compared = effort = 0
    for boxed in by_level.values():
        boxed.sort(key=lambda pair: (pair[0], pair[1].id))
        open_ones: list[tuple[tuple[float, float, float, float], Region]] = []
        for box, region in boxed:  # a sweep along x: only what is still open can overlap
            compared += len(open_ones)
            if compared > MOST_PAIRS or effort > MOST_EFFORT:
                yield Fault(
                    FaultKind.OVERLAP,
                    "Very many regions lie over each other. Draw each piece of floor once.",
                    region.level,
                    region.polygon[0],
                )
                return
            open_ones = [other for other in open_ones if other[0][2] > box[0] + OVERLAP_M]
            for other_box, other in open_ones:
                if other_box[1] < box[3] - OVERLAP_M and other_box[3] > box[1] + OVERLAP_M:
                    effort += (len(other.polygon) + len(region.polygon)) ** 2
                    depth = overlap_depth(other.polygon, region.polygon)
                    if depth > OVERLAP_M:
                        yield _overlap(region, other, depth, (box, other_box))
            open_ones.append((box, region))


def _overlap(
    region: Region,
    other: Region,
    depth: float,
    boxes: tuple[tuple[float, float, float, float], tuple[float, float, float, float]],
) -> Fault:
    (l1, b1, r1, t1), (l2, b2, r2, t2) = boxes
    place = ((max(l1, l2) + min(r1, r2)) / 2, (max(b1, b2) + min(t1, t2)) / 2)
    sentence = f"Regions {other.id} and {region.id} overlap by {depth:.2f} m. Draw each piece of floor once."
    return Fault(FaultKind.OVERLAP, sentence, region.level, place, (other.id, region.id))


def stairs(plan: Plan, sound: dict[str, Region]) -> Iterator[Fault]:
    """Stairs go up to another level, and a portal is at each of their ends."""
    elevation = {level.id: level.elevation_m for level in plan.levels}
    ends: dict[str, set[str]] = defaultdict(set)
    for portal in plan.portals:
        for end in portal.between:
            ends[end].add(portal.level)
    for region in sound.values():
        if region.upper_level is None:
            if region.slope_length_m is not None:
                sentence = (
                    f"Region {region.id} has a slope but no upper level. Name the level that it leads "
                    "to, or leave the slope out."
                )
                yield Fault(
                    FaultKind.STAIRS_TO_NOWHERE,
                    sentence,
                    region.level,
                    centroid(region.polygon),
                    (region.id,),
                )
            continue
        if region.upper_level not in elevation:
            continue
        here = centroid(region.polygon)
        for level in (region.level, region.upper_level):
            if level not in ends[region.id]:
                sentence = (
                    f"Stairs {region.id} have no portal on level {level}. Join that end to the region "
                    "it leads to."
                )
                yield Fault(FaultKind.STAIRS_TO_NOWHERE, sentence, level, here, (region.id,))
        rise = elevation[region.upper_level] - elevation[region.level]
        if rise <= 0:
            sentence = (
                f"Stairs {region.id} lead from level {region.level} up to {region.upper_level}, which "
                "is not higher. Exchange the levels."
            )
            yield Fault(FaultKind.STAIRS_NOT_RISING, sentence, region.level, here, (region.id,))
        elif region.slope_length_m is None or region.slope_length_m < rise:
            given = "no length" if region.slope_length_m is None else f"{region.slope_length_m:.1f} m"
            sentence = (
                f"Stairs {region.id} rise by {rise:.1f} m with {given} along the flight. Give "
                "slope_length_m, longer than the rise."
            )
            yield Fault(FaultKind.STAIRS_NOT_RISING, sentence, region.level, here, (region.id,))
