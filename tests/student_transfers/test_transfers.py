"""threat-assessment.md F7: what a prior school knows about safety is asked for by name, rings until it is
answered, and nothing is complete before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.reporting.acts import everything_in_the_database
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.student_transfers import content_loader as content
from security_center.student_transfers.actions import records_request
from security_center.student_transfers.models import Transfer
from security_center.threat_assessment.actions import reported_concerns, state_transitions
from security_center.threat_assessment.models import Case

SignIn = Callable[..., Client]
SAFETY = [key for key, one in content.transfer_items().items() if one.safety]


def begun(team: Team, by: Person | None = None, **more: Any) -> Transfer:
    given = {"student": "Marker-Name Jordan Lee", "prior_school": "Marker-School High", **more}
    return records_request.begin_transfer(actor=by or team.tess, school=team.valley.school, **given)


def answered(team: Team, row: Transfer, key: str, answer: str = "none_exists", **more: str) -> None:
    records_request.answer_item(
        actor=team.tess, transfer=row, key=key, answer=answer, who="Ms. Grant, counselor", **more
    )


def test_nobody_begins_or_reads_a_transfer_who_need_not(team: Team, signed_in: SignIn) -> None:
    cast = team.valley.cast
    for person in (team.sam, cast.lena, cast.tess_elsewhere, cast.omar, cast.aud):
        with pytest.raises(NotAllowed):
            begun(team, person)
    row = begun(team)
    for person in (cast.rosa, cast.ben, cast.sam, cast.lena, cast.tess_elsewhere, cast.omar):
        with pytest.raises(NotAllowed):
            records_request.look_at_transfer(actor=person, transfer=row)
        with pytest.raises(NotAllowed):
            records_request.answer_item(actor=person, transfer=row, key=SAFETY[0], answer="no", who="Me")
        assert signed_in(person).get(row.path).status_code == 404
    records_request.look_at_transfer(actor=cast.ivy, transfer=row)
    assert "transfer.read" in [entry.verb for entry in entries_about(row.thing)]
    assert b"Marker-" not in everything_in_the_database()


def test_f07_transfer_checklist_is_not_complete_until_each_safety_record_is_answered(team: Team) -> None:
    row = begun(team)
    assert {
        "prior_btam",
        "discipline",
        "police_contacts",
        "safety_plans",
        "court_orders",
        "expulsion",
    } <= set(SAFETY)
    with pytest.raises(records_request.SafetyUnanswered) as refused:
        records_request.complete_transfer(actor=team.tess, transfer=row)
    assert refused.value.missing == SAFETY
    for key in SAFETY[1:]:
        answered(team, row, key)
    answered(team, row, SAFETY[0], "asked")
    with pytest.raises(records_request.SafetyUnanswered) as refused:
        records_request.complete_transfer(actor=team.tess, transfer=row)
    assert refused.value.missing == SAFETY[:1], "asked is not answered"
    answered(team, row, SAFETY[0], "yes", note="Two, both closed.")
    done = records_request.complete_transfer(actor=team.tess, transfer=row)
    assert done.completed_at is not None
    assert not open_about(row.thing).exists()
    with pytest.raises(state_transitions.NotATransition):
        answered(team, row, SAFETY[0])


def test_f07_transfer_each_record_that_is_not_answered_rings_on_by_itself(team: Team) -> None:
    row = begun(team)
    assert open_about(row.thing, "transfer.item").count() == len(SAFETY)
    for key in SAFETY[1:]:
        answered(team, row, key)
    owed = open_about(row.thing, "transfer.item").get()
    assert owed.path == f"{row.path}{SAFETY[0]}/"
    assert owed.due_at > team.valley.at + timedelta(days=2)
    team.valley.pass_time(days=9)
    team.valley.ring()
    told = {person.name for step in owed.steps.all() for person in step.told.all()}
    assert {"Tess Moran", "Dana Price", "Nia Ward", "Omar Reyes"} <= told


def test_an_answer_names_who_gave_it(team: Team) -> None:
    row = begun(team)
    with pytest.raises(records_request.WhoAnswered):
        records_request.answer_item(
            actor=team.tess, transfer=row, key=SAFETY[0], answer="none_exists", who=" "
        )
    with pytest.raises(state_transitions.NotATransition):
        records_request.answer_item(
            actor=team.tess, transfer=row, key=SAFETY[0], answer="maybe", who="Ms. Grant"
        )
    for missing in ("student", "prior_school"):
        with pytest.raises(reported_concerns.NothingSaid):
            begun(team, **{missing: " "})


def test_f07_transfer_of_a_name_that_the_district_knows_is_told_to_the_district(team: Team) -> None:
    team.open(subject_name="Jordan Lee")
    row = begun(team, student="Jordan Li")
    team.valley.ring()
    owed = open_about(row.thing, "case.warned_again").get()
    assert {"Nia Ward", "Ivy Chen"} <= {
        person.name for step in owed.steps.all() for person in step.told.all()
    }


def test_a_school_does_not_learn_from_a_name_that_another_school_has_a_case(
    team: Team, signed_in: SignIn
) -> None:
    cast = team.valley.cast
    team.open(subject_name="Jordan Lee")
    row = records_request.begin_transfer(
        actor=cast.paul, school=cast.school_b, student="Jordan Li", prior_school="Elm"
    )
    team.valley.ring()
    owed = open_about(row.thing, "case.warned_again").get()
    assert {person.name for step in owed.steps.all() for person in step.told.all()} == {
        "Nia Ward",
        "Ivy Chen",
    }
    paul, ivy = signed_in(cast.paul), signed_in(cast.ivy)
    assert "may be about a student of this name" not in words(paul.get(row.path))
    assert "may be about a student of this name" in words(ivy.get(row.path))


def test_a_case_is_opened_from_the_first_day_and_that_it_is_the_student_is_said_by_a_person(
    team: Team,
) -> None:
    row = begun(team)
    given: dict[str, Any] = {
        "concern": "Expelled for a knife.",
        "lead": team.tess,
        "disciplines": ["administration"],
    }
    case = records_request.open_from_transfer(actor=team.tess, transfer=row, **given)
    assert case.origin == Case.Origin.TRANSFER
    assert not case.known_subject
    row.refresh_from_db()
    with pytest.raises(state_transitions.NotATransition):
        records_request.open_from_transfer(actor=team.tess, transfer=row, **given)
    assert open_about(row.thing, "transfer.item").exists(), "what is not answered goes on ringing"


def test_the_pages_show_an_expulsion_on_top_and_refuse_in_words(team: Team, signed_in: SignIn) -> None:
    tess = signed_in(team.tess)
    refused = words(
        tess.post("/cases/transfers/new/", {"transfer-student": "Marker-Kept", "transfer-prior_school": ""})
    )
    assert "Marker-Kept" in refused
    page = words(
        tess.post(
            "/cases/transfers/new/",
            {"transfer-student": "Jordan Lee", "transfer-prior_school": "Lakeside"},
            follow=True,
        )
    )
    assert "Safety records that are not answered for yet" in page
    row = Transfer.objects.get()
    assert "Safety records are not answered for yet" in words(tess.post(f"{row.path}complete/", follow=True))
    who = {"item-answer": "yes", "item-who": "", "item-note": "Marker-Expelled for a knife"}
    assert "Write who at the other school said so." in words(tess.post(f"{row.path}expulsion/", who))
    tess.post(f"{row.path}expulsion/", {**who, "item-who": "Ms. Grant"})
    page = words(tess.get(row.path))
    assert page.index("Marker-Expelled") < page.index("Safety records that are not answered for yet")
    listed = words(tess.get("/cases/transfers/"))
    assert "expulsion" in listed
    assert "Jordan Lee" not in listed
    form = {
        "make-concern": "He was expelled.",
        "make-lead": team.tess.pk,
        "make-disciplines": ["administration"],
    }
    assert "The case is open." in words(tess.post(f"{row.path}open/", form, follow=True))
