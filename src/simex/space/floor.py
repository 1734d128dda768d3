"""The floor as arrays: what the engine makes of a plan once, before anybody walks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simex.plan import OUTSIDE, Plan, Portal, Region

from . import raster

STEP = 0.2  # metres of the raster of floor fields and walls
CELL = 1.6  # metres of the cells in which neighbors are sought: nobody beyond changes anybody's step
NEAR = 0.5  # metres around a portal within which crossing it is tested
_SHIFT = 0.03  # keeps centres of the raster off walls that lie on round numbers

Floats = NDArray[np.float32]
Whole = NDArray[np.int32]


class Arrays(NamedTuple):
    """What compiled code reads. A side is one half of a portal, 2 * portal + (0 or 1), in the order of
    `Portal.between`."""

    lattice: NDArray[np.float32]  # (3,) x0, y0, step
    raster_at: Whole  # (regions, 5): offset, first column, first row, columns, rows
    wall_distance: Floats  # (raster,) from the centre
    wall_near: Whole  # (raster, 2) the two nearest walls, -1
    walls: Floats  # (walls, 4): from x, y; to x, y
    near: Whole  # (raster, 2) sides near enough to be crossed
    cell_size: np.float32
    cell_at: Whole  # (regions, 3): offset, columns, rows
    cell_x: Floats  # (regions,) where the cells begin
    cell_y: Floats
    link_from: Whole  # (cells + 1,)
    link_cell: Whole  # cells of other regions that may be seen, and through which one or two sides
    link_side: Whole  # (links, 2)
    edge_from: Whole  # (regions + 1,)
    edge_x: Floats  # (edges,) outward normals and bounds of the polygons
    edge_y: Floats
    edge_bound: Floats
    sides: Floats  # (sides, 8): middle x, y, along x, y, inward x, y, half width, depth
    side_region: Whole  # (sides,) -1 outside
    up_x: Floats  # (regions,) direction in which stairs rise, 0 on the level
    up_y: Floats
    slope: Floats  # (regions,) horizontal metres per metre walked


@dataclass(frozen=True)
class Floor:
    """A plan made ready. `links` and `link_side` (raster, 4) join the cells of the raster, `valid` (raster,)
    says which of them are floor."""

    plan: Plan
    arrays: Arrays
    valid: NDArray[np.bool_]
    links: Whole
    link_side: Whole
    region_index: dict[str, int]
    portal_index: dict[str, int]

    @property
    def raster_region(self) -> Whole:
        counts = self.arrays.raster_at[:, 3] * self.arrays.raster_at[:, 4]
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    def raster_cell(self, region: int, x: float, y: float) -> int:
        x0, y0, step = (float(v) for v in self.arrays.lattice)
        offset, first_column, first_row, columns, rows = (int(v) for v in self.arrays.raster_at[region])
        column = min(columns - 1, max(0, math.floor((x - x0) / step) - first_column))
        row = min(rows - 1, max(0, math.floor((y - y0) / step) - first_row))
        return offset + row * columns + column


def outline(region: Region) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Outward unit normals (edges, 2 arrays) and bounds of a convex polygon: inside is n·p <= bound."""
    points = np.array(region.polygon, dtype=float)
    along = np.roll(points, -1, axis=0) - points
    length = np.hypot(along[:, 0], along[:, 1])
    keep = length > 1e-9
    normal_x, normal_y = along[keep, 1] / length[keep], -along[keep, 0] / length[keep]
    return normal_x, normal_y, normal_x * points[keep, 0] + normal_y * points[keep, 1]


def make_ready(plan: Plan) -> Floor:
    """The floor of a plan. Raises `ValueError` for a plan without regions; other faults are the plan check's
    business."""
    if not plan.regions:
        raise ValueError("The plan has no floor: it needs at least one region.")
    region_index = {region.id: index for index, region in enumerate(plan.regions)}
    portal_index = {portal.id: index for index, portal in enumerate(plan.portals)}
    outlines = [outline(region) for region in plan.regions]
    sides, side_region = _sides(plan, region_index, outlines)
    own = [np.flatnonzero(side_region == index) for index in range(len(plan.regions))]
    corners = np.array([point for region in plan.regions for point in region.polygon])
    x0, y0 = (float(v) for v in np.floor(corners.min(axis=0)) - 2 + _SHIFT)

    boxes = [_box(region, sides[own[index]]) for index, region in enumerate(plan.regions)]
    raster_at, offset = np.zeros((len(boxes), 5), np.int32), 0
    for index, (low_x, low_y, high_x, high_y) in enumerate(boxes):
        first_column, first_row = math.floor((low_x - x0) / STEP) - 1, math.floor((low_y - y0) / STEP) - 1
        columns = math.floor((high_x - x0) / STEP) + 2 - first_column
        rows = math.floor((high_y - y0) / STEP) + 2 - first_row
        raster_at[index] = offset, first_column, first_row, columns, rows
        offset += columns * rows

    distance, valid = np.zeros(offset, np.float32), np.zeros(offset, np.bool_)
    near, wall_near = np.full((offset, 2), -1, np.int32), np.full((offset, 2), -1, np.int32)
    all_walls: list[NDArray[np.float64]] = []
    links, link_side = np.full((offset, 4), raster.BLOCKED, np.int32), np.full((offset, 4), -1, np.int32)
    for index, region in enumerate(plan.regions):
        begin, first_column, first_row, columns, rows = (int(v) for v in raster_at[index])
        here = slice(begin, begin + columns * rows)
        walls = _walls(region, sides, own[index])
        at = (x0 + first_column * STEP, y0 + first_row * STEP, STEP, columns, rows)
        found = raster.fill(*at, *outlines[index], sides, own[index], walls, NEAR)
        valid[here], in_polygon, distance[here], nearest, near[here] = found
        wall_near[here] = np.where(nearest < 0, -1, nearest + sum(len(one) for one in all_walls))
        all_walls.append(walls)
        raster.link_within(*at, begin, valid[here], in_polygon, walls, links)
    nowhere = np.array([-1, 0, 0, 0, 0], np.int32)
    for side, region_here in enumerate(side_region):
        if region_here >= 0:
            beyond = side_region[side ^ 1]
            to_raster = raster_at[beyond] if beyond >= 0 else nowhere
            raster.link_through(
                side, sides, raster_at[region_here], to_raster, (x0, y0, STEP), valid, links, link_side
            )

    cell_at, cell_x, cell_y, cells = _cells(boxes)
    link_from, link_cell, seen_through = _sights(boxes, cell_at, cells, sides, side_region, own)
    up_x, up_y, slope = _stairs(plan, sides, own)
    edge_from = np.concatenate([[0], np.cumsum([one[0].size for one in outlines])]).astype(np.int32)
    edge_x, edge_y, edge_bound = (
        np.concatenate([one[part] for one in outlines]).astype(np.float32) for part in range(3)
    )
    arrays = Arrays(
        np.array([x0, y0, STEP], np.float32), raster_at, distance, wall_near,
        np.concatenate(all_walls).astype(np.float32), near,
        np.float32(CELL), cell_at, cell_x, cell_y, link_from, link_cell, seen_through,
        edge_from, edge_x, edge_y, edge_bound, sides.astype(np.float32), side_region, up_x, up_y, slope,
    )  # fmt: skip
    return Floor(plan, arrays, valid, links, link_side, region_index, portal_index)


def _sides(
    plan: Plan, region_index: dict[str, int], outlines: Sequence[tuple[NDArray[np.float64], ...]]
) -> tuple[NDArray[np.float64], Whole]:
    sides, side_region = np.zeros((2 * len(plan.portals), 8)), np.full(2 * len(plan.portals), -1, np.int32)
    for index, portal in enumerate(plan.portals):
        (x1, y1), (x2, y2) = portal.segment
        middle, length = np.array(portal.middle), math.hypot(x2 - x1, y2 - y1)
        along = np.array([x2 - x1, y2 - y1]) / length
        normal = np.array([-along[1], along[0]])
        half = min(portal.width_m, length) / 2
        signs: list[float] = []
        for name in portal.between:
            if name == OUTSIDE:
                signs.append(math.nan)
                continue
            center = np.mean(plan.regions[region_index[name]].polygon, axis=0)
            signs.append(1.0 if float(normal @ (center - middle)) >= 0 else -1.0)
        # Both centres on one side, as with stairs under a landing: the second lies beyond
        if not math.isnan(signs[0]) and signs[0] == signs[1]:
            signs[1] = -signs[0]
        for place, name in enumerate(portal.between):
            sign = signs[place] if not math.isnan(signs[place]) else -signs[1 - place]
            side, depth = 2 * index + place, 0.0
            if name != OUTSIDE:
                side_region[side] = region_index[name]
                normal_x, normal_y, bound = outlines[region_index[name]]
                depth = max(
                    _depth(middle + shift * along, sign * normal, normal_x, normal_y, bound)
                    for shift in (-half, 0.0, half)
                )
            sides[side] = *middle, *along, *(sign * normal), half, depth
    return sides, side_region


def _depth(
    start: NDArray[np.float64],
    way: NDArray[np.float64],
    normal_x: NDArray[np.float64],
    normal_y: NDArray[np.float64],
    bound: NDArray[np.float64],
) -> float:
    """How far from `start` along `way` the polygon begins (at most a thick wall's metre)."""
    depth = 0.0
    for nx, ny, limit in zip(normal_x, normal_y, bound, strict=True):
        beyond, speed = nx * start[0] + ny * start[1] - limit, nx * way[0] + ny * way[1]
        if beyond > 0 and speed < -0.2:
            depth = max(depth, beyond / -speed)
    return min(depth, 1.0)


def _walls(region: Region, sides: NDArray[np.float64], own: NDArray[np.int64]) -> NDArray[np.float64]:
    """The polygon's edges less the openings of its portals, and the jambs in thick walls: (n, 4), the floor
    to the left of each."""
    points = region.polygon
    found: list[tuple[float, float, float, float]] = []
    for (x1, y1), (x2, y2) in zip(points, (*points[1:], points[0]), strict=True):
        gaps = [gap for side in own if (gap := _gap(x1, y1, x2, y2, sides[side])) is not None]
        begin = 0.0
        for low, high in sorted(gaps):
            if low > begin:
                found.append(
                    (
                        x1 + begin * (x2 - x1),
                        y1 + begin * (y2 - y1),
                        x1 + low * (x2 - x1),
                        y1 + low * (y2 - y1),
                    )
                )
            begin = max(begin, high)
        if begin < 1:
            found.append((x1 + begin * (x2 - x1), y1 + begin * (y2 - y1), x2, y2))
    for side in own:
        x, y, along_x, along_y, inward_x, inward_y, half, depth = sides[side]
        if depth > 0.005:
            for end in (-half, half):
                ax, ay = x + end * along_x, y + end * along_y
                bx, by = ax + depth * inward_x, ay + depth * inward_y
                # Above 0 where the passage lies to the left
                to_middle = (x - ax) * -(by - ay) + (y - ay) * (bx - ax)
                found.append((ax, ay, bx, by) if to_middle > 0 else (bx, by, ax, ay))
    return np.array(found, dtype=float).reshape(-1, 4)


def _gap(x1: float, y1: float, x2: float, y2: float, side: NDArray[np.float64]) -> tuple[float, float] | None:
    """The part (0 to 1) of an edge that lies in a side's half passage."""
    x, y, along_x, along_y, inward_x, inward_y, half, depth = side
    low, high = 0.0, 1.0
    for axis_x, axis_y, least, most in (
        (along_x, along_y, -half, half),
        (inward_x, inward_y, -0.05, depth + 0.005),
    ):
        start, slope = (x1 - x) * axis_x + (y1 - y) * axis_y, (x2 - x1) * axis_x + (y2 - y1) * axis_y
        if abs(slope) < 1e-12:
            if not least <= start <= most:
                return None
            continue
        one, two = (least - start) / slope, (most - start) / slope
        low, high = max(low, min(one, two)), min(high, max(one, two))
    return (low, high) if high - low > 1e-9 else None


def _box(region: Region, sides: NDArray[np.float64]) -> tuple[float, float, float, float]:
    points = [np.array(region.polygon, dtype=float)]
    for x, y, along_x, along_y, inward_x, inward_y, half, depth in sides:
        corners = [
            (x + e * half * along_x + d * inward_x, y + e * half * along_y + d * inward_y)
            for e in (-1, 1)
            for d in (0.0, depth)
        ]
        points.append(np.array(corners))
    both = np.concatenate(points)
    (low_x, low_y), (high_x, high_y) = both.min(axis=0), both.max(axis=0)
    return float(low_x), float(low_y), float(high_x), float(high_y)


def _cells(boxes: list[tuple[float, float, float, float]]) -> tuple[Whole, Floats, Floats, int]:
    cell_at, offset = np.zeros((len(boxes), 3), np.int32), 0
    for index, (low_x, low_y, high_x, high_y) in enumerate(boxes):
        columns, rows = max(1, math.ceil((high_x - low_x) / CELL)), max(1, math.ceil((high_y - low_y) / CELL))
        cell_at[index] = offset, columns, rows
        offset += columns * rows
    corner = np.array(boxes, np.float32)
    return cell_at, corner[:, 0].copy(), corner[:, 1].copy(), offset


def _sights(
    boxes: list[tuple[float, float, float, float]],
    cell_at: Whole,
    cells: int,
    sides: NDArray[np.float64],
    side_region: Whole,
    own: list[NDArray[np.int64]],
) -> tuple[Whole, Whole, Whole]:
    """For each cell the cells of other regions that can be seen within one cell's length, through one portal
    or two."""

    def cells_near(region: int, side: int, limit: float) -> list[tuple[int, float]]:
        low_x, low_y = boxes[region][:2]
        offset, columns, rows = (int(v) for v in cell_at[region])
        x, y, along_x, along_y, _, _, half, _ = sides[side]
        reach_x, reach_y = abs(along_x) * half, abs(along_y) * half  # the portal's own box
        found = []
        for row in range(rows):
            for column in range(columns):
                left, bottom = low_x + column * CELL, low_y + row * CELL
                gap_x = max(0.0, left - (x + reach_x), (x - reach_x) - (left + CELL))
                gap_y = max(0.0, bottom - (y + reach_y), (y - reach_y) - (bottom + CELL))
                if (off := math.hypot(gap_x, gap_y)) < limit:
                    found.append((offset + row * columns + column, off))
        return found

    seen: dict[int, set[tuple[int, int, int]]] = {}
    for side, region in enumerate(side_region):
        beyond = side_region[side ^ 1]
        if region < 0 or beyond < 0:
            continue
        here = cells_near(region, side, CELL)
        for other, other_off in cells_near(beyond, side ^ 1, CELL):
            for cell, off in here:
                if off + other_off < CELL:
                    seen.setdefault(cell, set()).add((other, side, -1))
        for second in own[beyond]:
            third = side_region[second ^ 1]
            between = (
                float(np.hypot(*(sides[second, :2] - sides[side, :2]))) - sides[second, 6] - sides[side, 6]
            )
            if second == side ^ 1 or third < 0 or third == region or between >= CELL:
                continue
            for other, other_off in cells_near(third, int(second) ^ 1, CELL):
                for cell, off in here:
                    if off + other_off + max(0.0, between) < CELL:
                        seen.setdefault(cell, set()).add((other, side, int(second)))
    counts = np.array([len(seen.get(cell, ())) for cell in range(cells)])
    rows = [triple for cell in range(cells) for triple in sorted(seen.get(cell, ()))]
    table = np.array(rows, np.int32).reshape(-1, 3)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32), table[:, 0].copy(), table[:, 1:].copy()


def _stairs(
    plan: Plan, sides: NDArray[np.float64], own: list[NDArray[np.int64]]
) -> tuple[Floats, Floats, Floats]:
    up_x, up_y, slope = (np.zeros(len(plan.regions), np.float32) for _ in range(3))
    slope += 1
    for index, region in enumerate(plan.regions):
        if region.upper_level is None:
            continue
        tops = [sides[side, :2] for side in own[index] if _portal(plan, side).level == region.upper_level]
        feet = [sides[side, :2] for side in own[index] if _portal(plan, side).level != region.upper_level]
        if not tops or not feet:
            continue
        way = np.mean(tops, axis=0) - np.mean(feet, axis=0)
        run = float(np.hypot(*way))
        if run > 0:
            up_x[index], up_y[index] = way / run
            if region.slope_length_m:
                along = np.array(region.polygon, dtype=float) @ (way / run)
                slope[index] = min(1.0, float(np.ptp(along)) / region.slope_length_m)
    return up_x, up_y, slope


def _portal(plan: Plan, side: int) -> Portal:
    return plan.portals[int(side) // 2]
