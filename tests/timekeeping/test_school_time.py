"""School hours and school days in the school's own time: nights, weekends, holidays, and the days when clocks
change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security_center.foundation.school_time import (
    SchoolCalendar,
    add_school_days,
    add_school_hours,
    next_message_moment,
)

NEW_YORK = ZoneInfo("America/New_York")
WEEK = {day: (time(7, 30), time(15, 30)) for day in range(5)}
PLAIN = SchoolCalendar("America/New_York", WEEK)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (local(2026, 11, 24, 10, 0), 4, local(2026, 11, 24, 14, 0)),
        (local(2026, 11, 24, 14, 0), 4, local(2026, 11, 25, 10, 0)),  # over the night
        (local(2026, 11, 24, 23, 0), 4, local(2026, 11, 25, 11, 30)),  # from the night
        (local(2026, 11, 24, 4, 0), 4, local(2026, 11, 24, 11, 30)),
        (local(2026, 11, 27, 15, 0), 4, local(2026, 11, 30, 11, 0)),  # over a weekend
        (local(2026, 10, 30, 15, 0), 4, local(2026, 11, 2, 11, 0)),  # over the night in which clocks go back
        (local(2026, 3, 6, 15, 0), 4, local(2026, 3, 9, 11, 0)),  # and forward
    ],
)
def test_school_hours_pass_only_while_school_is_on(start: datetime, hours: int, end: datetime) -> None:
    assert add_school_hours(PLAIN, start, hours) == end


def test_no_school_time_passes_on_a_holiday() -> None:
    thanksgiving = SchoolCalendar("America/New_York", WEEK, ((date(2026, 11, 25), date(2026, 11, 27)),))
    assert add_school_hours(thanksgiving, local(2026, 11, 24, 14, 0), 4) == local(2026, 11, 30, 10, 0)
    assert add_school_days(thanksgiving, local(2026, 11, 24, 14, 0), 1) == local(2026, 11, 30, 15, 30)


def test_one_school_day_is_the_close_of_the_next_school_day() -> None:
    assert add_school_days(PLAIN, local(2026, 11, 24, 0, 5), 1) == local(2026, 11, 25, 15, 30)
    assert add_school_days(PLAIN, local(2026, 11, 27, 23, 0), 1) == local(2026, 11, 30, 15, 30)
    assert add_school_days(PLAIN, local(2026, 11, 24, 12, 0), 10) == local(2026, 12, 8, 15, 30)


def test_a_calendar_without_school_lets_plain_time_pass_so_that_no_clock_stands_still() -> None:
    summer = SchoolCalendar("America/New_York", {})
    start = local(2026, 7, 4, 12, 0)
    assert add_school_hours(summer, start, 4) == start + timedelta(hours=4)
    assert add_school_days(summer, start, 5) == start + timedelta(days=5)


def test_neither_a_holiday_of_a_year_nor_school_days_of_minutes_stop_a_clock() -> None:
    start = local(2026, 11, 24, 12, 0)
    for calendar in (
        SchoolCalendar("America/New_York", WEEK, ((date(2026, 11, 24), date(2027, 9, 30)),)),
        SchoolCalendar("America/New_York", {day: (time(7, 30), time(7, 31)) for day in range(5)}),
    ):
        assert add_school_hours(calendar, start, 4) == start + timedelta(hours=4)
    summer = SchoolCalendar("America/New_York", WEEK, ((date(2027, 6, 5), date(2027, 9, 6)),))
    assert add_school_days(summer, local(2027, 6, 4, 12, 0), 10) == local(2027, 9, 20, 15, 30)


def test_a_school_in_another_zone_counts_in_its_own() -> None:
    alaska = SchoolCalendar("America/Anchorage", WEEK)
    assert add_school_hours(alaska, datetime(2026, 11, 24, 12, 0, tzinfo=UTC), 1) == datetime(
        2026, 11, 24, 17, 30, tzinfo=UTC
    )


def test_calm_messages_wait_for_the_morning() -> None:
    assert next_message_moment(PLAIN, local(2026, 11, 24, 12, 0)) == local(2026, 11, 24, 12, 0)
    assert next_message_moment(PLAIN, local(2026, 11, 24, 18, 0)) == local(2026, 11, 25, 6, 0)
    assert next_message_moment(PLAIN, local(2026, 11, 24, 2, 0)) == local(2026, 11, 24, 6, 0)
    assert next_message_moment(PLAIN, local(2026, 10, 31, 23, 0)) == local(2026, 11, 1, 6, 0)


def test_facts_of_the_published_row_make_the_same_calendar() -> None:
    facts = {
        "time_zone": "America/Chicago",
        "school_hours": {"0": ["08:00", "15:00"]},
        "holidays": [["2026-11-25", "2026-11-27"]],
        "message_hours": ["07:00", "19:00"],
    }
    found = SchoolCalendar.from_facts(facts)
    assert found == SchoolCalendar(
        "America/Chicago",
        {0: (time(8), time(15))},
        ((date(2026, 11, 25), date(2026, 11, 27)),),
        (time(7), time(19)),
    )
    assert SchoolCalendar.from_facts({}).message_hours == (time(6), time(18))


moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(start=moments, hours=st.integers(1, 40), more=st.integers(1, 40))
def test_more_school_hours_never_end_earlier_and_always_within_school(
    start: datetime, hours: int, more: int
) -> None:
    end = add_school_hours(PLAIN, start, hours)
    assert start < end <= add_school_hours(PLAIN, start, hours + more)
    stretch = PLAIN.school_day(end.astimezone(NEW_YORK).date())
    assert stretch is not None
    assert stretch[0] <= end <= stretch[1]
    assert add_school_hours(PLAIN, end, more) == add_school_hours(PLAIN, start, hours + more)
