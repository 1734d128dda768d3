"""Arithmetic in school hours and school days, in the school's own time zone. Pure functions over plain
facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

# Days looked ahead: a summer, and the longest clock after it. Beyond, plain time counts, so that no holiday
# typed with a wrong year stops a clock.
FARTHEST = 130
SHORTEST_DAY = timedelta(hours=2)  # of school: with days of minutes, a clock of four hours would take a year


def too_short(opens: time, closes: time) -> bool:
    """Whether school is on for less than any school is."""
    return timedelta(hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute) < SHORTEST_DAY


@dataclass(frozen=True)
class SchoolCalendar:
    """`hours`: weekday (0 is Monday) → (opens, closes), local. `holidays`: (first, last) days, inclusive.
    `message_hours`: local, for messages."""

    time_zone: str
    hours: dict[int, tuple[time, time]]
    holidays: tuple[tuple[date, date], ...] = ()
    message_hours: tuple[time, time] = field(default=(time(6), time(18)))

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> SchoolCalendar:
        hours = facts.get("school_hours") or {}
        window = facts.get("message_hours") or ["06:00", "18:00"]
        holidays = facts.get("holidays") or []
        return cls(
            time_zone=str(facts.get("time_zone") or "America/New_York"),
            hours={
                int(day): (time.fromisoformat(pair[0]), time.fromisoformat(pair[1]))
                for day, pair in hours.items()
            },
            holidays=tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in holidays),
            message_hours=(time.fromisoformat(window[0]), time.fromisoformat(window[1])),
        )

    def has_too_short_day(self) -> bool:
        return any(too_short(opens, closes) for opens, closes in self.hours.values())

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def school_day(self, day: date) -> tuple[datetime, datetime] | None:
        """When school opens and closes on `day`, or None when there is no school."""
        pair = self.hours.get(day.weekday())
        if pair is None or any(first <= day <= last for first, last in self.holidays):
            return None
        opens, closes = (datetime.combine(day, at, self.zone).astimezone(UTC) for at in pair)
        return opens, closes


def is_school_day(calendar: SchoolCalendar, day: date) -> bool:
    """A school that has told no hours is taken to be open on weekdays: a count never stands still."""
    if not calendar.hours:
        return day.weekday() < 5 and not any(first <= day <= last for first, last in calendar.holidays)
    return calendar.school_day(day) is not None


def school_days_between(calendar: SchoolCalendar, first: date, last: date) -> list[date]:
    return [
        day
        for number in range((last - first).days + 1)
        if is_school_day(calendar, day := first + timedelta(days=number))
    ]


def add_school_hours(calendar: SchoolCalendar, start: datetime, hours: float) -> datetime:
    """When `hours` of school time have passed since `start`. Without enough school ahead: plain hours (a
    clock never stands still)."""
    left = timedelta(hours=hours)
    day = start.astimezone(calendar.zone).date()
    for ahead in range(FARTHEST):
        stretch = calendar.school_day(day + timedelta(days=ahead))
        if stretch is None:
            continue
        opens, closes = max(stretch[0], start), stretch[1]
        if closes <= opens:
            continue
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return start + timedelta(hours=hours)


def end_of_school_day(calendar: SchoolCalendar, at: datetime) -> datetime:
    """The close of this school day, or of the next one where school is over or closed. Without any school day
    ahead: a day later."""
    day = at.astimezone(calendar.zone).date()
    for ahead in range(FARTHEST):
        stretch = calendar.school_day(day + timedelta(days=ahead))
        if stretch is not None and stretch[1] > at:
            return stretch[1]
    return at + timedelta(days=1)


def add_school_days(calendar: SchoolCalendar, start: datetime, days: int) -> datetime:
    """The close of the `days`-th school day after the day of `start`."""
    day = start.astimezone(calendar.zone).date()
    found = 0
    for ahead in range(1, FARTHEST):
        stretch = calendar.school_day(day + timedelta(days=ahead))
        if stretch is None:
            continue
        found += 1
        if found == days:
            return stretch[1]
    return start + timedelta(days=days)


def next_message_moment(calendar: SchoolCalendar, at: datetime) -> datetime:
    """`at` itself inside the window for messages that are not urgent, else the window's next opening."""
    local = at.astimezone(calendar.zone)
    opens, closes = calendar.message_hours
    if opens <= local.time() < closes:
        return at
    day = local.date() if local.time() < opens else local.date() + timedelta(days=1)
    return datetime.combine(day, opens, calendar.zone).astimezone(UTC)
