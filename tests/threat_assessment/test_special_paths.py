"""Self-harm and child protection: what is due rings by itself, whoever knows reports themselves, and no entry
here closes anything by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.reporting.acts import everything_in_the_database
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import SCREEN, Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import gate_checks, gates
from security_center.threat_assessment.actions import (
    agency_answers,
    case_closing,
    case_opening,
    inquiry,
    judgement_signing,
    protective_paths,
    screening,
    state_transitions,
)
from security_center.threat_assessment.actions.edit_conflicts import Unknown
from security_center.threat_assessment.models import Case, PathStep, State

URGENT = ["screen", "parent_told", "lethal_means"]


def steps(case: Case, path: str = "self_harm") -> list[str]:
    return list(
        PathStep.objects.filter(case=case, path=path, answer="").order_by("pk").values_list("step", flat=True)
    )


def answer_all(team: Team, case: Case, *names: str) -> None:
    for row in case.path_steps.filter(answer="", **({"step__in": names} if names else {})):
        protective_paths.answer_path(
            actor=row.person or team.ben,
            case=case,
            step=row,
            answer=protective_paths.answers_for(case, row)[0],
            note="Done.",
            **CALLED,
        )


CALLED = {"agency": "State hotline, Ms. Ruiz", "called_when": "Tuesday 10:15", "reference": "A-17"}


def lacks(refused: Any) -> list[str]:
    return [one.gate.key for one in refused.value.unmet]


# --- who may not
# -----------------------------------------------------------------------------------------------------


def test_nobody_off_the_team_presses_or_answers(team: Team) -> None:
    case = protective_paths.suspect_abuse(actor=team.ben, case=team.open(), suspected="other")
    for stranger in (team.sam, team.valley.cast.ivy, team.valley.cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            protective_paths.suspect_abuse(actor=stranger, case=case, suspected="other")
        with pytest.raises(NotAllowed):
            protective_paths.answer_path(
                actor=stranger, case=case, step=case.path_steps.get(), answer="reported", note="", **CALLED
            )


# --- self-harm
# -------------------------------------------------------------------------------------------------------


def test_a_screening_that_finds_self_harm_asks_for_its_steps_the_same_day(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    screening.screen(actor=team.ben, case=case, **{**SCREEN, "self_harm": "yes"})
    assert steps(case) == [*URGENT, "others_ruled_out"]
    rows = {row.step: row for row in case.path_steps.all()}
    for name in URGENT:
        assert rows[name].due_at.astimezone(case.zone).date() == case.today()
    assert open_about(case.thing, "case.path").count() == 4
    screening.screen(actor=team.tess, case=case, **{**SCREEN, "self_harm": "yes"})
    assert case.path_steps.count() == 4, "it asks once"


@pytest.mark.parametrize("prompt", doctrine.paths()["self_harm"].prompts)
def test_a_question_about_suicide_answered_yes_starts_the_path(team: Team, prompt: str) -> None:
    case = team.screened()
    inquiry.find(actor=team.ben, case=case, prompt=prompt, answer="yes", note="He said so.", version=0)
    assert steps(case) == [*URGENT, "others_ruled_out"]


def test_judged_as_self_harm_the_plan_waits_for_its_steps_and_the_case_stays_open_for_harm_to_others(
    team: Team,
) -> None:
    case, _judgement = team.judged("self_harm_primary")
    assert steps(case) == [*URGENT, "others_ruled_out"]
    missing = {one.gate.key: one.missing for one in gates.unmet(case, State.MANAGING)}
    assert missing["path_steps"] == [f"path.self_harm.{name}" for name in URGENT]
    answer_all(team, case, *URGENT)
    assert "path_steps" not in {one.gate.key for one in gates.unmet(case, State.MANAGING)}
    for reason in doctrine.close_reasons():
        assert "path_ended" in {one.gate.key for one in gates.unmet(case, State.CLOSED, reason)}, reason
    answer_all(team, case)
    assert "path_ended" not in {one.gate.key for one in gates.unmet(case, State.CLOSED, "unfounded")}


def test_parents_are_told_the_same_day_and_held_back_only_while_one_is_suspected(team: Team) -> None:
    case, _judgement = team.judged("self_harm_primary")
    told = case.path_steps.get(step="parent_told")
    with pytest.raises(Unknown):
        protective_paths.answer_path(
            actor=team.ben, case=case, step=told, answer="held_back", note="I would rather not."
        )
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected="parent")
    assert (
        protective_paths.answer_path(
            actor=team.ben, case=case, step=told, answer="held_back", note="The agency asked us to wait."
        ).answer
        == "held_back"
    )


@pytest.mark.parametrize(("suspected", "held"), [("parent", True), ("other", False), ("unknown", False)])
def test_no_notice_goes_to_parents_of_whom_one_is_suspected_and_the_reason_is_written(
    team: Team, suspected: str, held: bool
) -> None:
    case, _judgement = team.judged()
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected=suspected)
    notice = case.notices.get(party="parents")
    if not held:
        judgement_signing.settle_notice(
            actor=team.tess, case=case, notice=notice, state="told", note="By phone."
        )
        return
    with pytest.raises(judgement_signing.NoticeHeld):
        judgement_signing.settle_notice(
            actor=team.tess, case=case, notice=notice, state="told", note="By phone."
        )
    judgement_signing.settle_notice(
        actor=team.tess, case=case, notice=notice, state="not_needed", note="The agency tells them."
    )


def told(team: Team, case: Case) -> None:
    [notice] = case.notices.filter(party="parents")
    judgement_signing.settle_notice(actor=team.tess, case=case, notice=notice, state="told", note="By phone.")


def test_nobody_lifts_alone_what_keeps_a_suspected_parent_from_being_told(
    team: Team, signed_in: SignIn
) -> None:
    case, _judgement = team.judged()
    given = {"who": "Marker-Who: Ms. Ruiz, Tuesday", "text": "Marker-Said: tell them now."}
    with pytest.raises(state_transitions.NotATransition):  # nobody is suspected
        agency_answers.note_agency_answer(actor=team.ben, case=case, **given)
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected="parent")
    with pytest.raises(agency_answers.NobodyHasAsked):
        agency_answers.note_agency_answer(actor=team.ben, case=case, **given)
    answer_all(team, case, "agency")
    with pytest.raises(judgement_signing.NoticeHeld):
        told(team, case)
    for stranger in (team.sam, team.valley.cast.ivy, team.valley.cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            agency_answers.note_agency_answer(actor=stranger, case=case, **given)
    ben, tess = signed_in(team.ben), signed_in(team.tess)
    assert "Write what they said." in words(
        send(ben, case, "paths/agency/", "agency", who="Ms. Ruiz", text="")
    )
    send(ben, case, "paths/agency/", "agency", **given)
    assert [duty.holder for duty in open_about(case.thing, "case.path")] == [team.tess]
    assert "A member of another discipline does." in words(
        ben.post(f"{case.path}paths/agency/answer/", {"agree": "yes"}, follow=True)
    )
    with pytest.raises(judgement_signing.NoticeHeld):
        told(team, case)
    assert "Marker-Said" in words(tess.get(f"{case.path}paths/agency/", follow=True))
    assert "The parents may be told now." in words(
        tess.post(f"{case.path}paths/agency/answer/", {"agree": "yes"}, follow=True)
    )
    assert not open_about(case.thing, "case.path").exists()
    told(team, case)
    assert b"Marker-" not in everything_in_the_database()


def test_a_refusal_or_a_later_suspicion_keeps_the_parents_from_being_told(team: Team) -> None:
    case, _judgement = team.judged()
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected="parent")
    answer_all(team, case, "agency")
    for agree, held in ((False, True), (True, False)):
        agency_answers.note_agency_answer(actor=team.ben, case=case, who="Ms. Ruiz", text="Tell them.")
        agency_answers.answer_agency_answer(actor=team.tess, case=case, agree=agree)
        assert gate_checks.parent_suspected(case) is held
    team.valley.pass_time(hours=1)
    protective_paths.suspect_abuse(actor=team.dana, case=case, suspected="parent")
    assert gate_checks.parent_suspected(case)


def test_an_answer_is_in_words_and_given_once(team: Team) -> None:
    case, _judgement = team.judged("self_harm_primary")
    row = case.path_steps.get(step="screen")
    with pytest.raises(state_transitions.ReasonWanted):
        protective_paths.answer_path(actor=team.ben, case=case, step=row, answer="done", note=" ")
    protective_paths.answer_path(
        actor=team.ben, case=case, step=row, answer="done", note="Low risk, with a safety plan."
    )
    with pytest.raises(state_transitions.NotATransition):
        protective_paths.answer_path(actor=team.ben, case=case, step=row, answer="done", note="Again.")


# --- child protection
# ------------------------------------------------------------------------------------------------


def test_the_duty_to_report_is_personal_and_nobody_does_it_for_another(team: Team) -> None:
    case = protective_paths.suspect_abuse(actor=team.ben, case=team.open(), suspected="parent")
    row = case.path_steps.get()
    assert (row.person, row.due_at) == (team.ben, team.valley.at)
    assert {duty.holder for duty in open_about(case.thing, "case.path")} == {team.ben}
    with pytest.raises(protective_paths.NotYours):
        protective_paths.answer_path(
            actor=team.tess, case=case, step=row, answer="reported", note="", **CALLED
        )
    protective_paths.suspect_abuse(actor=team.tess, case=case, suspected="parent")
    assert {one.person for one in case.path_steps.all()} == {team.ben, team.tess}, (
        "whoever knows of it too has the same duty"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        PathStep.objects.filter(pk=row.pk).update(answer="reported", answered_by=team.tess)


def test_an_entry_without_agency_and_time_has_told_nobody(team: Team) -> None:
    case = protective_paths.suspect_abuse(actor=team.ben, case=team.open(), suspected="parent")
    row = case.path_steps.get()
    for fields in ({}, {"agency": "State hotline"}, {"called_when": "Today"}):
        with pytest.raises(protective_paths.RecordWanted):
            protective_paths.answer_path(
                actor=team.ben, case=case, step=row, answer="reported", note="I wrote it here.", **fields
            )
    with pytest.raises(Unknown):
        protective_paths.answer_path(
            actor=team.ben, case=case, step=row, answer="no_suspicion", note="On second thought."
        )
    protective_paths.answer_path(actor=team.ben, case=case, step=row, answer="reported", note="", **CALLED)
    assert not open_about(case.thing, "case.path").exists()


def test_it_rings_again_and_again_until_it_is_reported(team: Team) -> None:
    case = protective_paths.suspect_abuse(actor=team.ben, case=team.open(), suspected="parent")
    duty = open_about(case.thing, "case.path").get()
    team.valley.ring()
    assert duty.steps.filter(done_at__isnull=False).exists()
    team.valley.pass_time(hours=3)
    team.valley.ring()
    assert duty.steps.filter(done_at__isnull=False).count() >= 3, (
        "team and district hear of it within the hours"
    )


def test_it_never_closes_while_somebody_has_not_reported(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "support"})
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected="parent")
    for reason in doctrine.close_reasons():
        with pytest.raises(gates.GatesUnmet) as refused:
            case_closing.ask_to_close(
                actor=team.tess, case=case, reason=reason, text="It is with the agency now, we think."
            )
        assert "path_steps" in lacks(refused), reason


def test_words_of_abuse_start_it_for_whoever_wrote_them_and_may_be_cleared_with_a_reason(team: Team) -> None:
    case = team.open(concern="Her stepfather beats me, she wrote. My dad hits me too.")
    row = case.path_steps.get(path="protection")
    assert row.person == team.tess
    assert not row.pressed
    protective_paths.answer_path(
        actor=team.tess, case=case, step=row, answer="no_suspicion", note="They are the words of a play."
    )


def test_whoever_leaves_the_team_passes_the_duty_on_to_its_lead(team: Team) -> None:
    case = protective_paths.suspect_abuse(actor=team.ben, case=team.open(), suspected="other")
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    assert case.path_steps.get().person == team.tess
    other = protective_paths.suspect_abuse(actor=team.ben, case=team.open(), suspected="other")
    protective_paths.suspect_abuse(actor=team.tess, case=other, suspected="other")
    case_opening.leave_team(actor=team.tess, case=other, person=team.ben)
    assert list(other.path_steps.filter(answer="").values_list("person", flat=True)) == [team.tess.pk]


# --- the pages
# -------------------------------------------------------------------------------------------------------


def test_the_page_shows_988_what_is_due_and_whose_it_is(team: Team, signed_in: SignIn) -> None:
    case, ben, tess = team.screened(), signed_in(team.ben), signed_in(team.tess)
    assert 'href="tel:988"' in seen(ben, case, "paths/")
    page = words(send(ben, case, "paths/", "suspect", suspected="parent"))
    assert "The duty to report is yours now" in page
    assert "No notice to the parents yet" in page
    assert "A step for self-harm or child protection is due" in seen(ben, case)
    row = case.path_steps.get()
    place = f"paths/{row.uuid}/"
    assert "This duty is Ben Cole’s own" in seen(tess, case, place)
    kept = words(send(ben, case, place, "path", answer="reported", note="Marker-Kept"))
    assert "Write which agency you told" in kept
    assert "Marker-Kept" in kept
    send(ben, case, place, "path", answer="reported", note="Marker-Note", **CALLED)
    page = seen(tess, case, "paths/")
    assert "State hotline, Ms. Ruiz" in page
    assert "A-17" in page


def test_what_was_reported_is_sealed(team: Team) -> None:
    case = protective_paths.suspect_abuse(actor=team.ben, case=team.open(), suspected="other")
    row = protective_paths.answer_path(
        actor=team.ben,
        case=case,
        step=case.path_steps.get(),
        answer="reported",
        note="Marker-Note",
        agency="Marker-A",
        called_when="Marker-W",
    )
    for column in ("note", "agency", "called_when"):
        assert b"Marker" not in bytes(getattr(row, column))
