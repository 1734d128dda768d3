"""One lockdown in which people walk as bodies: what anybody hears, decides and locks is the event engine's,
every way is walked. Compiled.

Bodies move in steps; an event counts from the first step at or after its time. The hazard and officers stay
on the graph in both resolutions."""

from __future__ import annotations

import math

from simex.compiling import inner
from simex.decisions.events import PERSON_CROSS, PERSON_WALK, ROOM_DOOR, ROOM_START, ROOM_SWEPT
from simex.decisions.exposure import advance, renew_exposure
from simex.decisions.heap import pop, schedule
from simex.decisions.lockdown import begin_lockdown, happen
from simex.decisions.notice import room_hears_of_it, warn_zone
from simex.decisions.numbers import P, drawn
from simex.decisions.places import inform_people, move_person
from simex.decisions.rooms import adult_speed, calls_in_from, enter_room, next_open_door, plan_door
from simex.decisions.walking import leaves_building, let_in, refused, set_out
from simex.decisions.world import COUNTED, IDLE, IN_ROOM, MOVING, OUT, ROOM_ENTITY, SETTLED
from simex.draws import Stream
from simex.space.state import Goals, Walk
from simex.space.step import LEFT, RESTING, WALKING, one_step, wake

from .bodies import leave_place, place_bodies, rest, send, send_to_zone, sidestep, vanish, zone_at

AT_DOOR = 0.4  # metres from its leaf at which one finds a door locked
PATIENCE = 2.0  # seconds without getting on inside a room; twice that on the way to one
# A sweep that comes after the adult has walked to the door; the event engine's own, by a drawn time, are 0
WALKED = 1


@inner
def set_locks(w, s):  # type: ignore[no-untyped-def]
    """The doors of designated rooms as they are now: nobody passes a locked one, but out."""
    for k in range(w.room_doors.shape[0]):
        number = w.room_doors[k]
        portal = s.portal_of[number]
        if portal < 0:
            continue
        shut = w.links[number].locked != 0
        s.locks.transparent[portal] = not shut
        for side in range(2 * portal, 2 * portal + 2):
            if s.room_beyond[side] >= 0:
                s.locks.passes[side] = not shut


@inner
def to_door(w, s, j, place, time):  # type: ignore[no-untyped-def]
    """The adult in charge walks to a door of the room, at the speed of the event engine's draws."""
    adult = w.rooms[j].adult
    door = w.rooms[j].doors_start + place
    leave_place(s, adult)
    send(s, adult, s.goal_of[s.door_region[door]], s.door_x[door], s.door_y[door], adult_speed(w, j), time)


@inner
def from_door(w, s, j, time):  # type: ignore[no-untyped-def]
    """The adult goes out of sight."""
    send_to_zone(w, s, w.rooms[j].adult, w.rooms[j].zone, time)


@inner
def call_in(w, s, j, time):  # type: ignore[no-untyped-def]
    """Students in the corridor before the doors that are not locked are called in; here they walk."""
    room = w.rooms[j]
    for k in range(room.doors_start, room.doors_start + room.doors):
        beside = calls_in_from(w, j, w.room_doors[k])
        if beside < 0:
            continue
        for index in range(w.scene[0].walkers):
            who = w.walkers[index]
            person = w.people[who]
            on_own = (
                person.state == IDLE
                or person.state == SETTLED
                or (person.state == MOVING and person.target != room.zone)
            )
            if person.student and person.zone == beside and on_own:
                if not person.aware:
                    person.aware = 1
                    inform_people(w, 1, time)
                set_out(w, who, room.zone, time)


@inner
def take(w, s, time, kind, who, what):  # type: ignore[no-untyped-def]
    """One event: the event engine's, but for ways, which are walked."""
    if kind in (PERSON_WALK, PERSON_CROSS):
        return
    if kind == ROOM_SWEPT:
        room = w.rooms[who]
        if what == WALKED and not room.breached and room.adult >= 0:
            call_in(w, s, who, time)
            plan_door(w, who, next_open_door(w, who, 0), time)
            renew_exposure(w)
        return
    happen(w, time, kind, who, what)
    if kind in (ROOM_START, ROOM_DOOR):
        room = w.rooms[who]
        if room.adult < 0 or not room.started or room.breached:
            return
        if kind == ROOM_START and not room.secured and not room.failed:
            to_door(w, s, who, max(0, next_open_door(w, who, 0)), time)
            s.errand[room.adult] = who
        elif kind == ROOM_DOOR:
            further = next_open_door(w, who, what + 1)
            if room.secured or room.failed or further < 0:
                from_door(w, s, who, time)
            else:
                to_door(w, s, who, further, time)


@inner
def drain(w, s, now):  # type: ignore[no-untyped-def]
    """Everything that is due; whether anything was."""
    g = w.scene[0]
    busy = False
    while g.queued > 0 and w.queue[0].time <= now + 1e-9:
        time, kind, who, what = pop(w)
        advance(w, time)
        take(w, s, time, kind, who, what)
        busy = True
    return busy


@inner
def settle(w, s, now):  # type: ignore[no-untyped-def]
    """Brings world and bodies to `now`."""
    removals = w.scene[0].removals
    if drain(w, s, now):
        set_locks(w, s)
        follow_decisions(w, s, removals, now)


@inner
def follow_decisions(w, s, removals, now):  # type: ignore[no-untyped-def]
    """Sets bodies in motion or to rest as their people have decided."""
    g = w.scene[0]
    bodies = s.bodies
    for index in range(g.walkers):
        who = w.walkers[index]
        person = w.people[who]
        if person.state == MOVING:
            if s.version[who] != person.version:
                s.version[who] = person.version
                send_to_zone(w, s, who, person.target, now)
        elif person.state == IDLE or person.state == SETTLED:
            if bodies.state[who] == WALKING:
                rest(s, who)
        elif person.state == OUT and bodies.state[who] != LEFT:
            vanish(s, who)
    if g.removals != removals:
        for who in range(g.people):
            if w.people[who].state == COUNTED and bodies.state[who] != LEFT:
                vanish(s, who)


@inner
def enters(w, s, who, zone, time):  # type: ignore[no-untyped-def]
    """Somebody walks from one zone into another."""
    person = w.people[who]
    advance(w, time)
    if person.state == COUNTED:
        return
    j = w.zones[zone].room
    if person.state == MOVING and zone == person.target and j >= 0:
        enter_room(w, who, j, time)
        room_hears_of_it(w, j, time)
    else:
        move_person(w, who, zone)
        if w.zones[zone].occupants > 1:
            warn_zone(w, zone, time)
    renew_exposure(w)


@inner
def comes_out(w, who, time):  # type: ignore[no-untyped-def]
    """Somebody walks out by an exit at `time`, seconds."""
    advance(w, time)
    if w.people[who].state == COUNTED:
        return
    leaves_building(w, who, time)
    renew_exposure(w)


@inner
def tries_door(w, s, who, time):  # type: ignore[no-untyped-def]
    """At the door of the room that one goes to: in, or refused, by the event engine's rules."""
    person = w.people[who]
    bodies = s.bodies
    g = w.scene[0]
    j = w.zones[person.target].room
    if j < 0 or bodies.let_in[who] >= 0 or person.state != MOVING:
        return
    room = w.rooms[j]
    for k in range(room.doors_start, room.doors_start + room.doors):
        number = w.room_doors[k]
        side = 2 * s.portal_of[number]
        if side >= 0 and s.room_beyond[side] != j:
            side += 1
        if side < 0 or s.floor.side_region[side] != bodies.region[who]:
            continue
        link = w.links[number]
        off_x, off_y = link.x - bodies.x[who], link.y - bodies.y[who]
        near = AT_DOOR + 0.5 * link.width
        if off_x * off_x + off_y * off_y > near * near:
            continue
        if g.hazard_on and g.hazard_zone == person.target:
            refused(w, who, j, time)
            person.refused = 0
        elif link.locked:
            if let_in(w, who, j):
                bodies.let_in[who] = side
            else:
                refused(w, who, j, time)
        return


@inner
def follow_bodies(w, s, walking, logged, now):  # type: ignore[no-untyped-def]
    """What a step changes in the world: who came into another zone, to a door, out of the building or to the
    end of the way."""
    bodies, log = s.bodies, s.log
    removals, called = w.scene[0].removals, False
    for k in range(logged):
        who = log.person[k]
        if bodies.state[who] == LEFT:
            if w.people[who].state == MOVING:
                comes_out(w, who, now)
        else:
            zone = zone_at(s, bodies.region[who], bodies.x[who], bodies.y[who])
            if zone != w.people[who].zone:
                enters(w, s, who, zone, now)
    for k in range(walking):
        who = s.work.active[k]
        if bodies.state[who] == RESTING:
            j = s.errand[who]
            s.errand[who] = -1
            if w.people[who].state == IN_ROOM:
                rest(s, who)
            if j >= 0 and w.rooms[j].adult == who and not w.rooms[j].breached:
                call_in(w, s, j, now)
                called = True
                schedule(
                    w, now + drawn(w, P.T_SWEEP, Stream.LOCKS, ROOM_ENTITY + j, 3), ROOM_SWEPT, j, WALKED
                )
        elif bodies.state[who] == WALKING and w.people[who].state == IN_ROOM:
            if bodies.blocked[who] > PATIENCE and s.errand[who] < 0:
                rest(s, who)  # others stand in the way to one's place: here will do
            elif bodies.blocked[who] > PATIENCE:
                sidestep(s, who)
        elif bodies.state[who] == WALKING and w.people[who].state == MOVING:
            if s.piece_count[bodies.region[who]] > 1:
                zone = zone_at(s, bodies.region[who], bodies.x[who], bodies.y[who])
                if zone != w.people[who].zone:
                    enters(w, s, who, zone, now)
            tries_door(w, s, who, now)
            if bodies.blocked[who] > 2.0 * PATIENCE:
                sidestep(s, who)
    if called or w.scene[0].removals != removals:
        follow_decisions(w, s, removals, now)


@inner
def run_lockdown_on_foot(w, s, horizon, with_hazard):  # type: ignore[no-untyped-def]
    """Runs the world's replicate to the horizon (seconds); how many are still on their way then, and
    person-steps made."""
    begin_lockdown(w, horizon, with_hazard, True)
    place_bodies(w, s)
    set_locks(w, s)
    g = w.scene[0]
    walk = Walk(s.floor, s.bodies, s.laws, Goals(s.angles, s.goal_region), s.locks, s.work, s.log)
    dt = s.step[0]
    number, last = 0, math.ceil(horizon / dt - 1e-9)
    walking, person_steps = 0, 0
    while True:
        now = number * dt
        settle(w, s, now)
        if number >= last:
            break
        if s.stirred[0]:
            walking, _ = wake(walk, now)
            s.stirred[0] = False
        if walking == 0:
            if g.queued == 0:
                break
            number = min(last, max(number + 1, math.ceil(w.queue[0].time / dt - 1e-9)))
            continue
        logged, changed = one_step(walk, walking, now, dt, 0)
        person_steps += walking
        number += 1
        s.stirred[0] |= changed
        settle(w, s, number * dt)
        follow_bodies(w, s, walking, logged, number * dt)
    advance(w, horizon)
    still = 0
    for index in range(g.walkers):
        still += w.people[w.walkers[index]].state == MOVING
    for who in range(g.people):
        still += s.errand[who] >= 0
    return still, person_steps
