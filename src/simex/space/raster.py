"""A region's fine raster and the links between its cells, compiled.

All rasters lie on one lattice, so that cells of two regions meet at a portal. Walls lie between cell centres:
a link exists only where the straight way between two centres crosses no wall, however thin the wall is."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import kept

BLOCKED, LEAVES = -1, -2  # of a link: no way; the way out of the building
_TOLERANCE = 1e-4  # metres


@kept
def inside(x, y, normal_x, normal_y, bound, slack):  # type: ignore[no-untyped-def]
    """Whether a point lies in the convex polygon n·p <= bound, grown by `slack` metres."""
    for edge in range(normal_x.size):
        if normal_x[edge] * x + normal_y[edge] * y > bound[edge] + slack:
            return False
    return True


@kept
def distance_to_segment(x, y, x1, y1, x2, y2):  # type: ignore[no-untyped-def]
    dx, dy = x2 - x1, y2 - y1
    length2 = dx * dx + dy * dy
    share = 0.0 if length2 == 0.0 else min(1.0, max(0.0, ((x - x1) * dx + (y - y1) * dy) / length2))
    return math.hypot(x - x1 - share * dx, y - y1 - share * dy)


@kept
def _cross(ax, ay, bx, by):  # type: ignore[no-untyped-def]
    return ax * by - ay * bx


@kept
def segments_cross(ax, ay, bx, by, cx, cy, dx, dy):  # type: ignore[no-untyped-def]
    """Whether the segments ab and cd have a point in common."""
    one = _cross(bx - ax, by - ay, cx - ax, cy - ay)
    two = _cross(bx - ax, by - ay, dx - ax, dy - ay)
    three = _cross(dx - cx, dy - cy, ax - cx, ay - cy)
    four = _cross(dx - cx, dy - cy, bx - cx, by - cy)
    return one * two <= 0.0 and three * four <= 0.0 and not (one == 0.0 and two == 0.0)


@kept
def in_passage(x, y, side, sides, slack):  # type: ignore[no-untyped-def]
    """Whether a point lies in the half passage of a portal's side: rows of `sides` are middle x, y, along x,
    y, inward x, y, half width, depth."""
    dx, dy = x - sides[side, 0], y - sides[side, 1]
    along = dx * sides[side, 2] + dy * sides[side, 3]
    inward = dx * sides[side, 4] + dy * sides[side, 5]
    return abs(along) <= sides[side, 6] + slack and -slack <= inward <= sides[side, 7] + slack


@kept
def fill(x0, y0, step, columns, rows, normal_x, normal_y, bound, sides, own, walls, margin):  # type: ignore[no-untyped-def]
    """What each cell of one region's raster is.

    own: which rows of `sides` open into this region. walls (n, 4). Returns valid (n,) bool, in_polygon (n,)
    bool, distance (n,) to the nearest wall (negative beyond it), wall (n, 2): the two nearest walls, near (n,
    2): the two nearest sides within `margin`, -1 where there is none."""
    cells = columns * rows
    valid = np.zeros(cells, np.bool_)
    in_polygon = np.zeros(cells, np.bool_)
    distance = np.full(cells, 1e3)
    nearest = np.full((cells, 2), -1, np.int32)
    near = np.full((cells, 2), -1, np.int32)
    for row in range(rows):
        for column in range(columns):
            cell = row * columns + column
            x, y = x0 + (column + 0.5) * step, y0 + (row + 0.5) * step
            in_polygon[cell] = inside(x, y, normal_x, normal_y, bound, 0.0)
            valid[cell] = in_polygon[cell]
            first, second = margin, margin
            for side in own:
                if not valid[cell] and in_passage(x, y, side, sides, 0.0):
                    valid[cell] = True
                dx, dy = x - sides[side, 0], y - sides[side, 1]
                along = max(0.0, abs(dx * sides[side, 2] + dy * sides[side, 3]) - sides[side, 6])
                inward = dx * sides[side, 4] + dy * sides[side, 5]
                off = math.hypot(along, max(0.0, max(-inward, inward - sides[side, 7])))
                if off < first:
                    second, near[cell, 1] = first, near[cell, 0]
                    first, near[cell, 0] = off, side
                elif off < second:
                    second, near[cell, 1] = off, side
            best, next_best = 1e3, 1e3
            for wall in range(walls.shape[0]):
                found = distance_to_segment(
                    x, y, walls[wall, 0], walls[wall, 1], walls[wall, 2], walls[wall, 3]
                )
                if found < best:
                    next_best, nearest[cell, 1] = best, nearest[cell, 0]
                    best, nearest[cell, 0] = found, wall
                elif found < next_best:
                    next_best, nearest[cell, 1] = found, wall
            distance[cell] = best if valid[cell] else -best
    return valid, in_polygon, distance, nearest, near


@kept
def link_within(x0, y0, step, columns, rows, offset, valid, in_polygon, walls, links):  # type: ignore[no-untyped-def]
    """Fills `links` (cells of all regions, 4: east, west, north, south) for one region whose first cell is
    `offset`."""
    for row in range(rows):
        for column in range(columns):
            cell = row * columns + column
            if not valid[cell]:
                continue
            for way in range(4):
                to_column = column + (1 if way == 0 else -1 if way == 1 else 0)
                to_row = row + (1 if way == 2 else -1 if way == 3 else 0)
                if not (0 <= to_column < columns and 0 <= to_row < rows):
                    continue
                other = to_row * columns + to_column
                if not valid[other]:
                    continue
                free = True
                if not (in_polygon[cell] and in_polygon[other]):
                    ax, ay = x0 + (column + 0.5) * step, y0 + (row + 0.5) * step
                    bx, by = x0 + (to_column + 0.5) * step, y0 + (to_row + 0.5) * step
                    for wall in range(walls.shape[0]):
                        if segments_cross(
                            ax, ay, bx, by, walls[wall, 0], walls[wall, 1], walls[wall, 2], walls[wall, 3]
                        ):
                            free = False
                            break
                if free:
                    links[offset + cell, way] = offset + other


@kept
def link_through(side, sides, from_raster, to_raster, lattice, valid, links, link_side):  # type: ignore[no-untyped-def]
    """Links the cells of one region through the portal side `side` to those of the region beyond it, or to
    the way out.

    from_raster, to_raster: (offset, first column, first row, columns, rows) on the lattice; offset -1 for
    outside. lattice: (x0, y0, step)."""
    offset, first_column, first_row, columns, rows = from_raster
    x0, y0, step = lattice
    middle_x, middle_y, along_x, along_y = sides[side, 0], sides[side, 1], sides[side, 2], sides[side, 3]
    inward_x, inward_y, half, depth = sides[side, 4], sides[side, 5], sides[side, 6], sides[side, 7]
    reach = half + depth + 3 * step
    low_column = max(0, math.floor((middle_x - reach - x0) / step) - first_column)
    high_column = min(columns, math.floor((middle_x + reach - x0) / step) - first_column + 1)
    low_row = max(0, math.floor((middle_y - reach - y0) / step) - first_row)
    high_row = min(rows, math.floor((middle_y + reach - y0) / step) - first_row + 1)
    for row in range(low_row, high_row):
        for column in range(low_column, high_column):
            cell = offset + row * columns + column
            if not valid[cell]:
                continue
            x, y = (
                x0 + (first_column + column + 0.5) * step - middle_x,
                y0 + (first_row + row + 0.5) * step - middle_y,
            )
            here_along, here = x * along_x + y * along_y, x * inward_x + y * inward_y
            for way in range(4):
                if links[cell, way] != BLOCKED:
                    continue
                qx = x + (step if way == 0 else -step if way == 1 else 0.0)
                qy = y + (step if way == 2 else -step if way == 3 else 0.0)
                there_along, there = qx * along_x + qy * along_y, qx * inward_x + qy * inward_y
                if there >= 0.0 or there >= here or there < -depth - 2 * step:
                    continue
                share = here / (here - there) if here > 0.0 else 0.0
                if abs(here_along + share * (there_along - here_along)) > half + _TOLERANCE:
                    continue
                if to_raster[0] < 0:
                    links[cell, way], link_side[cell, way] = LEAVES, side
                    continue
                to_column = first_column + column + (1 if way == 0 else -1 if way == 1 else 0) - to_raster[1]
                to_row = first_row + row + (1 if way == 2 else -1 if way == 3 else 0) - to_raster[2]
                if 0 <= to_column < to_raster[3] and 0 <= to_row < to_raster[4]:
                    other = to_raster[0] + to_row * to_raster[3] + to_column
                    if valid[other]:
                        links[cell, way], link_side[cell, way] = other, side
