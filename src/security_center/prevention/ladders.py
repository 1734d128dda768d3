"""From an urgency to the ladder of a duty: who is told, at which minute, and who is next
(reporting.md 6.1, 6.2).

A ladder names audiences, not people: the calendar decides who that is at the moment of each step (see
`audiences`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from security_center.foundation.duties.machine import Rung
from security_center.foundation.school_time import (
    SchoolCalendar,
    add_school_days,
    add_school_hours,
    next_message_moment,
)

from .content_loader import Span, Unit, clock_rules, urgencies

# Audiences that `prevention.audiences` resolves.
READER = "reader"  # reader:1, reader:2, …: by position among those on duty at that moment
CALENDAR_READER = "calendar_reader"  # the same, but when nobody is on duty the calendar's own order counts
DESK = "desk"  # everybody on duty, else everybody in the calendar
DISTRICT_ON_CALL = "district_on_call"
DISTRICT = "district"  # on call and safety leads
SUPERINTENDENT = "superintendent"
EVERYONE = "everyone"

# The kind of message that tells a superintendent which number to call (registered by the room whose duty it
# is).
WITH_DISPATCH_NUMBER = "prevention.call_dispatch"


@dataclass(frozen=True)
class Ladder:
    rungs: list[Rung]
    due_at: datetime
    repeat_minutes: int


def moment_after(span: Span, at: datetime, calendar: SchoolCalendar) -> datetime:
    """`at` plus a span of plain or of school time."""
    if span.unit is Unit.SCHOOL_HOURS:
        return add_school_hours(calendar, at, span.amount)
    if span.unit is Unit.SCHOOL_DAYS:
        return add_school_days(calendar, at, span.amount)
    return at + span.as_timedelta()


def acknowledgement(urgency: str, at: datetime, calendar: SchoolCalendar) -> Ladder:
    """The ladder of *acknowledge this report*, by content/urgencies.yaml.

    U1 goes out at any hour, to one person at a time. The others wait for message hours; when nobody is on
    duty then, the calendar's first readers are told all the same. After the last rung everybody is told again
    and again: it never gives up."""
    rule = urgencies()[urgency]
    any_hour = rule.urgency in clock_rules().sent_at_any_hour
    rungs: list[Rung] = []
    for step in rule.ladder:
        name, moment = step.audience, moment_after(step.after, at, calendar)
        if not any_hour:
            name = name.replace(f"{READER}:", f"{CALENDAR_READER}:")
            moment = next_message_moment(calendar, at if step.after.amount == 0 else moment)
        rungs.append(
            Rung(at=moment, audience=name, kind=WITH_DISPATCH_NUMBER if step.with_dispatch_number else "")
        )
    last = rungs[-1].at + timedelta(minutes=rule.repeat_minutes)
    rungs.append(Rung(at=last, audience=EVERYONE))
    return Ladder(rungs, moment_after(rule.acknowledge, at, calendar), rule.repeat_minutes)


def _upward(due: datetime, step: timedelta, repeat_minutes: int) -> Ladder:
    names = [DESK, DISTRICT, SUPERINTENDENT]
    return Ladder(
        [Rung(at=due + n * step, audience=name) for n, name in enumerate(names)], due, repeat_minutes
    )


def reply(urgency: str, at: datetime, calendar: SchoolCalendar) -> Ladder:
    """*A person answers the reporter*: 30 minutes for U1, one school day for others."""
    due = moment_after(urgencies()[urgency].human_reply, at, calendar)
    return (
        _upward(due, timedelta(minutes=15), 60)
        if urgency == "U1"
        else _upward(due, timedelta(days=1), 24 * 60)
    )


def disposition_due(urgency: str, at: datetime, calendar: SchoolCalendar) -> datetime:
    rule = urgencies()[urgency]
    return moment_after(rule.interim or rule.disposition, at, calendar)


def disposition(urgency: str, at: datetime, calendar: SchoolCalendar) -> Ladder:
    """*A person decides*: an interim disposition within 24 hours for U1, a disposition within 10 school days
    for all."""
    return _upward(disposition_due(urgency, at, calendar), timedelta(days=1), 24 * 60)


def second_person(at: datetime, calendar: SchoolCalendar) -> Ladder:
    """*A second reader decides* about lowering or closing: within four school hours."""
    due = add_school_hours(calendar, at, 4)
    rungs = [Rung(at=at, audience=DESK), Rung(at=due, audience=DISTRICT)]
    return Ladder([*rungs, Rung(at=due + timedelta(days=1), audience=SUPERINTENDENT)], due, 24 * 60)


def handoff(urgency: str, at: datetime, calendar: SchoolCalendar) -> Ladder:
    """*The receiving desk acknowledges*: the same ladder as a new report, since the report is as good as new
    there."""
    return acknowledgement(urgency, at, calendar)


def same_day(at: datetime, calendar: SchoolCalendar) -> Ladder:
    """What must be done by the end of this day: recording what was told in person; failing that, the district
    hears of it."""
    local = at.astimezone(calendar.zone)
    end = local.replace(hour=23, minute=59, second=0, microsecond=0)
    return Ladder([Rung(at=at, audience=DESK), Rung(at=end, audience=DISTRICT)], end, 24 * 60)


def pattern(at: datetime) -> Ladder:
    """*Several reports name one person within a day*: the district at once, the superintendent an hour
    later."""
    rungs = [Rung(at=at, audience=DISTRICT), Rung(at=at + timedelta(hours=1), audience=SUPERINTENDENT)]
    return Ladder(rungs, at + timedelta(hours=1), 120)


def only_for(audience: str, ladder: Ladder) -> Ladder:
    """The same moments, all for one audience: for a report that nobody else may know of."""
    return Ladder(
        [Rung(at=rung.at, audience=audience) for rung in ladder.rungs], ladder.due_at, ladder.repeat_minutes
    )
