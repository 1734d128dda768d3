"""Where everybody is: at onset, and on every move, with the counts that follow from it."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.draws import Stream

from .numbers import (
    ARRIVAL,
    AUTOMATIC,
    AUTOMATIC_DOORS,
    DISMISSAL,
    LUNCH,
    MANUAL,
    PASSING,
    P,
    V,
    drawn,
    happens,
    luck,
)
from .world import ABSENT, COUNTED, IDLE, IN_ROOM, OUT


@inner
def move_person(w, who, zone):  # type: ignore[no-untyped-def]
    """Takes somebody from one zone to another and keeps the counts."""
    person = w.people[who]
    g = w.scene[0]
    old = w.zones[person.zone]
    old.occupants -= 1
    if old.room >= 0 and w.rooms[old.room].secured:
        g.secured_people -= 1
    person.zone = zone
    new = w.zones[zone]
    new.occupants += 1
    if new.room >= 0 and w.rooms[new.room].secured:
        g.secured_people += 1


@inner
def add_walker(w, who, state):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    person = w.people[who]
    if not person.listed:
        person.listed = 1
        w.walkers[g.walkers] = who
        g.walkers += 1
    person.state = state
    person.room = -1


@inner
def set_secured(w, j, secured):  # type: ignore[no-untyped-def]
    room = w.rooms[j]
    if room.secured == secured:
        return
    room.secured = secured
    people = w.zones[room.zone].occupants
    w.scene[0].secured_people += people if secured else -people


@inner
def clear(w):  # type: ignore[no-untyped-def]
    """Everything as before onset."""
    g = w.scene[0]
    for person in w.people:
        person.room = -1
        person.state = ABSENT
        person.zone = 0
        person.port = -1
        person.target = -1
        person.version = 0
        person.tries = 0
        person.aware = 0
        person.told = 0
        person.refused = 0
        person.limited = 0
        person.hearing = 0
        person.language = 0
        person.listed = 0
        person.speed = 0.0
        person.safe_at = math.inf
        person.cue = -1.0
    for room in w.rooms:
        room.adult = -1
        room.started = 0
        room.failed = 0
        room.breached = 0
        room.secured = 0
        room.self_started = 0
        room.told = 0
        room.aware = 0
        room.joined = 0
        room.cue = -1.0
        room.start_at = math.inf
        room.locked_at = math.inf
        room.hidden_at = math.inf
        room.near_at = math.inf
    for link in w.links:
        link.open = link.stands_open
        link.propped = 0
        link.locked = 0
        link.free = 0.0
    for zone in w.zones:
        zone.occupants = 0
        zone.waiting = 0
        zone.peer = math.inf
    g.queued = g.order = g.walkers = g.present = 0
    g.starter = g.location = -1
    g.hazard_on = g.hazard_moves = g.removals = g.announced = g.called = g.informed = g.secured_people = (
        g.officer_sent
    ) = 0
    g.hazard_zone = g.hazard_start = -1
    g.now = g.count = g.exposure = g.exposed = g.exposed_peak = g.behind_person_s = g.adult_corridor_s = (
        g.rate
    ) = 0.0
    g.next_removal = math.inf
    g.location_time = -1.0
    g.recognition = g.notification = g.informed_half = g.informed_most = g.met_at = math.nan
    g.officer_known = g.officer_contact = g.call_received = g.dispatched = g.on_site = g.police_contact = (
        math.nan
    )
    g.hearing_stranded = g.language_stranded = 0
    g.stranded_60 = g.stranded_120 = g.limited_stranded = g.safe_5 = g.reported_5 = 0.0


@inner
def put_in_zone(w, who, zone):  # type: ignore[no-untyped-def]
    """At onset: in a designated room as one of its group, anywhere else on their own."""
    w.people[who].zone = zone
    w.zones[zone].occupants += 1
    w.scene[0].present += 1
    room = w.zones[zone].room
    if room >= 0:
        w.people[who].state = IN_ROOM
        w.people[who].room = room
    else:
        add_walker(w, who, IDLE)


@inner
def put_outdoors(w, who):  # type: ignore[no-untyped-def]
    person = w.people[who]
    outdoors = w.zones.shape[0] - 1
    person.zone = outdoors
    w.zones[outdoors].occupants += 1
    w.scene[0].present += 1
    add_walker(w, who, OUT)
    if drawn(w, P.OUTDOOR_DISTANCE, Stream.PLACEMENT, person.entity, 5) >= w.numbers[P.SAFE_DISTANCE, 0]:
        person.safe_at = 0.0


@inner
def home_zone(w, who):  # type: ignore[no-untyped-def]
    home = w.people[who].home
    return w.rooms[home].zone if home >= 0 else w.walkable[0]


@inner
def place_student(w, who):  # type: ignore[no-untyped-def]
    entity = w.people[who].entity
    if happens(w, P.ABSENT, Stream.PLACEMENT, entity, 0):
        return
    moment = w.levers[V.MOMENT]
    where = luck(w, Stream.PLACEMENT, entity, 1)
    choice = luck(w, Stream.PLACEMENT, entity, 2)
    if moment == PASSING:
        if where < w.numbers[P.PASSING_IN_CORRIDORS, 0]:
            put_in_zone(w, who, w.walkable[int(choice * w.walkable.shape[0])])
        else:
            put_in_zone(w, who, home_zone(w, who))
        return
    if (
        moment == LUNCH
        and w.cafeteria.shape[0] > 0
        and luck(w, Stream.PLACEMENT, entity, 3) < w.numbers[P.LUNCH_IN_CAFETERIA, 0]
    ):
        put_in_zone(w, who, w.cafeteria[int(choice * w.cafeteria.shape[0])])
        return
    if (
        moment in (ARRIVAL, DISMISSAL)
        and luck(w, Stream.PLACEMENT, entity, 3) < w.numbers[P.ARRIVAL_OUTDOORS, 0]
    ):
        put_outdoors(w, who)
        return
    in_rooms = w.numbers[P.LESSON_IN_ROOMS, 0]
    if where < in_rooms:
        put_in_zone(w, who, home_zone(w, who))
    elif where < in_rooms + w.numbers[P.LESSON_WASHROOM_CORRIDOR, 0]:
        put_in_zone(w, who, w.aside[int(choice * w.aside.shape[0])])
    else:
        put_in_zone(w, who, w.others[int(choice * w.others.shape[0])])


@inner
def place_people(w):  # type: ignore[no-untyped-def]
    """Everybody where the moment of the day has them (2.9). Staff: one in charge of each designated room,
    four in the office, the rest anywhere."""
    g = w.scene[0]
    for who in range(g.students):
        place_student(w, who)
        person = w.people[who]
        person.limited = luck(w, Stream.POPULATION, person.entity, 0) < w.levers[V.LIMITED_MOBILITY]
        person.hearing = luck(w, Stream.POPULATION, person.entity, 3) < w.levers[V.LIMITED_HEARING]
        person.language = luck(w, Stream.POPULATION, person.entity, 4) < w.levers[V.OTHER_LANGUAGE]
    free = 0
    for who in range(g.students, g.people):
        home = w.people[who].home
        if home >= 0:
            put_in_zone(w, who, w.rooms[home].zone)
            w.rooms[home].adult = who
        elif free < 4 and g.office_zone >= 0:
            put_in_zone(w, who, g.office_zone)
            free += 1
        else:
            zones = w.others if luck(w, Stream.PLACEMENT, w.people[who].entity, 1) < 0.5 else w.walkable
            put_in_zone(
                w, who, zones[int(luck(w, Stream.PLACEMENT, w.people[who].entity, 2) * zones.shape[0])]
            )


@inner
def at_onset(w, horizon):  # type: ignore[no-untyped-def]
    """The world's replicate begins: nothing has happened yet, and everybody is in their place. horizon:
    seconds."""
    clear(w)
    w.scene[0].horizon = horizon
    place_people(w)


@inner
def set_doors(w):  # type: ignore[no-untyped-def]
    """The doors of designated rooms as the door policy has them at onset (2.4).

    Locked by hand: closed and unlocked, unless propped or standing open. Locked beforehand: what is closed is
    locked. Locked by closing: the same but for locks that do not latch. While classes change, arrive or
    leave, doors of designated rooms stand open whatever the policy."""
    moment = w.levers[V.MOMENT]
    moving = moment in (PASSING, ARRIVAL, DISMISSAL)
    propped_share = w.levers[V.PROPPED] if not np.isnan(w.levers[V.PROPPED]) else w.numbers[P.P_PROP, 0]
    for number in range(w.links.shape[0]):
        link = w.links[number]
        if link.room < 0 or not link.door:
            continue
        link.propped = luck(w, Stream.LOCKS, number, 0) < propped_share
        if link.propped or (moving and happens(w, P.P_OPEN_MOVING, Stream.LOCKS, number, 1)):
            link.open = 1
        if link.open or (w.levers[V.DOORS] == MANUAL and link.lock != AUTOMATIC):
            continue
        latched = not happens(w, P.P_LATCH_FAIL, Stream.LOCKS, number, 2)
        link.locked = (
            1 if (latched or not (w.levers[V.DOORS] == AUTOMATIC_DOORS or link.lock == AUTOMATIC)) else 0
        )
    for j in range(w.rooms.shape[0]):
        if all_locked(w, j):
            w.rooms[j].locked_at = 0.0
            set_secured(w, j, 1)


@inner
def all_locked(w, j):  # type: ignore[no-untyped-def]
    room = w.rooms[j]
    if not room.lockable:
        return False
    for k in range(room.doors_start, room.doors_start + room.doors):
        if not w.links[w.room_doors[k]].locked:
            return False
    return True


@inner
def still_here(w, who):  # type: ignore[no-untyped-def]
    state = w.people[who].state
    return state != ABSENT and state != COUNTED


@inner
def inform_people(w, number, time):  # type: ignore[no-untyped-def]
    """Counts people who come to know, and notes when half and nine of ten of those present do (M3)."""
    g = w.scene[0]
    g.informed += number
    if np.isnan(g.informed_half) and g.informed >= 0.5 * g.present:
        g.informed_half = time
    if np.isnan(g.informed_most) and g.informed >= 0.9 * g.present:
        g.informed_most = time
