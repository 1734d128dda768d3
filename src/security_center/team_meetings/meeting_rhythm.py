"""When a team has to have met next: pure arithmetic over the day it last did."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .models import Rhythm

BY = time(16, 0)  # local
DAYS = {Rhythm.Every.WEEK: 7, Rhythm.Every.TWO_WEEKS: 14}
# How long before the last moment the lead is asked to set a date.
AHEAD = {
    Rhythm.Every.MONTH: timedelta(days=10),
    Rhythm.Every.TWO_WEEKS: timedelta(days=4),
    Rhythm.Every.WEEK: timedelta(days=2),
}


def due_day(every: str, last: date | None, today: date) -> date:
    """The last day on which the next meeting is in time. Monthly: within the month after that of the last
    one; never met: within this month."""
    if every in DAYS:
        return (last or today) + timedelta(days=DAYS[Rhythm.Every(every)])
    month = last.replace(day=1) if last is not None else today.replace(day=1) - timedelta(days=1)
    return _last_day_of_month_after(month)


def due_at(every: str, last: date | None, today: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(due_day(every, last, today), BY, zone)


def ask_from(every: str, due: datetime) -> datetime:
    return due - AHEAD[Rhythm.Every(every)]


def _last_day_of_month_after(day: date) -> date:
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
