"""The week of readers on its page: who may not, adding and removing without script, absences, holidays, the
alternate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from tests.cast import Cast

from security_center.foundation.clock import clock_at
from security_center.foundation.organizations.models import Organization
from security_center.prevention import actions, queries
from security_center.prevention.models import Absence, CoverageShift, Holiday

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)

SHIFT = {"shift-weekdays": ["0", "1"], "shift-starts": "07:00", "shift-ends": "15:00", "shift-position": "1"}
POSTS = (
    "shifts/add/",
    "shifts/remove/",
    "preset/",
    "absences/add/",
    "holidays/add/",
)


def base(place: Organization) -> str:
    return f"/coverage/{place.slug}/"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("short", "status"),
    [("rosa", 403), ("sam", 403), ("omar", 403), ("aud", 403), ("lena", 404), ("ada_elsewhere", 404)],
)
def test_nobody_without_the_right_changes_a_calendar(
    cast: Cast, signed_in: SignIn, short: str, status: int, path: str
) -> None:
    answer = signed_in(cast.everyone[short]).post(
        f"{base(cast.school_a)}{path}", {**SHIFT, "shift-person": cast.rosa.pk}
    )
    assert answer.status_code == status
    assert not CoverageShift.objects.exists()


def test_a_team_lead_does_not_name_the_districts_alternate(cast: Cast, signed_in: SignIn) -> None:
    assert (
        signed_in(cast.tess)
        .post(f"{base(cast.school_a)}alternate/", {"alternate-person": cast.tess.pk})
        .status_code
        == 403
    )


def test_a_reader_sees_the_calendar_and_no_way_to_change_it(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.rosa).get(base(cast.school_a)).content.decode()
    assert "shifts/add" not in page
    assert "Nobody reads at any time." in page


def test_a_team_lead_adds_hours_for_several_days_at_once(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.tess).post(
        f"{base(cast.school_a)}shifts/add/", {**SHIFT, "shift-person": cast.rosa.pk}
    )
    assert answer.status_code == 302
    assert list(
        CoverageShift.objects.values_list("weekday", "starts_minute", "ends_minute").order_by("weekday")
    ) == [(0, 420, 900), (1, 420, 900)]


def test_hours_over_midnight_are_kept_as_two_stretches(cast: Cast, signed_in: SignIn) -> None:
    data = {
        **SHIFT,
        "shift-person": cast.rosa.pk,
        "shift-weekdays": ["6"],
        "shift-starts": "22:00",
        "shift-ends": "06:00",
    }
    signed_in(cast.tess).post(f"{base(cast.school_a)}shifts/add/", data)
    kept = set(CoverageShift.objects.values_list("weekday", "starts_minute", "ends_minute"))
    assert kept == {(6, 1320, 1440), (0, 0, 360)}


def test_a_form_with_a_fault_comes_back_with_every_word(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.tess).post(
        f"{base(cast.school_a)}shifts/add/", {"shift-person": cast.rosa.pk, "shift-starts": "07:00"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose at least one day." in page
    assert 'value="07:00"' in page


def test_somebody_who_may_not_read_here_is_not_offered_and_not_taken(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.tess).post(
        f"{base(cast.school_a)}shifts/add/", {**SHIFT, "shift-person": cast.lena.pk}
    )
    assert answer.status_code == 422
    assert not CoverageShift.objects.exists()


def test_only_marked_hours_of_this_desk_are_removed(cast: Cast, signed_in: SignIn) -> None:
    actions.set_coverage(
        actor=cast.ada,
        organization=cast.school_a,
        rows=[actions.ShiftRow(cast.rosa.pk, day, 420, 900) for day in (0, 1)],
    )
    actions.set_coverage(
        actor=cast.ada, organization=cast.school_b, rows=[actions.ShiftRow(cast.lena.pk, 0, 420, 900)]
    )
    mine, other = (
        CoverageShift.objects.get(person=cast.rosa, weekday=0),
        CoverageShift.objects.get(person=cast.lena),
    )
    page = signed_in(cast.tess).get(f"{base(cast.school_a)}?remove=1").content.decode()
    assert f'value="{mine.pk}"' in page
    signed_in(cast.tess).post(f"{base(cast.school_a)}shifts/remove/", {"shift": [mine.pk, other.pk]})
    assert set(CoverageShift.objects.values_list("person", "weekday")) == {
        (cast.rosa.pk, 1),
        (cast.lena.pk, 0),
    }


def test_an_absence_opens_a_gap_that_is_said_in_words(cast: Cast, signed_in: SignIn) -> None:
    with time_machine.travel(MONDAY, tick=False), clock_at(MONDAY):
        rows = [actions.ShiftRow(cast.rosa.pk, day, 0, 1440) for day in range(7)]
        actions.set_coverage(actor=cast.ada, organization=cast.school_a, rows=rows)
        tess = signed_in(cast.tess)
        assert "Somebody reads at every hour" in tess.get(base(cast.school_a)).content.decode()
        tess.post(
            f"{base(cast.school_a)}absences/add/",
            {
                "absence-person": cast.rosa.pk,
                "absence-first_day": "2026-11-25",
                "absence-last_day": "2026-11-25",
            },
        )
        page = tess.get(base(cast.school_a)).content.decode()
        assert (
            "Nobody reads for 24 hours of the next 14 days: from Wednesday, midnight to Thursday, midnight."
            in page
        )
        absence = Absence.objects.get()
        assert (
            signed_in(cast.lena).post(f"{base(cast.school_a)}absences/{absence.pk}/remove/").status_code
            == 404
        )
        assert (
            signed_in(cast.paul).post(f"{base(cast.school_b)}absences/{absence.pk}/remove/").status_code
            == 404
        )
        tess.post(f"{base(cast.school_a)}absences/{absence.pk}/remove/")
        assert queries.coverage_gaps_at([cast.school_a])[cast.school_a.pk] == []


def test_a_school_shows_the_districts_holidays_and_cannot_remove_them(cast: Cast, signed_in: SignIn) -> None:
    day = datetime(2026, 12, 21, tzinfo=UTC).date()
    with clock_at(MONDAY):
        holiday = actions.add_holiday(
            actor=cast.ivy, organization=cast.district, first_day=day, last_day=day, name="Winter break"
        )
        dana = signed_in(cast.dana)
        assert "Winter break" in dana.get(base(cast.school_a)).content.decode()
        assert dana.post(f"{base(cast.school_a)}holidays/{holiday.pk}/remove/").status_code == 404
    assert Holiday.objects.exists()


def test_days_out_of_order_are_sent_back(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.dana).post(
        f"{base(cast.school_a)}holidays/add/",
        {"holiday-name": "Break", "holiday-first_day": "2026-12-22", "holiday-last_day": "2026-12-21"},
    )
    assert answer.status_code == 422
    assert "The last day comes before the first." in answer.content.decode()
    assert not Holiday.objects.exists()


def test_the_safety_lead_names_who_takes_reports_about_the_district(cast: Cast, signed_in: SignIn) -> None:
    signed_in(cast.ivy).post(f"{base(cast.district)}alternate/", {"alternate-person": cast.nia.pk})
    assert queries.alternate_of(cast.district) == cast.nia


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_life_reaches_is_refused_beside_its_field(
    cast: Cast, signed_in: SignIn, day: str
) -> None:
    absence = {"absence-person": cast.rosa.pk, "absence-first_day": day, "absence-last_day": day}
    answer = signed_in(cast.tess).post(f"{base(cast.school_a)}absences/add/", absence)
    assert answer.status_code == 422
    assert "Look at the year" in answer.content.decode()
