"""Stairs of an IFC file: where they begin and end, by their walking line, else by their lowest and highest
steps."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from ..drawn import DrawnStairs
from ..problems import BROKEN_PART
from .placement import Vector
from .shapes import Footprint

if TYPE_CHECKING:
    from .building import Building

FLIGHTS = ("IFCSTAIRFLIGHT",)
NAMED_LINES = ("WalkingLine", "Axis", "FootPath")
USUAL_WIDTH_M = 1.2
ALONG_SIDE = 0.94  # cosine of 20 degrees


def drawn_stairs(building: Building) -> tuple[list[DrawnStairs], int]:
    """(stairs that lead from one level to another, how many stairs the file counts)."""
    step = building.step
    whole = step.numbers("IFCSTAIR")
    flights = step.numbers(*FLIGHTS)
    by_stair: dict[int, list[int]] = {stair: [] for stair in whole}
    for flight in flights:
        by_stair.setdefault(building.parent.get(flight, flight), []).append(flight)
    found = []
    for stair, parts in by_stair.items():
        try:
            one = _stairs(building, stair, parts)
        except BROKEN_PART as error:
            building.drawn.notes.append(
                f"Stairs #{stair} were left out: their shape cannot be read, {error}."
            )
            continue
        if one is not None:
            found.append(one)
    return found, len(by_stair)


def _stairs(building: Building, stair: int, flights: list[int]) -> DrawnStairs | None:
    values = building.step.values(stair)
    name = str(values[2] or "Stairs").split(":")[0] or "Stairs"
    ends = [end for part in flights or [stair] for end in [_ends(building, part)] if end is not None]
    if not ends:
        building.drawn.notes.append(f"{name} were left out: no shape of theirs can be read.")
        return None
    low = min(ends, key=lambda end: end[0][2])
    high = max(ends, key=lambda end: end[1][2])
    levels = building.drawn.levels
    storey = building.storey(stair)
    level = building.level_of_storey[storey] if storey is not None else building.level_at(low[0][2])
    above = [one for one in levels if one.elevation_m > low[0][2] + 1.0]
    upper = min(above, key=lambda one: abs(one.elevation_m - high[1][2]), default=None)
    if level is None or upper is None or upper.id == level:
        building.drawn.notes.append(f"{name} were left out: they lead to no other level.")
        return None
    length = sum(math.dist(foot, top) for foot, top, _ in ends) + _between(ends)
    width = min(wide for _, _, wide in ends)
    return DrawnStairs(str(values[0]), name, level, upper.id, low[0][:2], high[1][:2], width, length)


def _between(ends: list[tuple[Vector, Vector, float]]) -> float:
    """Landings: from the top of each flight to the foot of the next."""
    ordered = sorted(ends, key=lambda end: end[0][2])
    return sum(math.dist(before[1][:2], after[0][:2]) for before, after in pairwise(ordered))


def _ends(building: Building, part: int) -> tuple[Vector, Vector, float] | None:
    """(foot, top, width) of a flight: along its walking line where it has one, else along the way in which it
    rises."""
    solids = building.shapes.solids(part)
    lines = [line for line in building.shapes.lines(part, NAMED_LINES) if len(line) > 1]
    # Of several solids each is a step: its top is what is walked on. A single one is looked at as a whole.
    tops = (
        corner
        for solid in solids
        for corner in solid.corners
        if len(solids) == 1 or corner[2] > solid.high - 0.01
    )
    # An outline repeats its first corner
    corners = list(dict.fromkeys((round(x, 4), round(y, 4), round(z, 4)) for x, y, z in tops))
    if not corners and not lines:
        return None
    bottom, top = (
        _heights(solids)
        if solids
        else (min(z for line in lines for _, _, z in line), max(z for line in lines for _, _, z in line))
    )
    if lines:
        (fx, fy, _), (hx, hy, _) = lines[0][0], lines[0][-1]
    else:
        (fx, fy), (hx, hy) = _rising(corners)
    if top - bottom < 0.5 or math.hypot(hx - fx, hy - fy) < 0.3:
        return None
    foot, head = (fx, fy, bottom), (hx, hy, top)
    return foot, head, _width(corners, foot, head)


def _heights(solids: list[Footprint]) -> tuple[float, float]:
    """Where a flight starts and ends. A step may be a block that stands on the floor below: it counts by its
    top, the first one riser lower."""
    treads = sorted({round(solid.high, 4) for solid in solids})
    if len(treads) < 3:
        return min(solid.low for solid in solids), treads[-1]
    return treads[0] - (treads[-1] - treads[0]) / (len(treads) - 1), treads[-1]


def _rising(corners: list[Vector]) -> tuple[tuple[float, float], tuple[float, float]]:
    """From where to where a flight rises, seen from above: the slope of the plane that fits its corners
    best."""
    count = len(corners)
    mx, my, mz = (sum(corner[n] for corner in corners) / count for n in range(3))
    xx = sum((x - mx) ** 2 for x, _, _ in corners)
    yy = sum((y - my) ** 2 for _, y, _ in corners)
    xy = sum((x - mx) * (y - my) for x, y, _ in corners)
    xz = sum((x - mx) * (z - mz) for x, _, z in corners)
    yz = sum((y - my) * (z - mz) for _, y, z in corners)
    whole = xx * yy - xy * xy
    gx, gy = (xz * yy - yz * xy) / whole, (yz * xx - xz * xy) / whole
    steep = math.hypot(gx, gy)
    ux, uy = _side(corners, (gx / steep, gy / steep))
    along = [(x - mx) * ux + (y - my) * uy for x, y, _ in corners]
    across = [(y - my) * ux - (x - mx) * uy for x, y, _ in corners]
    middle = (min(across) + max(across)) / 2
    ends = [(mx + far * ux - middle * uy, my + far * uy + middle * ux) for far in (min(along), max(along))]
    return ends[0], ends[1]


def _side(corners: list[Vector], way: tuple[float, float]) -> tuple[float, float]:
    """A direction, turned to the side of the flight's outline that it nearly follows."""
    from shapely import MultiPoint

    outline = MultiPoint([corner[:2] for corner in corners]).minimum_rotated_rectangle
    if outline.geom_type != "Polygon":
        return way
    (ax, ay), (bx, by), (cx, cy) = list(outline.exterior.coords)[:3]
    for dx, dy in ((bx - ax, by - ay), (cx - bx, cy - by), (ax - bx, ay - by), (bx - cx, by - cy)):
        long = math.hypot(dx, dy)
        if long > 0 and dx * way[0] + dy * way[1] > ALONG_SIDE * long:
            return dx / long, dy / long
    return way


def _width(corners: list[Vector], foot: Vector, head: Vector) -> float:
    """Across the way up."""
    if not corners:
        return USUAL_WIDTH_M
    long = math.dist(foot[:2], head[:2])
    nx, ny = (foot[1] - head[1]) / long, (head[0] - foot[0]) / long
    across = [x * nx + y * ny for x, y, _ in corners]
    return max(0.6, min(4.0, max(across) - min(across)))
