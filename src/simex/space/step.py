"""The compiled loop: one step moves everybody who is on the way; people at rest are only seen."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import outermost, separate

from .moves import cell_of, legal_step, raster_of, seen_through, walls_at
from .react import gap_of, push_of, turned
from .state import Stance, Stride

# Aside: at rest, and stepping out of the way of whoever comes
WAITING, WALKING, RESTING, LEFT, ASIDE = (0, 1, 2, 3, 4)
_0 = np.float32(0.0)
_1 = np.float32(1.0)
# The last: no way, so no direction
_COSINE = np.append(np.cos(np.arange(255) * 2 * np.pi / 255), 0.0).astype(np.float32)
_SINE = np.append(np.sin(np.arange(255) * 2 * np.pi / 255), 0.0).astype(np.float32)
_AWAY = np.float32(1e6)
_ARRIVED = np.float32(0.1)  # metres from one's own place
_CLOSE = np.float32(1.5)  # metres: who cannot come nearer for so many seconds stays there
_PATIENCE = np.float32(2.0)
_PACE = np.float32(3.0)  # radians a second of swaying, at least: half a stride a second
_NEAR_WALL = np.float32(0.7)  # metres from a raster centre within which walls are looked at
_NEAR_STEP = np.float32(0.3)  # metres from a wall: more than anybody walks in one step
_WALL_RADIUS = np.float32(0.2)  # metres: wider bodies turn the shoulder in a doorway


@separate(fastmath=False)
def _sort(floor, bodies, chosen, count, work, starts, order):  # type: ignore[no-untyped-def]
    """Counting sort of people (in ascending number) by cell: so ties in a cell are broken by number.

    chosen (count,) people; starts (cells + 2,) and order (count,) are filled.
    """
    cells, sorted_cells = work.cells, work.sorted_cells
    starts[:] = 0
    for k in range(count):
        person = chosen[k]
        cell = cell_of(floor, bodies.region[person], bodies.x[person], bodies.y[person])
        cells[k] = cell
        starts[cell + 2] += 1
    total = 0
    for cell in range(starts.size):
        total += starts[cell]
        starts[cell] = total
    # A cell's begin stands one further on, and moves to its place as the cell is filled
    for k in range(count):
        cell = cells[k]
        place = starts[cell + 1]
        order[place], sorted_cells[place] = chosen[k], cell
        starts[cell + 1] = place + 1


@separate
def _look(walk, count):  # type: ignore[no-untyped-def]
    """Each one's cell of the raster and the direction in which he or she wants to go, for the first `count`
    of `active`."""
    floor, bodies, goals = walk.floor, walk.bodies, walk.goals
    rasters, toward = walk.work.rasters, walk.work.toward
    for k in range(count):
        person = walk.work.active[k]
        region, goal = bodies.region[person], bodies.goal[person]
        raster = raster_of(floor, region, bodies.x[person], bodies.y[person])
        rasters[person] = raster
        if goals.region[goal] == region:
            dx, dy = bodies.place_x[person] - bodies.x[person], bodies.place_y[person] - bodies.y[person]
            length = np.float32(math.sqrt(dx * dx + dy * dy)) + np.float32(1e-6)
            toward[person, 0], toward[person, 1] = dx / length, dy / length
        else:
            angle = goals.angles[goal, raster]
            toward[person, 0], toward[person, 1] = _COSINE[angle], _SINE[angle]


@separate
def beside_cell(floor, crowd, region, cell):  # type: ignore[no-untyped-def]
    """Copies everybody in the nine cells around a cell of a region to `near`; how many they are."""
    offset, columns, rows = floor.cell_at[region, 0], floor.cell_at[region, 1], floor.cell_at[region, 2]
    row, column = (cell - offset) // columns, (cell - offset) % columns
    starts, still_starts = crowd.starts, crowd.still_starts
    count = 0
    for beside in range(max(0, row - 1), min(rows, row + 2)):
        low = offset + beside * columns + max(0, column - 1)
        high = offset + beside * columns + min(columns, column + 2)
        count = _copy(crowd.walkers, starts[low], starts[high], crowd.near, count)
        count = _copy(crowd.still, still_starts[low], still_starts[high], crowd.near, count)
    return count


@separate(inline="always")
def _copy(seen, begin, end, near, count):  # type: ignore[no-untyped-def]
    """Adds the people from `begin` to `end` of one line to another that holds `count`; how many it holds
    then."""
    for j in range(begin, end):
        near.x[count], near.y[count], near.toward_x[count], near.toward_y[count] = (
            seen.x[j],
            seen.y[j],
            seen.toward_x[j],
            seen.toward_y[j],
        )
        near.radius[count] = seen.radius[j]
        count += 1
    return count


@separate
def beyond_doors(floor, transparent, crowd, cell, x, y, count):  # type: ignore[no-untyped-def]
    """Adds to `near` whom one sees through open doors from (x, y), metres, in a cell; how many it holds then.

    transparent (portals,): which can be seen through.
    """
    for link in range(floor.link_from[cell], floor.link_from[cell + 1]):
        first, second, other = floor.link_side[link, 0], floor.link_side[link, 1], floor.link_cell[link]
        if not transparent[first >> 1] or (second >= 0 and not transparent[second >> 1]):
            continue
        for kind in range(2):
            seen, starts = (crowd.walkers, crowd.starts) if kind == 0 else (crowd.still, crowd.still_starts)
            for j in range(starts[other], starts[other + 1]):
                to_x, to_y = seen.x[j], seen.y[j]
                if seen_through(floor, first, x, y, to_x, to_y) and (
                    second < 0 or seen_through(floor, second, x, y, to_x, to_y)
                ):
                    count = _copy(seen, j, j + 1, crowd.near, count)
    return count


@separate(fastmath=False)
def _line_up(bodies, toward, order, count, line):  # type: ignore[no-untyped-def]
    """The people of `order` side by side in memory."""
    for k in range(count):
        person = order[k]
        line.x[k], line.y[k], line.radius[k] = bodies.x[person], bodies.y[person], bodies.radius[person]
        line.toward_x[k], line.toward_y[k] = toward[person, 0], toward[person, 1]


@separate(fastmath=False)
def _wake(bodies, now, active, resting):  # type: ignore[no-untyped-def]
    """Lists who walks and who stands at `now`, in ascending number. Returns both numbers and when the next
    one sets off (-1: nobody)."""
    walking, standing, next_start = 0, 0, -1.0
    for person in range(bodies.state.size):
        if bodies.state[person] == WAITING:
            if bodies.start[person] <= now + 1e-9:
                bodies.state[person] = WALKING
            elif next_start < 0.0 or bodies.start[person] < next_start:
                next_start = bodies.start[person]
        if bodies.state[person] == WALKING:
            active[walking] = person
            walking += 1
        elif bodies.state[person] != LEFT and bodies.state[person] != ASIDE:
            resting[standing] = person
            standing += 1
    return walking, standing, next_start


@separate(fastmath=False)
def wake(walk, now):  # type: ignore[no-untyped-def]
    """Lines up who walks and who stands at `now`: before a step whenever that has changed. Returns what
    `_wake` does."""
    bodies, work = walk.bodies, walk.work
    walking, standing, next_start = _wake(bodies, now, work.active, work.resting)
    work.toward[:] = _0
    _sort(walk.floor, bodies, work.resting, standing, work, work.crowd.still_starts, work.still_order)
    _line_up(bodies, work.toward, work.still_order, standing, work.crowd.still)
    return walking, next_start


@separate(fastmath=True)
def one_step(walk, walking, now, dt, logged):  # type: ignore[no-untyped-def]
    """Moves the first `walking` people of `active` from `now` on by `dt`, seconds. `log` has room for as many
    crossings as people walk.

    Returns crossings logged so far, and whether somebody has left or come to rest.
    """
    floor, bodies, laws, goals, locks, work, log = walk
    changed, step_dt = False, np.float32(dt)
    turning = min(_1, step_dt / laws.turning) if laws.turning > _0 else _1
    crowd, order = work.crowd, work.order
    walkers, near = crowd.walkers, crowd.near
    _look(walk, walking)
    _sort(floor, bodies, work.active, walking, work, crowd.starts, order)
    _line_up(bodies, work.toward, order, walking, walkers)
    last_cell, beside = -1, 0
    for k in range(walking):
        person = order[k]
        x, y, radius, ex, ey = (
            walkers.x[k],
            walkers.y[k],
            walkers.radius[k],
            walkers.toward_x[k],
            walkers.toward_y[k],
        )
        stance = Stance(x, y, radius, ex, ey)
        region = bodies.region[person]
        cell = work.sorted_cells[k]
        if cell != last_cell:
            beside = beside_cell(floor, crowd, region, cell)
            last_cell = cell
        count = beyond_doors(floor, locks.transparent, crowd, cell, x, y, beside)
        while count & 7:
            near.x[count], near.y[count], near.radius[count] = _AWAY, _AWAY, _0
            count += 1
        push_x, push_y, aside = push_of(near, count, stance, laws)
        aside *= laws.aside
        raster = work.rasters[person]
        wall, wall_x, wall_y = floor.wall_distance[raster], _0, _0
        if wall < _NEAR_WALL:
            wall, wall_x, wall_y, out_x, out_y = walls_at(
                floor, raster, x, y, min(radius, _WALL_RADIUS), laws
            )
            push_x += out_x
            push_y += out_y
        phase = bodies.phase[person]
        aside += (
            laws.sway
            * bodies.hindered[person]
            * np.float32(math.sin((_PACE + phase) * np.float32(now) + phase))
        )
        way_x, way_y = turned(
            bodies.way_x[person],
            bodies.way_y[person],
            ex + push_x - aside * ey,
            ey + push_y + aside * ex,
            ex,
            ey,
            turning,
        )
        bodies.way_x[person], bodies.way_y[person] = way_x, way_y
        length = np.float32(math.sqrt(way_x * way_x + way_y * way_y)) + np.float32(1e-9)
        way_x, way_y = way_x / length, way_y / length
        free = gap_of(near, count, stance, way_x, way_y, laws)
        speed = bodies.speed[person]
        rise = way_x * floor.up_x[region] + way_y * floor.up_y[region]
        if rise != _0:
            speed *= floor.slope[region] * (bodies.up[person] if rise > _0 else bodies.down[person])
        pace = min(speed, max(_0, free) / laws.time_gap) * min(_1, length)
        bodies.hindered[person] = _1 - pace / speed
        pace *= step_dt
        to_x, to_y, side = x + way_x * pace, y + way_y * pace, -1
        if wall < _NEAR_STEP or floor.near[raster, 0] >= 0:
            stride = Stride(region, raster, x, y, way_x * pace, way_y * pace, wall_x, wall_y)
            to_x, to_y, side = legal_step(floor, locks, stride, bodies.let_in[person], now + dt)
        bodies.x[person], bodies.y[person] = to_x, to_y
        if (to_x - x) * ex + (to_y - y) * ey < np.float32(0.3) * speed * step_dt:
            bodies.blocked[person] += step_dt
        else:
            bodies.blocked[person] = max(_0, bodies.blocked[person] - np.float32(0.5) * step_dt)
        if side >= 0:
            portal, beyond = side >> 1, floor.side_region[side ^ 1]
            if locks.slot[portal] > 0.0:
                # Half a slot is kept for who comes a little late, so that a queue fills the limit.
                locks.next_free[portal] = (
                    max(locks.next_free[portal], now - 0.5 * locks.slot[portal]) + locks.slot[portal]
                )
            log.person[logged], log.side[logged], log.time[logged] = person, side, now + dt
            logged += 1
            if beyond < 0:
                bodies.state[person], bodies.ended[person], bodies.by[person] = LEFT, now + dt, portal
                changed = True
            else:
                bodies.region[person] = beyond
        elif goals.region[bodies.goal[person]] == region:
            dx, dy = bodies.place_x[person] - to_x, bodies.place_y[person] - to_y
            off = dx * dx + dy * dy
            if off < _ARRIVED * _ARRIVED or (bodies.blocked[person] > _PATIENCE and off < _CLOSE * _CLOSE):
                bodies.state[person], bodies.ended[person] = RESTING, now + dt
                changed = True
    return logged, changed


@outermost(fastmath=True, in_one=False)
def advance(walk, first_step, steps, dt):  # type: ignore[no-untyped-def]
    """Moves everybody by `steps` steps of `dt` seconds, the first of which is number `first_step`; the lock
    state stays as it is meanwhile.

    Returns crossings logged, steps made (fewer when nobody is left to move or the log is full), person-steps
    made."""
    logged, person_steps, walking, changed, next_start = 0, 0, 0, True, -1.0
    for turn in range(steps):
        now = (first_step + turn) * dt
        if changed or (next_start >= 0.0 and now + 1e-9 >= next_start):
            walking, next_start = wake(walk, now)
        if (walking == 0 and next_start < 0.0) or logged + walking > walk.log.person.size:
            return logged, turn, person_steps
        person_steps += walking
        logged, changed = one_step(walk, walking, now, dt, logged)
    return logged, steps, person_steps
