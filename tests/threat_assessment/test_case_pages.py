"""The first pages of a case that is open: who may not come in first, then what each one does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from msgspec.structs import replace
from tests.threat_assessment.pages import SignIn, opening_form, path
from tests.threat_assessment.team import SCREEN, Team

from security_center.foundation.clock import clock_at
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.prevention.doctrine import assessment
from security_center.threat_assessment.actions import (
    case_closing,
    imminent_response,
    management_plan,
    state_transitions,
)
from security_center.threat_assessment.models import (
    Case,
    ContainmentStep,
    LawEnforcementDecision,
    Screening,
    State,
)

PAGES = ("case", "case_team", "case_screen", "case_reports", "imminent", "law_enforcement")
PRESSES = ("case_team_remove", "case_reports_seen", "imminent_declare", "imminent_press", "imminent_resume")


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def screening_form(**changes: Any) -> dict[str, Any]:
    return {**{f"screening-{name}": value for name, value in SCREEN.items()}, **changes}


# --- who may not


@pytest.mark.parametrize("name", PAGES)
def test_a_case_is_not_there_for_another_district_nor_for_those_who_may_not_know_of_it(
    team: Team, signed_in: SignIn, name: str
) -> None:
    case = team.open()
    for who in ("tess_elsewhere", "ivy_elsewhere", "omar_elsewhere", "rosa", "sam", "lena", "aud", "ada"):
        assert signed_in(team.valley.cast.everyone[who]).get(path(name, case)).status_code == 404, who


@pytest.mark.parametrize("name", PRESSES)
def test_nobody_elsewhere_presses_anything_on_a_case(team: Team, signed_in: SignIn, name: str) -> None:
    case = team.open()
    for who in ("tess_elsewhere", "rosa"):
        assert signed_in(team.valley.cast.everyone[who]).post(path(name, case)).status_code == 404, who
    case.refresh_from_db()
    assert case.state == State.INTAKE


def test_whoever_only_oversees_reads_nothing_and_is_told_who_can(team: Team, signed_in: SignIn) -> None:
    case, ivy = team.open(subject_name="Marker-Name"), signed_in(team.valley.cast.ivy)
    for name in PAGES:
        answer = ivy.get(path(name, case))
        assert answer.status_code == 403
        assert "Tess Moran" in words(answer)
        assert "Ben Cole" in words(answer)
        assert "Marker-" not in words(answer)
    assert ivy.post(path("imminent_declare", case)).status_code == 403
    assert not [entry for entry in entries_about(case.thing) if entry.verb == "case.read"]


def test_the_list_shows_those_who_oversee_where_a_case_stands_and_nothing_of_it(
    team: Team, signed_in: SignIn
) -> None:
    case = team.open(subject_name="Marker-Name")
    page = words(signed_in(team.valley.cast.ivy).get(reverse("threat_assessment:cases") + "?tab=open"))
    assert case.number in page
    assert "Intake" in page
    assert "Tess Moran leads" in page
    assert "read by its team only" in page
    assert "Marker-" not in page
    assert case.path not in page


def test_the_list_is_closed_to_roles_without_cases_and_empty_elsewhere(team: Team, signed_in: SignIn) -> None:
    case, cast = team.open(), team.valley.cast
    for who in (cast.omar, cast.aud, cast.ada):
        assert signed_in(who).get(reverse("threat_assessment:cases")).status_code == 403
    for who in (cast.ivy_elsewhere, cast.rosa, cast.paul):
        assert case.number not in words(signed_in(who).get(reverse("threat_assessment:cases") + "?tab=open"))


def test_a_case_about_a_life_stands_before_what_has_been_late_for_days(team: Team, signed_in: SignIn) -> None:
    with clock_at(team.valley.at - timedelta(days=9)):
        old = team.open()
    new = team.open(life_safety=True)
    page = words(signed_in(team.tess).get("/"))
    assert 0 < page.index(new.number) < page.index(old.number)


# --- team, screening, moves


def test_somebody_asked_onto_the_team_reads_the_case_and_somebody_let_go_does_not(
    team: Team, signed_in: SignIn
) -> None:
    case, tess, sam = team.open(), signed_in(team.tess), signed_in(team.sam)
    page = words(tess.post(path("case_team", case), {"member-person": team.sam.pk}))
    assert "Choose at least one discipline." in page
    tess.post(
        path("case_team", case), {"member-person": team.sam.pk, "member-disciplines": ["law_enforcement"]}
    )
    assert sam.get(case.path).status_code == 200
    tess.post(path("case_team_remove", case), {"person": team.sam.pk})
    assert sam.get(case.path).status_code == 404
    answer = tess.post(path("case_team_remove", case), {"person": team.tess.pk}, follow=True)
    assert "The lead stays on the team as long as they lead." in words(answer)


def test_a_screening_without_its_reason_keeps_the_answers_and_one_with_it_counts_once(
    team: Team, signed_in: SignIn
) -> None:
    case, ben = (
        state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING),
        signed_in(team.ben),
    )
    page = words(
        ben.post(
            path("case_screen", case), screening_form(**{"screening-note": "", "screening-weapon": "unknown"})
        )
    )
    assert "Write in a sentence what your view rests on." in page
    assert 'value="unknown" ' in page
    assert "checked" in page
    assert ben.post(path("case_screen", case), screening_form()).url == case.path
    assert "You have screened it." in words(ben.get(path("case_screen", case)))
    ben.post(path("case_screen", case), screening_form())
    assert Screening.objects.filter(case=case).count() == 1


def test_signs_of_abuse_go_first_to_the_child_protection_agency_as_the_flag_says(
    team: Team, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    client, first = signed_in(team.tess), "First the child protection agency, by the person who knows."
    said = words(client.get(path("case_screen", case)))
    label = assessment.behaviors()["abuse_neglect"].label["en"]
    assert said.count(first) == 1
    assert said.partition(label)[2].partition("</li>")[0].index(first) >= 0
    changed = {key: replace(one, child_protection_first=False) for key, one in assessment.behaviors().items()}
    monkeypatch.setattr(assessment, "behaviors", lambda: changed)
    assert first not in words(client.get(path("case_screen", case)))


def test_two_who_did_not_know_about_a_weapon_at_first_screen_once_more_and_the_case_goes_on(
    team: Team, signed_in: SignIn
) -> None:
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    tess, ben = signed_in(team.tess), signed_in(team.ben)
    tess.post(path("case_screen", case), screening_form(**{"screening-weapon": "unknown"}))
    page = words(tess.get(case.path))
    assert "Now a member of another discipline does: Ben Cole, Dana Price." in page
    tess.post(path("case_screen", case), screening_form(**{"screening-weapon": "unknown"}))
    assert "have screened the case" in words(tess.get(case.path)), "one person twice is not two"
    ben.post(path("case_screen", case), screening_form(**{"screening-weapon": "unknown"}))
    assert "Write down what is known now" in words(ben.get(case.path))
    assert "Is there a weapon, or can the student get one?" in words(ben.get(path("case_screen", case)))
    ben.post(path("case_screen", case), screening_form())
    assert "Start the assessment" in words(ben.get(case.path))
    ben.post(path("case_screen", case), screening_form())
    assert Screening.objects.filter(case=case, person=team.ben).count() == 2, "nothing is open any more"


def test_a_move_whose_gates_are_not_met_lists_them_with_who_can_meet_them(
    team: Team, signed_in: SignIn
) -> None:
    case = team.open(known_subject=False)
    tess = signed_in(team.tess)
    page = words(tess.post(path("case_move", case, to="screening"), {}))
    assert "The student is known by two identifiers" in page
    assert "Any member" in page
    assert "<li>The student</li>" in page
    assert "student_of_concern" not in page
    assert "The student is known by two identifiers" in words(tess.get(case.path))
    case.refresh_from_db()
    assert case.state == State.INTAKE
    for to in ("closed", "imminent_response", "handoff", "nowhere"):
        assert tess.post(path("case_move", case, to=to), {}).status_code == 404


def test_going_back_needs_a_reason_which_the_history_shows(team: Team, signed_in: SignIn) -> None:
    case, _judgement = team.judged()
    tess = signed_in(team.tess)
    assert "Something needs your attention" in words(
        tess.post(path("case_move", case, to="assessing"), {"move-reason": " "})
    )
    case.refresh_from_db()
    assert case.state == State.CLASSIFIED
    tess.post(path("case_move", case, to="assessing"), {"move-reason": "Marker-Back: a new friend spoke."})
    assert "Marker-Back" in words(tess.get(case.path))


def test_every_look_at_a_case_is_recorded(team: Team, signed_in: SignIn) -> None:
    case = team.open()
    signed_in(team.ben).get(case.path)
    assert [entry.actor for entry in entries_about(case.thing) if entry.verb == "case.read"] == [
        f"person:{team.ben.pk}"
    ]


def test_a_report_added_to_a_closed_case_opens_it_and_waits_to_be_looked_at(
    team: Team, signed_in: SignIn
) -> None:
    case, tess = team.screened(), signed_in(team.tess)
    assert "You see no report with this number." in words(
        tess.post(path("case_reports", case), {"cite-number": "NOPE22"})
    )
    report = team.valley.taken(what="He says it again.")
    tess.post(path("case_reports", case), {"cite-number": report.number})
    assert "A new report belongs to this case" in words(tess.get(case.path))
    shown = words(tess.get(path("case_reports", case)))
    assert f'name="number" value="{report.number}"' in shown
    later = team.valley.taken(what="And again.")
    case_closing.add_report(actor=team.ben, case=case, report=later)
    answer = tess.post(path("case_reports_seen", case), {"number": [report.number]}, follow=True)
    assert "Something else has come in meanwhile" in words(answer)
    assert [row.report_number for row in case.reports.filter(seen_at__isnull=True)] == [later.number], (
        "what came in meanwhile stays new"
    )
    assert open_about(case.thing, "case.new_report").exists()
    tess.post(path("case_reports_seen", case), {"number": [later.number]})
    assert not case.reports.filter(seen_at__isnull=True).exists()
    assert not open_about(case.thing, "case.new_report").exists()


def test_f02_a_review_leaves_what_is_new_as_new_and_says_that_it_is_there(
    team: Team, signed_in: SignIn
) -> None:
    case, tess = team.managed(), signed_in(team.tess)
    case_closing.add_report(actor=team.ben, case=case, report=team.valley.report("He says it again."))
    assert "the team has not looked at it yet" in words(tess.get(path("reviews", case)))
    management_plan.review(actor=team.tess, case=case, text="As before.", next_in_days=7)
    assert case.reports.filter(seen_at__isnull=True).exists()
    assert open_about(case.thing, "case.new_report").exists()


# --- danger now, law enforcement


def test_f01_danger_is_pressed_through_and_nobody_goes_back_before_every_press(
    team: Team, signed_in: SignIn
) -> None:
    case, ben = team.screened(), signed_in(team.ben)
    assert "tel:911" in words(ben.get(path("imminent", case)))
    ben.post(path("imminent_declare", case))
    page = words(ben.post(path("imminent_resume", case), {"resume-reason": "Marker-Over"}))
    assert "Marker-Over" in page
    assert "Bag and locker searched" in page
    assert "This cannot be done yet" in page
    for kind in ("called_911", "located", "secured", "searched", "stood_down"):
        ben.post(path("imminent_press", case), {"kind": kind})
    ben.post(path("imminent_press", case), {"kind": "lockdown", "answer": "no"})
    assert "Ben Cole" in words(ben.get(path("imminent", case)))
    assert ContainmentStep.objects.filter(case=case).count() == 6
    assert ben.post(path("imminent_resume", case), {"resume-reason": "No weapon found."}).url == case.path
    case.refresh_from_db()
    assert case.state == State.ASSESSING


def test_an_unknown_press_is_refused_and_changes_nothing(team: Team, signed_in: SignIn) -> None:
    case = team.imminent()
    answer = signed_in(team.ben).post(path("imminent_press", case), {"kind": "danced"}, follow=True)
    assert "The case has moved on meanwhile" in words(answer)
    assert not ContainmentStep.objects.filter(case=case).exists()


def test_a_notice_to_the_police_names_its_agency_and_is_confirmed_later(
    team: Team, signed_in: SignIn
) -> None:
    case, tess = team.screened(), signed_in(team.tess)
    assert "Choose the row that fits." in words(tess.post(path("law_enforcement", case), {}))
    tess.post(path("law_enforcement", case), {"threshold-threshold": "le_weapon_access"})
    decision = LawEnforcementDecision.objects.get(case=case)
    assert "Somebody has to decide whether the police are told" in words(tess.get(case.path))
    decide = path("law_enforcement_decide", case, pk=decision.uuid)
    page = words(tess.post(decide, {"police-outcome": "notified", "police-reason": "Marker-Why"}))
    assert "Write which agency was told." in page
    assert "Marker-Why" in page
    given = {
        "police-outcome": "notified",
        "police-reason": "He can get a gun.",
        "police-agency": "Maple Police",
        "police-incident_number": "M-12",
    }
    tess.post(decide, given)
    page = words(tess.get(path("law_enforcement", case)))
    assert "Maple Police" in page
    assert "M-12" in page
    assert "Not confirmed yet" in page
    tess.post(path("law_enforcement_acknowledged", case, pk=decision.uuid))
    decision.refresh_from_db()
    assert decision.acknowledged_at is not None
    assert "It is decided." in words(tess.get(decide))


def test_a_decision_of_another_case_is_not_there(team: Team, signed_in: SignIn) -> None:
    mine, other = team.screened(), team.screened()
    decision = imminent_response.meet_threshold(actor=team.tess, case=other, threshold="le_consult")
    tess = signed_in(team.tess)
    assert tess.get(path("law_enforcement_decide", mine, pk=decision.uuid)).status_code == 404
    assert tess.post(path("law_enforcement_acknowledged", mine, pk=decision.uuid)).status_code == 404


# --- a whole walk


def test_a_case_walks_from_its_opening_to_the_assessment_by_pages_alone(
    team: Team, signed_in: SignIn
) -> None:
    tess, ben = signed_in(team.tess), signed_in(team.ben)
    tess.post(reverse("threat_assessment:case_new"), opening_form(**{"open-lead": team.tess.pk}))
    case = Case.objects.get()
    assert "Start the screening" in words(tess.get(case.path))
    tess.post(path("case_move", case, to="screening"), {})
    tess.post(path("case_team", case), {"member-person": team.ben.pk, "member-disciplines": ["counseling"]})
    tess.post(path("case_screen", case), screening_form())
    page = words(tess.get(case.path))
    assert "You have screened it" in page
    assert "Start the assessment" not in page
    ben.post(path("case_screen", case), screening_form())
    assert "Start the assessment" in words(ben.get(case.path))
    answer = ben.post(path("case_move", case, to="assessing"), {}, follow=True)
    assert "The case is now in: Assessing." in words(answer)
    assert "Every question that must be asked has been asked." in words(ben.get(case.path))
    assert case.number in words(ben.get(reverse("threat_assessment:cases")))
