"""A case waits for some days with a reason; it hides nothing, its end is owed, and danger or news ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from tests.threat_assessment.pages import seen, send
from tests.threat_assessment.team import Team

from security_center.foundation.duties import schedule
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import tasks
from security_center.threat_assessment.actions import (
    case_closing,
    case_holds,
    imminent_response,
    management_plan,
    state_transitions,
)
from security_center.threat_assessment.models import Case, State

SignIn = Callable[..., Client]
WAIT = {"reason": "Marker-Wait: his mother is away.", "days": 2}


def kinds(case: Case) -> set[str]:
    return {duty.kind for duty in open_about(case.thing)}


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_nobody_outside_the_team_holds_a_case_or_ends_a_hold(team: Team) -> None:
    case, cast = team.screened(), team.valley.cast
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    for person in (cast.ivy, cast.rosa, cast.sam, cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            case_holds.hold(actor=person, case=case, **WAIT)
        with pytest.raises(NotAllowed):
            case_holds.end_hold(actor=person, case=case)


def test_danger_a_handover_and_a_closed_case_never_wait(team: Team) -> None:
    with pytest.raises(state_transitions.NotATransition):
        case_holds.hold(actor=team.ben, case=team.imminent(), **WAIT)


def test_a_hold_has_a_reason_and_at_most_five_school_days(team: Team) -> None:
    case = team.screened()
    assert doctrine.longest_hold() == 5
    with pytest.raises(state_transitions.ReasonWanted):
        case_holds.hold(actor=team.tess, case=case, reason=" ", days=1)
    for days in (0, 6):
        with pytest.raises(case_holds.DaysWanted):
            case_holds.hold(actor=team.tess, case=case, reason="He is away.", days=days)
    case_holds.hold(actor=team.tess, case=case, reason="He is away.", days=5)
    # The fifth school day after Tuesday: the next, when school closes
    assert fresh(case).held_until == datetime(2026, 12, 1, 20, 30, tzinfo=UTC)


def test_while_it_waits_it_goes_nowhere_and_somebody_owes_its_end(team: Team) -> None:
    case = team.managed()
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    assert kinds(case) == {"case.hold", "case.action"}
    for act in (
        lambda: state_transitions.advance(actor=team.tess, case=case, to=State.ASSESSING, reason="Again."),
        lambda: case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="Nothing."),
        lambda: management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=7),
    ):
        with pytest.raises(state_transitions.OnHold):
            act()
    team.valley.ring()
    assert not open_about(case.thing, "case.hold").get().steps.exists(), (
        "it rings before the end, not at the beginning"
    )
    until = fresh(case).held_until
    assert until is not None
    team.valley.set_clock(until - timedelta(hours=20))
    team.valley.ring()
    assert {
        person.name
        for step in open_about(case.thing, "case.hold").get().steps.all()
        for person in step.told.all()
    } == {"Tess Moran"}


def test_what_is_done_each_day_goes_on(team: Team) -> None:
    case = team.managed()
    option = next(
        key
        for key, one in doctrine.plan_options().items()
        if one.daily_confirmation and not one.needs_trained_owner
    )
    due = team.valley.at.date() + timedelta(days=30)
    action = management_plan.add_action(
        actor=team.tess,
        case=case,
        option=option,
        what="Search.",
        owner=team.ben,
        backup=team.dana,
        due_on=due,
    )
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    assert tasks.ask_for_daily_steps() == 1
    management_plan.confirm_today(actor=team.ben, case=case, action=action)


def test_ended_early_the_clock_has_moved_by_the_time_it_waited_and_no_more(team: Team) -> None:
    case = team.screened()
    due = fresh(case).state_due
    assert due is not None
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    assert fresh(case).state_due == fresh(case).held_until
    team.valley.pass_time(hours=3)
    case = case_holds.end_hold(actor=team.ben, case=case)
    assert case.state == State.ASSESSING
    assert case.state_due == due + timedelta(hours=3)
    assert kinds(case) == {"case.step"}


def test_over_without_anybody_it_goes_on_where_it_stood_and_is_late(team: Team) -> None:
    case = team.managed()
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    until = fresh(case).held_until
    assert until is not None
    assert tasks.end_holds() == 0
    team.valley.set_clock(until + timedelta(minutes=1))
    assert fresh(case).is_late()
    assert tasks.end_holds() == 1
    assert tasks.end_holds() == 0
    assert fresh(case).is_late()
    assert fresh(case).state == State.MONITORING
    assert "case.review" in kinds(case)
    assert "case.hold" not in kinds(case)


def test_the_worker_has_the_job() -> None:
    assert "threat_assessment.end_holds" in {job.name for job in schedule.jobs()}


def test_a_hold_does_not_make_good_what_was_late(team: Team) -> None:
    case = team.screened()
    team.valley.pass_time(days=3)
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    assert fresh(case).is_late()
    case_holds.end_hold(actor=team.tess, case=case)
    assert fresh(case).is_late()


def test_a_second_time_in_a_row_another_discipline_has_to_agree(team: Team) -> None:
    case = team.screened()
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    case_holds.end_hold(actor=team.tess, case=case)
    asked = case_holds.hold(actor=team.tess, case=case, **WAIT)
    assert fresh(case).held_until is None
    assert kinds(case) == {"case.step", "case.hold_asked"}
    assert open_about(case.thing, "case.hold_asked").get().holder == team.ben
    with pytest.raises(state_transitions.NotATransition):
        case_holds.answer_hold(actor=team.tess, case=case, hold=asked, agree=True)
    case_holds.answer_hold(actor=team.ben, case=case, hold=asked, agree=False)
    assert kinds(case) == {"case.step"}
    asked = case_holds.hold(actor=team.tess, case=case, **WAIT)
    case_holds.answer_hold(actor=team.ben, case=case, hold=asked, agree=True)
    assert fresh(case).held_until is not None
    assert kinds(case) == {"case.hold"}


def test_after_a_review_it_is_no_longer_in_a_row(team: Team) -> None:
    case = team.managed()
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    case_holds.end_hold(actor=team.tess, case=case)
    team.valley.pass_time(minutes=5)
    management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=7)
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    assert fresh(case).held_until is not None


def test_danger_and_a_new_report_end_a_hold_at_once(team: Team) -> None:
    case = team.screened()
    case_holds.hold(actor=team.tess, case=case, **WAIT)
    case_closing.add_report(actor=None, case=case, report=team.valley.report("He says it again."))
    assert fresh(case).held_until is None
    assert kinds(case) == {"case.step", "case.new_report"}
    again = team.screened()
    case_holds.hold(actor=team.tess, case=again, **WAIT)
    imminent_response.declare_imminent(actor=team.ben, case=again)
    assert fresh(again).held_until is None
    assert "case.hold" not in kinds(again)


def test_the_pages_say_until_when_and_for_what_and_nothing_typed_is_lost(
    team: Team, signed_in: SignIn
) -> None:
    case = team.screened()
    tess = signed_in(team.tess)
    refused = send(tess, case, "hold/", "hold", reason="Marker-Kept", days="9").content.decode()
    assert "Marker-Kept" in refused
    page = send(tess, case, "hold/", "hold", reason=WAIT["reason"], days="2").content.decode()
    assert "The case is on hold" in page
    assert "Marker-Wait" in page
    assert "on hold until" in seen(tess, case)
    assert "Marker-Wait" not in signed_in(team.valley.cast.ivy).get("/cases/?tab=open").content.decode()
    assert "End the hold first" in send(tess, case, "move/classified/", "move", reason="x").content.decode()
    assert send(tess, case, "hold/end/", "").status_code == 200
    send(tess, case, "hold/", "hold", reason="Marker-Again", days="1")
    ben = signed_in(team.ben)
    assert "May it wait once more?" in seen(ben, case, "hold/")
    row = case.holds.get(ended_at__isnull=True)
    send(ben, case, f"hold/{row.uuid}/", "", agree="yes")
    assert fresh(case).held_until is not None
