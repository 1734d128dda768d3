"""Ready-made calendars: whom they name when. Property-tested over any group of readers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from security_center.prevention.presets import around_the_clock, in_school_hours

HOURS = {str(day): ["07:30", "15:30"] for day in range(5)}
groups = st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True)


@given(groups)
def test_around_the_clock_names_somebody_at_every_minute_of_the_week(people: list[int]) -> None:
    covered = set()
    for row in around_the_clock(people):
        ends = row.ends_minute if row.ends_minute > row.starts_minute else row.ends_minute + 1440
        covered.update(
            (row.weekday * 1440 + minute) % (7 * 1440) for minute in range(row.starts_minute, ends)
        )
    assert len(covered) == 7 * 1440


@given(groups)
def test_nights_begin_with_another_person_each_day(people: list[int]) -> None:
    first_at_night = [
        row.person_id for row in around_the_clock(people) if row.starts_minute == 1080 and row.position == 1
    ]
    assert first_at_night == [people[day % len(people)] for day in range(7)]


@given(groups)
def test_school_hours_name_everybody_in_order_and_nobody_else(people: list[int]) -> None:
    rows = in_school_hours(people, HOURS)
    for day in range(5):
        assert [
            (row.person_id, row.starts_minute, row.ends_minute) for row in rows if row.weekday == day
        ] == [(one, 450, 930) for one in people]
    assert not [row for row in rows if row.weekday > 4]
