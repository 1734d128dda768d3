"""Where a step may lead: walls, half passages, the lines of portals, and what can be seen through them.
Compiled."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import separate

_0 = np.float32(0.0)
_1 = np.float32(1.0)
_SLACK = np.float32(1e-4)


@separate
def stands_inside(floor, region, x, y):  # type: ignore[no-untyped-def]
    """Whether a point, metres, lies in a region's polygon."""
    for edge in range(floor.edge_from[region], floor.edge_from[region + 1]):
        if floor.edge_x[edge] * x + floor.edge_y[edge] * y > floor.edge_bound[edge] + _SLACK:
            return False
    return True


@separate
def raster_of(floor, region, x, y):  # type: ignore[no-untyped-def]
    """The cell of the raster (walls, ways) that a point of a region, metres, lies in."""
    step = floor.lattice[2]
    column = math.floor((x - floor.lattice[0]) / step) - floor.raster_at[region, 1]
    row = math.floor((y - floor.lattice[1]) / step) - floor.raster_at[region, 2]
    column = min(floor.raster_at[region, 3] - 1, max(0, column))
    row = min(floor.raster_at[region, 4] - 1, max(0, row))
    return floor.raster_at[region, 0] + row * floor.raster_at[region, 3] + column


@separate(fastmath=False)
def cell_of(floor, region, x, y):  # type: ignore[no-untyped-def]
    """The cell in which neighbors are sought of a point of a region, metres."""
    column = int((x - floor.cell_x[region]) / floor.cell_size)
    row = int((y - floor.cell_y[region]) / floor.cell_size)
    column = min(floor.cell_at[region, 1] - 1, max(0, column))
    row = min(floor.cell_at[region, 2] - 1, max(0, row))
    return floor.cell_at[region, 0] + row * floor.cell_at[region, 1] + column


@separate
def side_at(floor, raster, x, y, to_x, to_y, was_inside):  # type: ignore[no-untyped-def]
    """Which half passage (to_x, to_y) lies in (side, False), or whose line the step crosses (side, True);
    (-1, False): a wall.

    A step from (x, y), metres, in a cell of the raster.
    """
    for turn in range(2):
        side = floor.near[raster, turn]
        if side < 0:
            continue
        sides = floor.sides
        dx, dy = to_x - sides[side, 0], to_y - sides[side, 1]
        along, inward = dx * sides[side, 2] + dy * sides[side, 3], dx * sides[side, 4] + dy * sides[side, 5]
        from_x, from_y = x - sides[side, 0], y - sides[side, 1]
        from_along, from_inward = (
            from_x * sides[side, 2] + from_y * sides[side, 3],
            from_x * sides[side, 4] + from_y * sides[side, 5],
        )
        half, depth = sides[side, 6], sides[side, 7]
        if abs(along) <= half and _0 <= inward <= depth + _SLACK:
            # From the floor into the passage: through its mouth, not through a jamb.
            if was_inside and abs(from_along) > half and from_inward > depth:
                share = (from_inward - depth) / max(_SLACK, from_inward - inward)
                if abs(from_along + share * (along - from_along)) > half:
                    continue
            return side, False
        if inward < _0 and inward > -_1:
            share = from_inward / (from_inward - inward) if from_inward > _0 else _0
            if abs(from_along + share * (along - from_along)) <= half and (
                not was_inside or from_inward <= depth + _SLACK or abs(from_along) <= half
            ):
                return side, True
    return -1, False


@separate
def may_stand(floor, region, x, y):  # type: ignore[no-untyped-def]
    """Whether a point is floor of a region: in its polygon or in one of its half passages."""
    if stands_inside(floor, region, x, y):
        return True
    cell = raster_of(floor, region, x, y)
    for turn in range(2):
        side = floor.near[cell, turn]
        if side >= 0:
            dx, dy = x - floor.sides[side, 0], y - floor.sides[side, 1]
            along, inward = (
                dx * floor.sides[side, 2] + dy * floor.sides[side, 3],
                dx * floor.sides[side, 4] + dy * floor.sides[side, 5],
            )
            if abs(along) <= floor.sides[side, 6] and -_SLACK <= inward <= floor.sides[side, 7] + _SLACK:
                return True
    return False


@separate(fastmath=True)
def walls_at(floor, raster, x, y, radius, laws):  # type: ignore[no-untyped-def]
    """Distance of the nearest wall (metres), unit vector away from it, and the repulsion of the two nearest
    walls.

    raster: the cell of (x, y). radius: of the body, metres.
    """
    nearest, wall_x, wall_y, push_x, push_y = np.float32(1e3), _0, _0, _0, _0
    for turn in range(2):
        wall = floor.wall_near[raster, turn]
        if wall < 0:
            break
        x1, y1 = floor.walls[wall, 0], floor.walls[wall, 1]
        dx, dy = floor.walls[wall, 2] - x1, floor.walls[wall, 3] - y1
        share = min(_1, max(_0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)))
        off_x, off_y = x - x1 - share * dx, y - y1 - share * dy
        distance = np.float32(math.sqrt(off_x * off_x + off_y * off_y)) + np.float32(1e-6)
        if distance < np.float32(1e-3):  # on the wall itself: its floor lies to the left
            length = np.float32(math.sqrt(dx * dx + dy * dy))
            off_x, off_y = -dy / length, dx / length
        else:
            off_x, off_y = off_x / distance, off_y / distance
        if turn == 1 and off_x * wall_x + off_y * wall_y > np.float32(0.999):
            continue  # the corner that the two walls share
        if distance < nearest:
            nearest, wall_x, wall_y = distance, off_x, off_y
        near = _1 - (distance - radius) * laws.wall_per_range
        if near > _0:
            near *= near
            near *= near
            near *= near * laws.wall_strength
            push_x += near * off_x
            push_y += near * off_y
    return nearest, wall_x, wall_y, push_x, push_y


@separate
def seen_through(floor, side, x, y, to_x, to_y):  # type: ignore[no-untyped-def]
    """Whether the straight line from (x, y), metres, passes the opening of a portal, given by one of its
    sides."""
    sides = floor.sides
    dx, dy, qx, qy = x - sides[side, 0], y - sides[side, 1], to_x - sides[side, 0], to_y - sides[side, 1]
    here, there = dx * sides[side, 4] + dy * sides[side, 5], qx * sides[side, 4] + qy * sides[side, 5]
    here_along, there_along = (
        dx * sides[side, 2] + dy * sides[side, 3],
        qx * sides[side, 2] + qy * sides[side, 3],
    )
    share = np.float32(0.5) if here == there else min(_1, max(_0, here / (here - there)))
    return abs(here_along + share * (there_along - here_along)) <= sides[side, 6]


@separate
def legal_step(floor, locks, stride, let_in, arrival):  # type: ignore[no-untyped-def]
    """Where a `Stride` ends (x, y), and the side through which it leaves the region, -1 when it does not.

    A step into a wall goes along it instead, or is not made. let_in: a side that this person may pass
    whatever its lock, -1 for none. arrival: when the step ends, seconds."""
    region, raster, x, y, step_x, step_y, wall_x, wall_y = stride
    was_inside = stands_inside(floor, region, x, y)
    for attempt in range(2):
        if attempt == 1:
            into = step_x * wall_x + step_y * wall_y
            step_x, step_y = step_x - into * wall_x, step_y - into * wall_y
        to_x, to_y = x + step_x, y + step_y
        if stands_inside(floor, region, to_x, to_y):
            if was_inside:
                return to_x, to_y, -1
            mouth, _ = side_at(floor, raster, to_x, to_y, x, y, True)
            if mouth >= 0 or not may_stand(floor, region, x, y):
                return to_x, to_y, -1
            continue
        side, crosses = side_at(floor, raster, x, y, to_x, to_y, was_inside)
        if side < 0:
            continue
        if not crosses:
            return to_x, to_y, -1
        portal, beyond = side >> 1, floor.side_region[side ^ 1]
        if not (locks.passes[side] or side == let_in) or (
            locks.slot[portal] > 0.0 and arrival + 1e-9 < locks.next_free[portal]
        ):
            continue
        if beyond < 0 or may_stand(floor, beyond, to_x, to_y):
            return to_x, to_y, side
    return x, y, -1
