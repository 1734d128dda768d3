"""A case from its report to its closure, and each shortcut refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.threat_assessment.team import SCREEN, TEXTS, Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.student_transfers.actions import student_departure
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import queries
from security_center.threat_assessment.actions import (
    case_access,
    case_closing,
    case_opening,
    imminent_response,
    inquiry,
    judgement_signing,
    management_plan,
    screening,
    state_transitions,
)
from security_center.threat_assessment.actions.edit_conflicts import ChangedMeanwhile
from security_center.threat_assessment.gates import GatesUnmet
from security_center.threat_assessment.models import Case, ContainmentStep, State


def keys(refused: pytest.ExceptionInfo[GatesUnmet]) -> list[str]:
    return [one.gate.key for one in refused.value.unmet]


def test_nobody_from_elsewhere_and_nobody_who_is_not_on_the_team_reads_a_case(team: Team) -> None:
    case, cast = team.open(), team.valley.cast
    for person in cast.everyone.values():
        member = person.pk in {team.tess.pk, team.ben.pk, team.dana.pk}
        if member:
            case_access.look(actor=person, case=case)
        else:
            with pytest.raises(NotAllowed):
                case_access.look(actor=person, case=case)


def test_a_case_goes_from_its_report_to_its_closure(team: Team) -> None:
    report = team.valley.taken(what="He says he will hurt someone on Friday.")
    case = team.managed()
    case_closing.add_report(actor=team.tess, case=case, report=report)
    case.refresh_from_db()
    with pytest.raises(GatesUnmet) as refused:
        case_closing.ask_to_close(
            actor=team.tess, case=case, reason="resolved_support_in_place", text="He is well."
        )
    assert keys(refused) == ["actions_settled", "reviewed", "no_unseen_reports"]

    action = case.plan.actions.get()
    management_plan.settle_action(
        actor=team.ben, case=case, action=action, state="done", evidence="Four talks."
    )
    management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=14)
    case_closing.has_seen_reports(actor=team.tess, case=case, numbers=[report.number])
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="resolved_support_in_place", text="He is well."
    )
    closed = case_closing.answer_closing(
        actor=team.ben, case=case, closure=closure, agree=True, text="I agree."
    )
    assert closed.state == State.CLOSED
    assert not open_about(case.thing).exists()

    page = queries.CasePage(team.ben, closed, case_access.look(actor=team.ben, case=closed))
    assert page.text["concern"].startswith("Marker-Concern")
    assert page.board.gaps == []
    assert {tile.state for tile in page.board.tiles} == {"complete", "not_started"}
    assert any("Marker-Dissent" in one.text["text"] for signed in page.signatures.values() for one in signed)


def test_f09_leaving_school_discipline_and_the_police_close_nothing(team: Team) -> None:
    case = team.managed()
    for reason in ("student_left", "disciplined", "referred_to_police"):
        with pytest.raises(case_closing.NotAReason):
            case_closing.ask_to_close(actor=team.tess, case=case, reason=reason, text="He is gone.")


def test_f03_a_new_report_opens_a_closed_case_again_and_fills_nothing_in(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="unfounded", text="It was a line of a song."
    )
    case = case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")
    assert case.state == State.CLOSED

    case = case_closing.add_report(actor=None, case=case, report=team.valley.report("He says it again."))
    assert case.state == State.SCREENING
    assert {duty.kind for duty in open_about(case.thing)} == {"case.step", "case.new_report"}
    with pytest.raises(GatesUnmet) as refused:
        state_transitions.advance(actor=team.tess, case=case, to=State.ASSESSING)
    assert keys(refused) == ["screened", "safety_answered"]


def test_f03_nobody_closes_from_screening_what_nobody_has_screened(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(life_safety=True), to=State.SCREENING)
    for reason in ("unfounded", "false_report", "duplicate_merged", "resolved_no_threat"):
        with pytest.raises(GatesUnmet) as refused:
            case_closing.ask_to_close(actor=team.tess, case=case, reason=reason, text="Nothing in it.")
        assert keys(refused) == ["safety_answered"]
    screening.screen(actor=team.ben, case=case, **{**SCREEN, "weapon": "unknown"})
    with pytest.raises(GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="Nothing in it.")
    assert refused.value.unmet[0].missing == ["weapon"]


@pytest.mark.parametrize("reason", ["unfounded", "false_report"])
def test_f03_what_was_judged_to_be_something_is_not_put_away_as_nothing(team: Team, reason: str) -> None:
    case, _judgement = team.judged(conclusion="escalating_unclear")
    with pytest.raises(GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason=reason, text="To be rid of it.")
    assert keys(refused) == ["judged_so"]
    fine, _judgement = team.judged(conclusion="no_concern")
    case_closing.ask_to_close(actor=team.tess, case=fine, reason=reason, text="A line of a song.")


def test_f02_a_duplicate_goes_on_in_an_open_case_that_is_named_and_its_reports_go_along(team: Team) -> None:
    report = team.valley.taken(what="He says he will hurt someone on Friday.")
    case = state_transitions.advance(actor=team.tess, case=team.open(report=report), to=State.SCREENING)
    screening.screen(actor=team.ben, case=case, **SCREEN)
    practice, other = team.open(practice=True), team.open()
    not_theirs = case_opening.open_case(
        actor=None, school=team.valley.cast.school_b, concern="Another.", lead=team.valley.cast.paul
    )
    for wrong in (None, case, practice, not_theirs):
        with pytest.raises(case_closing.OtherCaseWanted):
            case_closing.ask_to_close(
                actor=team.tess, case=case, reason="duplicate_merged", text="The same.", same_as=wrong
            )
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="duplicate_merged", text="The same.", same_as=other
    )
    assert (
        case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.").state
        == State.CLOSED
    )
    assert [row.report_number for row in other.reports.filter(seen_at__isnull=True)] == [report.number]
    assert open_about(other.thing, "case.new_report").exists()


def test_one_discipline_alone_neither_screens_nor_closes(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    screening.screen(actor=team.tess, case=case, **SCREEN)
    with pytest.raises(GatesUnmet) as refused:
        state_transitions.advance(actor=team.tess, case=case, to=State.ASSESSING)
    assert keys(refused) == ["screened"]
    closure = case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="Nothing.")
    with pytest.raises(state_transitions.NotATransition):
        case_closing.answer_closing(actor=team.tess, case=case, closure=closure, agree=True, text="Yes.")


def test_f01_a_student_goes_back_to_class_only_after_found_secured_searched_and_stood_down(
    team: Team,
) -> None:
    case = team.imminent()
    assert {duty.kind for duty in open_about(case.thing)} == {
        "case.imminent",
        "case.law_enforcement",
        "case.meet",
        "case.class_return",
    }
    with pytest.raises(GatesUnmet) as refused:
        imminent_response.resume(actor=team.ben, case=case, reason="Back to class.")
    assert refused.value.unmet[0].missing == ["called_sro", "located", "secured", "searched", "stood_down"]
    for kind in (
        ContainmentStep.Kind.CALLED_911,
        ContainmentStep.Kind.LOCATED,
        ContainmentStep.Kind.SECURED,
        ContainmentStep.Kind.SEARCHED,
        ContainmentStep.Kind.STOOD_DOWN,
    ):
        imminent_response.record_step(actor=team.ben, case=case, kind=kind)
    back = imminent_response.resume(actor=team.ben, case=case, reason="No weapon in bag or locker.")
    assert back.state == State.ASSESSING


def test_the_police_are_told_or_not_told_by_a_named_person_with_a_reason(team: Team) -> None:
    case = team.imminent()
    decision = case.law_enforcement.get()
    with pytest.raises(state_transitions.ReasonWanted):
        imminent_response.decide_threshold(
            actor=team.tess, case=case, decision=decision, outcome="not_notified", reason=" "
        )
    imminent_response.decide_threshold(
        actor=team.tess,
        case=case,
        decision=decision,
        outcome="not_notified",
        reason="The officer sits beside me.",
    )
    assert not open_about(case.thing, "case.law_enforcement").exists()


def test_f05_no_judgement_before_every_question_that_must_be_asked_and_everybody_was_heard(
    team: Team,
) -> None:
    case = team.screened()
    with pytest.raises(GatesUnmet) as refused:
        judgement_signing.judge(actor=team.tess, case=case, conclusion="needs_support", level="", **TEXTS)
    assert keys(refused) == ["mandatory_prompts", "three_kinds_of_source", "student_and_parent"]


def test_of_two_who_edit_one_finding_the_second_sees_the_first_and_loses_nothing(team: Team) -> None:
    case = team.screened()
    inquiry.find(
        actor=team.tess, case=case, prompt="motive.grievance", answer="yes", note="Tess's words.", version=0
    )
    with pytest.raises(ChangedMeanwhile) as refused:
        inquiry.find(
            actor=team.ben, case=case, prompt="motive.grievance", answer="no", note="Ben's words.", version=0
        )
    assert refused.value.theirs.version == 1
    inquiry.find(
        actor=team.ben, case=case, prompt="motive.grievance", answer="no", note="Ben's words.", version=1
    )
    assert case.findings.filter(prompt="motive.grievance").count() == 2


def test_whoever_leads_and_leaves_gives_the_lead_to_somebody(team: Team) -> None:
    from security_center.foundation.organizations import actions as people

    case = team.open()
    people.leave(actor=team.valley.cast.ada, person=team.tess)
    case = Case.objects.get(pk=case.pk)
    assert case.lead_id == team.ben.pk
    assert {duty.holder_id for duty in open_about(case.thing)} == {team.ben.pk}


def test_f11_a_daily_step_that_nobody_confirms_rings(team: Team) -> None:
    case = team.managed()
    option = next(key for key, one in doctrine.plan_options().items() if one.daily_confirmation)
    due = team.valley.at.date()
    team.train()
    action = management_plan.add_action(
        actor=team.tess,
        case=case,
        option=option,
        what="Search the bag.",
        owner=team.ben,
        backup=team.dana,
        second_backup=team.tess,
        due_on=due,
    )
    assert management_plan.ask_for_daily_steps(case=case) == 1
    assert management_plan.ask_for_daily_steps(case=case) == 0
    management_plan.confirm_today(actor=team.dana, case=case, action=action)
    assert not open_about(case.thing, "case.daily").exists()
    with pytest.raises(case_opening.CannotJoin):
        management_plan.add_action(
            actor=team.tess,
            case=case,
            option=option,
            what="Search.",
            owner=team.ben,
            backup=team.ben,
            due_on=due,
        )


def test_what_is_still_owed_is_not_dropped_by_closing_for_any_reason(team: Team) -> None:
    case = team.managed(conclusion="no_concern")
    imminent_response.meet_threshold(actor=team.tess, case=case, threshold="le_consult")
    with pytest.raises(GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="It was nothing.")
    assert keys(refused) == ["thresholds_decided", "actions_settled"]


def test_f03_a_judgement_from_before_does_not_count_once_the_case_is_assessed_anew(team: Team) -> None:
    case, _judgement = team.judged()
    team.valley.pass_time(hours=1)
    case = state_transitions.advance(actor=team.tess, case=case, to=State.ASSESSING, reason="A new witness.")
    with pytest.raises(GatesUnmet) as refused:
        state_transitions.advance(actor=team.tess, case=case, to=State.CLASSIFIED)
    assert keys(refused) == ["signed"]
    assert refused.value.unmet[0].missing == ["judgement"]


# --- who is rung can see what rings
# ----------------------------------------------------------------------------------


def test_f02_the_superintendent_whom_a_late_case_rings_sees_where_it_stands_and_who_leads_it_and_no_more(
    team: Team, signed_in: Callable[[Person], Client]
) -> None:
    case, cast = team.open(), team.valley.cast
    for stranger in (cast.omar_elsewhere, cast.rosa):
        assert signed_in(stranger).get(case.path).status_code == 404
    answer = signed_in(cast.omar).get(case.path)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert case.number in page
    assert team.tess.name in page
    assert "Marker-Concern" not in page
    assert '/cases/"' not in page, "no way to a list that is not theirs"


@pytest.mark.parametrize("days", [366, 5000])
def test_f11_nobody_puts_a_step_off_until_it_never_rings(team: Team, days: int) -> None:
    case = team.managed()
    far = case.today() + timedelta(days=days)
    option = next(iter(doctrine.plan_options()))
    with pytest.raises(state_transitions.TooFarOff):
        management_plan.add_action(
            actor=team.tess,
            case=case,
            option=option,
            what="Search.",
            owner=team.ben,
            backup=team.dana,
            due_on=far,
        )
    departure = student_departure.note_departure(
        actor=team.tess, case=case, kind="withdrawn", note="They moved."
    )
    for later in (far, case.today() + timedelta(days=31)):
        with pytest.raises(state_transitions.TooFarOff):
            student_departure.plan_contact(
                actor=team.tess,
                case=case,
                departure=departure,
                contact="By phone.",
                owner=team.ben,
                backup=team.dana,
                due_on=later,
            )
