"""Each scheme with each of its levels: the steps that lead to one, what a very serious one asks for, who
reviews it in Florida, and who has to sign."""

from __future__ import annotations

from typing import Any

import pytest
from tests.threat_assessment.judged_cases import inquired, judge, lacks, plan_it
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import SCREEN, TEXTS, Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import gate_checks, gates
from security_center.threat_assessment.actions import (
    case_closing,
    case_holds,
    case_opening,
    decision_steps,
    judgement_signing,
    outside_reviews,
    screening,
    state_transitions,
)
from security_center.threat_assessment.models import Case, Judgement, Signature, State

WAYS = {
    "not_a_threat": [("evaluate", "no")],
    "transient": [("evaluate", "yes"), ("resolve_transient", "yes")],
    "substantive_serious": [("evaluate", "yes"), ("resolve_transient", "no"), ("respond_substantive", "no")],
    "substantive_very_serious": [
        ("evaluate", "yes"),
        ("resolve_transient", "no"),
        ("respond_substantive", "yes"),
    ],
}
ALL = [
    (scheme.key, level) for scheme in doctrine.schemes().values() for level in (scheme.levels or {"": None})
]


def take(team: Team, case: Case, level: str) -> None:
    for step, answer in WAYS[level]:
        decision_steps.answer_step(actor=team.ben, case=case, step=step, answer=answer, note="We asked both.")


# --- every scheme × level


@pytest.mark.parametrize(("scheme", "level"), ALL)
def test_each_level_of_each_scheme_is_judged_signed_and_goes_on_by_its_own_gates(
    team: Team, scheme: str, level: str
) -> None:
    case = inquired(team, scheme)
    if doctrine.schemes()[scheme].steps:
        with pytest.raises(gates.GatesUnmet) as refused:
            judgement_signing.judge(
                actor=team.tess, case=case, conclusion="needs_support", level=level, **TEXTS
            )
        assert lacks(refused) == ["steps_taken"]
        take(team, case, level)
    judge(team, case, level)
    case = state_transitions.advance(actor=team.tess, case=case, to=State.CLASSIFIED)
    plan_it(team, case)
    one = doctrine.schemes()[scheme].levels.get(level)
    for kind in one.evaluations if one is not None else ():
        with pytest.raises(gates.GatesUnmet) as refused:
            state_transitions.advance(actor=team.tess, case=case, to=State.MANAGING)
        assert lacks(refused) == ["evaluated"]
        decision_steps.record_evaluation(
            actor=team.ben, case=case, kind=kind, note="Seen by Dr. Hale; he may come back."
        )
    assert state_transitions.advance(actor=team.tess, case=case, to=State.MANAGING).state == State.MANAGING


@pytest.mark.parametrize(("scheme", "level"), [(scheme, level) for scheme, level in ALL if level])
def test_a_level_that_was_resolved_at_once_closes_with_two_disciplines_and_reasons_and_no_other_does(
    team: Team, scheme: str, level: str
) -> None:
    case = inquired(team, scheme)
    if doctrine.schemes()[scheme].steps:
        take(team, case, level)
    judge(team, case, level)
    case = state_transitions.advance(actor=team.tess, case=case, to=State.CLASSIFIED)
    missing = {
        one.gate.key for one in gates.unmet(case, State.CLOSED, "resolved_no_threat")
    } - gates.BY_ANSWER
    assert (missing == set()) is doctrine.schemes()[scheme].levels[level].closes_fast


def test_the_first_review_is_sooner_the_graver_the_level() -> None:
    for scheme in ("cstag", "dcjs", "florida"):
        levels = [
            key for key in doctrine.schemes()[scheme].levels if key not in {"unfounded", "not_a_threat"}
        ]
        days = [doctrine.first_review_days(scheme, level, "") for level in levels]
        assert days == sorted(days, reverse=True), scheme


# --- the steps


def test_nobody_off_the_team_answers_a_step_or_writes_an_evaluation(team: Team) -> None:
    case = inquired(team, "cstag")
    for stranger in (team.sam, team.valley.cast.ivy, team.valley.cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            decision_steps.answer_step(actor=stranger, case=case, step="evaluate", answer="no", note="No.")
        with pytest.raises(NotAllowed):
            decision_steps.record_evaluation(actor=stranger, case=case, kind="mental_health", note="Seen.")


def test_a_step_that_was_not_reached_is_not_answered_and_an_earlier_one_anew_leads_another_way(
    team: Team,
) -> None:
    case = inquired(team, "cstag")
    with pytest.raises(state_transitions.NotATransition):
        decision_steps.answer_step(
            actor=team.ben, case=case, step="respond_substantive", answer="yes", note="So it seems."
        )
    with pytest.raises(state_transitions.ReasonWanted):
        decision_steps.answer_step(actor=team.ben, case=case, step="evaluate", answer="yes", note=" ")
    take(team, case, "substantive_very_serious")
    way = decision_steps.answer_step(
        actor=team.tess,
        case=case,
        step="resolve_transient",
        answer="yes",
        note="He explained it, and she laughed.",
    )
    assert (way.level, way.waiting) == ("transient", "")
    assert case.step_answers.count() == 4, "nothing that was answered is overwritten"


def test_a_team_may_judge_higher_than_the_steps_and_never_lower(team: Team) -> None:
    case = inquired(team, "cstag")
    take(team, case, "substantive_serious")
    with pytest.raises(judgement_signing.BelowTheSteps):
        judgement_signing.judge(
            actor=team.tess, case=case, conclusion="needs_support", level="transient", **TEXTS
        )
    assert judge(team, case, "substantive_very_serious").level == "substantive_very_serious"


def test_the_fourth_step_is_done_when_both_evaluations_are_written_down(team: Team) -> None:
    case = inquired(team, "cstag")
    take(team, case, "substantive_very_serious")
    for kind in ("mental_health", "law_enforcement"):
        with pytest.raises(decision_steps.EvaluationsMissing):
            decision_steps.answer_step(
                actor=team.ben, case=case, step="safety_evaluation", answer="done", note="Done."
            )
        decision_steps.record_evaluation(actor=team.ben, case=case, kind=kind, note="Done on Tuesday.")
    assert (
        decision_steps.answer_step(
            actor=team.ben, case=case, step="safety_evaluation", answer="done", note="Done."
        ).waiting
        == "implement_monitor"
    )


def test_the_steps_are_drawn_on_the_page_of_the_judgement_and_answered_there(
    team: Team, signed_in: SignIn
) -> None:
    case, ben = inquired(team, "cstag"), signed_in(team.ben)
    page = seen(ben, case, "judgement/")
    for step in doctrine.cstag_steps().values():
        assert str(step.title) in page
    assert "If in doubt, treat the threat as substantive" in page
    send(ben, case, "judgement/steps/evaluate/", "step-evaluate", answer="yes", note="Marker-Step")
    assert "Marker-Step" in seen(ben, case, "judgement/")
    kept = words(
        send(ben, case, "judgement/steps/resolve_transient/", "step-resolve_transient", note="Marker-Kept")
    )
    assert "In doubt, take the graver one" in kept
    assert "Marker-Kept" in kept
    send(
        ben,
        case,
        "judgement/steps/resolve_transient/",
        "step-resolve_transient",
        answer="no",
        note="He repeats it.",
    )
    send(
        ben,
        case,
        "judgement/steps/respond_substantive/",
        "step-respond_substantive",
        answer="yes",
        note="To shoot.",
    )
    assert "Safety evaluation" in seen(ben, case, "judgement/")
    send(ben, case, "judgement/evaluations/", "evaluation", kind="mental_health", note="Marker-Evaluated")
    assert "Marker-Evaluated" in seen(ben, case, "judgement/")
    assert "The steps of the decision" not in seen(ben, inquired(team, "dcjs"), "judgement/")


# --- Florida


def florida(team: Team, level: str = "medium") -> tuple[Case, Judgement]:
    case = inquired(team, "florida")
    for person, disciplines in (
        (team.sam, ["law_enforcement"]),
        (team.valley.cast.rosa, ["personal_knowledge"]),
    ):
        case_opening.join(
            actor=team.tess,
            case=case,
            person=person,
            disciplines=[one for one in disciplines if one in doctrine.expertise()] or ["coaching"],
        )
    case.rule_set = "florida"
    case.save()
    row = judgement_signing.judge(
        actor=team.tess, case=case, conclusion="needs_support", level=level, **TEXTS
    )
    for member in case.members.filter(removed_at__isnull=True).select_related("person"):
        member.disciplines = [
            *member.disciplines,
            *(key for key in gate_checks.required_disciplines(case) if member.person_id == team.tess.pk),
        ]
        member.save()
        judgement_signing.sign(actor=member.person, case=case, judgement=row, view=Signature.View.AGREES)
    return state_transitions.advance(actor=team.tess, case=case, to=State.CLASSIFIED), row


def test_florida_the_principal_reviews_first_and_then_the_district(team: Team) -> None:
    case, _row = florida(team)
    plan_it(team, case)
    assert list(case.outside_reviews.values_list("kind", flat=True)) == ["tier_principal"]
    with pytest.raises(gates.GatesUnmet) as refused:
        state_transitions.advance(actor=team.tess, case=case, to=State.MANAGING)
    assert lacks(refused) == ["looked_at"]
    assert refused.value.unmet[0].missing == ["tier_principal", "tier_district"]
    with pytest.raises(NotAllowed):
        outside_reviews.answer_outside(
            actor=team.ben, case=case, review=case.outside_reviews.get(), agrees=True, note="I looked."
        )
    outside_reviews.answer_outside(
        actor=team.dana, case=case, review=case.outside_reviews.get(), agrees=True, note="I looked."
    )
    district = case.outside_reviews.get(kind="tier_district")
    assert {duty.holder for duty in open_about(case.thing, "case.outside_review")} == {team.valley.cast.ivy}
    outside_reviews.answer_outside(
        actor=team.valley.cast.ivy, case=case, review=district, agrees=True, note="I looked too."
    )
    assert state_transitions.advance(actor=team.tess, case=case, to=State.MANAGING).state == State.MANAGING


def in_screening(team: Team, **fields: Any) -> Case:
    case = team.open(scheme="florida", **fields)
    return state_transitions.advance(actor=team.tess, case=case, to=State.SCREENING)


def test_florida_the_chair_closes_an_unfounded_concern_alone(team: Team) -> None:
    case = in_screening(team)
    with pytest.raises(case_closing.NotSummarily):
        case_closing.close_summarily(actor=team.ben, case=case, text="Nothing.")
    with pytest.raises(state_transitions.ReasonWanted):
        case_closing.close_summarily(actor=team.tess, case=case, text=" ")
    with pytest.raises(gates.GatesUnmet):
        case_closing.close_summarily(actor=team.tess, case=case, text="Nobody has looked at it.")
    screening.screen(actor=team.tess, case=case, **{**SCREEN, "view": "unfounded"})
    closed = case_closing.close_summarily(actor=team.tess, case=case, text="A line of a song.")
    assert (closed.state, closed.close_reason) == (State.CLOSED, "unfounded")
    assert "case.closed_summarily" in {entry.verb for entry in entries_about(case.thing)}
    assert closed.closures.get().asked_as == ["chair"]


def test_florida_the_chair_closes_no_case_that_waits(team: Team) -> None:
    """It would open again on hold, its clock hidden, whatever the new report says."""
    case = in_screening(team)
    screening.screen(actor=team.tess, case=case, **{**SCREEN, "view": "unfounded"})
    case_holds.hold(actor=team.tess, case=case, reason="His mother is away.", days=2)
    with pytest.raises(state_transitions.OnHold):
        case_closing.close_summarily(actor=team.tess, case=case, text="A line of a song.")
    case_holds.end_hold(actor=team.tess, case=case)
    closed = case_closing.close_summarily(actor=team.tess, case=case, text="A line of a song.")
    assert (closed.state, closed.held_until) == (State.CLOSED, None)


@pytest.mark.parametrize(
    "fields", [{"life_safety": True}, {"concern": "He says he will shoot them."}, {"scheme": "ntac"}]
)
def test_f03_nobody_closes_alone_where_a_life_is_at_stake_or_the_scheme_does_not_let_them(
    team: Team, fields: dict[str, Any]
) -> None:
    case = state_transitions.advance(
        actor=team.tess, case=team.open(**{"scheme": "florida", **fields}), to=State.SCREENING
    )
    with pytest.raises(case_closing.NotSummarily):
        case_closing.close_summarily(actor=team.tess, case=case, text="Nothing.")


def test_florida_the_chair_finds_it_on_the_page_of_closing(team: Team, signed_in: SignIn) -> None:
    case = in_screening(team)
    assert "Close it summarily" not in seen(signed_in(team.ben), case, "close/")
    assert "Close it summarily" in seen(signed_in(team.tess), case, "close/")
    screening.screen(actor=team.tess, case=case, **{**SCREEN, "view": "unfounded"})
    send(signed_in(team.tess), case, "close/summarily/", "summary", text="A line of a song.")
    assert Case.objects.get(pk=case.pk).state == State.CLOSED


# --- who has to sign


def test_f01_letting_the_officer_go_spares_nobody_the_officers_view(team: Team) -> None:
    case = team.screened()
    assert "school_resource_officer" not in gate_checks.required_disciplines(case), "none is on the team"
    case_opening.join(
        actor=team.tess,
        case=case,
        person=team.sam,
        disciplines=["law_enforcement", "school_resource_officer"],
    )
    assert "school_resource_officer" in gate_checks.required_disciplines(case)
    case_opening.leave_team(actor=team.tess, case=case, person=team.sam)
    assert "school_resource_officer" in gate_checks.required_disciplines(case)


def test_an_officer_who_left_before_the_case_was_assessed_is_owed_nothing(team: Team) -> None:
    case = team.open()
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["school_resource_officer"])
    case_opening.leave_team(actor=team.tess, case=case, person=team.sam)
    case = state_transitions.advance(actor=team.tess, case=case, to=State.SCREENING)
    team.valley.pass_time(hours=1)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **SCREEN)
    case = state_transitions.advance(actor=team.tess, case=case, to=State.ASSESSING)
    assert "school_resource_officer" not in gate_checks.required_disciplines(case)
