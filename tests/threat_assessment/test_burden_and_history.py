"""The first hour asks for little (threat-assessment.md F13), and what was before about a student comes up by
itself, with what FERPA lets a school do (threat-assessment.md F4)."""

from __future__ import annotations

from django import forms
from tests.students.people import Register
from tests.threat_assessment.pages import SignIn, seen
from tests.threat_assessment.team import SCREEN, Team

from security_center.foundation.students.models import Student
from security_center.prevention.queries import rules_at
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    case_closing,
    case_opening,
    imminent_response,
    inquiry,
    school_removals,
    screening,
    state_transitions,
)
from security_center.threat_assessment.forms_case import OpenCaseForm, PoliceForm, ResumeForm, ScreeningForm
from security_center.threat_assessment.forms_convening import MeetForm, SearchForm
from security_center.threat_assessment.forms_inquiry import BeginInterviewForm, SourceForm
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.queries.prior import prior_of

MOST_ANSWERS = 6


def forms_of_the_first_hour(team: Team) -> dict[str, forms.Form]:
    return {
        "open": OpenCaseForm(
            people=[team.tess],
            rule_set=rules_at(team.valley.school).rule_set,
            report=True,
            register=True,
        ),
        "screen": ScreeningForm(),
        "resume": ResumeForm(),
        "police": PoliceForm(),
        "meet": MeetForm(members=[]),
        "search": SearchForm(),
        "source": SourceForm(officer=False),
        "interview": BeginInterviewForm(officer=False),
    }


def test_f13_no_page_of_the_first_hour_asks_for_more_than_six_answers(team: Team) -> None:
    for name, form in forms_of_the_first_hour(team).items():
        required = [field for field in form.fields.values() if field.required]
        assert len(required) <= MOST_ANSWERS, name


def test_f13_who_the_student_is_is_asked_once_and_on_no_later_page(team: Team) -> None:
    asked = {
        name
        for name, form in forms_of_the_first_hour(team).items()
        if {"subject_name", "birth_date", "grade"} & set(form.fields)
    }
    assert asked <= {"open"}


def test_f13_danger_now_is_pressed_and_types_nothing(team: Team, signed_in: SignIn) -> None:
    case = imminent_response.declare_imminent(actor=team.tess, case=team.open())
    page = seen(signed_in(team.tess), case, "imminent/")
    assert page.count("<textarea") == 1, "only what ended the danger is written"


# --- what was before
# -------------------------------------------------------------------------------------------------


def of_student(team: Team, student: Student) -> Case:
    case = team.open()
    case.student = student
    case.save()
    return case


def test_f04_nothing_is_found_by_a_name_alone(team: Team) -> None:
    team.open(subject_name="Sam Doe")
    assert not prior_of(team.tess, team.open(subject_name="Sam Doe"))


def test_f04_earlier_cases_reports_and_days_out_of_the_confirmed_student_come_up_by_themselves(
    team: Team, signed_in: SignIn
) -> None:
    student = Register(team.valley).enter("Jordan Lee")
    earlier = of_student(team, student)
    report = team.valley.report("He says he will hurt someone.")
    case_closing.add_report(actor=team.tess, case=earlier, report=report)
    day = team.valley.at.date()
    school_removals.add_removal(
        actor=team.tess,
        case=earlier,
        kind="out_of_school",
        first_day=day,
        last_day=day,
        reason="Marker-Reason",
    )
    case = of_student(team, student)
    page = seen(signed_in(team.ben), case)
    assert earlier.number in page
    assert report.number in page
    assert "Suspension" in page
    assert "Marker-Reason" not in page, "what an earlier case says stays with its team"
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    assert not prior_of(team.sam, case), (
        "earlier assessments are the school's records: an officer does not see them"
    )
    assert not prior_of(team.valley.cast.ivy, case), "nor does who is not on the team"
    assert (
        len(prior_of(team.tess, of_student(team, Register(team.valley, count=7).enter("Jordan Lee"))).cases)
        == 0
    ), "the same name is another student"


def test_f04_the_answer_card_stands_where_somebody_asks_or_tells(team: Team, signed_in: SignIn) -> None:
    case = team.imminent()
    source = inquiry.add_source(actor=team.ben, case=case, kind="rec_discipline")
    decision = case.law_enforcement.get()
    for place in (
        f"sources/{source.uuid}/",
        "law-enforcement/",
        f"law-enforcement/{decision.uuid}/",
        "notices/",
    ):
        page = seen(signed_in(team.ben), case, place)
        assert "What FERPA lets you tell and ask" in page, place
        for key in doctrine.answer_card():
            assert str(doctrine.privacy_rules()[key].rule) in page, place
        assert "Confirmed" in page


def test_f03_an_earlier_closure_lowers_nothing(team: Team) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(life_safety=True), to=State.SCREENING)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="unfounded", text="It was a line of a song."
    )
    case = case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")
    case = case_closing.add_report(actor=None, case=case, report=team.valley.report("He says it again."))
    assert case.life_safety
    assert case.state == State.SCREENING
