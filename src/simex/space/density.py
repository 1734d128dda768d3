"""How close people are: the local density around everybody who walks (simex.md section 5, M22). Compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .step import beside_cell, beyond_doors

RADIUS = 1.0  # metres
_SQUARE = np.float32(RADIUS * RADIUS)
_AREA = math.pi * RADIUS * RADIUS


@njit(error_model="numpy")
def add_densities(walk, walking, total, samples):  # type: ignore[no-untyped-def]
    """Adds to `total` (n,) the people a square metre within one metre of each who walks, themselves too, as
    they stood when the last step began.

    Walls are not taken off the circle, so that beside a wall the number is too low by up to a half. samples
    (n,): how often somebody was looked at."""
    floor, bodies, work = walk.floor, walk.bodies, walk.work
    crowd = work.crowd
    walkers, near = crowd.walkers, crowd.near
    last_cell, beside = -1, 0
    for k in range(walking):
        person = work.order[k]
        cell, region = work.sorted_cells[k], bodies.region[person]
        x, y = walkers.x[k], walkers.y[k]
        if (
            cell < floor.cell_at[region, 0]
            or cell >= floor.cell_at[region, 0] + floor.cell_at[region, 1] * floor.cell_at[region, 2]
        ):
            continue  # went through a door in this step
        if cell != last_cell:
            beside = beside_cell(floor, crowd, region, cell)
            last_cell = cell
        count = beyond_doors(floor, walk.locks.transparent, crowd, cell, x, y, beside)
        inside = 0
        for j in range(count):
            dx, dy = near.x[j] - x, near.y[j] - y
            inside += dx * dx + dy * dy <= _SQUARE
        total[person] += inside / _AREA
        samples[person] += 1
