"""The hazard's drift through a run, and the sums over it: who is in sight, for how long, and the abstract
count (simex.md 2.7, M10 to M13)."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.draws import Stream

from .events import HAZARD_ARRIVES, HAZARD_ENDS, HAZARD_LEAVES, ROOM_SCATTER
from .hazard import (
    DRIFT_M_PER_S,
    hazard_dwell,
    hazard_first_zone,
    hazard_length,
    hazard_next_port,
    hazard_rate,
    hazard_way_out,
)
from .heap import schedule
from .notice import give_cues
from .numbers import TARGETED, P, V, drawn, happens, luck
from .places import set_secured, still_here
from .world import COUNTED, OUT, ROOM_ENTITY

_FIRST_MINUTES = 300.0


@inner
def sight_weight(w, zone):  # type: ignore[no-untyped-def]
    """How much of a zone's people count as exposed to a hazard that could look in: none in a secured room, a
    share behind glass (2.4)."""
    j = w.zones[zone].room
    if j < 0 or not w.rooms[j].secured:
        return 1.0
    if not w.rooms[j].glazed:
        return 0.0
    return (
        w.numbers[P.GLAZING_TREATED_WEIGHT, 0]
        if w.levers[V.GLAZING_TREATED]
        else w.numbers[P.GLAZING_WEIGHT, 0]
    )


@inner
def door_weight(w, port):  # type: ignore[no-untyped-def]
    """The same through a door: shut, nobody is seen but behind the glass of a secured room."""
    link = w.links[port >> 1]
    zone = w.into[port]
    if not link.door or zone == w.zones.shape[0] - 1:
        return 0.0  # seams and openings are in plain sight already; outdoors is away
    j = w.zones[zone].room
    if j >= 0 and w.rooms[j].secured:
        return sight_weight(w, zone)
    return 1.0 if link.open and not link.locked else 0.0


@inner
def exposed_now(w):  # type: ignore[no-untyped-def]
    """X: the people in sight of the hazard, weighted."""
    g = w.scene[0]
    zone = g.hazard_zone
    total = 1.0 * w.zones[zone].occupants
    for k in range(w.seen_start[zone], w.seen_start[zone + 1]):
        other = w.seen[k]
        if other != zone and w.zones[other].occupants > 0:
            total += sight_weight(w, other) * w.zones[other].occupants
    for k in range(w.ports_start[zone], w.ports_start[zone + 1]):
        people = w.zones[w.into[w.ports[k]]].occupants
        if people > 0:
            total += door_weight(w, w.ports[k]) * people
    return total


@inner
def renew_exposure(w):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    if not g.hazard_on:
        g.exposed = 0.0
        return
    g.exposed = exposed_now(w)
    if g.exposed > g.exposed_peak:
        g.exposed_peak = g.exposed
    if np.isnan(g.met_at) and g.exposed >= 1.0 and g.hazard_zone != g.hazard_start:
        g.met_at = g.now


@inner
def zone_drawn(w, u):  # type: ignore[no-untyped-def]
    """The zone of one of the people in sight, by their weights."""
    g = w.scene[0]
    zone = g.hazard_zone
    left = u * g.exposed - w.zones[zone].occupants
    if left < 0.0:
        return zone
    for k in range(w.seen_start[zone], w.seen_start[zone + 1]):
        other = w.seen[k]
        if other != zone:
            left -= sight_weight(w, other) * w.zones[other].occupants
            if left < 0.0:
                return other
    for k in range(w.ports_start[zone], w.ports_start[zone + 1]):
        other = w.into[w.ports[k]]
        left -= door_weight(w, w.ports[k]) * w.zones[other].occupants
        if left < 0.0:
            return other
    return -1


@inner
def remove_one(w):  # type: ignore[no-untyped-def]
    """Takes one exposed person out of the scene (the thinned draw of M12); which of those in the zone is
    luck, all alike."""
    g = w.scene[0]
    zone = zone_drawn(w, luck(w, Stream.HAZARD_THINNING, 1, 2 * g.removals))
    chosen = luck(w, Stream.HAZARD_THINNING, 1, 2 * g.removals + 1)
    g.removals += 1
    g.next_removal += -math.log(1.0 - luck(w, Stream.HAZARD_THINNING, 0, g.removals))
    if zone < 0:
        return
    place = int(chosen * w.zones[zone].occupants)
    for who in range(g.people):
        person = w.people[who]
        if person.zone == zone and person.state != OUT and still_here(w, who):
            if place > 0:
                place -= 1
                continue
            j = w.zones[zone].room
            if person.room >= 0 and w.rooms[person.room].adult == who:
                w.rooms[person.room].adult = -1
            if j >= 0 and w.rooms[j].secured:
                g.secured_people -= 1
            w.zones[zone].occupants -= 1
            person.state = COUNTED
            person.version += 1
            break
    renew_exposure(w)


@inner
def advance(w, time):  # type: ignore[no-untyped-def]
    """Moves the clock, adding up exposure, the count and time behind locked doors. People are counted one by
    one as the count passes thresholds."""
    g = w.scene[0]
    while g.hazard_on and g.exposed > 0.0:
        rate = g.rate * min(1.0, g.exposed)
        crossing = g.now + (g.next_removal - g.count) / rate
        if crossing >= time:
            break
        add_up(w, crossing)
        g.count = g.next_removal
        remove_one(w)
        if w.levers[V.CARD] == TARGETED:
            end_hazard(w)
    add_up(w, time)


@inner
def add_up(w, time):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    seconds = time - g.now
    if g.now < _FIRST_MINUTES:
        g.behind_person_s += g.secured_people * (min(time, _FIRST_MINUTES) - g.now)
    if g.hazard_on:
        g.exposure += g.exposed * seconds
        g.count += g.rate * min(1.0, g.exposed) * seconds
    g.now = time


@inner
def near(w, zone, time):  # type: ignore[no-untyped-def]
    """Notes for each room when the hazard first stood beside it (M5, M16)."""
    j = w.zones[zone].room
    if j >= 0:
        w.rooms[j].near_at = min(w.rooms[j].near_at, time)
    for k in range(w.ports_start[zone], w.ports_start[zone + 1]):
        other = w.zones[w.into[w.ports[k]]].room
        if other >= 0:
            w.rooms[other].near_at = min(w.rooms[other].near_at, time)


@inner
def leave_room(w):  # type: ignore[no-untyped-def]
    """The hazard leaves its zone or is over: people of a room who did not act while it was there may still
    lock."""
    g = w.scene[0]
    j = w.zones[g.hazard_zone].room if g.hazard_zone >= 0 else -1
    if j >= 0 and w.rooms[j].adult >= 0:
        w.rooms[j].breached = 0


@inner
def end_hazard(w):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    g.hazard_on = 0
    g.exposed = 0.0
    leave_room(w)


@inner
def hazard_comes_to(w, zone, time):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    leave_room(w)
    g.hazard_zone = zone
    near(w, zone, time)
    j = w.zones[zone].room
    if j >= 0 and w.zones[zone].occupants > 0:
        w.rooms[j].breached = 1
        set_secured(w, j, 0)
        if happens(w, P.P_CUE_SAME, Stream.RECOGNITION, ROOM_ENTITY + j, 0):
            # Who knows nothing yet takes the time of belief first (2.3)
            after = drawn(w, P.T_CUE, Stream.RECOGNITION, ROOM_ENTITY + j, 1)
            if w.rooms[j].aware:
                after = drawn(w, P.T_PEER, Stream.RECOGNITION, ROOM_ENTITY + j, 8)
            schedule(w, time + after, ROOM_SCATTER, j, 0)
    give_cues(w, time)
    if w.levers[V.CARD] != TARGETED:
        schedule(w, time + hazard_dwell(w), HAZARD_LEAVES, 0, 0)


@inner
def start_hazard(w, own_end):  # type: ignore[no-untyped-def]
    """own_end: whether it ends by itself, as it always does but in the check E8."""
    g = w.scene[0]
    g.hazard_on = 1
    g.rate = hazard_rate(int(w.levers[V.HAZARD_STEP]))
    g.next_removal = -math.log(1.0 - luck(w, Stream.HAZARD_THINNING, 0, 0))
    g.hazard_start = hazard_first_zone(w)
    if own_end:
        schedule(w, hazard_length(w), HAZARD_ENDS, 0, 0)
    hazard_comes_to(w, g.hazard_start, 0.0)
    renew_exposure(w)


@inner
def hazard_leaves(w, time):  # type: ignore[no-untyped-def]
    """After its dwell, on to a neighboring zone at random; where every way is locked, it stays for another
    dwell."""
    g = w.scene[0]
    if not g.hazard_on:
        return
    port = hazard_next_port(w)
    g.hazard_moves += 1
    if port < 0:
        schedule(w, time + hazard_dwell(w), HAZARD_LEAVES, 0, 0)
        return
    schedule(w, time + (w.reach[port] + w.reach[port ^ 1]) / DRIFT_M_PER_S, HAZARD_ARRIVES, 0, port)


@inner
def hazard_arrives(w, port, time):  # type: ignore[no-untyped-def]
    """Into the next zone, unless its door was locked meanwhile (a tie goes to the lock)."""
    g = w.scene[0]
    if not g.hazard_on:
        return
    if hazard_way_out(w, port):
        hazard_comes_to(w, w.into[port], time)
    else:
        schedule(w, time + hazard_dwell(w), HAZARD_LEAVES, 0, 0)


@inner
def forget(w):  # type: ignore[no-untyped-def]
    """Wipes whatever could tell where the hazard was or whom it met, before anything leaves compiled code
    (2.1)."""
    g = w.scene[0]
    g.hazard_zone = g.hazard_start = g.location = -1
    for room in w.rooms:
        room.breached = 0
        room.near_at = math.inf
    for person in w.people:
        if person.state == COUNTED:
            person.zone = person.port = person.target = -1
    for officer in w.officers:
        officer.zone = officer.port = officer.target = -1
    for event in w.queue:
        event.time = 0.0
        event.kind = event.who = event.what = 0
