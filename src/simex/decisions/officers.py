"""Officers of the school: they learn, go to the last reported zone, search, and meet the hazard
(simex.md 2.6)."""

from __future__ import annotations

import numpy as np

from simex.compiling import inner
from simex.draws import Stream

from .events import HAZARD_ENDS, OFFICER_STEP
from .heap import schedule
from .notice import cue_chance, officer_reports, recognized
from .numbers import NEUTRAL, NEVER, P, V, drawn, luck
from .walking import stairs_factor

_SEARCH_DRAWS = 100
ON_THE_WAY = -3.0  # instead of a threshold, of an officer who noticed it


@inner
def place_officers(w):  # type: ignore[no-untyped-def]
    for k in range(int(w.levers[V.OFFICERS])):
        officer = w.officers[k]
        u = luck(w, Stream.OFFICER, k, 0)
        officer.zone = w.walkable[int(u * w.walkable.shape[0])]
        if w.levers[V.OFFICER_POST]:
            officer.zone = w.entrances[int(u * w.entrances.shape[0])]
        officer.port = officer.target = -1
        officer.version = officer.steps = officer.told = 0
        officer.cue = luck(w, Stream.OFFICER, k, 1)
        officer.speed = 0.0


@inner
def officer_knows(w, time):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    if np.isnan(g.officer_known):
        g.officer_known = time


@inner
def meets_hazard(w, k, time):  # type: ignore[no-untyped-def]
    """Contact: the two share a zone. After it the hazard ends at once, after the time to engage, or not at
    all, as the band says."""
    g = w.scene[0]
    officer = w.officers[k]
    if not g.hazard_on or officer.zone != g.hazard_zone or not g.officer_sent:
        return False
    if np.isnan(g.officer_contact):
        g.officer_contact = time
        band = w.levers[V.STOP_BAND]
        if band != NEVER:
            schedule(w, time + (w.numbers[P.T_ENGAGE, 0] if band == NEUTRAL else 0.0), HAZARD_ENDS, 0, 0)
    return True


@inner
def send_searching(w, k, zone, time):  # type: ignore[no-untyped-def]
    officer = w.officers[k]
    officer.version += 1
    officer.target = zone
    officer.port = w.first[officer.zone, zone]
    officer.speed = w.numbers[P.V_SRO_SEARCH, 0]
    if officer.port >= 0:
        schedule(w, time + max(w.reach[officer.port], 0.5) / officer.speed, OFFICER_STEP, k, officer.version)


@inner
def search_on(w, k, time):  # type: ignore[no-untyped-def]
    """Goes by ear where something can be heard, otherwise on to a neighboring corridor at random."""
    g = w.scene[0]
    officer = w.officers[k]
    if not g.hazard_on:
        return
    g.officer_sent = 1
    if meets_hazard(w, k, time):  # it is where they stand
        return
    officer.steps += 1
    if luck(w, Stream.OFFICER, k, _SEARCH_DRAWS + 2 * officer.steps) < cue_chance(
        w, officer.zone, g.hazard_zone
    ):
        send_searching(w, k, g.hazard_zone, time)
        return
    ways = 0
    for place in range(w.ports_start[officer.zone], w.ports_start[officer.zone + 1]):
        ways += w.zones[w.into[w.ports[place]]].walkable
    if ways == 0:  # a room inside of a room: back towards a corridor
        send_searching(w, k, w.walkable[0], time)
        return
    pick = int(luck(w, Stream.OFFICER, k, _SEARCH_DRAWS + 1 + 2 * officer.steps) * ways)
    for place in range(w.ports_start[officer.zone], w.ports_start[officer.zone + 1]):
        zone = w.into[w.ports[place]]
        if w.zones[zone].walkable:
            if pick == 0:
                send_searching(w, k, zone, time)
                return
            pick -= 1


@inner
def arrived(w, k, time):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    if g.hazard_on and not meets_hazard(w, k, time):
        search_on(w, k, time)


@inner
def send_officer(w, k, zone, time):  # type: ignore[no-untyped-def]
    """Fast to a reported place."""
    officer = w.officers[k]
    w.scene[0].officer_sent = 1
    officer.version += 1
    officer.target = zone
    officer.port = w.first[officer.zone, zone]
    officer.speed = drawn(w, P.V_SRO, Stream.OFFICER, k, 5)
    if officer.zone == zone or officer.port < 0:
        arrived(w, k, time)
        return
    schedule(w, time + w.reach[officer.port] / officer.speed, OFFICER_STEP, k, officer.version)


@inner
def officer_noticed(w, k, time):  # type: ignore[no-untyped-def]
    """By their own ears and eyes: they report it, and go where it came from."""
    g = w.scene[0]
    w.officers[k].cue = ON_THE_WAY
    officer_knows(w, time)
    recognized(w, time)
    officer_reports(w, k, time, g.hazard_zone)
    send_officer(w, k, g.hazard_zone, time)


@inner
def officer_told(w, k, place, time):  # type: ignore[no-untyped-def]
    """By radio or announcement; the last reported place counts (2.6). place: the zone plus one, 0 when it was
    not given."""
    officer = w.officers[k]
    officer_knows(w, time)
    if place == 0 and (officer.told or officer.cue == ON_THE_WAY):
        return  # on the way already, to what they heard of or noticed themselves
    officer.told = 1
    if place > 0:
        send_officer(w, k, place - 1, time)
    else:
        search_on(w, k, time)


@inner
def officer_step(w, k, version, time):  # type: ignore[no-untyped-def]
    """Through a door or seam; an officer has keys."""
    officer = w.officers[k]
    if version != officer.version:
        return
    officer.zone = w.into[officer.port]
    if meets_hazard(w, k, time):
        return
    onward = w.onward[officer.port, officer.target]
    if onward < 0:
        arrived(w, k, time)
        return
    metres = w.far[officer.port, officer.target] - w.far[onward, officer.target]
    officer.port = onward
    factor = stairs_factor(w) if w.zones[officer.zone].stairs else 1.0
    schedule(w, time + metres / (officer.speed * factor), OFFICER_STEP, k, officer.version)
