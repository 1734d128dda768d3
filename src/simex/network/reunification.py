"""Reunification as a line of three counters: check-in, verification, runners (simex.md section 6; M24)."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.decisions.events import FAMILY_COMES
from simex.decisions.heap import pop, schedule
from simex.decisions.numbers import P, drawn
from simex.decisions.outcome import kth_smallest
from simex.decisions.places import at_onset
from simex.decisions.world import ABSENT
from simex.draws import Stream


@inner(makes_arrays=True)
def through_counter(w, arrivals, service, servers):  # type: ignore[no-untyped-def]
    """When each is done at a counter with so many servers, first come first served. arrivals, service (n,):
    seconds."""
    done = np.empty(arrivals.shape[0])
    free = np.zeros(max(servers, 1))
    for who in range(arrivals.shape[0]):
        schedule(w, arrivals[who], FAMILY_COMES, who, 0)
    while w.scene[0].queued > 0:
        time, _, who, _ = pop(w)
        server = np.argmin(free)
        done[who] = max(time, free[server]) + service[who]
        free[server] = done[who]
    return done


@inner(makes_arrays=True)
def run_reunification(w, out):  # type: ignore[no-untyped-def]
    """One family for each student who is present; the clock starts with the call to families."""
    at_onset(w, math.inf)  # whoever comes is served
    g = w.scene[0]
    number = 0
    came = np.empty(g.students)
    times = np.empty((3, g.students))
    for who in range(g.students):
        person = w.people[who]
        if person.state == ABSENT:
            continue
        ready = 60.0 * w.numbers[P.T_REUNIFY_TRANSPORT, 0]
        came[number] = max(
            60.0 * drawn(w, P.T_REUNIFY_ARRIVAL, Stream.COMMUNICATION, person.entity, 80), ready
        )
        times[0, number] = drawn(w, P.T_REUNIFY_CHECK_IN, Stream.COMMUNICATION, person.entity, 81)
        times[1, number] = drawn(w, P.T_REUNIFY_VERIFY, Stream.COMMUNICATION, person.entity, 82)
        times[2, number] = drawn(w, P.T_REUNIFY_RUNNER, Stream.COMMUNICATION, person.entity, 83)
        number += 1
    if number == 0:
        return
    came = came[:number]
    checked = through_counter(w, came, times[0, :number], int(w.numbers[P.REUNIFY_CHECK_IN, 0]))
    verified = through_counter(w, checked, times[1, :number], int(w.numbers[P.REUNIFY_VERIFY, 0]))
    handed = through_counter(w, verified, times[2, :number], int(w.numbers[P.REUNIFY_RUNNERS, 0]))
    span = handed.max() - came.min()
    out.reunified_per_hour = 3600.0 * number / span if span > 0 else np.nan
    out.reunification_wait_most_min = kth_smallest(handed - came, int(np.ceil(0.9 * number))) / 60.0
