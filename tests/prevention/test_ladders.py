"""Who is told, at which minute, and who is next: each urgency's ladder (reporting.md 6.1), and what a
conflict does to an audience."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.reporting.acts import Valley
from tests.timekeeping.test_school_time import PLAIN, local

from security_center.foundation.duties import audiences
from security_center.prevention import actions, ladders
from security_center.reporting.actions import conflicts

TUESDAY = local(2026, 11, 24, 10, 0)
NIGHT = local(2026, 11, 24, 23, 0)


def rungs(urgency: str, at: datetime) -> list[tuple[datetime, str]]:
    return [(rung.at, rung.audience) for rung in ladders.acknowledgement(urgency, at, PLAIN).rungs]


@pytest.mark.parametrize("at", [TUESDAY, NIGHT, local(2026, 12, 25, 3, 0)])
def test_u1_goes_out_at_any_hour_one_person_at_a_time(at: datetime) -> None:
    ladder = ladders.acknowledgement("U1", at, PLAIN)
    assert [((rung.at - at) // timedelta(minutes=1), rung.audience) for rung in ladder.rungs] == [
        (0, "reader:1"),
        (5, "reader:2"),
        (10, "reader:3"),
        (15, "district_on_call"),
        (30, "superintendent"),
        (45, "everyone"),
    ]
    assert ladder.repeat_minutes == 15
    assert ladder.due_at == at + timedelta(minutes=5)
    assert [rung.kind for rung in ladder.rungs] == ["", "", "", "", ladders.WITH_DISPATCH_NUMBER, ""]


def test_u2_counts_school_hours_and_is_due_after_four() -> None:
    assert rungs("U2", TUESDAY)[:4] == [
        (TUESDAY, "calendar_reader:1"),
        (local(2026, 11, 24, 12, 0), "calendar_reader:2"),
        (local(2026, 11, 24, 14, 0), "district_on_call"),
        (local(2026, 11, 25, 10, 0), "superintendent"),
    ]
    assert ladders.acknowledgement("U2", TUESDAY, PLAIN).due_at == local(2026, 11, 24, 14, 0)


def test_u2_at_night_wakes_nobody_and_waits_for_six() -> None:
    assert rungs("U2", NIGHT)[0] == (local(2026, 11, 25, 6, 0), "calendar_reader:1")


def test_u3_is_due_by_the_end_of_the_next_school_day_and_u4_after_five() -> None:
    assert ladders.acknowledgement("U3", TUESDAY, PLAIN).due_at == local(2026, 11, 25, 15, 30)
    assert ladders.acknowledgement("U4", TUESDAY, PLAIN).due_at == local(2026, 12, 1, 15, 30)


@pytest.mark.parametrize("urgency", ["U1", "U2", "U3", "U4"])
@pytest.mark.parametrize(
    "at", [TUESDAY, NIGHT, local(2026, 11, 1, 1, 30), local(2026, 3, 8, 1, 59), local(2026, 7, 4, 12, 0)]
)
def test_every_ladder_climbs_ends_with_everyone_and_repeats(urgency: str, at: datetime) -> None:
    ladder = ladders.acknowledgement(urgency, at, PLAIN)
    moments = [rung.at for rung in ladder.rungs]
    assert moments == sorted(moments)
    assert moments[0] >= at
    assert ladder.rungs[-1].audience == "everyone"
    assert ladder.repeat_minutes > 0


def test_an_answer_is_due_in_thirty_minutes_for_u1_and_one_school_day_for_others() -> None:
    assert ladders.reply("U1", TUESDAY, PLAIN).due_at == TUESDAY + timedelta(minutes=30)
    assert ladders.reply("U2", TUESDAY, PLAIN).due_at == local(2026, 11, 25, 15, 30)


def test_a_decision_is_due_in_a_day_for_u1_and_ten_school_days_for_others() -> None:
    assert ladders.disposition("U1", TUESDAY, PLAIN).due_at == TUESDAY + timedelta(hours=24)
    assert ladders.disposition("U3", TUESDAY, PLAIN).due_at == local(2026, 12, 8, 15, 30)


def test_what_was_told_in_person_is_recorded_the_same_day() -> None:
    assert ladders.same_day(TUESDAY, PLAIN).due_at == datetime(
        2026, 11, 24, 23, 59, tzinfo=ZoneInfo("America/New_York")
    )


def test_a_ladder_for_one_audience_keeps_its_moments() -> None:
    full = ladders.acknowledgement("U1", TUESDAY, PLAIN)
    alone = ladders.only_for("x", full)
    assert [rung.at for rung in alone.rungs] == [rung.at for rung in full.rungs]
    assert {rung.audience for rung in alone.rungs} == {"x"}


# --- audiences
# ------------------------------------------------------------------------------------------------


def names(valley: Valley, audience: str, thing: str = "") -> list[str]:
    look = audiences.Look([thing], [valley.school], valley.at)
    found = audiences.resolve(audience, organization=valley.school, thing=thing, holder=None, look=look)
    return [person.name for person in found]


def test_an_audience_is_whoever_the_calendar_names_at_that_moment(valley: Valley) -> None:
    assert [names(valley, f"reader:{position}") for position in (1, 2, 3, 4)] == [
        ["Rosa Ortiz"],
        ["Ben Cole"],
        ["Tess Moran"],
        [],
    ]
    assert names(valley, "district_on_call") == ["Nia Ward"]
    assert names(valley, "district") == ["Nia Ward", "Ivy Chen"]
    assert names(valley, "superintendent") == ["Omar Reyes"]
    assert set(names(valley, "everyone")) == {
        "Rosa Ortiz",
        "Ben Cole",
        "Tess Moran",
        "Nia Ward",
        "Ivy Chen",
        "Omar Reyes",
    }


def test_outside_of_all_shifts_no_reader_is_on_duty_and_the_calendars_order_counts_for_calm_ones(
    valley: Valley,
) -> None:
    rows = [
        actions.ShiftRow(person.pk, day, 480, 960, place)
        for day in range(5)
        for place, person in enumerate((valley.cast.ben, valley.cast.rosa), 1)
    ]
    actions.set_coverage(actor=None, organization=valley.school, rows=rows)
    valley.set_clock(NIGHT)
    assert names(valley, "reader:1") == []
    assert names(valley, "calendar_reader:1") == ["Ben Cole"]
    assert names(valley, "desk") == ["Ben Cole", "Rosa Ortiz"]


def test_whom_a_conflict_keeps_out_is_skipped_and_the_next_one_moves_up(valley: Valley) -> None:

    report = conflicts.set_conflict(actor=valley.cast.ben, report=valley.report(), about=valley.cast.rosa)
    assert names(valley, "reader:1", report.thing) == ["Ben Cole"]
    assert "Rosa Ortiz" not in names(valley, "everyone", report.thing)
    assert names(valley, "reader:1", "report:UNKNOWN") == ["Rosa Ortiz"]


def test_where_the_whole_district_is_kept_out_its_alternate_is_told_unless_it_is_about_them_too(
    valley: Valley,
) -> None:
    from security_center.reporting.models import Conflict

    cast = valley.cast
    actions.set_alternate(actor=None, organization=cast.district, person=cast.ivy)
    report = valley.report(about_staff=True)
    for person in (cast.omar, cast.nia):
        Conflict.objects.create(report=report, person=person, named=True, set_at=valley.at)
    assert names(valley, "superintendent", report.thing) == ["Ivy Chen"]
    assert names(valley, "district_on_call", report.thing) == ["Ivy Chen"]
    Conflict.objects.create(report=report, person=cast.ivy, named=True, set_at=valley.at)
    assert names(valley, "superintendent", report.thing) == []


def test_every_audience_of_a_ladder_is_known_to_duties(valley: Valley) -> None:
    made = [ladders.acknowledgement(urgency, TUESDAY, PLAIN) for urgency in ("U1", "U2", "U3", "U4")]
    made += [
        ladders.reply("U1", TUESDAY, PLAIN),
        ladders.disposition("U1", TUESDAY, PLAIN),
        ladders.second_person(TUESDAY, PLAIN),
    ]
    made += [ladders.same_day(TUESDAY, PLAIN), ladders.pattern(TUESDAY)]
    assert all(audiences.is_known(rung.audience) for ladder in made for rung in ladder.rungs)
