"""How word spreads: a direct cue, the chain to an announcement, from mouth to mouth, and to 911
(simex.md 2.3, 2.5 and 2.6)."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.draws import Stream

from .events import (
    ANNOUNCED,
    CALLED_911,
    OFFICE_BELIEF,
    OFFICER_BELIEF,
    OFFICER_TOLD,
    PERSON_ACT,
    PERSON_BELIEF,
    POLICE_CONTACT,
    ROOM_BELIEF,
    ROOM_ELECTRONIC,
    ROOM_PEER,
    ZONE_PEER,
)
from .heap import schedule
from .numbers import CENTRALIZED, DIRECT_ALERT, P, V, drawn, happens, luck
from .places import inform_people
from .rooms import begin_room, electronic_doors, room_informed
from .world import IDLE, OFFICE_ENTITY, OUT, ROOM_ENTITY, ZONE_ENTITY
from .zones import CORRIDOR, HALL, OUTDOORS, WASHROOM

_TRIES = 12


@inner
def cue_chance(w, zone, source):  # type: ignore[no-untyped-def]
    """The chance to notice, in one zone, what happens in another (2.3)."""
    if zone == source:
        return w.numbers[P.P_CUE_SAME, 0]
    for k in range(w.ports_start[zone], w.ports_start[zone + 1]):
        if w.into[w.ports[k]] == source:
            return w.numbers[P.P_CUE_ADJACENT, 0]
    return max(math.exp(-w.metres[zone, source] / w.numbers[P.P_CUE_LENGTH, 0]), w.numbers[P.P_CUE_MIN, 0])


@inner
def give_cues(w, time):  # type: ignore[no-untyped-def]
    """What can be seen and heard from the hazard's zone now. Each has one threshold for the whole run: who
    would notice at 20 m notices at 10 m.

    People in one room hear the same sound through the same walls, so a room has one threshold, that of its
    adult in charge."""
    g = w.scene[0]
    source = g.hazard_zone
    for j in range(w.rooms.shape[0]):
        room = w.rooms[j]
        if room.aware or room.cue < -1.0 or w.zones[room.zone].occupants == 0:
            continue
        if room.cue < 0.0:
            room.cue = luck(w, Stream.RECOGNITION, ROOM_ENTITY + j, 0)
        if room.cue < cue_chance(w, room.zone, source):
            room.cue = -2.0
            schedule(w, time + drawn(w, P.T_CUE, Stream.RECOGNITION, ROOM_ENTITY + j, 1), ROOM_BELIEF, j, 0)
    for index in range(g.walkers):
        who = w.walkers[index]
        person = w.people[who]
        if person.aware or person.cue < -1.0 or (person.state != IDLE and person.state != OUT):
            continue
        if person.cue < 0.0:
            person.cue = luck(w, Stream.RECOGNITION, person.entity, 0)
        if person.cue < cue_chance(w, person.zone, source):
            person.cue = -2.0
            schedule(w, time + drawn(w, P.T_CUE, Stream.RECOGNITION, person.entity, 1), PERSON_BELIEF, who, 0)
    for k in range(int(w.levers[V.OFFICERS])):
        officer = w.officers[k]
        if officer.cue > -1.0 and officer.cue < cue_chance(w, officer.zone, source):
            officer.cue = -2.0
            schedule(w, time + drawn(w, P.T_CUE, Stream.OFFICER, k, 2), OFFICER_BELIEF, k, 0)
    if (
        g.office_zone >= 0
        and g.hazard_moves == 0
        and happens(w, P.P_OFFICE_PRESENT, Stream.COMMUNICATION, OFFICE_ENTITY, 0)
    ):
        office = luck(w, Stream.RECOGNITION, OFFICE_ENTITY, 0)
        if office < cue_chance(w, g.office_zone, source):
            schedule(w, time + drawn(w, P.T_CUE, Stream.RECOGNITION, OFFICE_ENTITY, 1), OFFICE_BELIEF, 0, 0)


@inner
def recognized(w, time):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    if np.isnan(g.recognition):
        g.recognition = time


@inner
def decides(w, entity, trained):  # type: ignore[no-untyped-def]
    row = P.P_DECIDE_TRAINED if trained else P.P_DECIDE_UNTRAINED
    return happens(w, row, Stream.RECOGNITION, entity, 2)


@inner
def connected(w, time, entity, wait, wait_row, fail):  # type: ignore[no-untyped-def]
    """When a line is free: tries of `wait` seconds (or a draw of `wait_row`), each failing with probability
    `fail`, `t_retry` apart."""
    for attempt in range(_TRIES):
        time += drawn(w, wait_row, Stream.COMMUNICATION, entity, 10 + 2 * attempt) if wait_row >= 0 else wait
        if luck(w, Stream.COMMUNICATION, entity, 11 + 2 * attempt) >= fail:
            return time
        time += w.numbers[P.T_RETRY, 0]
    return math.inf


@inner
def announce(w, spoken, zone, recorded):  # type: ignore[no-untyped-def]
    """Plans the end of an announcement; the location goes in `what` (the zone plus one, 0 for none)."""
    schedule(w, spoken, ANNOUNCED, recorded, zone + 1)


@inner
def call_911(w, time):  # type: ignore[no-untyped-def]
    schedule(w, time, CALLED_911, 0, 0)


@inner
def raise_alarm(w, entity, zone, time, at_hand):  # type: ignore[no-untyped-def]
    """A member of staff starts the chain of the notice policy.

    entity: of the caller, for their luck. zone: the place that is given, of what they noticed and not where
    they stand. at_hand: the row with the chance of a device; -1 in a drill, which is planned: a device is at
    hand and the office is staffed."""
    g = w.scene[0]
    policy = int(w.levers[V.NOTICE])
    if g.announced or (at_hand >= 0 and not happens(w, at_hand, Stream.COMMUNICATION, entity, 1)):
        return
    if policy == DIRECT_ALERT:
        pressed = time + drawn(w, P.T_DEVICE_ALERT, Stream.COMMUNICATION, entity, 0)
        through = connected(
            w, pressed, entity, w.numbers[P.T_ALERT_CONNECT, 0], -1, w.numbers[P.P_PA_FAIL, 0]
        )
        announce(w, through + w.numbers[P.T_SPEAK_RECORDED, 0], -1, 1)
        call_911(w, through)
        return
    reached = time + drawn(w, P.T_DEVICE, Stream.COMMUNICATION, entity, 0)
    if policy == CENTRALIZED:
        if g.office_zone < 0 or (
            at_hand >= 0 and not happens(w, P.P_OFFICE_PRESENT, Stream.COMMUNICATION, OFFICE_ENTITY, 0)
        ):
            return
        answered = connected(w, reached, entity, 0.0, P.T_OFFICE_CALL, w.numbers[P.P_NO_ANSWER, 0])
        tell_officers(w, answered, zone)
        office_acts(w, answered + drawn(w, P.T_RELAY, Stream.COMMUNICATION, OFFICE_ENTITY, 1), entity, zone)
        return
    through = connected(w, reached, entity, w.numbers[P.T_PA_ACCESS, 0], -1, w.numbers[P.P_PA_FAIL, 0])
    given = happens(w, P.P_LOCATION_ANY, Stream.COMMUNICATION, entity, 3)
    announce(w, through + drawn(w, P.T_SPEAK_ANY, Stream.COMMUNICATION, entity, 2), zone if given else -1, 0)
    call_911(w, through + drawn(w, P.T_911_LAG_ANY, Stream.COMMUNICATION, 0, 60))


@inner
def office_acts(w, known, entity, zone):  # type: ignore[no-untyped-def]
    """The office decides and announces, and calls 911 after it."""
    decided = known + drawn(w, P.T_DECIDE, Stream.COMMUNICATION, OFFICE_ENTITY, 2)
    spoken = decided + drawn(w, P.T_SPEAK_OFFICE, Stream.COMMUNICATION, entity, 2)
    given = happens(w, P.P_LOCATION_OFFICE, Stream.COMMUNICATION, entity, 3)
    announce(w, spoken, zone if given else -1, 0)
    call_911(w, spoken + drawn(w, P.T_911_LAG_OFFICE, Stream.COMMUNICATION, 0, 60))


@inner
def tell_officers(w, time, zone):  # type: ignore[no-untyped-def]
    """By radio, once the office or an announcement knows (2.6)."""
    for k in range(int(w.levers[V.OFFICERS])):
        if happens(w, P.P_SRO_RADIO, Stream.OFFICER, k, 4):
            schedule(w, time + drawn(w, P.T_SRO_RADIO, Stream.OFFICER, k, 3), OFFICER_TOLD, k, zone + 1)


@inner
def officer_reports(w, k, time, zone):  # type: ignore[no-untyped-def]
    """An officer who noticed by himself: by radio to the office, whose relay and check his word does not
    need, or straight to everybody."""
    if w.scene[0].announced or not happens(w, P.P_SRO_RADIO, Stream.OFFICER, k, 4):
        return
    entity = OFFICE_ENTITY + 1 + k
    on_air = time + drawn(w, P.T_SRO_RADIO, Stream.OFFICER, k, 3)
    if w.levers[V.NOTICE] == CENTRALIZED:
        if w.scene[0].office_zone >= 0 and happens(
            w, P.P_OFFICE_PRESENT, Stream.COMMUNICATION, OFFICE_ENTITY, 0
        ):
            office_acts(w, on_air, entity, zone)
        return
    given = happens(w, P.P_LOCATION_ANY, Stream.COMMUNICATION, entity, 3)
    announce(w, on_air + drawn(w, P.T_SPEAK_ANY, Stream.COMMUNICATION, entity, 2), zone if given else -1, 0)
    call_911(w, on_air + drawn(w, P.T_911_LAG_ANY, Stream.COMMUNICATION, 0, 60))


@inner
def hearing_row(w, zone):  # type: ignore[no-untyped-def]
    hearing = w.zones[zone].hearing
    if hearing == CORRIDOR:
        return P.P_HEAR_PA_CORRIDOR
    if hearing == HALL:
        return P.P_HEAR_PA_HALL
    if hearing == WASHROOM:
        return P.P_HEAR_PA_WASHROOM
    if hearing == OUTDOORS and not w.levers[V.RADIOS_OUTDOORS]:
        return P.P_HEAR_PA_OUTDOORS
    return P.P_HEAR_PA_ROOM


@inner
def reached_by_voice(w, zone):  # type: ignore[no-untyped-def]
    """Whether the public address sounds in a zone at all."""
    coverage = w.levers[V.COVERAGE] if not np.isnan(w.levers[V.COVERAGE]) else w.numbers[P.PA_COVERAGE, 0]
    return w.zones[zone].announced and luck(w, Stream.COMMUNICATION, ZONE_ENTITY + zone, 50) < coverage


@inner
def understands(w, entity, zone):  # type: ignore[no-untyped-def]
    misread = P.P_CODE_CODED if w.levers[V.CODED] else P.P_CODE_PLAIN
    heard = happens(w, hearing_row(w, zone), Stream.RECOGNITION, entity, 3)
    return heard and not happens(w, misread, Stream.RECOGNITION, entity, 4)


@inner
def person_understands(w, who):  # type: ignore[no-untyped-def]
    """As a room; but alone, who hears little hears as one does outdoors, and in another language plain words
    are a code (both assumed)."""
    person = w.people[who]
    heard = P.P_HEAR_PA_OUTDOORS if person.hearing else hearing_row(w, person.zone)
    misread = P.P_CODE_CODED if w.levers[V.CODED] or person.language else P.P_CODE_PLAIN
    if not happens(w, heard, Stream.RECOGNITION, person.entity, 3):
        return False
    return not happens(w, misread, Stream.RECOGNITION, person.entity, 4)


@inner
def announced(w, time, location):  # type: ignore[no-untyped-def]
    """The first announcement has ended; later ones say nothing new."""
    g = w.scene[0]
    if g.announced:
        return
    g.announced = 1
    g.notification = time
    g.location = location - 1
    recognized(w, time)
    tell_officers(w, time, g.location)
    for j in range(w.rooms.shape[0]):
        room = w.rooms[j]
        if electronic_doors(w, j):
            schedule(
                w,
                time + drawn(w, P.T_LOCK_ELECTRONIC, Stream.LOCKS, ROOM_ENTITY + j, 9),
                ROOM_ELECTRONIC,
                j,
                0,
            )
        if room.told or not reached_by_voice(w, room.zone) or not understands(w, ROOM_ENTITY + j, room.zone):
            continue
        room.told = 1
        room_informed(w, j, time)
        begin_room(w, j, time + drawn(w, P.T_PA_REACT, Stream.RECOGNITION, ROOM_ENTITY + j, 5), 0)
    for index in range(g.walkers):
        who = w.walkers[index]
        person = w.people[who]
        if person.told or (person.state != IDLE and person.state != OUT):
            continue
        if reached_by_voice(w, person.zone) and person_understands(w, who):
            person.told = 1
            person_informed(w, who, time)
            schedule(
                w,
                time + drawn(w, P.T_PA_REACT, Stream.RECOGNITION, person.entity, 5),
                PERSON_ACT,
                who,
                person.version,
            )


@inner
def warn_zone(w, number, time):  # type: ignore[no-untyped-def]
    """Somebody in a zone knows: word goes round among those who are there."""
    zone = w.zones[number]
    if zone.hearing != OUTDOORS and math.isinf(zone.peer):
        zone.peer = time + drawn(w, P.T_PEER, Stream.RECOGNITION, ZONE_ENTITY + number, 7)
        schedule(w, zone.peer, ZONE_PEER, number, 0)


@inner
def person_informed(w, who, time):  # type: ignore[no-untyped-def]
    """Somebody on their own knows; those in the same zone learn of it within seconds."""
    person = w.people[who]
    if person.aware:
        return
    person.aware = 1
    inform_people(w, 1, time)
    warn_zone(w, person.zone, time)


@inner
def zone_peer(w, zone, time):  # type: ignore[no-untyped-def]
    """Word has gone round in a zone. Whoever comes later and knows nothing starts it again."""
    g = w.scene[0]
    w.zones[zone].peer = math.inf
    for index in range(g.walkers):
        who = w.walkers[index]
        person = w.people[who]
        if person.zone == zone and not person.aware and person.state == IDLE:
            person.aware = 1
            inform_people(w, 1, time)
            schedule(w, time, PERSON_ACT, who, person.version)


@inner
def room_hears_of_it(w, j, time):  # type: ignore[no-untyped-def]
    """Somebody who knows came into a room that does not."""
    if not w.rooms[j].aware:
        schedule(w, time + drawn(w, P.T_PEER, Stream.RECOGNITION, ROOM_ENTITY + j, 7), ROOM_PEER, j, 0)


@inner
def called_911(w, time):  # type: ignore[no-untyped-def]
    """The first call: answered, dispatched, on site, contact (2.6)."""
    g = w.scene[0]
    if g.called:
        return
    g.called = 1
    g.call_received = time + drawn(w, P.T_911_ANSWER, Stream.POLICE, 0, 0)
    g.dispatched = g.call_received + drawn(w, P.T_DISPATCH, Stream.POLICE, 0, 1)
    travel = drawn(w, P.T_POLICE, Stream.POLICE, 0, 2)
    if not np.isnan(w.levers[V.POLICE_MEDIAN_S]):
        travel *= w.levers[V.POLICE_MEDIAN_S] / w.numbers[P.T_POLICE, 0]
    g.on_site = g.dispatched + travel
    g.police_contact = g.on_site + drawn(w, P.T_SEARCH, Stream.POLICE, 0, 3)
    schedule(w, g.police_contact, POLICE_CONTACT, 0, 0)
