"""Training records: who may see and enter them, when they count, what runs out, and who is kept from teams
without one."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.reporting.acts import Valley, everything_in_the_database, valley  # noqa: F401 - the fixture

from security_center.foundation.duties.models import Duty, DutyStep
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.policies import NotAllowed
from security_center.prevention.doctrine.assessment import training_kinds
from security_center.training import actions as training_actions
from security_center.training import queries, receivers, tasks, trained
from security_center.training.models import TrainingRecord
from security_center.training.trained import Standing
from security_center.training.training_rows import parse_trainings

SignIn = Callable[[Person], Client]
TODAY = date(2026, 11, 24)


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def enter(
    valley: Valley,  # noqa: F811
    *those: Person,
    kind: str = "team",
    on: date = TODAY,
    **more: Any,
) -> list[TrainingRecord]:
    return training_actions.enter_training(
        actor=None, place=valley.school, kind=kind, trained_on=on, people=those, **more
    )


# --- who may not
# ------------------------------------------------------------------------------------------------


def test_another_districts_trainings_are_not_there_and_readers_see_none(
    valley: Valley,  # noqa: F811
    signed_in: SignIn,
) -> None:
    there = f"/training/{valley.school.slug}/"
    for who in ("tess_elsewhere", "ivy_elsewhere", "omar_elsewhere", "ada_elsewhere"):
        for part in ("", "of/team/", "of/team/add/", "of/team/paste/"):
            assert signed_in(valley.cast.everyone[who]).get(f"{there}{part}").status_code == 404, (who, part)
    for who in ("rosa", "ben", "sam"):
        for part in ("", "of/reporting/", "of/team/add/"):
            assert signed_in(valley.cast.everyone[who]).get(f"{there}{part}").status_code == 403, (who, part)
        own = signed_in(valley.cast.everyone[who]).get(f"{there}of/team/").content.decode()
        assert "Your training" in own, "of the training for the team they see their own line"
        assert not any(other.name in own for other in (valley.cast.nia, valley.cast.ivy)), who


def test_who_sees_may_not_enter_and_a_school_may_not_switch_the_rule(
    valley: Valley,  # noqa: F811
    signed_in: SignIn,
) -> None:
    for who in ("omar", "aud"):
        assert (
            signed_in(valley.cast.everyone[who])
            .get(f"/training/{valley.school.slug}/of/team/add/")
            .status_code
            == 403
        ), who
    assert signed_in(valley.cast.tess).get(
        f"/training/{valley.cast.district.slug}/required/"
    ).status_code in {403, 404}
    with pytest.raises(NotAllowed):
        training_actions.require_training(
            actor=valley.cast.tess, district=valley.cast.district, required_from=TODAY
        )
    with pytest.raises(training_actions.TrainingFault):
        training_actions.require_training(actor=None, district=valley.school, required_from=TODAY)


def test_names_of_staff_groups_and_trainers_are_nowhere_in_clear(valley: Valley) -> None:  # noqa: F811
    group = training_actions.Group("Marker-Group", 3, 4)
    enter(valley, kind="reporting", staff=["Marker-Staff"], trainer="Marker-Trainer", group=group)
    assert b"Marker-" not in everything_in_the_database()


# --- when it counts
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "until"),
    [("2026-01-31", "2027-01-30"), ("2024-02-29", "2025-02-27"), ("2025-12-01", "2026-11-30")],
)
def test_a_training_counts_for_its_months(on: str, until: str) -> None:
    assert trained.expiry(training_kinds()["team"], date.fromisoformat(on)) == date.fromisoformat(until)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-1, Standing.EXPIRED),
        (0, Standing.IN_30_DAYS),
        (30, Standing.IN_30_DAYS),
        (31, Standing.IN_60_DAYS),
        (61, Standing.CURRENT),
    ],
)
def test_how_somebody_stands_follows_from_the_day_alone(days: int, expected: Standing) -> None:
    assert trained.standing(TODAY + timedelta(days=days), TODAY) is expected
    assert trained.standing(None, TODAY) is Standing.NEVER


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "team", "on": TODAY + timedelta(days=1)},
        {"kind": "team", "on": date(2019, 1, 1)},
        {"kind": "unknown"},
        {"kind": "team", "group": training_actions.Group("All", 1, 1)},
        {"kind": "students", "staff": ["Kim Roe"]},
        {"kind": "students", "group": training_actions.Group("Grade 7", 9, 8)},
    ],
)
def test_what_cannot_be_is_not_entered(valley: Valley, fields: dict[str, Any]) -> None:  # noqa: F811
    those = [valley.cast.tess] if fields["kind"] in {"team", "unknown"} else []
    with pytest.raises(training_actions.TrainingFault):
        enter(valley, *those, **fields)
    assert not TrainingRecord.objects.exists()


# --- threat-assessment.md F1
# -----------------------------------------------------------------------------------------


def test_f01_training_that_runs_out_rings_for_the_person_the_lead_and_the_superintendent(
    valley: Valley,  # noqa: F811
    signed_in: SignIn,
) -> None:
    """Oxford 2021: a policy existed, and staff were neither told nor trained. Nobody noticed."""
    cast = valley.cast
    enter(valley, cast.tess, cast.dana, cast.rosa, cast.sam)
    enter(valley, cast.ben, on=date(2025, 12, 10))  # counts until 2026-12-09
    training_actions.require_training(actor=cast.ivy, district=cast.district, required_from=TODAY)
    tasks.ask_for_trainings()
    tasks.ask_for_trainings()
    duty = Duty.objects.open().get(thing=training_actions.thing_of(cast.ben))
    assert duty.holder == cast.ben
    page = signed_in(cast.ben).get(duty.path).content.decode()
    assert "Dec. 9, 2026" in page, "what rings somebody shows them their own line"
    assert "Tess Moran" in page
    assert "Rosa Ortiz" not in page
    assert not Duty.objects.open().filter(thing=training_actions.thing_of(cast.tess)).exists()
    valley.ring()
    assert _told(duty) == {"Ben Cole"}
    valley.pass_time(days=9)
    valley.ring()
    assert _told(duty) == {"Ben Cole", "Tess Moran"}
    valley.pass_time(days=8)
    valley.ring()
    assert _told(duty) == {"Ben Cole", "Tess Moran", "Omar Reyes"}
    enter(valley, cast.ben, on=valley.at.date())
    assert not Duty.objects.open().filter(pk=duty.pk).exists()


def _told(duty: Duty) -> set[str]:
    return {person.name for step in DutyStep.objects.filter(duty=duty) for person in step.told.all()}


def test_f01_training_is_asked_of_a_team_lead_once_the_district_asks_for_it(valley: Valley) -> None:  # noqa: F811
    cast = valley.cast
    person = people.add_person(
        actor=cast.ada, organization=cast.school_a, name="Uma Hall", email="uma.hall@maple.example.org"
    )
    training_actions.require_training(
        actor=cast.ivy, district=cast.district, required_from=TODAY + timedelta(days=1)
    )
    # The grace has not ended
    people.assign_role(actor=cast.ada, person=person, organization=cast.school_b, role=Role.TEAM_LEAD)
    valley.pass_time(days=1)
    with pytest.raises(receivers.NotTrained):
        people.assign_role(actor=cast.ada, person=person, organization=cast.school_a, role=Role.TEAM_LEAD)
    enter(valley, person)
    people.assign_role(actor=cast.ada, person=person, organization=cast.school_a, role=Role.TEAM_LEAD)


def test_a_district_that_does_not_ask_for_training_rings_for_nobody_and_refuses_nobody(
    valley: Valley,  # noqa: F811
) -> None:
    assert tasks.ask_for_trainings() == 0
    assert not trained.refuses(valley.cast.ben, valley.school)
    assert valley.cast.ben in trained.untrained([valley.cast.ben], valley.school)


def test_whoever_leaves_owes_no_training(valley: Valley) -> None:  # noqa: F811
    cast = valley.cast
    training_actions.require_training(actor=cast.ivy, district=cast.district, required_from=TODAY)
    tasks.ask_for_trainings()
    people.leave(actor=cast.ada, person=cast.ben)
    assert not Duty.objects.open().filter(thing=training_actions.thing_of(cast.ben)).exists()


# --- pages
# ------------------------------------------------------------------------------------------------


def test_each_number_opens_what_it_counts(valley: Valley, signed_in: SignIn) -> None:  # noqa: F811
    cast = valley.cast
    enter(valley, cast.tess)
    enter(valley, cast.ben, on=date(2025, 6, 1))
    client = signed_in(cast.omar)
    page = words(client.get("/training/"))
    assert ("1 of 5 people" in page, "1 has run out" in page) == (True, True)
    listed = words(client.get(f"/training/{valley.school.slug}/of/team/?show=expired"))
    assert ("Ben Cole" in listed, "Tess Moran" in listed) == (True, False)
    never = words(client.get(f"/training/{valley.school.slug}/of/team/?show=never"))
    assert "Dana Price" in never
    cell = next(one for one in queries.coverage([valley.school])[0].cells if one.kind.team)
    assert (cell.counting, cell.counts[Standing.EXPIRED], cell.counts[Standing.NEVER]) == (1, 1, 3)


def test_a_training_is_entered_for_people_staff_and_a_group_and_can_be_withdrawn(
    valley: Valley,  # noqa: F811
    signed_in: SignIn,
) -> None:
    client, there = signed_in(valley.cast.tess), f"/training/{valley.school.slug}/of/reporting/"
    given = {
        "people": [str(valley.cast.ben.pk)],
        "staff": "Kim Roe\nAlex Poe",
        "group": "All coaches",
        "trained": "4",
        "out_of": "6",
        "trained_on": "2026-09-01",
        "trainer": "The district",
    }
    assert client.post(f"{there}add/", {**given, "out_of": "3"}).status_code == 422
    assert client.post(f"{there}add/", {**given, "people": [], "staff": "", "group": ""}).status_code == 422
    client.post(f"{there}add/", given)
    page = words(client.get(there))
    assert all(
        text in page for text in ("Ben Cole", "Kim Roe", "Alex Poe", "All coaches", "4 of 6", "The district")
    )
    assert "training.read" in [
        entry.verb for entry in entries_about(training_actions.register_thing(valley.school))
    ]
    row = TrainingRecord.objects.get(of="group")
    client.post(f"/training/{valley.school.slug}/withdraw/{row.uuid}/")
    assert "All coaches" not in words(client.get(there))


def test_pasted_rows_are_taken_whole_or_not_at_all(valley: Valley, signed_in: SignIn) -> None:  # noqa: F811
    client, there = signed_in(valley.cast.tess), f"/training/{valley.school.slug}/of/reporting/"
    wrong = client.post(f"{there}paste/", {"rows": "Kim Roe\t2026-09-01\nAlex Poe\tsoon", "day": ""})
    assert wrong.status_code == 422
    assert "Line 2:" in words(wrong)
    assert not TrainingRecord.objects.exists()
    client.post(
        f"{there}paste/",
        {
            "rows": "name,date,e-mail\nBen,09/01/2026,ben.cole@maple.example.org\nKim Roe,,",
            "day": "2026-10-01",
        },
    )
    found = {(row.person, row.trained_on.isoformat()) for row in TrainingRecord.objects.all()}
    assert found == {
        (valley.cast.ben, "2026-09-01"),
        (None, "2026-10-01"),
    }


def test_rows_without_a_name_or_a_day_say_what_to_do() -> None:
    assert [
        fault.line for fault in parse_trainings("Kim Roe,2026-09-01\n,2026-09-01\nAlex Poe,never").faults
    ] == [2, 3]
    assert parse_trainings("").faults[0].line == 0


def test_the_rule_is_switched_on_with_a_day_and_off_again(valley: Valley, signed_in: SignIn) -> None:  # noqa: F811
    client, there = signed_in(valley.cast.ivy), f"/training/{valley.cast.district.slug}/required/"
    assert client.post(there, {"required_from": ""}).status_code == 422
    client.post(there, {"required_from": "2026-11-24"})
    assert trained.refuses(valley.cast.ben, valley.school)
    client.post(there, {"off": "1"})
    assert trained.rule_of(valley.school) is None
