"""People on their own: they decide, walk from link to link, queue at doors, are let in or refused
(simex.md 2.3, 2.8)."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.draws import Stream

from .events import PERSON_ACT, PERSON_CROSS, PERSON_WALK
from .heap import schedule
from .notice import decides, raise_alarm, recognized, room_hears_of_it, warn_zone
from .numbers import P, V, drawn, happens, luck
from .outcome import kth_smallest
from .places import add_walker, inform_people, move_person
from .rooms import enter_room, untrained
from .world import ABSENT, IDLE, IN_ROOM, MOVING, OUT, REFUSALS, ROOM_ENTITY, SETTLED


@inner
def free_speed(w, who):  # type: ignore[no-untyped-def]
    """Walking speed without haste, m/s (2.2)."""
    person = w.people[who]
    if person.limited:
        return drawn(w, P.V_IMP, Stream.SPEEDS, person.entity, 0)
    if person.room >= 0 and w.rooms[person.room].pace > 0.0:
        return w.rooms[person.room].pace
    if not person.student:
        return drawn(w, P.V_ADULT, Stream.SPEEDS, person.entity, 0)
    grades = w.levers[V.GRADES]
    row = P.V_PRIM if grades == 0 else P.V_MID if grades == 1 else P.V_TEEN
    return drawn(w, row, Stream.SPEEDS, person.entity, 0)


@inner(makes_arrays=True)
def set_paces(w):  # type: ignore[no-untyped-def]
    """Up to grade 5 a class moves as a unit behind its teacher, as fast as its slowest quarter (2.2). Call it
    when everybody is in their place."""
    g = w.scene[0]
    own = np.empty(g.people)
    for j in range(w.rooms.shape[0]):
        room = w.rooms[j]
        room.pace = 0.0
        if w.levers[V.GRADES] > 0 or room.adult < 0:
            continue
        number = 0
        for who in range(g.people):
            if w.people[who].room == j and w.people[who].state != ABSENT and not w.people[who].limited:
                own[number] = free_speed(w, who)
                number += 1
        if number > 0:
            room.pace = kth_smallest(own[:number], 1 + (number - 1) // 4)


@inner
def alarmed_speed(w, who):  # type: ignore[no-untyped-def]
    """Speed to a room or exit in a lockdown: hurrying, some running."""
    person = w.people[who]
    if person.speed > 0.0:
        return person.speed
    old_enough = not person.student or w.levers[V.GRADES] > 0
    if not person.limited and old_enough and happens(w, P.K_RUN_SHARE, Stream.SPEEDS, person.entity, 2):
        person.speed = drawn(w, P.K_RUN_SPEED, Stream.SPEEDS, person.entity, 3)
    elif person.limited:
        person.speed = free_speed(w, who)
    else:
        person.speed = free_speed(w, who) * drawn(w, P.K_HURRY, Stream.SPEEDS, person.entity, 1)
    return person.speed


@inner
def stairs_factor(w):  # type: ignore[no-untyped-def]
    """Down and up alike in the network: which way a flight is walked is not known here."""
    return 0.5 * (w.numbers[P.S_DOWN, 0] + w.numbers[P.S_UP, 0])


@inner
def down_factor(w):  # type: ignore[no-untyped-def]
    """Share of the level speed that people keep down a flight of stairs (2.2)."""
    return w.numbers[P.S_DOWN_CHILD, 0] if w.levers[V.GRADES] == 0 else w.numbers[P.S_DOWN, 0]


@inner
def sets_off(w, who, alarm):  # type: ignore[no-untyped-def]
    """When somebody sets off after an alarm for all to leave, seconds; a class does so together (M20)."""
    person = w.people[who]
    entity = person.entity if person.room < 0 else ROOM_ENTITY + person.room
    return alarm + drawn(w, P.T_PRE_FIRE, Stream.RECOGNITION, entity, 10)


@inner
def leaves_building(w, who, time):  # type: ignore[no-untyped-def]
    """Somebody comes out by an exit, and is safe once far enough from the building."""
    person = w.people[who]
    move_person(w, who, w.zones.shape[0] - 1)
    person.state = OUT
    person.version += 1
    person.safe_at = time + w.numbers[P.SAFE_DISTANCE, 0] / alarmed_speed(w, who)


@inner
def was_refused(w, who, j):  # type: ignore[no-untyped-def]
    for k in range(min(w.people[who].tries, REFUSALS)):  # noqa: SIM110 - compiled code knows no generators
        if w.refusals[who, k] == j:
            return True
    return False


@inner
def toward_danger(w, zone, target):  # type: ignore[no-untyped-def]
    """Whether the way to a target begins by walking up to a hazard that is in sight."""
    g = w.scene[0]
    if not g.hazard_on:
        return False
    if target == g.hazard_zone:
        return True
    port = w.first[zone, target]
    if port < 0:
        return False
    for k in range(w.seen_start[zone], w.seen_start[zone + 1]):
        if w.seen[k] == g.hazard_zone:
            return zone != g.hazard_zone and w.into[port] == g.hazard_zone
    return False


@inner
def nearest_room(w, who):  # type: ignore[no-untyped-def]
    """The nearest designated room that has not refused them and does not lie beyond danger in sight; -1 when
    there is none."""
    zone = w.people[who].zone
    best, found = math.inf, -1
    for j in range(w.rooms.shape[0]):
        target = w.rooms[j].zone
        metres = w.metres[zone, target]
        if (
            metres < best
            and target != zone
            and not was_refused(w, who, j)
            and not toward_danger(w, zone, target)
        ):
            best, found = metres, j
    return found


@inner
def person_acts(w, who, time):  # type: ignore[no-untyped-def]
    """What somebody does who knows: an order sends them to a room, without one the mix of actions decides
    (2.3)."""
    person = w.people[who]
    if person.state == OUT:
        if math.isinf(person.safe_at):
            away = w.numbers[P.SAFE_DISTANCE, 0] - drawn(
                w, P.OUTDOOR_DISTANCE, Stream.PLACEMENT, person.entity, 5
            )
            person.safe_at = time + max(0.0, away) / alarmed_speed(w, who)
        return
    if person.state != IDLE and person.state != SETTLED:
        return
    outdoors = w.zones.shape[0] - 1
    room = nearest_room(w, who)
    leave = room < 0 or person.tries >= min(w.numbers[P.TRIES_BEFORE_EXIT, 0], REFUSALS)
    if not leave and person.tries == 0:
        to_room, to_exit, freeze = (
            w.numbers[P.ACTION_ROOM, 0],
            w.numbers[P.ACTION_EXIT, 0],
            w.numbers[P.ACTION_FREEZE, 0],
        )
        u = luck(w, Stream.RECOGNITION, person.entity, 6) * (to_room + to_exit + freeze)
        if w.levers[V.OPTIONS] and (person.told or person.aware):
            leave = w.metres[person.zone, outdoors] < w.metres[
                person.zone, w.rooms[room].zone
            ] and not toward_danger(w, person.zone, outdoors)
        elif not person.told:
            if u >= to_room + to_exit:
                person.state = SETTLED
                return
            leave = u >= to_room
    if leave and w.first[person.zone, outdoors] < 0:
        person.state = SETTLED
        return
    set_out(w, who, outdoors if leave else w.rooms[room].zone, time)


@inner
def set_out(w, who, target, time):  # type: ignore[no-untyped-def]
    person = w.people[who]
    port = w.first[person.zone, target]
    if port < 0:
        person.state = SETTLED
        return
    person.state = MOVING
    person.target = target
    person.port = port
    person.version += 1
    share = 2.0 * luck(w, Stream.MOVEMENT, person.entity, person.version)
    schedule(w, time + share * w.reach[port] / alarmed_speed(w, who), PERSON_WALK, who, person.version)


@inner
def person_at_link(w, who, time):  # type: ignore[no-untyped-def]
    """At a door or seam: through at once, or after those before them."""
    person = w.people[who]
    link = w.links[person.port >> 1]
    if not link.door or link.free <= time:
        if link.door:
            link.free = time + 1.0 / (w.numbers[P.Q_NETWORK, 0] * link.width)
        person_crosses(w, who, time)
        return
    turn = link.free
    link.free += 1.0 / (w.numbers[P.Q_NETWORK, 0] * link.width)
    schedule(w, turn, PERSON_CROSS, who, person.version)


@inner
def let_in(w, who, j):  # type: ignore[no-untyped-def]
    """Whether somebody in a locked room opens: always before the room knows, afterwards by the rule of
    re-entry (M18)."""
    room = w.rooms[j]
    if room.adult < 0 or w.zones[room.zone].occupants == 0:
        return False
    if not room.aware:
        return True
    return happens(w, P.P_REENTRY, Stream.LOCKS, w.people[who].entity, 20 + w.people[who].tries)


@inner
def refused(w, who, j, time):  # type: ignore[no-untyped-def]
    person = w.people[who]
    person.refused = 1
    if person.tries < REFUSALS:
        w.refusals[who, person.tries] = j
    person.tries += 1
    person.state = IDLE
    schedule(w, time, PERSON_ACT, who, person.version)


@inner
def person_crosses(w, who, time):  # type: ignore[no-untyped-def]
    person = w.people[who]
    link = w.links[person.port >> 1]
    zone = w.into[person.port]
    g = w.scene[0]
    j = w.zones[zone].room
    if j >= 0 and zone == person.target:
        if g.hazard_on and g.hazard_zone == zone:
            refused(w, who, j, time)
            person.refused = 0
            return
        if link.locked and not let_in(w, who, j):
            refused(w, who, j, time)
            return
        enter_room(w, who, j, time)
        room_hears_of_it(w, j, time)
        return
    if zone == w.zones.shape[0] - 1:
        leaves_building(w, who, time)
        return
    onward = w.onward[person.port, person.target]
    if (link.locked and j >= 0) or onward < 0:
        person.state = SETTLED
        return
    metres = w.far[person.port, person.target] - w.far[onward, person.target]
    speed = alarmed_speed(w, who) * (stairs_factor(w) if w.zones[zone].stairs else 1.0)
    move_person(w, who, zone)
    if w.zones[zone].occupants > 1:
        warn_zone(w, zone, time)
    person.port = onward
    schedule(w, time + metres / speed, PERSON_WALK, who, person.version)


@inner
def scatter_room(w, j, time):  # type: ignore[no-untyped-def]
    """The hazard is in a room and its people know: the adult in charge may raise the alarm, and everybody is
    on their own now."""
    g = w.scene[0]
    room = w.rooms[j]
    if not room.aware:
        recognized(w, time)
        if room.adult >= 0 and decides(w, ROOM_ENTITY + j, not untrained(w, j)):
            raise_alarm(w, ROOM_ENTITY + j, g.hazard_zone, time, P.P_DEVICE_ROOM)
    for who in range(g.people):
        person = w.people[who]
        if person.state != IN_ROOM or person.room != j:
            continue
        if not person.aware and not room.aware:
            inform_people(w, 1, time)
        person.aware = 1
        person.told = 0
        add_walker(w, who, IDLE)
        schedule(w, time, PERSON_ACT, who, person.version)
    room.aware = 1
    room.adult = -1


@inner
def class_leaves(w, j, time):  # type: ignore[no-untyped-def]
    """Guidance of options: a class whose door cannot be locked goes out by the nearest exit behind its adult.

    All walk as fast as the adult, up to grade 5 as fast as the class moves as a unit; but people with limited
    mobility as they can."""
    outdoors = w.zones.shape[0] - 1
    room = w.rooms[j]
    if w.first[room.zone, outdoors] < 0 or toward_danger(w, room.zone, outdoors):
        return
    hurry = drawn(w, P.K_HURRY, Stream.SPEEDS, w.people[room.adult].entity, 1)
    pace = room.pace * hurry if room.pace > 0.0 else alarmed_speed(w, room.adult)
    for who in range(w.scene[0].people):
        person = w.people[who]
        if person.state == IN_ROOM and person.room == j:
            if not person.limited:
                person.speed = pace
            person.aware = 1
            add_walker(w, who, IDLE)
            set_out(w, who, outdoors, time)
    room.adult = -1
