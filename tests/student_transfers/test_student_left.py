"""threat-assessment.md F9: a student who is gone is not a case that is over. How contact is kept is planned,
and the team looks again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.threat_assessment.pages import seen, send, words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.student_transfers.actions import student_departure
from security_center.student_transfers.models import Departure
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import (
    case_closing,
    case_holds,
    case_opening,
    management_plan,
    state_transitions,
)
from security_center.threat_assessment.models import Case, State

SignIn = Callable[..., Client]


def kinds(case: Case) -> set[str]:
    return {duty.kind for duty in open_about(case.thing)}


def left(team: Team, case: Case, kind: str = "withdrawn") -> Departure:
    return student_departure.note_departure(
        actor=team.tess, case=case, kind=kind, note="Marker-Left: withdrawn by his aunt."
    )


def planned(team: Team, case: Case, row: Departure) -> Departure:
    due = (team.valley.at + timedelta(days=1)).date()
    return student_departure.plan_contact(
        actor=team.tess,
        case=case,
        departure=row,
        contact="Ben calls each week.",
        owner=team.ben,
        backup=team.dana,
        due_on=due,
    )


def test_nobody_outside_the_team_writes_that_a_student_left(team: Team) -> None:
    case = team.screened()
    for person in (team.valley.cast.ivy, team.valley.cast.rosa, team.valley.cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            student_departure.note_departure(actor=person, case=case, kind="withdrawn", note="Gone.")


@pytest.mark.parametrize("kind", doctrine.plan_rules().departures)
def test_f09_whatever_the_way_of_leaving_the_case_stays_open_and_two_things_are_owed(
    team: Team, kind: str
) -> None:
    case = team.screened()
    left(team, case, kind)
    case = Case.objects.get(pk=case.pk)
    assert case.state == State.ASSESSING
    assert kinds(case) == {"case.step", "case.contact", "case.left"}
    team.valley.pass_time(days=4)
    team.valley.ring()
    told = {
        one.name
        for step in open_about(case.thing, "case.contact").get().steps.all()
        for one in step.told.all()
    }
    assert {"Tess Moran", "Ben Cole", "Nia Ward"} <= told


def test_f09_a_case_does_not_close_while_nobody_has_said_how_contact_is_kept(team: Team) -> None:
    case = team.managed()
    for action in case.plan.actions.all():
        management_plan.settle_action(
            actor=team.ben, case=case, action=action, state="done", evidence="Done."
        )
    management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=14)
    row = left(team, case)
    with pytest.raises(gates.GatesUnmet) as refused:
        case_closing.ask_to_close(
            actor=team.tess, case=case, reason="resolved_support_in_place", text="He is gone."
        )
    assert [(one.gate.key, one.missing) for one in refused.value.unmet] == [
        ("departures_settled", ["contact", "look_again"])
    ]
    planned(team, case, row)
    student_departure.look_again(actor=team.ben, case=case, departure=row, text="He is alone all day now.")
    with pytest.raises(gates.GatesUnmet) as refused:
        case_closing.ask_to_close(
            actor=team.tess, case=case, reason="resolved_support_in_place", text="He is gone."
        )
    assert [one.gate.key for one in refused.value.unmet] == ["actions_settled"], (
        "keeping contact is a step of the plan now"
    )


def test_with_a_plan_contact_is_a_step_of_it_and_without_one_somebody_owes_it(team: Team) -> None:
    case = team.managed()
    planned(team, case, left(team, case))
    assert case.plan.actions.filter(option=student_departure.CONTACT_OPTION, owner=team.ben).exists()
    early = team.screened()
    row = planned(team, early, left(team, early))
    assert kinds(early) == {"case.step", "case.left", "case.action"}
    student_departure.first_contact_made(actor=team.ben, case=early, departure=row)
    student_departure.first_contact_made(actor=team.ben, case=early, departure=row)
    assert kinds(early) == {"case.step", "case.left"}


def test_each_is_said_once_in_words_and_by_two_people(team: Team) -> None:
    case = team.screened()
    with pytest.raises(state_transitions.NotATransition):
        left(team, case, "disciplined")
    with pytest.raises(state_transitions.ReasonWanted):
        student_departure.note_departure(actor=team.tess, case=case, kind="expelled", note=" ")
    row = left(team, case)
    due = team.valley.at.date()
    with pytest.raises(case_opening.CannotJoin):
        student_departure.plan_contact(
            actor=team.tess,
            case=case,
            departure=row,
            contact="I call.",
            owner=team.ben,
            backup=team.ben,
            due_on=due,
        )
    with pytest.raises(state_transitions.ReasonWanted):
        student_departure.look_again(actor=team.tess, case=case, departure=row, text=" ")
    student_departure.look_again(actor=team.tess, case=case, departure=row, text="He is alone.")
    with pytest.raises(state_transitions.NotATransition):
        student_departure.look_again(actor=team.tess, case=case, departure=row, text="He is alone.")


def test_a_leaving_ends_a_hold(team: Team) -> None:
    case = team.screened()
    case_holds.hold(actor=team.tess, case=case, reason="His mother is away.", days=2)
    left(team, case)
    assert Case.objects.get(pk=case.pk).held_until is None


def test_the_pages_lead_from_the_leaving_to_what_it_asks_for(team: Team, signed_in: SignIn) -> None:
    case, tess = team.managed(), signed_in(team.tess)
    assert "Choose how." in words(send(tess, case, "student-left/", "left", note="Gone."))
    page = words(send(tess, case, "student-left/", "left", kind="suspended", note="Marker-Left."))
    assert "Marker-Left." in page
    assert "The student left. How contact is kept" in seen(tess, case)
    row = case.departures.get()
    place = f"student-left/{row.uuid}/"
    twice = words(
        send(
            tess,
            case,
            place,
            "contact",
            contact="Marker-Contact",
            owner=team.ben.pk,
            backup=team.ben.pk,
            due_on="2026-11-30",
        )
    )
    assert "one of the two may be away" in twice
    assert "Marker-Contact" in twice
    send(
        tess,
        case,
        place,
        "contact",
        contact="Ben calls.",
        owner=team.ben.pk,
        backup=team.dana.pk,
        due_on="2026-11-30",
    )
    assert "Marker-Again" in words(send(tess, case, f"{place}again/", "again", text="Marker-Again."))
    assert not kinds(case) & {"case.contact", "case.left"}


def test_a_leaving_that_is_pressed_twice_on_one_page_is_one(team: Team, signed_in: SignIn) -> None:
    case, tess = team.open(), signed_in(team.tess)
    for page in ("one", "one", "another"):
        body = urlencode(
            {"csrfmiddlewaretoken": page, "left-kind": "suspended", "left-note": "Gone since this morning."}
        )
        answer = tess.post(
            f"/cases/{case.number}/student-left/",
            body,
            content_type="application/x-www-form-urlencoded",
            follow=True,
        )
        assert answer.status_code == 200
    assert Departure.objects.filter(case=case).count() == 2
