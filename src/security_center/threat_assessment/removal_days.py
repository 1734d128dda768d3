"""How many school days a student was kept out, by the school's own calendar. Pure functions over plain
facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from security_center.foundation.school_time import SchoolCalendar, school_days_between

Stretch = tuple[date, date | None]  # first and last day; None: it has not ended


@dataclass(frozen=True)
class RemovalDays:
    """`so_far`: until today. `planned`: with the days that are set already. `in_a_row`: the longest run of
    them."""

    so_far: int = 0
    planned: int = 0
    in_a_row: int = 0


def school_year_of(day: date, month: int, first: int) -> date:
    """The day on which the school year of `day` began."""
    begins = date(day.year, month, first)
    return begins if day >= begins else date(day.year - 1, month, first)


def count(calendar: SchoolCalendar, stretches: Iterable[Stretch], since: date, today: date) -> RemovalDays:
    """Two stretches over one day are one day."""
    held = [(max(first, since), max(today, first) if last is None else last) for first, last in stretches]
    if not held:
        return RemovalDays()
    so_far = planned = run = in_a_row = 0
    for day in school_days_between(calendar, since, max(last for _first, last in held)):
        if any(first <= day <= last for first, last in held):
            planned, run = planned + 1, run + 1
            so_far += day <= today
            in_a_row = max(in_a_row, run)
        else:
            run = 0
    return RemovalDays(so_far, planned, in_a_row)
