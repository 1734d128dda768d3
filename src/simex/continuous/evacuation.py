"""One evacuation in which people walk as bodies. Compiled."""

from __future__ import annotations

import math

from simex.compiling import inner
from simex.decisions.numbers import P
from simex.decisions.places import at_onset, move_person
from simex.decisions.walking import free_speed, set_paces, sets_off
from simex.decisions.world import ABSENT, MOVING, OUT
from simex.space.density import add_densities
from simex.space.state import Goals, Walk
from simex.space.step import LEFT, one_step, wake

from .bodies import place_bodies, send_out
from .ground import DENSITY_BIN, DENSITY_BINS
from .ground import OUT as OUTWARD

CROWDED = 4.0  # people a square metre (M22)
LOOKS = 4  # at the local density, a second


@inner
def count_second(w, s):  # type: ignore[no-untyped-def]
    """Sorts a second of everybody who walked in it by its mean local density."""
    for who in range(w.people.shape[0]):
        if s.samples[who] > 0:
            mean = s.density[who] / s.samples[who]
            s.crowding[min(DENSITY_BINS - 1, int(mean / DENSITY_BIN))] += 1
            s.density[who] = 0.0
            s.samples[who] = 0


@inner
def density_outcome(s, out):  # type: ignore[no-untyped-def]
    """M22: what one second in twenty passes, the highest, and person-seconds above four people a square
    metre."""
    total = crowded = 0
    for place in range(DENSITY_BINS):
        total += s.crowding[place]
        if place * DENSITY_BIN >= CROWDED:
            crowded += s.crowding[place]
        if s.crowding[place] > 0:
            out.density_max = (place + 0.5) * DENSITY_BIN
    if total == 0:
        return
    out.crowded_person_s = crowded
    above, place = 0, DENSITY_BINS
    while above * 20 < total:
        place -= 1
        above += s.crowding[place]
    out.density_most = (place + 0.5) * DENSITY_BIN


@inner(makes_arrays=True)
def run_evacuation_on_foot(w, s, horizon, out):  # type: ignore[no-untyped-def]
    """Runs the world's replicate and fills what is of density; how many are still inside at the horizon
    (seconds), and person-steps made."""
    at_onset(w, horizon)
    g = w.scene[0]
    set_paces(w)
    place_bodies(w, s)
    for side in range(s.room_beyond.shape[0]):  # a room is no way out, but nobody is kept from it
        s.locks.passes[side] = s.passable[OUTWARD, side] or s.room_beyond[side] >= 0
    s.locks.transparent[:] = True
    outdoors = w.zones.shape[0] - 1
    inside = 0
    for who in range(g.people):
        person = w.people[who]
        if person.state == ABSENT or person.state == OUT or w.first[person.zone, outdoors] < 0:
            continue
        start = sets_off(w, who, w.numbers[P.T_ALARM, 0])
        person.state = MOVING
        person.speed = free_speed(w, who)
        send_out(s, who, person.speed, start)
        inside += 1
    walk = Walk(s.floor, s.bodies, s.laws, Goals(s.angles, s.goal_region), s.locks, s.work, s.log)
    dt = s.step[0]
    number, last = 0, math.ceil(horizon / dt - 1e-9)
    pause = max(1, round(1 / (LOOKS * dt)))
    s.crowding[:] = 0
    s.density[:] = 0.0
    s.samples[:] = 0
    walking, person_steps, changed, next_start = 0, 0, True, -1.0
    while number < last and inside > 0:
        now = number * dt
        if changed or (next_start >= 0.0 and now + 1e-9 >= next_start):
            walking, next_start = wake(walk, now)
            changed = False
        if walking == 0:
            if next_start < 0.0:
                break
            number = max(number + 1, math.ceil(next_start / dt - 1e-9))
            continue
        logged, changed = one_step(walk, walking, now, dt, 0)
        person_steps += walking
        if number % pause == 0:
            add_densities(walk, walking, s.density, s.samples)
        number += 1
        if number % (LOOKS * pause) == 0:
            count_second(w, s)
        for k in range(logged):
            who = s.log.person[k]
            if s.bodies.state[who] == LEFT:
                person = w.people[who]
                move_person(w, who, outdoors)
                person.state = OUT
                person.safe_at = number * dt
                person.port = 2 * s.link_of[s.bodies.by[who]]
                inside -= 1
    density_outcome(s, out)
    return inside, person_steps
