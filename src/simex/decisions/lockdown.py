"""One lockdown, drill or with the hazard: how it begins, and what each event changes."""

from __future__ import annotations

import math

from simex.compiling import inner
from simex.draws import Stream

from .events import (
    ANNOUNCED,
    CALLED_911,
    HAZARD_ARRIVES,
    HAZARD_ENDS,
    HAZARD_LEAVES,
    MARK,
    OFFICE_BELIEF,
    OFFICER_BELIEF,
    OFFICER_STEP,
    OFFICER_TOLD,
    PERSON_ACT,
    PERSON_BELIEF,
    PERSON_CROSS,
    PERSON_WALK,
    POLICE_CONTACT,
    ROOM_BELIEF,
    ROOM_DOOR,
    ROOM_ELECTRONIC,
    ROOM_HIDDEN,
    ROOM_OUTSIDE,
    ROOM_PEER,
    ROOM_SCATTER,
    ROOM_START,
    ROOM_SWEPT,
    ZONE_PEER,
)
from .exposure import end_hazard, hazard_arrives, hazard_leaves, renew_exposure, start_hazard
from .heap import schedule
from .notice import (
    announced,
    call_911,
    called_911,
    decides,
    office_acts,
    person_informed,
    raise_alarm,
    recognized,
    zone_peer,
)
from .numbers import P, V, luck
from .officers import meets_hazard, officer_noticed, officer_step, officer_told, place_officers
from .outcome import mark
from .places import at_onset, set_doors
from .rooms import (
    begin_room,
    room_door,
    room_electronic,
    room_hidden,
    room_informed,
    room_outside,
    room_swept,
    start_room,
)
from .rooms import untrained as room_untrained
from .walking import class_leaves, person_acts, person_at_link, person_crosses, scatter_room, set_paces
from .world import MOVING, OFFICE_ENTITY, ROOM_ENTITY

MARKS = (60.0, 120.0, 300.0)


@inner
def room_believes(w, j, time):  # type: ignore[no-untyped-def]
    """The adult in charge believes that danger is real, and may start on their own (1.3)."""
    room = w.rooms[j]
    if room.adult < 0 or room.breached:
        return
    recognized(w, time)
    room_informed(w, j, time)
    if decides(w, ROOM_ENTITY + j, not room_untrained(w, j)):
        begin_room(w, j, time, 1)
        raise_alarm(w, ROOM_ENTITY + j, w.scene[0].hazard_zone, time, P.P_DEVICE_ROOM)


@inner
def room_left_alone(w, j, time):  # type: ignore[no-untyped-def]
    """The hazard was in a room and went before its people acted: they lock down like all others who noticed,
    or take it up again."""
    room = w.rooms[j]
    if room.adult < 0:
        return
    room.breached = 0
    if not room.started:
        room_believes(w, j, time)
        return
    room.started = 0
    room.start_at = math.inf
    begin_room(w, j, time, room.self_started)


@inner
def person_believes(w, who, time):  # type: ignore[no-untyped-def]
    person = w.people[who]
    recognized(w, time)
    person_informed(w, who, time)
    if not person.student and decides(w, person.entity, w.levers[V.TRAINED]):
        raise_alarm(
            w,
            person.entity,
            w.scene[0].hazard_zone,
            time,
            P.P_DEVICE_CORRIDOR if w.zones[person.zone].walkable else P.P_DEVICE_ROOM,
        )
    schedule(w, time, PERSON_ACT, who, person.version)


@inner
def office_believes(w, time):  # type: ignore[no-untyped-def]
    """The office noticed by itself: it needs nobody's relay."""
    recognized(w, time)
    office_acts(w, time, OFFICE_ENTITY, w.scene[0].hazard_zone)


@inner
def start_drill(w):  # type: ignore[no-untyped-def]
    """No hazard: at time 0 one member of staff, drawn by the seed, is told to start the drill, and the chain
    of the notice policy runs."""
    keepers = 0
    for j in range(w.rooms.shape[0]):
        keepers += w.rooms[j].adult >= 0
    if keepers == 0:
        return
    pick = int(luck(w, Stream.POPULATION, 0, 2) * keepers)
    for j in range(w.rooms.shape[0]):
        if w.rooms[j].adult >= 0:
            if pick == 0:
                w.scene[0].starter = j
                room_informed(w, j, 0.0)
                recognized(w, 0.0)
                w.rooms[j].told = 1
                begin_room(w, j, 0.0, 0)
                raise_alarm(w, ROOM_ENTITY + j, w.rooms[j].zone, 0.0, -1)
                return
            pick -= 1


@inner
def happen(w, time, kind, who, what):  # type: ignore[no-untyped-def]
    """One event, and what it changes. `exposure.advance` must have brought the clock to `time`."""
    g = w.scene[0]
    if kind in (PERSON_WALK, PERSON_CROSS, PERSON_ACT):
        person = w.people[who]
        if person.version == what:
            if kind == PERSON_ACT:
                person_acts(w, who, time)
            elif person.state == MOVING:
                if kind == PERSON_WALK:
                    person_at_link(w, who, time)
                else:
                    person_crosses(w, who, time)
    elif kind == ROOM_BELIEF:
        room_believes(w, who, time)
    elif kind == ROOM_START:
        start_room(w, who, time)
        leave_if_no_lock(w, who, time)
    elif kind == ROOM_SWEPT:
        room_swept(w, who, time)
    elif kind == ROOM_DOOR:
        room_door(w, who, what, time)
        leave_if_no_lock(w, who, time)
    elif kind == ROOM_OUTSIDE:
        room_outside(w, who, what)
    elif kind == ROOM_HIDDEN:
        room_hidden(w, who, time)
    elif kind == ROOM_ELECTRONIC:
        room_electronic(w, who, time)
    elif kind == ROOM_PEER:
        room_informed(w, who, time)
        begin_room(w, who, time, 0)
    elif kind == ROOM_SCATTER:
        if g.hazard_on and g.hazard_zone == w.rooms[who].zone:
            scatter_room(w, who, time)
        else:
            room_left_alone(w, who, time)
    elif kind == PERSON_BELIEF:
        person_believes(w, who, time)
    elif kind == ZONE_PEER:
        zone_peer(w, who, time)
    elif kind == OFFICE_BELIEF:
        office_believes(w, time)
    elif kind == ANNOUNCED:
        announced(w, time, what)
    elif kind == CALLED_911:
        called_911(w, time)
    elif kind == OFFICER_BELIEF:
        officer_noticed(w, who, time)
    elif kind == OFFICER_TOLD:
        officer_told(w, who, what, time)
    elif kind == OFFICER_STEP:
        officer_step(w, who, what, time)
    elif kind == HAZARD_LEAVES:
        hazard_leaves(w, time)
    elif kind == HAZARD_ARRIVES:
        hazard_arrives(w, what, time)
        for k in range(int(w.levers[V.OFFICERS])):
            meets_hazard(w, k, time)
    elif kind in (HAZARD_ENDS, POLICE_CONTACT):
        end_hazard(w)
    elif kind == MARK:
        mark(w, who, time)
    renew_exposure(w)


@inner
def begin_lockdown(w, horizon, with_hazard, own_end):  # type: ignore[no-untyped-def]
    """The world's replicate at onset, with what follows from it in the queue. horizon: seconds."""
    at_onset(w, horizon)
    set_paces(w)
    set_doors(w)
    place_officers(w)
    for k in range(len(MARKS)):
        schedule(w, MARKS[k], MARK, k, 0)
    if with_hazard:
        start_hazard(w, own_end)
        if not own_end:  # the reference of E8 counts the time to intervention from onset
            call_911(w, 0.0)
    else:
        start_drill(w)


@inner
def leave_if_no_lock(w, j, time):  # type: ignore[no-untyped-def]
    """Under the guidance of options, a class that cannot lock leaves (4.1); under lockdown only, it stays."""
    room = w.rooms[j]
    if (
        room.failed
        and not room.breached
        and room.adult >= 0
        and w.levers[V.OPTIONS]
        and w.scene[0].location >= 0
    ):
        class_leaves(w, j, time)
