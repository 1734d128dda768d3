"""The hazard: a fixed, abstract field that drifts at random, so that defenders' measures can be compared
(simex.md 2.1 and 2.7).

It has no goal, route, memory or adaptation, knows nothing of the plan but which doors stand in its way, and
never enters a secured room. Nothing here can be set: the constants are in no file and no lever, they are held
by a digest in the tests, and no position leaves this package."""

from __future__ import annotations

import math

from simex.compiling import inner
from simex.distributions import normal_quantile
from simex.draws import Stream

from .numbers import DOUBLE, HALF, TARGETED, V, luck

# While anybody exposed is in sight; seen: Purdue institute 2014, the rate behind Anklam et al. 2015
RATE_PER_S = 3.0 / 60.0
# Own end, natural logarithm of minutes; inferred: fit to FBI 2000-2013 (23 of 63 over in 2 min, 44 of 63 in 5
# min)
LENGTH_MU = 1.06
LENGTH_SIGMA = 1.06
DRIFT_M_PER_S = 1.0  # assumed
DWELL_MEAN_S = 20.0  # assumed
INSIDE_SHARE = 0.7  # starts inside, otherwise at an entrance; seen: 70 % were current students, Peterson 2021
STEPS = (0.5, 1.0, 2.0)  # the engine's own robustness steps of the rate; assumed


@inner
def hazard_rate(step):  # type: ignore[no-untyped-def]
    """Per second, in one of the three fixed steps."""
    if step == HALF:
        return RATE_PER_S * STEPS[0]
    if step == DOUBLE:
        return RATE_PER_S * STEPS[2]
    return RATE_PER_S * STEPS[1]


@inner
def hazard_length(w):  # type: ignore[no-untyped-def]
    """Seconds until its own end."""
    return 60.0 * math.exp(LENGTH_MU + LENGTH_SIGMA * normal_quantile(luck(w, Stream.HAZARD_START, 0, 2)))


@inner
def hazard_dwell(w):  # type: ignore[no-untyped-def]
    g = w.scene[0]
    return -DWELL_MEAN_S * math.log(1.0 - luck(w, Stream.HAZARD_WALK, 0, 2 * g.hazard_moves))


@inner
def hazard_first_zone(w):  # type: ignore[no-untyped-def]
    """Where a card begins: targeted, in a zone that people are in; mass, in a corridor or hall or at an
    entrance."""
    u = luck(w, Stream.HAZARD_START, 0, 0)
    if w.levers[V.CARD] == TARGETED:
        occupied = 0
        for zone in range(w.zones.shape[0] - 1):
            if w.zones[zone].occupants > 0:
                occupied += 1
        pick = int(u * occupied)
        for zone in range(w.zones.shape[0] - 1):
            if w.zones[zone].occupants > 0:
                if pick == 0:
                    return zone
                pick -= 1
        return 0
    zones = w.commons if luck(w, Stream.HAZARD_START, 0, 1) < INSIDE_SHARE else w.entrances
    return zones[int(u * zones.shape[0])]


@inner
def hazard_way_out(w, port):  # type: ignore[no-untyped-def]
    """Whether a port leads on: inside the building, not through a locked door but out of one, never into a
    secured room."""
    zone = w.into[port]
    if zone == w.zones.shape[0] - 1:
        return False
    link = w.links[port >> 1]
    room = w.zones[zone].room
    if room >= 0 and w.rooms[room].secured:
        return False
    return not (link.locked and room >= 0)


@inner
def hazard_next_port(w):  # type: ignore[no-untyped-def]
    """A way on at random, every one alike; -1 when there is none."""
    g = w.scene[0]
    zone = g.hazard_zone
    ways = 0
    for k in range(w.ports_start[zone], w.ports_start[zone + 1]):
        if hazard_way_out(w, w.ports[k]):
            ways += 1
    if ways == 0:
        return -1
    pick = int(luck(w, Stream.HAZARD_WALK, 0, 2 * g.hazard_moves + 1) * ways)
    for k in range(w.ports_start[zone], w.ports_start[zone + 1]):
        if hazard_way_out(w, w.ports[k]):
            if pick == 0:
                return w.ports[k]
            pick -= 1
    return -1
