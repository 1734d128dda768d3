"""Whoever leaves a team, or loses the role, leaves no step without somebody who does it, and is asked for
nothing that they may not read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person, RoleAssignment
from security_center.foundation.organizations.policies import NotAllowed, forget
from security_center.student_transfers.actions import student_departure
from security_center.team_meetings.actions import decisions, meetings
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies, tasks
from security_center.threat_assessment.actions import case_opening, management_plan, reported_concerns
from security_center.threat_assessment.models import Action, Case, State

SignIn = Callable[..., Client]
DAILY = next(
    key
    for key, one in doctrine.plan_options().items()
    if one.daily_confirmation and not one.needs_trained_owner
)


def verbs(case: Case) -> list[str]:
    return [entry.verb for entry in entries_about(case.thing)]


def daily(team: Team, case: Case, owner: Person, backup: Person) -> Action:
    due = team.valley.at.date() + timedelta(days=30)
    return management_plan.add_action(
        actor=team.tess,
        case=case,
        option=DAILY,
        what="Marker-Do: greet him.",
        owner=owner,
        backup=backup,
        due_on=due,
    )


def end_roles(team: Team, person: Person) -> None:
    for row in RoleAssignment.objects.filter(person=person, ends_at__isnull=True):
        people.end_role(actor=team.valley.cast.ada, assignment=row)
    forget(person)


# --- who may not
# ------------------------------------------------------------------------------------------------


def test_a_step_that_is_over_or_of_a_closed_case_opens_nothing_to_whoever_did_it(
    team: Team, signed_in: SignIn
) -> None:
    case, rosa = team.managed(), team.valley.cast.rosa
    row = daily(team, case, rosa, team.ben)
    assert policies.does_step(rosa, row, case)
    Case.objects.filter(pk=case.pk).update(
        state=State.CLOSED, closed_at=team.valley.at, close_reason="resolved_support_in_place"
    )
    for act in (management_plan.read_instructions, management_plan.confirm_today):
        with pytest.raises(NotAllowed):
            act(actor=rosa, case=case, action=row)  # type: ignore[operator]  # the case in hand is older than its closing
    Case.objects.filter(pk=case.pk).update(state=State.MONITORING, closed_at=None, close_reason="")
    management_plan.settle_action(actor=team.tess, case=case, action=row, state="done", evidence="Done.")
    with pytest.raises(NotAllowed):
        management_plan.read_instructions(actor=rosa, case=case, action=row)
    client = signed_in(rosa)
    team.valley.stack.close()
    assert client.get(f"{case.path}plan/actions/{row.pk}/").status_code == 404


def test_nobody_but_whoever_keeps_contact_reads_how_and_says_that_it_was_made(
    team: Team, signed_in: SignIn
) -> None:
    case, cast = team.screened(), team.valley.cast
    left = student_departure.note_departure(
        actor=team.tess, case=case, kind="suspended", note="Marker-Note: for a week."
    )
    due = team.valley.at.date() + timedelta(days=1)
    student_departure.plan_contact(
        actor=team.tess,
        case=case,
        departure=left,
        contact="Marker-Call: each day.",
        owner=cast.rosa,
        backup=team.ben,
        due_on=due,
    )
    for person in (cast.lena, cast.sam, cast.ivy, cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            student_departure.read_contact(actor=person, case=case, departure=left)
        with pytest.raises(NotAllowed):
            student_departure.first_contact_made(actor=person, case=case, departure=left)
    rosa, lena = signed_in(cast.rosa), signed_in(cast.lena)
    team.valley.stack.close()
    place = f"{case.path}student-left/{left.uuid}/"
    assert lena.get(place).status_code == 404
    sheet = words(rosa.get(place))
    assert "Marker-Call" in sheet
    for kept in ("Marker-Note", "Marker-Concern"):
        assert kept not in sheet
    assert "case.instructions_read" in verbs(case)
    rosa.post(place)
    assert not open_about(case.thing, "case.action").exists()


# --- what goes on
# ------------------------------------------------------------------------------------------------


def test_steps_of_whoever_leaves_the_team_go_to_who_stood_in_then_to_the_lead_and_both_hear_it(
    team: Team,
) -> None:
    case = team.managed()
    row = daily(team, case, team.ben, team.dana)
    meeting = meetings.call_meeting(actor=team.tess, place=team.valley.school, starts_at=team.valley.at)
    decided = decisions.decide(
        actor=team.tess, meeting=meeting, case=case, what="Ask.", owner=team.ben, due_on=team.valley.at.date()
    )
    tasks.ask_for_daily_steps()
    assert {duty.holder for duty in open_about(case.thing, "case.daily")} == {team.ben}
    Message.objects.all().delete()
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    row.refresh_from_db()
    decided.refresh_from_db()
    assert (row.owner, row.backup) == (team.dana, team.tess)
    assert decided.owner == open_about(decided.thing).get().holder == team.tess
    assert {duty.holder for duty in open_about(case.thing, "case.daily")} == {team.dana}
    assert not [duty for duty in open_about(case.thing) if duty.holder in {team.ben, None}]
    assert verbs(case).count("case.action_passed_on") == 2, "the weekly step went along"
    assert Message.objects.filter(person=team.dana, kind="case.action").exists()
    assert Message.objects.filter(person=team.tess, kind="case.action").exists()
    case_opening.leave_team(actor=team.tess, case=case, person=team.dana)
    row.refresh_from_db()
    assert row.owner == team.tess
    assert row.backup not in {team.tess, team.ben, team.dana}, "the school's next in line stands in"


def test_a_view_that_was_asked_of_whoever_left_is_asked_of_nobody_else(team: Team) -> None:
    from tests.threat_assessment.team import TEXTS

    from security_center.threat_assessment.actions import judgement_signing

    case = team.inquired()
    judgement_signing.judge(actor=team.tess, case=case, conclusion="needs_support", level="", **TEXTS)
    case_opening.leave_team(actor=team.tess, case=case, person=team.dana)
    assert {duty.holder for duty in open_about(case.thing, "case.sign")} == {team.ben}


@pytest.mark.parametrize("on_the_team", [True, False])
def test_whoever_loses_the_role_is_asked_for_no_daily_step(team: Team, on_the_team: bool) -> None:
    case, cast = team.managed(), team.valley.cast
    owner: Any = team.ben if on_the_team else cast.rosa
    row = daily(team, case, owner, team.dana)
    end_roles(team, owner)
    row.refresh_from_db()
    assert (row.owner, row.backup) == (team.dana, team.tess)
    team.valley.set_clock(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    tasks.ask_for_daily_steps()
    assert {duty.holder for duty in open_about(case.thing, "case.daily")} == {team.dana}


def test_a_role_that_ends_by_the_clock_is_not_asked_either(team: Team) -> None:
    case = team.managed()
    daily(team, case, team.valley.cast.rosa, team.dana)
    RoleAssignment.objects.filter(person=team.valley.cast.rosa).update(
        ends_at=team.valley.at + timedelta(hours=1)
    )
    team.valley.set_clock(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    tasks.ask_for_daily_steps()
    assert {duty.holder for duty in open_about(case.thing, "case.daily")} == {team.dana}


def test_a_closed_case_that_owes_a_family_an_answer_gets_a_lead_who_can_give_it(team: Team) -> None:
    from security_center.case_records.actions import inspections

    case = team.managed()
    inspections.ask_to_see(
        actor=team.tess, case=case, name="Mrs. Doe", relation="parent", received_on=case.today()
    )
    Case.objects.filter(pk=case.pk).update(
        state=State.CLOSED, closed_at=team.valley.at, close_reason="resolved_support_in_place"
    )
    end_roles(team, team.tess)
    case = Case.objects.select_related("lead").get(pk=case.pk)
    assert case.lead in {team.ben, team.dana}
    assert open_about(case.thing, "case.inspection").get().holder == case.lead


def test_what_waits_at_a_school_with_whoever_loses_the_role_goes_to_somebody_who_may_open_it(
    team: Team,
) -> None:
    cast = team.valley.cast
    row = reported_concerns.enter_incoming(
        actor=cast.rosa,
        school=team.valley.school,
        kind="concern",
        says="He has a list.",
        teller="A mother",
        student="Jo Doe",
    )
    reported_concerns.take_incoming(actor=team.tess, incoming=row)
    meeting = meetings.call_meeting(actor=team.dana, place=team.valley.school, starts_at=team.valley.at)
    decided = decisions.decide(
        actor=team.dana,
        meeting=meeting,
        what="Ask the bus drivers.",
        owner=team.tess,
        due_on=team.valley.at.date(),
    )
    end_roles(team, team.tess)
    decided.refresh_from_db()
    assert open_about(row.thing, "incoming.open").get().holder == team.dana
    assert decided.owner == open_about(decided.thing).get().holder == team.dana
