"""Days out of school: counted by the school's calendar, alarmed before the limit, never a reason to end a
case, never asked for (threat-assessment.md F10)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from tests.threat_assessment.pages import SignIn, seen, send
from tests.threat_assessment.team import SCREEN, TEXTS, Team

from security_center.foundation.duties import schedule
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.school_time import SchoolCalendar
from security_center.prevention import actions as plan_actions
from security_center.threat_assessment import tasks
from security_center.threat_assessment.actions import (
    called_meetings,
    case_closing,
    case_opening,
    imminent_response,
    judgement_signing,
    management_plan,
    school_removals,
    screening,
    state_transitions,
)
from security_center.threat_assessment.gates import GatesUnmet
from security_center.threat_assessment.models import Case, PlacementQuestion, State
from security_center.threat_assessment.queries.removals import days_of
from security_center.threat_assessment.removal_days import RemovalDays, count

TUESDAY = date(2026, 11, 24)  # the valley's own day


def away(team: Team, case: Case, first: date = TUESDAY, days: int | None = None, **fields: Any) -> Any:
    given = {
        "kind": "out_of_school",
        "first_day": first,
        "last_day": None if days is None else first + timedelta(days=days - 1),
        **fields,
    }
    return school_removals.add_removal(actor=team.tess, case=case, **given)


def questions(case: Case) -> list[str]:
    return list(
        PlacementQuestion.objects.filter(case=case, answer="").order_by("pk").values_list("kind", flat=True)
    )


# --- who may not, and what is refused
# --------------------------------------------------------------------------------


def test_nobody_off_the_team_records_or_answers_anything(team: Team) -> None:
    case = team.open()
    for stranger in (team.valley.cast.sam, team.valley.cast.ivy, team.valley.cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            school_removals.add_removal(
                actor=stranger, case=case, kind="expulsion", first_day=TUESDAY, last_day=None
            )
        with pytest.raises(NotAllowed):
            school_removals.set_special_education(actor=stranger, case=case, has_plan=True)
    away(team, case, kind="expulsion")
    with pytest.raises(NotAllowed):
        school_removals.answer_placement(
            actor=team.valley.cast.ivy,
            case=case,
            question=case.placement_questions.get(),
            answer="not_related",
            note="No.",
        )


@pytest.mark.parametrize(("ground", "days"), [("", 10), ("weapon", None), ("weapon", 120), ("anger", 10)])
def test_an_interim_setting_needs_its_ground_and_an_end_within_45_school_days(
    team: Team, ground: str, days: int | None
) -> None:
    with pytest.raises(school_removals.InterimNotAllowed):
        away(team, team.open(), kind="interim", ground=ground, days=days)


def test_a_last_day_before_the_first_is_refused(team: Team) -> None:
    with pytest.raises(school_removals.DaysUnclear):
        away(team, team.open(), days=0)


# --- the count
# -------------------------------------------------------------------------------------------------------


def test_school_days_are_counted_once_whatever_overlaps_and_without_weekends_and_holidays() -> None:
    hours = dict.fromkeys(range(5), (time(8), time(15)))
    calendar = SchoolCalendar("America/New_York", hours, ((date(2026, 11, 26), date(2026, 11, 27)),))
    stretches = [
        (date(2026, 11, 23), date(2026, 12, 1)),
        (date(2026, 11, 30), date(2026, 12, 2)),
        (date(2026, 12, 9), None),
    ]
    assert count(calendar, stretches, date(2026, 7, 1), date(2026, 12, 10)) == RemovalDays(
        so_far=8, planned=8, in_a_row=6
    )
    assert count(
        calendar, [(date(2026, 11, 23), date(2026, 12, 4))], date(2026, 7, 1), TUESDAY
    ) == RemovalDays(so_far=2, planned=8, in_a_row=8)
    assert count(calendar, [(date(2026, 5, 1), date(2026, 7, 2))], date(2026, 7, 1), TUESDAY).planned == 2, (
        "only this school year counts"
    )


def test_the_counter_follows_the_schools_calendar(team: Team) -> None:
    case = team.open()
    plan_actions.add_holiday(
        actor=None,
        organization=team.valley.school,
        first_day=date(2026, 11, 26),
        last_day=date(2026, 11, 27),
        name="Feast",
    )
    away(team, case, days=7)
    assert days_of(case).planned == 3  # Tuesday, Wednesday, Monday


# --- threat-assessment.md F10
# ----------------------------------------------------------------------------------------


def test_f10_the_alarm_rings_before_the_ninth_day_is_over_while_nobody_has_said_when_it_ends(
    team: Team,
) -> None:
    """Jefferson County: eight months out of school while somebody assessed."""
    case = team.screened()
    away(team, case)
    assert questions(case) == []
    seen_at: dict[int, list[str]] = {}
    for _day in range(15):
        team.valley.pass_time(days=1)
        tasks.watch_removals()
        seen_at.setdefault(days_of(case).so_far, questions(case))
    assert seen_at[7] == []
    assert seen_at[9] == ["warning"]
    assert seen_at[10] == ["warning"]
    assert seen_at[11] == ["warning", "manifestation"]
    assert tasks.watch_removals() == 0, "it asks once"
    review = case.placement_questions.get(kind="manifestation")
    local = review.due_at.astimezone(case.zone).date()
    assert (local - review.raised_at.astimezone(case.zone).date()).days == 14, "ten school days"
    assert {duty.path for duty in open_about(case.thing, "case.placement")} == {
        f"{case.path}removals/{one.uuid}/" for one in case.placement_questions.all()
    }


def test_f10_days_set_in_advance_ask_at_once_and_an_expulsion_however_short(team: Team) -> None:
    case = team.open()
    away(team, case, days=17)
    assert questions(case) == ["warning", "manifestation"]
    other = team.open()
    away(team, other, kind="expulsion", days=1)
    assert questions(other) == ["manifestation"]


def test_f10_a_review_has_an_outcome_in_words_and_the_next_removal_asks_anew(team: Team) -> None:
    case = team.open()
    school_removals.set_special_education(actor=team.tess, case=case, has_plan=True)
    away(team, case, kind="expulsion", days=12)
    asked = case.placement_questions.get(kind="manifestation")
    with pytest.raises(state_transitions.ReasonWanted):
        school_removals.answer_placement(
            actor=team.ben, case=case, question=asked, answer="related", note=" "
        )
    with pytest.raises(school_removals.Unknown):
        school_removals.answer_placement(
            actor=team.ben, case=case, question=asked, answer="not_protected", note="He has an IEP."
        )
    school_removals.answer_placement(
        actor=team.ben,
        case=case,
        question=asked,
        answer="related",
        note="With his mother and his case manager.",
    )
    with pytest.raises(state_transitions.NotATransition):
        school_removals.answer_placement(
            actor=team.ben, case=case, question=asked, answer="related", note="Again."
        )
    assert tasks.watch_removals() == 0
    team.valley.pass_time(days=20)
    away(team, case, first=TUESDAY + timedelta(days=20), days=1)
    assert "manifestation" in questions(case)


def test_f10_without_somebody_of_special_education_nobody_judges_a_student_with_an_iep(team: Team) -> None:
    case = team.inquired()
    case = school_removals.set_special_education(actor=team.tess, case=case, has_plan=True)
    with pytest.raises(GatesUnmet) as refused:
        judgement_signing.judge(actor=team.tess, case=case, conclusion="needs_support", level="", **TEXTS)
    assert [one.gate.key for one in refused.value.unmet] == ["special_education"]
    case_opening.join(
        actor=team.tess, case=case, person=team.valley.cast.rosa, disciplines=["special_education"]
    )
    judgement_signing.judge(actor=team.tess, case=case, conclusion="needs_support", level="", **TEXTS)


def test_f10_whether_the_behavior_comes_from_the_disability_must_be_asked(team: Team) -> None:
    from security_center.threat_assessment import content_loader as doctrine

    assert "emotional_developmental.link" in doctrine.mandatory_prompts()


@pytest.mark.parametrize("threshold", ["le_weapon_access", "le_consult"])
def test_f10_a_threat_without_danger_now_is_screened_before_the_police_hear_of_it(
    team: Team, threshold: str
) -> None:
    """Tennessee: a child's joke went to the police before anybody had asked what it was."""
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    decision = imminent_response.meet_threshold(actor=team.tess, case=case, threshold=threshold)
    with pytest.raises(imminent_response.ScreenFirst):
        imminent_response.decide_threshold(
            actor=team.tess,
            case=case,
            decision=decision,
            outcome="notified",
            reason="A joke.",
            agency="City police",
        )
    screening.screen(actor=team.tess, case=case, **SCREEN)
    imminent_response.decide_threshold(
        actor=team.tess,
        case=case,
        decision=decision,
        outcome="notified",
        reason="Checked.",
        agency="City police",
    )


def test_f10_danger_now_waits_for_no_screening(team: Team) -> None:
    case = imminent_response.declare_imminent(actor=team.tess, case=team.open())
    imminent_response.decide_threshold(
        actor=team.tess,
        case=case,
        decision=case.law_enforcement.get(),
        outcome="notified",
        reason="A knife.",
        agency="City police",
    )


def test_f10_what_the_screening_found_stands_where_the_police_are_told(team: Team, signed_in: SignIn) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    decision = imminent_response.meet_threshold(actor=team.tess, case=case, threshold="le_consult")
    tess = signed_in(team.tess)
    assert "Screen it first" in seen(tess, case, f"law-enforcement/{decision.uuid}/")
    answer = send(
        tess,
        case,
        f"law-enforcement/{decision.uuid}/",
        "police",
        outcome="notified",
        reason="Marker-Kept",
        agency="City police",
    )
    assert "Nobody is in danger right now" in answer.content.decode()
    assert "Marker-Kept" in answer.content.decode()
    screening.screen(actor=team.ben, case=case, **{**SCREEN, "note": "Marker-Screened"})
    assert "Marker-Screened" in seen(tess, case, f"law-enforcement/{decision.uuid}/")


def test_f10_a_transient_concern_closes_from_screening_with_two_disciplines_and_reasons_alone(
    team: Team,
) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "support"})
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="resolved_no_threat", text="He apologized, and meant it."
    )
    assert (
        case_closing.answer_closing(
            actor=team.ben, case=case, closure=closure, agree=True, text="I saw it."
        ).state
        == State.CLOSED
    )


# --- sending away ends nothing
# ---------------------------------------------------------------------------------------


def test_sending_a_student_away_makes_the_team_look_again_and_closes_nothing(team: Team) -> None:
    case = team.managed(conclusion="no_concern")
    team.valley.pass_time(hours=1)
    away(team, case, days=2)
    assert open_about(case.thing, "case.look_again").exists()
    for action in case.plan.actions.all():
        management_plan.settle_action(
            actor=team.ben, case=case, action=action, state="done", evidence="Done."
        )
    with pytest.raises(GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="He is out.")
    assert [one.gate.key for one in refused.value.unmet] == ["looked_again"]
    management_plan.review(actor=team.tess, case=case, text="We called him at home.", next_in_days=7)
    assert not open_about(case.thing, "case.look_again").exists()
    case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="Looked at again.")


def test_an_open_question_about_days_is_not_dropped_by_closing(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    away(team, case, kind="expulsion")
    with pytest.raises(GatesUnmet) as refused:
        case_closing.ask_to_close(actor=team.tess, case=case, reason="unfounded", text="He is gone.")
    assert [one.gate.key for one in refused.value.unmet] == ["safety_answered", "placement_answered"]


# --- the pages
# -------------------------------------------------------------------------------------------------------


def test_the_worker_has_the_job() -> None:
    assert "threat_assessment.watch_removals" in {job.name for job in schedule.jobs()}


def test_days_are_recorded_counted_ended_and_answered_on_their_page(team: Team, signed_in: SignIn) -> None:
    case, ben = team.open(), signed_in(team.ben)
    assert "0 school days so far" in seen(ben, case, "removals/")
    send(ben, case, "removals/", "removal", kind="expulsion", first_day="2026-11-23", reason="Marker-Reason")
    page = seen(ben, case, "removals/")
    assert "2 school days so far" in page
    assert "Marker-Reason" in page
    assert "not ended yet" in page
    row, asked = case.removals.get(), case.placement_questions.get()
    answer = send(ben, case, f"removals/{row.uuid}/end/", f"end-{row.pk}", last_day="2026-11-20")
    assert "before the first" in answer.content.decode()
    send(ben, case, f"removals/{row.uuid}/end/", f"end-{row.pk}", last_day="2026-11-25")
    send(ben, case, "removals/special-education/", "", has_plan="yes")
    page = seen(ben, case, f"removals/{asked.uuid}/")
    assert "nobody had reason to think of one" not in page
    assert "Not yet checked" in page, "what is not confirmed is not shown as anybody's rule"
    send(ben, case, f"removals/{asked.uuid}/", "placement", answer="not_related", note="Marker-Review")
    assert "Marker-Review" in seen(ben, case, f"removals/{asked.uuid}/")
    assert Case.objects.get(pk=case.pk).special_education


def test_a_form_with_a_mistake_keeps_what_was_typed(team: Team, signed_in: SignIn) -> None:
    case = team.open()
    answer = send(
        signed_in(team.ben),
        case,
        "removals/",
        "removal",
        kind="interim",
        first_day="2026-11-23",
        reason="Marker-Kept",
    )
    assert "Marker-Kept" in answer.content.decode()
    assert "needs a weapon, drugs or a serious injury" in answer.content.decode()


def test_what_was_recorded_is_sealed(team: Team) -> None:
    row = away(team, team.open(), reason="Marker-Sealed")
    assert b"Marker" not in bytes(row.reason)


def test_f01_kept_out_and_due_back_it_is_decided_before_the_student_is_in_class(
    team: Team, signed_in: SignIn
) -> None:
    case = team.open()
    called_meetings.hold_from_class(actor=team.ben, case=case)
    away(team, case, days=2)
    team.keep_out(case)
    assert "Before they come back it is decided anew" in seen(signed_in(team.tess), case, "class/")
    tasks.watch_removals()
    assert not open_about(case.thing, "case.class_return").exists(), "still away"
    team.valley.pass_time(days=6)
    tasks.watch_removals()
    tasks.watch_removals()
    assert open_about(case.thing, "case.class_return").count() == 1
    assert case.class_returns.filter(outcome="").count() == 1
