"""What a run is measured by, M1 to M19, M25 and M26 of simex.md section 5, read off the world at its marks
and at its end."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.draws import Stream

from .numbers import CENTRALIZED, DIRECT_ALERT, P, V, drawn, happens
from .rooms import reported_at
from .world import ABSENT, COUNTED, OUT

_MINUTE, _TWO_MINUTES, _FIVE_MINUTES = 0, 1, 2


@inner
def safe_at(w, who, time):  # type: ignore[no-untyped-def]
    """Whether somebody is safe: in a secured room, or outside and far enough (M8)."""
    person = w.people[who]
    if person.state == ABSENT or person.state == COUNTED:
        return False
    if person.state == OUT:
        return person.safe_at <= time
    j = w.zones[person.zone].room
    return j >= 0 and w.rooms[j].secured == 1


@inner
def reported_safe(w, who, time):  # type: ignore[no-untyped-def]
    """Whether word that they are safe has reached the office or command (M9)."""
    person = w.people[who]
    if person.state == OUT:
        if not happens(w, P.P_REPORT, Stream.COMMUNICATION, person.entity, 41):
            return False
        return person.safe_at + drawn(w, P.T_REPORT, Stream.COMMUNICATION, person.entity, 40) <= time
    return reported_at(w, w.zones[person.zone].room) <= time


@inner
def stranded(w, who):  # type: ignore[no-untyped-def]
    """In a corridor, washroom or hall, or outdoors and not far enough yet: in no designated room (M17)."""
    person = w.people[who]
    if person.state == ABSENT or person.state == COUNTED:
        return False
    if person.state == OUT:
        return person.safe_at > w.scene[0].now
    j = w.zones[person.zone].room
    return j < 0


@inner(makes_arrays=True)
def students_safe(w, time):  # type: ignore[no-untyped-def]
    """Students present, safe, safe and reported; then, (3, 2), present and safe of those with needs in
    mobility, hearing and language."""
    g = w.scene[0]
    present = safe = reported = 0
    needs = np.zeros((3, 2))
    room_reported = np.empty(w.rooms.shape[0])
    for j in range(w.rooms.shape[0]):
        room_reported[j] = reported_at(w, j)
    for who in range(g.students):
        person = w.people[who]
        if person.state == ABSENT:
            continue
        present += 1
        needs[0, 0] += person.limited
        needs[1, 0] += person.hearing
        needs[2, 0] += person.language
        if not safe_at(w, who, time):
            continue
        safe += 1
        needs[0, 1] += person.limited
        needs[1, 1] += person.hearing
        needs[2, 1] += person.language
        if person.state == OUT:
            reported += reported_safe(w, who, time)
        else:
            reported += room_reported[w.zones[person.zone].room] <= time
    return present, safe, reported, needs


@inner(makes_arrays=True)
def mark(w, which, time):  # type: ignore[no-untyped-def]
    """The counts of a moment."""
    g = w.scene[0]
    if which == _FIVE_MINUTES:
        present, safe, reported, _ = students_safe(w, time)
        g.safe_5 = safe / max(present, 1)
        g.reported_5 = reported / max(present, 1)
        return
    number = limited = hearing = language = 0
    for who in range(g.students):
        if stranded(w, who):
            number += 1
            limited += w.people[who].limited
            hearing += w.people[who].hearing
            language += w.people[who].language
    if which == _MINUTE:
        g.stranded_60 = number
        g.limited_stranded = limited
        g.hearing_stranded = hearing
        g.language_stranded = language
    else:
        g.stranded_120 = number


@inner(makes_arrays=True)
def kth_smallest(values, k):  # type: ignore[no-untyped-def]
    """The k-th smallest (from 1); NaN where it is infinite or there are fewer. Hoare's way, which compiles in
    a tenth of the time of a sort."""
    if k < 1 or k > values.shape[0]:
        return math.nan
    left = values.copy()
    low, high = 0, left.shape[0] - 1
    while low < high:
        pivot = left[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while left[i] < pivot:
                i += 1
            while left[j] > pivot:
                j -= 1
            if i <= j:
                left[i], left[j] = left[j], left[i]
                i += 1
                j -= 1
        if k - 1 <= j:
            high = j
        elif k - 1 >= i:
            low = i
        else:
            break
    value = left[k - 1]
    return value if value < math.inf else math.nan


@inner
def lock_measures(w, out, tau, with_hazard):  # type: ignore[no-untyped-def]
    """M4 to M6 and M16. tau (rooms,): seconds, infinite for a room that was not secured to the end."""
    g = w.scene[0]
    rooms = tau.shape[0]
    locked = completed = noticed = alone = before = nears = won = 0
    total = margin = 0.0
    for j in range(rooms):
        room = w.rooms[j]
        tau[j] = room.locked_at if room.secured else math.inf
        total += min(tau[j], g.horizon)
        if room.secured:
            locked += 1
            completed += room.hidden_at <= g.horizon or w.zones[room.zone].occupants == 0
            if room.locked_at > 0.0:
                noticed += 1
                alone += room.self_started
        before += tau[j] <= room.near_at and room.secured
        if room.near_at < math.inf:
            nears += 1
            won += tau[j] <= room.near_at
            margin += room.near_at - min(tau[j], g.horizon)
    share = 1.0 / max(rooms, 1)
    out.room_lockdown_mean_s = total * share
    out.room_lockdown_half_s = kth_smallest(tau, math.ceil(0.5 * rooms))
    out.room_lockdown_most_s = kth_smallest(tau, math.ceil(0.9 * rooms))
    out.rooms_self_started = alone / noticed if noticed > 0 else math.nan
    out.rooms_completed = completed * share
    out.rooms_locked = locked * share
    out.school_lockdown_s = kth_smallest(tau, rooms)
    if with_hazard:
        out.rooms_before_hazard = before * share
        if nears > 0:
            out.margin_positive = won / nears
            out.margin_s = margin / nears


@inner
def false_alarm_hours(w):  # type: ignore[no-untyped-def]
    """M26: announcements to be expected in a year, times the minutes lost, times the people."""
    notice = w.levers[V.NOTICE]
    row = (
        P.P_FALSE_OFFICE
        if notice == CENTRALIZED
        else P.P_FALSE_ALERT
        if notice == DIRECT_ALERT
        else P.P_FALSE_ANY
    )
    return (
        w.numbers[row, 0]
        * w.numbers[P.MONTHS_OPEN, 0]
        * w.numbers[P.T_FALSE_LOST, 0]
        / 60.0
        * w.scene[0].present
    )


@inner(makes_arrays=True)
def lockdown_outcome(w, out, tau, with_hazard):  # type: ignore[no-untyped-def]
    """Fills a row of the table of runs (`world.RESULT`); what was not measured stays NaN."""
    g = w.scene[0]
    out.recognition_s = g.recognition
    out.notification_s = g.notification
    out.informed_half_s = g.informed_half
    out.informed_most_s = g.informed_most
    lock_measures(w, out, tau, with_hazard)
    out.behind_locked_door = g.secured_people / max(g.present, 1)
    out.behind_locked_door_person_min = g.behind_person_s / 60.0
    present, safe, reported, needs = students_safe(w, g.horizon)
    out.students_safe = safe / max(present, 1)
    out.students_reported_safe = reported / max(present, 1)
    out.students_safe_5min = g.safe_5
    out.students_reported_safe_5min = g.reported_5
    out.stranded_60s = g.stranded_60
    out.stranded_120s = g.stranded_120
    refused = 0
    for who in range(g.students):
        refused += w.people[who].refused
    out.locked_out = refused
    out.adult_corridor_person_s = g.adult_corridor_s
    out.officer_notified_s = g.officer_known
    out.call_received_s = within(g.call_received, g.horizon)
    out.police_dispatched_s = within(g.dispatched, g.horizon)
    out.police_on_site_s = within(g.on_site, g.horizon)
    if with_hazard:
        out.exposed_peak = g.exposed_peak
        out.exposure_person_s = g.exposure
        out.hazard_count = g.count
        out.first_meeting_s = g.met_at
        out.officer_contact_s = g.officer_contact
        out.police_contact_s = within(g.police_contact, g.horizon)
    out.safe_ratio_mobility = relative(needs[0, 1], needs[0, 0], safe, present)
    out.safe_ratio_hearing = relative(needs[1, 1], needs[1, 0], safe, present)
    out.safe_ratio_language = relative(needs[2, 1], needs[2, 0], safe, present)
    out.stranded_ratio_mobility = relative(g.limited_stranded, needs[0, 0], g.stranded_60, present)
    out.stranded_ratio_hearing = relative(g.hearing_stranded, needs[1, 0], g.stranded_60, present)
    out.stranded_ratio_language = relative(g.language_stranded, needs[2, 0], g.stranded_60, present)
    out.false_alarm_person_h = false_alarm_hours(w)


@inner
def relative(few, of_few, all_people, of_all):  # type: ignore[no-untyped-def]
    """The share of a group over the share of all (M25); NaN where either is nobody."""
    if of_few == 0 or all_people == 0:
        return math.nan
    return (few / of_few) / (all_people / of_all)


@inner
def within(time, horizon):  # type: ignore[no-untyped-def]
    return time if time <= horizon else math.nan
