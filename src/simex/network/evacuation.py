"""Everybody leaves: alarm, pre-movement, the way to the nearest usable exit with its queues and crowding
(simex.md 2.2, 2.3, section 6; M20, M21)."""

from __future__ import annotations

import math

from simex.compiling import inner
from simex.decisions.events import PERSON_CROSS, PERSON_WALK
from simex.decisions.heap import pop, schedule
from simex.decisions.numbers import P, V, luck
from simex.decisions.places import at_onset, move_person
from simex.decisions.walking import down_factor, free_speed, set_paces, sets_off
from simex.decisions.world import ABSENT, MOVING, OUT
from simex.draws import Stream

# Of free speed, as at the density of the greatest flow (1.75 a square metre): beyond it people queue, and the
# passage holds them up
SLOWEST = 0.5


@inner
def crowd_factor(w, zone):  # type: ignore[no-untyped-def]
    """How much of their free speed people keep in a corridor as full as it is now (`fd_slope`,
    `fd_standstill`).

    Those who queue at a passage do not count: the passage holds them up already, and whoever comes joins the
    end of the queue."""
    density = (w.zones[zone].occupants - w.zones[zone].waiting) / (
        w.zones[zone].area * w.levers[V.WIDTH_FACTOR]
    )
    if density <= 0.5:  # below this the law takes less than the people differ in speed
        return 1.0
    return max(
        SLOWEST,
        1.0 - math.exp(-w.numbers[P.FD_SLOPE, 0] * (1.0 / density - 1.0 / w.numbers[P.FD_STANDSTILL, 0])),
    )


@inner
def gap(w, link):  # type: ignore[no-untyped-def]
    """Seconds between two people through a passage."""
    factor = w.levers[V.WIDTH_FACTOR] if link.room < 0 else 1.0
    return 1.0 / (w.numbers[P.Q_NETWORK, 0] * link.width * factor)


@inner
def leave(w, who, start):  # type: ignore[no-untyped-def]
    """Plans the way out of somebody who sets off at `start`; those for whom there is none stay."""
    person = w.people[who]
    outdoors = w.zones.shape[0] - 1
    port = w.first[person.zone, outdoors]
    if port < 0:
        return
    person.state = MOVING
    person.target = outdoors
    person.port = port
    person.speed = free_speed(w, who)
    inside = 2.0 * luck(w, Stream.MOVEMENT, person.entity, 0) * w.reach[port]
    schedule(w, start + inside / person.speed, PERSON_WALK, who, 0)


@inner
def walk_on(w, who, time):  # type: ignore[no-untyped-def]
    """Through a passage and to the next."""
    person = w.people[who]
    zone = w.into[person.port]
    move_person(w, who, zone)
    if zone == w.zones.shape[0] - 1:
        person.state = OUT
        person.safe_at = time
        return
    onward = w.onward[person.port, person.target]
    metres = w.far[person.port, person.target] - w.far[onward, person.target]
    factor = down_factor(w) if w.zones[zone].stairs else 1.0
    if w.zones[zone].walkable:
        factor *= crowd_factor(w, zone)
    person.port = onward
    schedule(w, time + metres / (person.speed * factor), PERSON_WALK, who, 0)


@inner
def run_evacuation(w, horizon, decided):  # type: ignore[no-untyped-def]
    """Runs the replicate. decided: seconds after onset at which the alarm is given."""
    at_onset(w, horizon)
    g = w.scene[0]
    set_paces(w)
    alarm = decided + w.numbers[P.T_ALARM, 0]
    for who in range(g.people):
        person = w.people[who]
        if person.state == ABSENT or person.state == OUT:
            continue
        leave(w, who, sets_off(w, who, alarm))
    while g.queued > 0:
        time, kind, who, _ = pop(w)
        g.now = time
        link = w.links[w.people[who].port >> 1]
        if kind == PERSON_CROSS:
            w.zones[w.people[who].zone].waiting -= 1
        if kind == PERSON_CROSS or not (link.door or link.stands_open):
            walk_on(w, who, time)
        elif link.free <= time:
            link.free = time + gap(w, link)
            walk_on(w, who, time)
        else:
            turn = link.free
            link.free += gap(w, link)
            w.zones[w.people[who].zone].waiting += 1
            schedule(w, turn, PERSON_CROSS, who, 0)
