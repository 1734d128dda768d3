"""Floor fields: the way to a destination from everywhere, kept per destination and lock state.

Solved by fast marching (Sethian 1996) on the links of the floor, so that nothing leaks through a wall and a
locked door counts in one direction only. Near walls the floor is a little slower, so that ways keep clear of
corners."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simex.compiling import inner, outermost

from .floor import Floor
from .raster import LEAVES

DIRECTIONS = 255  # of a circle, in one byte
NO_WAY = 255
CLEARANCE = 0.35  # metres from a wall within which the floor counts as slower
SLOWER = 1.0  # at the wall itself, share on top
# Walking time on a metre of stairs against a level metre: 1 / 0.55, between s_down and s_up (simex.md 2.2)
STAIRS_SLOWER = 1.8
_FAR = np.float32(3e38)


@dataclass(frozen=True)
class Goal:
    """Where people go: out by one of `exits` (portal ids; empty: by any), or into one region (`region`)."""

    exits: tuple[str, ...] = ()
    region: str | None = None


@inner
def _push(heap_value, heap_cell, size, value, cell):  # type: ignore[no-untyped-def]
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if heap_value[parent] <= value:
            break
        heap_value[place], heap_cell[place] = heap_value[parent], heap_cell[parent]
        place = parent
    heap_value[place], heap_cell[place] = value, cell
    return size + 1


@inner
def _pop(heap_value, heap_cell, size):  # type: ignore[no-untyped-def]
    size -= 1
    value, cell = heap_value[size], heap_cell[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and heap_value[child + 1] < heap_value[child]:
            child += 1
        if heap_value[child] >= value:
            break
        heap_value[place], heap_cell[place] = heap_value[child], heap_cell[child]
        place = child
    heap_value[place], heap_cell[place] = value, cell
    return size


@inner
def _ahead(cell, way, reach, links, link_side, passes, leaves):  # type: ignore[no-untyped-def]
    """How far the destination is from the next cell in a direction, if one may go there."""
    other = links[cell, way]
    side = link_side[cell, way]
    if side >= 0 and not passes[side]:
        return _FAR
    if other >= 0:
        return reach[other]
    if other == LEAVES and leaves[side >> 1]:
        return np.float32(0.0)
    return _FAR


@outermost
def march(links, link_side, slow, passes, leaves, goal):  # type: ignore[no-untyped-def]
    """Walking length in cells (raster,) to the goal, by the cells `goal` (m,) and by the portals that
    `leaves` (portals,) marks; 3e38 without a way.

    passes (sides,): whether one may go through a portal from this side.
    """
    cells = links.shape[0]
    reach = np.full(cells, _FAR, np.float32)
    done = np.zeros(cells, np.bool_)
    heap_value, heap_cell = np.empty(8 * cells + 16, np.float32), np.empty(8 * cells + 16, np.int32)
    size = 0
    for cell in goal:
        reach[cell] = 0.0
        size = _push(heap_value, heap_cell, size, np.float32(0.0), cell)
    for cell in range(cells):
        for way in range(4):
            if (
                links[cell, way] == LEAVES
                and leaves[link_side[cell, way] >> 1]
                and passes[link_side[cell, way]]
                and reach[cell] > slow[cell]
            ):
                reach[cell] = slow[cell]
                size = _push(heap_value, heap_cell, size, reach[cell], cell)
    while size > 0:
        value, cell = heap_value[0], heap_cell[0]
        size = _pop(heap_value, heap_cell, size)
        if done[cell] or value > reach[cell]:
            continue
        done[cell] = True
        for toward in range(4):
            other = links[cell, toward]
            if other < 0 or done[other]:
                continue
            east = min(
                _ahead(other, 0, reach, links, link_side, passes, leaves),
                _ahead(other, 1, reach, links, link_side, passes, leaves),
            )
            north = min(
                _ahead(other, 2, reach, links, link_side, passes, leaves),
                _ahead(other, 3, reach, links, link_side, passes, leaves),
            )
            low, high, cost = min(east, north), max(east, north), slow[other]
            if low >= _FAR:
                continue
            apart = high - low
            both = apart < cost  # else the wave comes along one axis only
            found = (
                np.float32(0.5 * (low + high + math.sqrt(2.0 * cost * cost - apart * apart)))
                if both
                else low + cost
            )
            if found < reach[other]:
                reach[other] = found
                size = _push(heap_value, heap_cell, size, found, other)
    return reach


@outermost
def point(reach, links, link_side, passes, leaves, raster_at):  # type: ignore[no-untyped-def]
    """The direction of steepest descent in each cell, one byte of a circle; cells that are no floor take it
    from beside."""
    cells = reach.size
    angle = np.full(cells, NO_WAY, np.uint8)
    for cell in range(cells):
        here = reach[cell]
        if here >= _FAR:
            continue
        east, west = (
            _ahead(cell, 0, reach, links, link_side, passes, leaves),
            _ahead(cell, 1, reach, links, link_side, passes, leaves),
        )
        north, south = (
            _ahead(cell, 2, reach, links, link_side, passes, leaves),
            _ahead(cell, 3, reach, links, link_side, passes, leaves),
        )
        dx = max(0.0, here - min(east, west)) * (1.0 if east <= west else -1.0)
        dy = max(0.0, here - min(north, south)) * (1.0 if north <= south else -1.0)
        if dx != 0.0 or dy != 0.0:
            turn = math.atan2(dy, dx) / (2 * math.pi)
            angle[cell] = round((turn % 1.0) * DIRECTIONS) % DIRECTIONS
        else:
            angle[cell] = 0
    filled = angle.copy()
    for region in range(raster_at.shape[0]):
        offset, columns, rows = raster_at[region, 0], raster_at[region, 3], raster_at[region, 4]
        for row in range(rows):
            for column in range(columns):
                cell = offset + row * columns + column
                if angle[cell] != NO_WAY:
                    continue
                best = _FAR
                for down in range(max(0, row - 1), min(rows, row + 2)):
                    for right in range(max(0, column - 1), min(columns, column + 2)):
                        other = offset + down * columns + right
                        if reach[other] < best:
                            best = reach[other]
                            filled[cell] = angle[other]
    return filled


class Fields:
    """The fields of one floor, made when first asked for and kept."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        arrays = floor.arrays
        wall = np.maximum(0.0, 1.0 - np.maximum(arrays.wall_distance, 0.0) / CLEARANCE)
        regions = floor.raster_region
        stairs = np.where(np.hypot(arrays.up_x, arrays.up_y) > 0, STAIRS_SLOWER / arrays.slope, 1.0)
        self.slow = ((1.0 + SLOWER * wall) * stairs[regions]).astype(np.float32)
        self._kept: dict[tuple[Goal, bytes], tuple[NDArray[np.uint8], NDArray[np.float32]]] = {}

    def toward(self, goal: Goal, passes: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Directions (raster,) and walking lengths in metres (raster,), inf without a way. Raises KeyError
        for an unknown portal or region."""
        key = goal, np.packbits(passes).tobytes()
        if key not in self._kept:
            floor, arrays = self.floor, self.floor.arrays
            leaves = np.zeros(len(floor.plan.portals), np.bool_)
            cells = np.zeros(0, np.int64)
            if goal.region is None:
                exits = goal.exits or tuple(portal.id for portal in floor.plan.exits)
                leaves[[floor.portal_index[name] for name in exits]] = True
            else:
                cells = np.flatnonzero((floor.raster_region == floor.region_index[goal.region]) & floor.valid)
            reach = march(floor.links, floor.link_side, self.slow, passes, leaves, cells)
            angle = point(reach, floor.links, floor.link_side, passes, leaves, arrays.raster_at)
            self._kept[key] = (
                angle,
                np.where(reach >= _FAR, np.inf, reach * float(arrays.lattice[2])).astype(np.float32),
            )
        return self._kept[key]
