"""Who reads at a moment, and when nobody does. Covered hours and gaps make up all of the time, whatever the
shifts and absences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reporting.acts import Valley, every_hour

from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Role
from security_center.prevention import actions, queries
from security_center.prevention.coverage import Away, Shift, Stretch, covered, gaps, readers_at

ZONE = ZoneInfo("America/New_York")
BEGIN = datetime(2026, 10, 26, tzinfo=UTC)  # a week in which clocks go back

shifts = st.builds(
    lambda person, weekday, start, length, position: Shift(
        person, weekday, start, min(1440, start + length), position
    ),
    st.integers(1, 3),
    st.integers(0, 6),
    st.integers(0, 1380),
    st.integers(30, 1440),
    st.integers(1, 3),
)
absences = st.builds(
    lambda person, start, hours: Away(
        person, BEGIN + timedelta(hours=start), BEGIN + timedelta(hours=start + hours)
    ),
    st.integers(1, 3),
    st.integers(-20, 200),
    st.integers(1, 100),
)


@settings(deadline=None)
@given(
    st.lists(shifts, max_size=12), st.lists(absences, max_size=4), st.integers(0, 100), st.integers(1, 260)
)
def test_covered_hours_and_gaps_make_up_all_of_the_time(
    rows: list[Shift], away: list[Away], start: int, length: int
) -> None:
    begin = BEGIN + timedelta(hours=start)
    end = begin + timedelta(hours=length)
    stretches = covered(rows, away, begin, end, ZONE)
    pieces = sorted([*stretches, *gaps(stretches, begin, end)], key=lambda piece: piece.starts_at)
    assert pieces[0].starts_at == begin
    assert pieces[-1].ends_at == end
    assert all(one.ends_at == two.starts_at for one, two in pairwise(pieces))
    assert all(piece.starts_at < piece.ends_at for piece in pieces)


@settings(deadline=None)
@given(st.lists(shifts, max_size=12), st.lists(absences, max_size=4), st.integers(0, 160 * 60))
def test_an_hour_is_covered_exactly_when_somebody_reads_then(
    rows: list[Shift], away: list[Away], minutes: int
) -> None:
    at = BEGIN + timedelta(minutes=minutes)
    inside = any(
        piece.starts_at <= at < piece.ends_at
        for piece in covered(rows, away, BEGIN, BEGIN + timedelta(days=8), ZONE)
    )
    # The hour that comes twice, and its neighbour
    repeated = datetime(2026, 11, 1, 5, tzinfo=UTC) <= at < datetime(2026, 11, 1, 7, tzinfo=UTC)
    assert repeated or inside == bool(readers_at(rows, away, at, ZONE))


def test_the_first_reader_comes_first_and_one_who_is_away_not_at_all() -> None:
    rows = [Shift(2, 1, 0, 1440, 1), Shift(1, 1, 0, 1440, 2), Shift(1, 1, 600, 700, 1)]
    tuesday = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # 10:30, minute 630
    assert readers_at(rows, [], tuesday, ZONE) == [1, 2]
    assert readers_at(rows, [Away(1, tuesday, tuesday + timedelta(hours=1))], tuesday, ZONE) == [2]
    assert readers_at(rows, [], tuesday + timedelta(days=1), ZONE) == []


def test_a_shift_counts_only_within_its_dates() -> None:
    day = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    row = Shift(1, 1, 0, 1440, 1, valid_from=day.date(), valid_until=day.date())
    assert readers_at([row], [], day, ZONE) == [1]
    assert readers_at([row], [], day + timedelta(days=7), ZONE) == []


def test_without_shifts_all_of_the_time_is_one_gap() -> None:
    end = BEGIN + timedelta(days=14)
    assert gaps(covered([], [], BEGIN, end, ZONE), BEGIN, end) == [Stretch(BEGIN, end)]


# --- people behind the shifts
# --------------------------------------------------------------------------------------------------


def test_a_reader_who_left_is_no_coverage(valley: Valley) -> None:
    cast = valley.cast
    actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(cast.rosa))
    assert queries.coverage_gaps_at([valley.school])[valley.school.pk] == []
    people.leave(actor=cast.ada, person=cast.rosa)
    assert queries.readers_on_duty(valley.school, valley.at) == []
    assert len(queries.coverage_gaps_at([valley.school])[valley.school.pk]) == 1
    assert queries.form_state(valley.school).missing == ["no_reader"]


def test_a_reader_who_lost_the_role_is_no_coverage(valley: Valley) -> None:
    cast = valley.cast
    actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(cast.rosa, cast.ben))
    people.end_role(actor=cast.ada, assignment=cast.rosa.role_assignments.get(role=Role.READER))
    assert queries.readers_on_duty(valley.school, valley.at) == [cast.ben]
    assert queries.readers_in_calendar(valley.school) == [cast.ben]


def test_an_absence_is_a_gap_until_it_is_taken_back(valley: Valley) -> None:
    cast = valley.cast
    actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(cast.rosa))
    away: dict[str, Any] = {
        "starts_at": valley.at + timedelta(hours=2),
        "ends_at": valley.at + timedelta(hours=5),
    }
    absence = actions.add_absence(actor=cast.rosa, organization=valley.school, person=cast.rosa, **away)
    assert queries.coverage_gaps_at([valley.school])[valley.school.pk] == [
        Stretch(away["starts_at"], away["ends_at"])
    ]
    said = queries.public_state(valley.school)
    assert said.covered_until == away["starts_at"]
    actions.remove_absence(actor=cast.rosa, organization=valley.school, absence=absence)
    assert queries.coverage_gaps_at([valley.school])[valley.school.pk] == []
