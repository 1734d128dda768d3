"""The milder actions: in from outdoors, to a refuge, out of the corridors, outer doors locked
(simex.md section 6)."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.decisions.evacuated import last_of
from simex.decisions.events import PERSON_CROSS, PERSON_WALK
from simex.decisions.heap import pop, schedule
from simex.decisions.notice import hearing_row
from simex.decisions.numbers import P, drawn, happens, luck
from simex.decisions.places import at_onset, home_zone, move_person
from simex.decisions.walking import down_factor, free_speed, nearest_room, set_paces
from simex.decisions.world import ABSENT, IDLE, MOVING, OFFICE_ENTITY, OUT, SETTLED
from simex.draws import Stream

from .evacuation import gap

REVERSE, SHELTER, HOLD = 0, 1, 2


@inner
def notice_given(w):  # type: ignore[no-untyped-def]
    """Seconds until the order is spoken: by the office, which decided before (time 0)."""
    return w.numbers[P.T_PA_ACCESS, 0] + drawn(w, P.T_SPEAK_OFFICE, Stream.COMMUNICATION, OFFICE_ENTITY, 2)


@inner
def sets_off(w, who, notice):  # type: ignore[no-untyped-def]
    """Notice, a moment to react, and for those who did not hear it the time until a neighbor tells them."""
    person = w.people[who]
    start = notice + drawn(w, P.T_PA_REACT, Stream.RECOGNITION, person.entity, 5)
    if not happens(w, hearing_row(w, person.zone), Stream.RECOGNITION, person.entity, 3):
        start += drawn(w, P.T_PEER, Stream.RECOGNITION, person.entity, 9)
    return start


@inner
def go(w, who, port, target, metres, start):  # type: ignore[no-untyped-def]
    """Plans a walk through `port`, `metres` away, to a zone."""
    person = w.people[who]
    person.state = MOVING
    person.port = port
    person.target = target
    person.speed = free_speed(w, who) * drawn(w, P.K_HURRY, Stream.SPEEDS, person.entity, 1)
    schedule(w, start + metres / person.speed, PERSON_WALK, who, 0)


@inner
def inside(w, who):  # type: ignore[no-untyped-def]
    return 2.0 * luck(w, Stream.MOVEMENT, w.people[who].entity, 0) * w.reach[w.people[who].port]


@inner
def entrance(w, who, target):  # type: ignore[no-untyped-def]
    """The outer door by which somebody outdoors comes in to a zone, all that lead there alike; -1 when none
    does."""
    outdoors = w.zones.shape[0] - 1
    ways = 0
    for k in range(w.ports_start[outdoors], w.ports_start[outdoors + 1]):
        ways += w.far[w.ports[k], target] < math.inf
    pick = int(luck(w, Stream.MOVEMENT, w.people[who].entity, 1) * ways)
    for k in range(w.ports_start[outdoors], w.ports_start[outdoors + 1]):
        if w.far[w.ports[k], target] < math.inf:
            if pick == 0:
                return w.ports[k]
            pick -= 1
    return -1


@inner
def plan_person(w, who, kind, notice, room_left):  # type: ignore[no-untyped-def]
    """Sends somebody where the action wants them; returns 1 for somebody who has to move, 0 for others.
    room_left (zones,): places in refuges."""
    person = w.people[who]
    start = sets_off(w, who, notice)
    if kind == REVERSE:
        if person.state != OUT:
            return 0
        target = home_zone(w, who)
        port = entrance(w, who, target)
        if port >= 0:
            go(w, who, port, target, drawn(w, P.OUTDOOR_DISTANCE, Stream.PLACEMENT, person.entity, 5), start)
        return 1
    if person.state == OUT:
        return 0
    target = -1
    if kind == HOLD:
        if person.room >= 0 or not (w.zones[person.zone].walkable or w.zones[person.zone].hearing == 4):
            return 0
        near = nearest_room(w, who)
        target = home_zone(w, who) if person.home >= 0 else w.rooms[near].zone if near >= 0 else -1
    else:
        best = math.inf
        for zone in range(room_left.shape[0]):
            if room_left[zone] >= 1.0 and w.metres[person.zone, zone] < best:
                best, target = w.metres[person.zone, zone], zone
        if target >= 0:
            room_left[target] -= 1.0
    person.state = IDLE
    if target == person.zone:
        person.state = SETTLED
        person.safe_at = start
    elif target >= 0 and w.first[person.zone, target] >= 0:
        person.port = w.first[person.zone, target]
        go(w, who, person.port, target, inside(w, who), start)
    return 1


@inner
def arrive_or_walk_on(w, who, time):  # type: ignore[no-untyped-def]
    person = w.people[who]
    zone = w.into[person.port]
    move_person(w, who, zone)
    onward = w.onward[person.port, person.target]
    if zone == person.target or onward < 0:
        person.state = SETTLED
        if zone == person.target:
            person.safe_at = time
        return
    metres = w.far[person.port, person.target] - w.far[onward, person.target]
    factor = down_factor(w) if w.zones[zone].stairs else 1.0
    person.port = onward
    schedule(w, time + metres / (person.speed * factor), PERSON_WALK, who, 0)


@inner(makes_arrays=True)
def run_gathering(w, horizon, kind, out):  # type: ignore[no-untyped-def]
    """Runs the replicate and fills its row: when 95 of 100 and all who had to move were in place, and for
    whom no refuge had room."""
    at_onset(w, horizon)
    g = w.scene[0]
    set_paces(w)
    room_left = np.zeros(w.zones.shape[0])
    for zone in range(w.zones.shape[0] - 1):
        if (
            kind == SHELTER
            and w.zones[zone].walkable
            and not w.zones[zone].stairs
            and not beside_exit(w, zone)
        ):
            room_left[zone] = math.floor(w.zones[zone].area / w.numbers[P.REFUGE_AREA, 0])
    notice = notice_given(w)
    must_move = np.zeros(g.people, np.bool_)
    for who in range(g.people):
        if w.people[who].state != ABSENT:
            must_move[who] = plan_person(w, who, kind, notice, room_left) == 1
    while g.queued > 0:
        time, event, who, _ = pop(w)
        g.now = time
        link = w.links[w.people[who].port >> 1]
        if event == PERSON_CROSS or not (link.door or link.stands_open) or link.free <= time:
            if event != PERSON_CROSS:
                link.free = time + gap(w, link)
            arrive_or_walk_on(w, who, time)
        else:
            turn = link.free
            link.free += gap(w, link)
            schedule(w, turn, PERSON_CROSS, who, 0)
    out.notification_s = notice
    times = np.empty(g.people)
    number = overflow = 0
    for who in range(g.people):
        if must_move[who]:
            times[number] = w.people[who].safe_at
            number += 1
            overflow += w.people[who].state == IDLE
    if number > 0:
        out.in_place_most_s = last_of(times[:number], 0.95)
        out.in_place_all_s = last_of(times[:number], 1.0)
    if kind == SHELTER:
        out.refuge_overflow = overflow


@inner
def beside_exit(w, zone):  # type: ignore[no-untyped-def]
    for k in range(w.ports_start[zone], w.ports_start[zone + 1]):
        if w.into[w.ports[k]] == w.zones.shape[0] - 1:
            return True
    return False


@inner(makes_arrays=True)
def run_secure(w, horizon, out):  # type: ignore[no-untyped-def]
    """Outer doors only: staff without a class go to the nearest outer door that nobody has taken yet, check
    and lock it, and take the next."""
    at_onset(w, horizon)
    g = w.scene[0]
    notice = notice_given(w)
    out.notification_s = notice
    outdoors = w.zones.shape[0] - 1
    first, last = w.ports_start[outdoors], w.ports_start[outdoors + 1]
    taken = np.zeros(last - first, np.bool_)
    free_at = np.full(g.people, math.inf)
    zone_of = np.zeros(g.people, np.int64)
    for who in range(g.students, g.people):
        if w.people[who].state == IDLE or (w.people[who].room >= 0 and w.people[who].home < 0):
            free_at[who] = sets_off(w, who, notice)
            zone_of[who] = w.people[who].zone
    done = 0.0
    for _ in range(last - first):
        best, whose, which = math.inf, -1, -1
        for k in range(last - first):
            if taken[k]:
                continue
            zone = w.into[w.ports[first + k]]
            for who in range(g.students, g.people):
                if free_at[who] == math.inf:
                    continue
                arrival = free_at[who] + w.metres[zone_of[who], zone] / free_speed(w, who)
                if arrival < best:
                    best, whose, which = arrival, who, k
        if whose < 0:
            return
        taken[which] = True
        free_at[whose] = best + w.numbers[P.T_EXIT_DOOR_CHECK, 0]
        zone_of[whose] = w.into[w.ports[first + which]]
        done = max(done, free_at[whose])
    if done <= horizon:
        out.perimeter_locked_s = done
