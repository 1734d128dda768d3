"""One clock says when a case is reviewed next: that of monitoring. Nothing that happens meanwhile puts a
review off without a word."""

from __future__ import annotations

from datetime import timedelta

from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.threat_assessment.actions import (
    case_closing,
    case_duties,
    case_holds,
    imminent_response,
    management_plan,
    state_transitions,
)
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.review_clock import next_review


def again(case: Case) -> Case:
    return Case.objects.select_related("school__parent__parent", "district", "lead").get(pk=case.pk)


def test_what_a_review_sets_before_monitoring_is_the_clock_of_monitoring(team: Team) -> None:
    case = team.managed()
    case = state_transitions.advance(actor=team.tess, case=case, to=State.ASSESSING, reason="Look again.")
    assert next_review(case) is None
    managed = team.managed()
    review = management_plan.review(actor=team.tess, case=managed, text="Better.", next_in_days=9)
    assert next_review(again(managed)) == again(managed).state_due == review.next_at


def test_coming_back_from_danger_puts_no_review_off(team: Team) -> None:
    case = team.managed()
    due = case.state_due
    team.valley.pass_time(days=2)
    imminent_response.declare_imminent(actor=team.ben, case=case)
    for kind in ("called_911", "located", "secured", "searched", "stood_down"):
        imminent_response.record_step(actor=team.ben, case=case, kind=kind)
    case = imminent_response.resume(actor=team.tess, case=again(case), reason="He is safe at home.")
    assert (case.state, case.state_due) == (State.MONITORING, due)
    assert open_about(case.thing, case_duties.REVIEW).get().due_at == due


def test_a_hold_moves_the_one_clock(team: Team) -> None:
    case = team.managed()
    before = case.state_due
    assert before is not None
    case_holds.hold(actor=team.tess, case=case, reason="His mother is away.", days=2)
    team.valley.pass_time(days=1)
    case_holds.end_hold(actor=team.tess, case=again(case))
    assert next_review(again(case)) == before + timedelta(days=1)


def test_what_was_set_before_a_case_closed_counts_no_more_when_it_opens_again(team: Team) -> None:
    case = team.managed()
    management_plan.settle_action(
        actor=team.ben, case=case, action=case.plan.actions.get(), state="done", evidence="Four talks."
    )
    management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=14)
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="resolved_support_in_place", text="He is well."
    )
    case = case_closing.answer_closing(
        actor=team.ben, case=case, closure=closure, agree=True, text="I agree."
    )
    case = case_closing.add_report(actor=None, case=case, report=team.valley.report("He says it again."))
    assert next_review(case) is None
