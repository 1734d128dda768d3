"""A grave answer calls the team, and nobody goes back to class on one person's word (threat-assessment.md F1:
Oxford, 2021)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from msgspec.structs import replace
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import SCREEN, TEXTS, Team

from security_center.foundation.clock import now
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person, RoleAssignment
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import gates
from security_center.threat_assessment.actions import (
    called_meetings,
    case_closing,
    case_opening,
    imminent_response,
    inquiry,
    judgement_signing,
    protective_paths,
    screening,
    state_transitions,
)
from security_center.threat_assessment.models import Case, ClassReturn, State

EVERYBODY = 3  # on the team


def held(team: Team) -> Case:
    """An officer is on the team, and the student is held by a screening that found a weapon."""
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    case_opening.join(
        actor=team.tess,
        case=case,
        person=team.sam,
        disciplines=["law_enforcement", "school_resource_officer"],
    )
    screening.screen(actor=team.ben, case=case, **{**SCREEN, "weapon": "yes"})
    return case


def answered(team: Team, case: Case, search: str = "nothing_found", weapon: str = "no") -> None:
    called_meetings.answer_search(
        actor=team.sam, case=case, search=search, weapon_known=weapon, note="Bag, locker and jacket."
    )


def lacks(refused: Any) -> list[str]:
    return [one.gate.key for one in refused.value.unmet]


# --- who may not
# -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rosa", "ivy", "tess_elsewhere"])
def test_nobody_off_the_team_holds_answers_agrees_or_decides(team: Team, who: str) -> None:
    case, stranger = held(team), team.valley.cast.everyone[who]
    for act in (
        lambda: called_meetings.hold_from_class(actor=stranger, case=case),
        lambda: called_meetings.hold_meeting(
            actor=stranger, case=case, present=[team.tess, team.ben], note="We met."
        ),
        lambda: called_meetings.answer_search(
            actor=stranger, case=case, search="nothing_found", weapon_known="no", note="All."
        ),
        lambda: called_meetings.agree_to_return(actor=stranger, case=case, stands_for="administration"),
        lambda: called_meetings.return_to_class(actor=stranger, case=case, reason="Fine."),
        lambda: called_meetings.keep_out(actor=stranger, case=case, reason="Home."),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_stands_before_the_way_back_runs_out_with_the_way_back_and_not_with_the_case(team: Team) -> None:
    case = held(team)
    way_back = ClassReturn.objects.get(case=case)
    Case.objects.filter(pk=case.pk).update(state_due=way_back.due_at + timedelta(hours=3))
    unmet = gates.unmet_to_return(Case.objects.get(pk=case.pk))
    assert unmet
    assert {one.due for one in unmet} == {way_back.due_at}


# --- the team is called
# ----------------------------------------------------------------------------------------------


def test_f01_a_screening_that_finds_a_weapon_calls_every_member_to_meet_today(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    screening.screen(actor=team.ben, case=case, **{**SCREEN, "weapon": "yes"})
    duties = list(open_about(case.thing, "case.meet"))
    assert {duty.holder for duty in duties} == {team.tess, team.ben, team.dana}
    assert {duty.due_at.astimezone(case.zone).date() for duty in duties} == {case.today()}
    screening.screen(actor=team.tess, case=case, **{**SCREEN, "weapon": "yes"})
    assert open_about(case.thing, "case.meet").count() == EVERYBODY, "one meeting is called, not two"


@pytest.mark.parametrize(
    "prompt", sorted({prompt for one in doctrine.triggers().values() for prompt in one.prompts})
)
def test_f01_a_mandatory_question_answered_yes_calls_the_team_and_no_or_unclear_does_not(
    team: Team, prompt: str
) -> None:
    case = team.screened()
    inquiry.find(actor=team.ben, case=case, prompt=prompt, answer="unclear", note="Perhaps.", version=0)
    assert not case.convenings.exists()
    inquiry.find(actor=team.ben, case=case, prompt=prompt, answer="yes", note="He said so.", version=1)
    assert case.convenings.get().called_by == team.ben
    inquiry.find(actor=team.ben, case=case, prompt=prompt, answer="yes", note="He said so twice.", version=2)
    assert case.convenings.count() == 1


def test_f01_a_meeting_without_a_second_discipline_or_without_the_officer_is_none(team: Team) -> None:
    case = held(team)
    for present in ([team.ben], [team.tess, team.ben], [team.sam], [team.valley.cast.ivy, team.sam]):
        with pytest.raises(called_meetings.OneDisciplineMet):
            called_meetings.hold_meeting(actor=team.tess, case=case, present=present, note="We met.")
    with pytest.raises(state_transitions.ReasonWanted):
        called_meetings.hold_meeting(actor=team.tess, case=case, present=[team.tess, team.sam], note=" ")
    called_meetings.hold_meeting(
        actor=team.tess, case=case, present=[team.tess, team.ben, team.sam], note="We met."
    )
    assert not open_about(case.thing, "case.meet").exists()
    with pytest.raises(state_transitions.NotATransition):
        called_meetings.hold_meeting(actor=team.tess, case=case, present=[team.tess, team.sam], note="Again.")


def test_f01_nobody_judges_before_the_called_team_has_met(team: Team) -> None:
    case = team.inquired()
    inquiry.find(actor=team.ben, case=case, prompt="planning.steps", answer="yes", note="A map.", version=1)
    with pytest.raises(gates.GatesUnmet) as refused:
        judgement_signing.judge(actor=team.tess, case=case, conclusion="needs_support", level="", **TEXTS)
    assert lacks(refused) == ["convened"]
    team.meet(case)
    judgement_signing.judge(actor=team.tess, case=case, conclusion="needs_support", level="", **TEXTS)


def test_f01_a_called_meeting_and_an_open_decision_are_not_dropped_by_closing(team: Team) -> None:
    case = held(team)
    screening.screen(actor=team.tess, case=case, **SCREEN)
    with pytest.raises(gates.GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="A toy.")
    assert lacks(refused) == ["thresholds_decided", "convened", "class_decided", "looked_at"]


def test_f06_a_weapon_or_a_plan_asks_whether_the_police_are_told_and_nobody_leaves_it_undecided(
    team: Team,
) -> None:
    case = held(team)
    decision = case.law_enforcement.get()
    assert (decision.threshold, decision.outcome) == ("le_weapon_access", "")
    assert open_about(case.thing, "case.law_enforcement").exists()
    imminent_response.decide_threshold(
        actor=team.tess,
        case=case,
        decision=decision,
        outcome="not_notified",
        reason="A toy, seen by the officer.",
    )
    screening.screen(actor=team.tess, case=case, **{**SCREEN, "weapon": "yes"})
    assert case.law_enforcement.count() == 1, "decided is decided"
    other = team.inquired()
    inquiry.find(actor=team.ben, case=other, prompt="planning.steps", answer="yes", note="A map.", version=1)
    assert [one.threshold for one in other.law_enforcement.all()] == ["le_attack_thinking"]


@pytest.mark.parametrize("flag", [True, False])
def test_whether_a_conclusion_asks_for_the_police_is_its_flag(
    team: Team, monkeypatch: pytest.MonkeyPatch, flag: bool
) -> None:
    changed = {key: replace(one, law_enforcement=flag) for key, one in doctrine.conclusions().items()}
    monkeypatch.setattr(doctrine, "conclusions", lambda: changed)
    for conclusion in ("attack_thinking", "needs_support"):
        case = team.inquired()
        judgement_signing.judge(actor=team.tess, case=case, conclusion=conclusion, level="", **TEXTS)
        asked = [one.threshold for one in case.law_enforcement.all()]
        assert asked == (["le_attack_thinking"] if flag else []), conclusion


def test_f10_where_the_police_know_already_no_answer_asks_again(team: Team) -> None:
    case = team.imminent()
    told = case.law_enforcement.get()
    imminent_response.decide_threshold(
        actor=team.tess,
        case=case,
        decision=told,
        outcome="notified",
        reason="He has a gun.",
        agency="City police",
    )
    inquiry.find(actor=team.ben, case=case, prompt="planning.steps", answer="yes", note="A map.", version=0)
    assert case.law_enforcement.count() == 1


# --- back to class
# ---------------------------------------------------------------------------------------------------


def test_f01_back_to_class_needs_the_search_the_weapons_question_an_administrator_and_the_officer(
    team: Team,
) -> None:
    case = held(team)
    with pytest.raises(gates.GatesUnmet) as refused:
        called_meetings.return_to_class(actor=team.tess, case=case, reason="He promised.")
    assert lacks(refused) == ["searched", "weapon_answered", "administrator_agrees", "officer_agrees"]
    assert all(one.due is not None and str(one.gate.who) for one in refused.value.unmet), (
        "each says who, and by when"
    )
    with pytest.raises(gates.GatesUnmet) as refused:
        called_meetings.agree_to_return(actor=team.tess, case=case, stands_for="administration")
    assert lacks(refused) == ["searched", "weapon_answered"]
    answered(team, case)
    called_meetings.agree_to_return(actor=team.tess, case=case, stands_for="administration")
    with pytest.raises(gates.GatesUnmet) as refused:
        called_meetings.return_to_class(actor=team.tess, case=case, reason="The officer is in court.")
    assert lacks(refused) == ["officer_agrees"]
    called_meetings.agree_to_return(actor=team.sam, case=case, stands_for="law_enforcement")
    row = called_meetings.return_to_class(actor=team.tess, case=case, reason="Nothing was found.")
    assert (row.administrator, row.officer) == (team.tess, team.sam)
    assert not open_about(case.thing, "case.class_return").exists()


@pytest.mark.parametrize(
    ("search", "weapon"), [("not_searched", "no"), ("weapon_found", "no"), ("nothing_found", "unknown")]
)
def test_f01_without_a_clear_search_and_a_known_answer_nobody_can_agree(
    team: Team, search: str, weapon: str
) -> None:
    case = held(team)
    answered(team, case, search, weapon)
    with pytest.raises(gates.GatesUnmet):
        called_meetings.agree_to_return(actor=team.tess, case=case, stands_for="administration")


def test_f01_other_answers_take_the_agreement_back(team: Team) -> None:
    case = held(team)
    answered(team, case)
    called_meetings.agree_to_return(actor=team.tess, case=case, stands_for="administration")
    called_meetings.agree_to_return(actor=team.sam, case=case, stands_for="law_enforcement")
    answered(team, case, "weapon_found")
    with pytest.raises(gates.GatesUnmet) as refused:
        called_meetings.return_to_class(actor=team.tess, case=case, reason="Still.")
    assert lacks(refused) == ["searched", "administrator_agrees", "officer_agrees"]


def test_f01_nobody_agrees_for_what_they_do_not_stand_for_or_for_both(team: Team) -> None:
    case = held(team)
    answered(team, case)
    for person, stands_for in (
        (team.ben, "administration"),
        (team.tess, "law_enforcement"),
        (team.sam, "administration"),
        (team.tess, "anything"),
    ):
        with pytest.raises(called_meetings.NotTheirs):
            called_meetings.agree_to_return(actor=person, case=case, stands_for=stands_for)


def test_f01_where_there_is_no_officer_a_member_for_law_enforcement_agrees_but_not_the_administrator_alone(
    team: Team,
) -> None:
    case: Case = team.open()
    liaison: Person = team.valley.cast.rosa
    RoleAssignment.objects.filter(person=team.sam).update(ends_at=now())
    called_meetings.hold_from_class(actor=team.ben, case=case)
    called_meetings.answer_search(
        actor=team.ben, case=case, search="nothing_found", weapon_known="no", note="Bag and locker."
    )
    called_meetings.agree_to_return(actor=team.tess, case=case, stands_for="administration")
    case_opening.join(actor=team.tess, case=case, person=liaison, disciplines=["law_enforcement"])
    called_meetings.agree_to_return(actor=liaison, case=case, stands_for="law_enforcement")
    called_meetings.return_to_class(actor=team.tess, case=case, reason="Agreed.")


def test_f01_nobody_agrees_in_the_place_of_an_officer_whom_the_school_has(team: Team) -> None:
    case = held(team)
    answered(team, case)
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    case_opening.join(actor=team.tess, case=case, person=team.ben, disciplines=["law_enforcement"])
    with pytest.raises(called_meetings.NotTheirs):
        called_meetings.agree_to_return(actor=team.ben, case=case, stands_for="law_enforcement")
    called_meetings.agree_to_return(actor=team.sam, case=case, stands_for="law_enforcement")


def test_f01_letting_the_officer_go_spares_nobody_the_officer_at_the_meeting(team: Team) -> None:
    case = held(team)
    case_opening.leave_team(actor=team.tess, case=case, person=team.sam)
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    case_opening.join(actor=team.tess, case=case, person=team.ben, disciplines=["law_enforcement"])
    for present in ([team.tess, team.dana], [team.tess, team.ben]):
        with pytest.raises(called_meetings.OneDisciplineMet):
            called_meetings.hold_meeting(actor=team.tess, case=case, present=present, note="Quickly.")
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["school_resource_officer"])
    called_meetings.hold_meeting(actor=team.tess, case=case, present=[team.tess, team.sam], note="With him.")


def test_f01_what_rang_somebody_who_was_let_go_rings_the_lead_and_their_own_call_falls_away(
    team: Team,
) -> None:
    case = held(team)
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected="other")
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    assert team.ben.pk not in {duty.holder_id for duty in open_about(case.thing)}
    assert [duty.holder for duty in open_about(case.thing, "case.path")] == [team.tess]
    assert {duty.holder for duty in open_about(case.thing, "case.meet")} == {team.tess, team.dana, team.sam}


def test_f01_the_end_of_an_alarm_sends_nobody_back_to_class(team: Team) -> None:
    case = team.imminent()
    for kind in ("called_911", "located", "secured", "searched", "stood_down"):
        imminent_response.record_step(actor=team.ben, case=case, kind=kind)
    imminent_response.resume(actor=team.ben, case=case, reason="No weapon in bag or locker.")
    assert case.class_returns.get().outcome == ""
    assert open_about(case.thing, "case.class_return").exists()


def test_staying_out_needs_a_reason_and_nobody_elses_word(team: Team) -> None:
    case = held(team)
    with pytest.raises(state_transitions.ReasonWanted):
        called_meetings.keep_out(actor=team.ben, case=case, reason=" ")
    called_meetings.keep_out(actor=team.ben, case=case, reason="Home with his mother.")
    assert called_meetings.hold_from_class(actor=team.ben, case=case).trigger == "member"


def test_the_database_itself_refuses_a_return_on_one_persons_word(team: Team) -> None:
    case = held(team)
    row = case.class_returns.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassReturn.objects.filter(pk=row.pk).update(
            outcome="returned", administrator=team.tess, officer=team.tess
        )


# --- the pages
# -------------------------------------------------------------------------------------------------------


def test_f01_the_pages_lead_from_the_grave_answer_back_to_class(team: Team, signed_in: SignIn) -> None:
    case = held(team)
    tess, sam = signed_in(team.tess), signed_in(team.sam)
    assert "Somebody has to decide whether the police are told" in seen(tess, case), (
        "counted in minutes, so asked before the meeting of today"
    )
    imminent_response.decide_threshold(
        actor=team.tess,
        case=case,
        decision=case.law_enforcement.get(),
        outcome="not_notified",
        reason="Sam sits here.",
    )
    assert "A grave answer calls the team" in seen(tess, case)
    answer = send(tess, case, "called/", "met", present=[team.tess.pk, team.ben.pk], note="Marker-Met")
    assert "Two disciplines have to be there" in words(answer)
    assert "Marker-Met" in words(answer)
    send(tess, case, "called/", "met", present=[team.tess.pk, team.sam.pk], note="Marker-Met")
    assert "The student stays with an adult until it is decided" in seen(tess, case)
    page = words(send(tess, case, "class/decide/", "decide", reason="Marker-Why", plain={"go": "back"}))
    assert "Bag, locker and clothes were searched" in page
    assert "Can meet it: Whoever searched, by " in page
    assert "Marker-Why" in page
    send(sam, case, "class/", "search", search="nothing_found", weapon_known="no", note="Marker-Searched")
    assert "I agree, for law enforcement" not in seen(tess, case, "class/")
    assert "has to agree" in words(send(tess, case, "class/agree/", "", stands_for="law_enforcement"))
    send(tess, case, "class/agree/", "", stands_for="administration")
    send(sam, case, "class/agree/", "", stands_for="law_enforcement")
    page = seen(tess, case, "class/")
    assert "Marker-Searched" in page
    assert "The student goes back to class" in page
    send(tess, case, "class/decide/", "decide", reason="All clear.", plain={"go": "back"})
    assert case.class_returns.get().outcome == "returned"
    assert "Goes back to class" in seen(tess, case, "class/")
