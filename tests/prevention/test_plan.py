"""The plan, the calendar and what is published of them. Who may not comes first."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.reporting.acts import Valley, every_hour

from security_center.foundation.ledger.models import Entry
from security_center.foundation.notifications.actions import confirm_test_alert, send_test_alert
from security_center.foundation.notifications.tokens import token_of
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.prevention import actions, queries, tasks
from security_center.prevention.actions import faults
from security_center.prevention.models import Plan, PublishedForm

Act = Callable[[Person, Valley], Any]
PLAN_ACTS: dict[str, Act] = {
    "adopt": lambda actor, valley: actions.adopt_plan(actor=actor, organization=valley.school),
    "alternate": lambda actor, valley: actions.set_alternate(
        actor=actor, organization=valley.school, person=valley.cast.ivy
    ),
}
CALENDAR_ACTS: dict[str, Act] = {
    "coverage": lambda actor, valley: actions.set_coverage(actor=actor, organization=valley.school, rows=[]),
    "holiday": lambda actor, valley: actions.add_holiday(
        actor=actor,
        organization=valley.school,
        first_day=date(2026, 12, 1),
        last_day=date(2026, 12, 1),
        name="Snow",
    ),
    "absence of another": lambda actor, valley: actions.add_absence(
        actor=actor,
        organization=valley.school,
        person=valley.cast.ben,
        starts_at=valley.at,
        ends_at=valley.at + timedelta(hours=1),
    ),
}


@pytest.mark.parametrize("name", PLAN_ACTS)
def test_the_plan_is_changed_by_the_safety_lead_and_the_administrator_and_nobody_else(
    valley: Valley, name: str
) -> None:
    for who in ("rosa", "dana", "tess", "nia", "omar", "aud", "lena", "ada_elsewhere", "ivy_elsewhere"):
        with pytest.raises(NotAllowed):
            PLAN_ACTS[name](getattr(valley.cast, who), valley)
    for who in ("ivy", "ada"):
        PLAN_ACTS[name](getattr(valley.cast, who), valley)


@pytest.mark.parametrize("name", CALENDAR_ACTS)
def test_the_calendar_is_kept_by_those_who_answer_for_it_and_nobody_else(valley: Valley, name: str) -> None:
    for who in ("rosa", "sam", "nia", "omar", "aud", "lena", "paul", "dana_elsewhere", "ada_elsewhere"):
        with pytest.raises(NotAllowed):
            CALENDAR_ACTS[name](getattr(valley.cast, who), valley)
    for who in ("dana", "tess", "ivy", "ada"):
        CALENDAR_ACTS[name](getattr(valley.cast, who), valley)


def test_anybody_marks_their_own_absence(valley: Valley) -> None:
    actions.add_absence(
        actor=valley.cast.rosa,
        organization=valley.school,
        person=valley.cast.rosa,
        starts_at=valley.at,
        ends_at=valley.at + timedelta(1),
    )


def test_only_somebody_who_reads_there_stands_in_a_calendar_or_as_alternate(valley: Valley) -> None:
    for person in (valley.cast.lena, valley.cast.omar, valley.cast.ada, valley.cast.rosa_elsewhere):
        with pytest.raises(faults.NotAReader):
            actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(person))
        with pytest.raises(faults.NotAReader):
            actions.set_alternate(actor=None, organization=valley.school, person=person)
    assert len(queries.readers_in_calendar(valley.school)) == 3


@pytest.mark.parametrize(
    "shift", [(7, 0, 60, 1), (0, 1440, 60, 1), (0, 0, 1441, 1), (0, 0, 60, 0), (-1, 0, 60, 1)]
)
def test_a_shift_out_of_range_changes_nothing(valley: Valley, shift: tuple[int, int, int, int]) -> None:
    with pytest.raises(faults.ShiftOutOfRange):
        actions.set_coverage(
            actor=None, organization=valley.school, rows=[actions.ShiftRow(valley.cast.rosa.pk, *shift)]
        )
    assert queries.coverage_gaps_at([valley.school])[valley.school.pk] == []


def test_a_shift_over_midnight_is_two_stretches(valley: Valley) -> None:
    rows = [actions.ShiftRow(valley.cast.rosa.pk, 6, 22 * 60, 6 * 60)]
    actions.set_coverage(actor=None, organization=valley.school, rows=rows)
    found = valley.school.coverage_shifts.order_by("weekday").values_list(
        "weekday", "starts_minute", "ends_minute"
    )
    assert list(found) == [(0, 0, 360), (6, 1320, 1440)]


# --- versions
# ------------------------------------------------------------------------------------------------


def test_each_adoption_is_a_version_and_what_was_not_chosen_stays(valley: Valley) -> None:
    district = valley.cast.district
    actions.adopt_plan(actor=valley.cast.ivy, organization=district, retention_days=100, languages=["en"])
    newest = actions.adopt_plan(actor=valley.cast.ivy, organization=district, other_line_name="Safe Line")
    assert (newest.version, newest.retention_days, newest.languages, newest.adopted_by) == (
        3,
        100,
        ["en"],
        valley.cast.ivy,
    )
    assert list(
        Plan.objects.filter(organization=district).order_by("version").values_list("state", flat=True)
    ) == [
        "superseded",
        "superseded",
        "adopted",
    ]
    assert Entry.objects.filter(verb="plan.adopted", organization_id=district.pk).count() == 3


def test_a_school_works_by_its_own_plan_else_by_its_districts(valley: Valley) -> None:
    assert queries.adopted_plan(valley.school).organization == valley.cast.district  # type: ignore[union-attr]
    own = actions.adopt_plan(actor=None, organization=valley.school)
    assert queries.adopted_plan(valley.school) == own


@pytest.mark.parametrize(
    ("choices", "fault"),
    [
        ({"stricter_urgencies": {"planned_attack": "U2"}}, faults.SofterUrgency),
        ({"stricter_urgencies": {"made_up": "U1"}}, faults.UnknownCategory),
        ({"hidden_categories": ["made_up"]}, faults.UnknownCategory),
        ({"retention_days": 29}, faults.RetentionTooShort),
        ({"retention_days_unfounded": 6}, faults.RetentionTooShort),
        ({"school_hours": {"0": ["half past seven", "15:30"]}}, faults.HoursNotReadable),
    ],
)
def test_a_plan_is_made_stricter_and_never_softer_or_unreadable(
    valley: Valley, choices: dict[str, Any], fault: type[faults.PlanFault]
) -> None:
    with pytest.raises(fault):
        actions.adopt_plan(actor=None, organization=valley.cast.district, **choices)
    assert Plan.objects.get(organization=valley.cast.district).version == 1


def test_a_stricter_urgency_reaches_the_next_report(valley: Valley) -> None:
    assert valley.report("A bike is gone.", category="theft_vandalism").urgency == "U4"
    actions.adopt_plan(
        actor=None, organization=valley.cast.district, stricter_urgencies={"theft_vandalism": "U2"}
    )
    assert valley.report("A bike is gone.", category="theft_vandalism").urgency == "U2"


# --- whether a form is open
# ------------------------------------------------------------------------------------------------


def prove(person: Person) -> None:
    confirm_test_alert(token=token_of(send_test_alert(actor=person, person=person)))


def test_a_form_needs_a_plan_a_reader_and_a_proof_of_each_reader(valley: Valley, settings: Any) -> None:
    settings.SSC_DEMO = False
    cast = valley.cast
    Plan.objects.all().delete()
    actions.set_coverage(actor=None, organization=valley.school, rows=[])
    assert queries.form_state(valley.school).missing == ["no_plan", "no_reader"]
    actions.adopt_plan(actor=None, organization=cast.district)
    actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(cast.rosa, cast.ben))
    prove(cast.rosa)
    state = queries.form_state(valley.school)
    # Beside one who proved it at each hour
    assert (state.open, state.missing, state.readers_without_confirmed_alert) == (True, [], [cast.ben])
    actions.set_coverage(
        actor=None, organization=valley.school, rows=[*every_hour(cast.rosa)[:6], *every_hour(cast.ben)]
    )
    state = queries.form_state(valley.school)
    assert (state.open, state.missing, state.readers_without_confirmed_alert) == (
        False,
        ["unproved_reader"],
        [cast.ben],
    )
    prove(cast.ben)
    assert queries.form_state(valley.school).open


def test_a_proof_counts_for_a_hundred_and_twenty_days_and_the_worker_shuts_the_form_after(
    valley: Valley, settings: Any
) -> None:
    settings.SSC_DEMO = False
    actions.set_coverage(actor=None, organization=valley.school, rows=every_hour(valley.cast.rosa))
    prove(valley.cast.rosa)
    actions.publish_form(organization=valley.school)
    valley.pass_time(days=119)
    tasks.publish_forms()
    assert queries.public_state(valley.school).open
    valley.pass_time(days=2)
    tasks.publish_forms()
    said = queries.public_state(valley.school)
    assert (said.open, said.form.closed_because) == (False, "unproved_reader")  # type: ignore[union-attr]


def test_what_is_published_says_nothing_about_people(valley: Valley) -> None:
    actions.set_alternate(actor=None, organization=valley.cast.district, person=valley.cast.ivy)
    forms = [
        {key: value for key, value in form.items() if key != "renewed_at"}
        for form in PublishedForm.objects.values()
    ]
    written = json.dumps(forms, default=str)
    for person in valley.cast.everyone.values():
        assert person.name not in written
        assert person.email not in written


def test_a_hidden_category_is_not_offered_and_its_report_still_finds_its_urgency(valley: Valley) -> None:
    actions.adopt_plan(actor=None, organization=valley.cast.district, hidden_categories=["theft_vandalism"])
    assert "theft_vandalism" not in PublishedForm.objects.get(organization=valley.school).categories
    assert valley.report("A bike.", category="theft_vandalism").urgency == "U4"
