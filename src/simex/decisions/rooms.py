"""A room goes into lockdown: notice, walk to the door, sweep, close, lock, out of sight, report
(simex.md 2.4)."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.draws import Stream

from .events import ROOM_DOOR, ROOM_HIDDEN, ROOM_OUTSIDE, ROOM_START, ROOM_SWEPT
from .heap import schedule
from .numbers import AUTOMATIC, BUTTON, ELECTRONIC, KEY, MANUAL, OUTSIDE_KEY, P, V, drawn, happens, luck
from .places import all_locked, inform_people, move_person, set_secured
from .world import IDLE, IN_ROOM, MOVING, ROOM_ENTITY, SETTLED

_DOOR_DRAWS = 8  # addresses from here on: four for each door of a room, in its order


@inner
def room_informed(w, j, time):  # type: ignore[no-untyped-def]
    """The adult in charge knows, and with them the class."""
    room = w.rooms[j]
    if not room.aware:
        room.aware = 1
        inform_people(w, w.zones[room.zone].occupants - room.joined, time)


@inner
def begin_room(w, j, time, self_started):  # type: ignore[no-untyped-def]
    """Plans the start of a room's lockdown; a later notice of a room that is already at it changes
    nothing."""
    room = w.rooms[j]
    if room.adult < 0 or room.breached or room.started or room.start_at <= time:
        return
    room.start_at = time
    room.self_started = self_started
    schedule(w, time, ROOM_START, j, 0)


@inner
def door_lock_type(w, number):  # type: ignore[no-untyped-def]
    """How a door locks under the door policy: what is pre-locked or locks by closing needs only to be
    closed."""
    if w.levers[V.DOORS] != MANUAL:
        return AUTOMATIC
    lever = int(w.levers[V.LOCK])
    return lever if lever >= 0 else w.links[number].lock


@inner
def substitute(w, j):  # type: ignore[no-untyped-def]
    share = w.levers[V.SUBSTITUTES] / max(1, w.rooms.shape[0])
    return luck(w, Stream.POPULATION, ROOM_ENTITY + j, 1) < share


@inner
def has_no_key(w, j):  # type: ignore[no-untyped-def]
    share = w.levers[V.NO_KEY] if not np.isnan(w.levers[V.NO_KEY]) else w.numbers[P.P_NO_KEY, 0]
    return luck(w, Stream.LOCKS, ROOM_ENTITY + j, 0) < share or substitute(w, j)


@inner
def keyed_fails(w, j, row, index):  # type: ignore[no-untyped-def]
    """A keyed lock is left unsecured: for want of a key, or all the same.

    The failure of a type of lock (2.4) is that of all its rooms. A missing key is one of its causes, so at
    the parameter file's own share without a key the two together make up that failure; a lever with more
    people without keys adds to it."""
    without = w.numbers[P.P_NO_KEY, 0]
    residual = max(0.0, (w.numbers[row, 0] - without) / (1.0 - without)) if without < 1.0 else 0.0
    return has_no_key(w, j) or luck(w, Stream.LOCKS, ROOM_ENTITY + j, index) < residual


@inner
def door_seconds(w, j, place):  # type: ignore[no-untyped-def]
    """Seconds to close and lock the door at this place of a room, and those that the adult stands in the
    corridor for it."""
    number = w.room_doors[w.rooms[j].doors_start + place]
    link = w.links[number]
    entity, first = ROOM_ENTITY + j, _DOOR_DRAWS + 4 * place
    closing = 0.0
    if link.propped:
        closing = w.numbers[P.T_FREE_PROP, 0]
    if link.open:
        closing += drawn(w, P.T_CLOSE, Stream.LOCKS, entity, first)
    kind = door_lock_type(w, number)
    if kind == BUTTON:
        return closing + drawn(w, P.T_LOCK_BUTTON, Stream.LOCKS, entity, first + 1), 0.0
    if kind == KEY:
        find = drawn(w, P.T_KEY_FIND, Stream.LOCKS, entity, first + 1) if place == 0 else 0.0
        return closing + find + drawn(w, P.T_KEY_TURN, Stream.LOCKS, entity, first + 2), 0.0
    if kind == OUTSIDE_KEY:
        outside = drawn(w, P.T_LOCK_OUTSIDE, Stream.LOCKS, entity, first + 1)
        return closing + outside, outside
    if kind == ELECTRONIC:
        return closing + drawn(w, P.T_LOCK_ELECTRONIC, Stream.LOCKS, entity, first + 1), 0.0
    return closing, 0.0


@inner
def door_fails(w, j, place):  # type: ignore[no-untyped-def]
    """Whether the door is left unsecured (2.4)."""
    kind = door_lock_type(w, w.room_doors[w.rooms[j].doors_start + place])
    entity, index = ROOM_ENTITY + j, _DOOR_DRAWS + 4 * place + 3
    if kind == BUTTON:
        return happens(w, P.P_FAIL_BUTTON, Stream.LOCKS, entity, index)
    if kind == KEY:
        return keyed_fails(w, j, P.P_FAIL_KEY, index)
    if kind == OUTSIDE_KEY:
        return keyed_fails(w, j, P.P_FAIL_OUTSIDE, index)
    if kind == ELECTRONIC:
        return happens(w, P.P_FAIL_ELECTRONIC, Stream.LOCKS, entity, index)
    if kind == AUTOMATIC:
        return happens(w, P.P_LATCH_FAIL, Stream.LOCKS, entity, index)
    return True  # no lock: a barrier delays, it never secures


@inner
def untrained(w, j):  # type: ignore[no-untyped-def]
    return not w.levers[V.TRAINED] or substitute(w, j)


@inner
def adult_speed(w, j):  # type: ignore[no-untyped-def]
    """How fast the adult in charge of a room hurries to its doors, m/s."""
    adult = w.people[w.rooms[j].adult].entity
    return drawn(w, P.V_ADULT, Stream.SPEEDS, adult, 0) * drawn(w, P.K_HURRY, Stream.SPEEDS, adult, 1)


@inner
def start_room(w, j, time):  # type: ignore[no-untyped-def]
    room = w.rooms[j]
    if room.started or room.adult < 0 or room.breached:
        return
    room.started = 1
    entity = ROOM_ENTITY + j
    if room.secured:
        schedule(w, time + drawn(w, P.T_HIDE, Stream.LOCKS, entity, 4), ROOM_HIDDEN, j, 0)
        return
    if untrained(w, j) and happens(w, P.P_OMIT_UNTRAINED, Stream.LOCKS, entity, 1):
        room.failed = 1
        return
    at_door = time + drawn(w, P.DOOR_DISTANCE, Stream.LOCKS, entity, 2) / adult_speed(w, j)
    schedule(w, at_door + drawn(w, P.T_SWEEP, Stream.LOCKS, entity, 3), ROOM_SWEPT, j, 0)


@inner
def next_open_door(w, j, place):  # type: ignore[no-untyped-def]
    """The first door from this place on that is not locked; -1 when all are."""
    room = w.rooms[j]
    while place < room.doors:
        if not w.links[w.room_doors[room.doors_start + place]].locked:
            return place
        place += 1
    return -1


@inner
def calls_in_from(w, j, number):  # type: ignore[no-untyped-def]
    """The zone of the corridor before a door of a room that is not locked, from which students are called in;
    -1 where there is none."""
    if w.links[number].locked:
        return -1
    beside = beyond_door(w, j, number)
    return beside if w.zones[beside].walkable and w.zones[beside].occupants > 0 else -1


@inner
def room_swept(w, j, time):  # type: ignore[no-untyped-def]
    """Students in the corridor before the doors are taken in; then the first door is closed and locked."""
    room = w.rooms[j]
    if room.breached or room.adult < 0:
        return
    for k in range(room.doors_start, room.doors_start + room.doors):
        beside = calls_in_from(w, j, w.room_doors[k])
        if beside < 0:
            continue
        for index in range(w.scene[0].walkers):
            who = w.walkers[index]
            person = w.people[who]
            if (
                person.student
                and person.zone == beside
                and (person.state == IDLE or person.state == MOVING or person.state == SETTLED)
            ):
                enter_room(w, who, j, time)
    plan_door(w, j, next_open_door(w, j, 0), time)


@inner
def enter_room(w, who, j, time):  # type: ignore[no-untyped-def]
    """Somebody joins the group of a room."""
    person = w.people[who]
    if not person.aware:
        person.aware = 1
        inform_people(w, 1, time)
    if not w.rooms[j].aware:
        w.rooms[j].joined += 1
    move_person(w, who, w.rooms[j].zone)
    person.state = IN_ROOM
    person.room = j
    person.version += 1


@inner
def plan_door(w, j, place, time):  # type: ignore[no-untyped-def]
    if place < 0:
        room_locked(w, j, time)
        return
    seconds, outside = door_seconds(w, j, place)
    g = w.scene[0]
    if outside > 0.0:
        g.adult_corridor_s += max(0.0, min(outside, g.horizon - time))
        schedule(w, time + seconds - outside, ROOM_OUTSIDE, j, place)
    schedule(w, time + seconds, ROOM_DOOR, j, place)


@inner
def beyond_door(w, j, number):  # type: ignore[no-untyped-def]
    """The zone on the other side of a door of a room."""
    return w.into[2 * number] if w.into[2 * number] != w.rooms[j].zone else w.into[2 * number + 1]


@inner
def room_outside(w, j, place):  # type: ignore[no-untyped-def]
    """To lock with an outside key the adult steps into the corridor, and is to be seen there meanwhile
    (2.4)."""
    room = w.rooms[j]
    if room.adult >= 0 and not room.breached and w.people[room.adult].zone == room.zone:
        move_person(w, room.adult, beyond_door(w, j, w.room_doors[room.doors_start + place]))


@inner
def room_door(w, j, place, time):  # type: ignore[no-untyped-def]
    """A door has been closed, and is locked unless the lock fails; then on to the next door, as far as it is
    away."""
    room = w.rooms[j]
    if room.breached or room.adult < 0:
        return
    if w.people[room.adult].zone != room.zone:
        move_person(w, room.adult, room.zone)
    number = w.room_doors[room.doors_start + place]
    link = w.links[number]
    link.open = 0
    link.propped = 0
    if not room.lockable or door_fails(w, j, place):
        room.failed = 1
        return
    link.locked = 1
    further = next_open_door(w, j, place + 1)
    if further < 0:
        room_locked(w, j, time)
        return
    other = w.links[w.room_doors[room.doors_start + further]]
    plan_door(w, j, further, time + math.hypot(link.x - other.x, link.y - other.y) / adult_speed(w, j))


@inner
def room_locked(w, j, time):  # type: ignore[no-untyped-def]
    room = w.rooms[j]
    if not all_locked(w, j):
        room.failed = 1
        return
    if room.zone == w.scene[0].hazard_zone and w.scene[0].hazard_on:
        return
    if not room.secured:
        room.locked_at = time
        set_secured(w, j, 1)
    schedule(w, time + drawn(w, P.T_HIDE, Stream.LOCKS, ROOM_ENTITY + j, 4), ROOM_HIDDEN, j, 0)


@inner
def room_hidden(w, j, time):  # type: ignore[no-untyped-def]
    """Out of sight and quiet: only now is the lockdown of a room complete."""
    room = w.rooms[j]
    row = P.P_HIDE_UNTRAINED if untrained(w, j) else P.P_HIDE_TRAINED
    if room.secured and math.isinf(room.hidden_at) and happens(w, row, Stream.LOCKS, ROOM_ENTITY + j, 5):
        room.hidden_at = time


@inner
def reported_at(w, j):  # type: ignore[no-untyped-def]
    """When the report of a secured room reaches the office (M9); infinite when it never does."""
    room = w.rooms[j]
    if (
        not room.secured
        or not room.started
        or not happens(w, P.P_REPORT, Stream.COMMUNICATION, ROOM_ENTITY + j, 41)
    ):
        return math.inf
    return max(room.locked_at, room.start_at) + drawn(
        w, P.T_REPORT, Stream.COMMUNICATION, ROOM_ENTITY + j, 40
    )


@inner
def electronic_doors(w, j):  # type: ignore[no-untyped-def]
    """Whether every door of a room is locked from afar and closed, so that nobody needs to go there."""
    room = w.rooms[j]
    if not room.lockable or w.levers[V.DOORS] != MANUAL:
        return False
    for k in range(room.doors_start, room.doors_start + room.doors):
        if door_lock_type(w, w.room_doors[k]) != ELECTRONIC or w.links[w.room_doors[k]].open:
            return False
    return True


@inner
def room_electronic(w, j, time):  # type: ignore[no-untyped-def]
    """The trigger reached the closed doors of a room."""
    room = w.rooms[j]
    if room.secured or room.breached:
        return
    for place in range(room.doors):
        number = w.room_doors[room.doors_start + place]
        if w.links[number].open or (not w.links[number].locked and door_fails(w, j, place)):
            room.failed = 1
            return
        w.links[number].locked = 1
    room.locked_at = time
    set_secured(w, j, 1)
    if room.started:
        schedule(w, time + drawn(w, P.T_HIDE, Stream.LOCKS, ROOM_ENTITY + j, 4), ROOM_HIDDEN, j, 0)
