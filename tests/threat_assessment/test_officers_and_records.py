"""What only the school's records say of a student (a 504 plan, days out of school) reaches an officer of the
team by no sentence of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.case_records.privacy import parts
from tests.threat_assessment.pages import seen, words
from tests.threat_assessment.team import Team

from security_center.case_records.queries.looks import looks_at
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.actions import record as record_entry
from security_center.foundation.organizations.policies import NotAllowed
from security_center.team_meetings.queries import agenda
from security_center.threat_assessment import gates, team_audience
from security_center.threat_assessment.actions import case_opening, inquiry, school_removals
from security_center.threat_assessment.actions.edit_conflicts import Unknown
from security_center.threat_assessment.models import Case, Finding, State

SignIn = Callable[..., Client]
TELLING = (
    "IEP",
    "504",
    "special education",
    "days out of school",
    "sent away",
    "suspension",
    "manifestation",
    "disability",
)


@pytest.fixture
def case(team: Team) -> Case:
    """A student with a plan, sent away after the judgement, and nobody of special education on the team. Sam
    is its officer."""
    case = team.managed()
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    day = case.today()
    school_removals.set_special_education(actor=team.ben, case=case, has_plan=True)
    school_removals.add_removal(
        actor=team.ben, case=case, kind="expulsion", first_day=day, last_day=None, reason="Marker-Reason"
    )
    return case


def told(page: str) -> list[str]:
    return [word for word in TELLING if word.lower() in page.lower()]


def test_an_officer_writes_nothing_of_the_schools_records(team: Team, case: Case) -> None:
    with pytest.raises(NotAllowed):
        school_removals.set_special_education(actor=team.sam, case=case, has_plan=False)
    with pytest.raises(NotAllowed):
        school_removals.add_removal(
            actor=team.sam, case=case, kind="sent_home", first_day=case.today(), last_day=case.today()
        )
    row = Finding.objects.get(case=case, prompt="emotional_developmental.iep504", current=True)
    with pytest.raises(NotAllowed):
        inquiry.find(
            actor=team.sam, case=case, prompt=row.prompt, answer="yes", note="Seen.", version=row.version
        )


def test_no_sentence_of_a_gate_says_it_to_an_officer_and_every_one_says_it_to_the_school(
    team: Team, case: Case, signed_in: SignIn
) -> None:
    case = Case.objects.get(pk=case.pk)
    assert gates.GATES["special_education"].missing(case)
    assert gates.GATES["placement_answered"].missing(case)
    Case.objects.filter(pk=case.pk).update(state=State.ASSESSING)
    officer, school = signed_in(team.sam), signed_in(team.ben)
    team.valley.stack.close()
    for place in ("", "judgement/", "close/", f"move/{State.CLASSIFIED}/"):
        page = seen(officer, case, place)
        gate_words = page.split("<main", 1)[-1].split("</main>", 1)[0]
        assert not told(gate_words), (place, told(gate_words))
    assert "IEP" in seen(school, case, "judgement/")
    form: dict[str, Any] = {"close-reason": "managed_to_baseline", "close-text": "He is well."}
    refused = words(officer.post(f"{case.path}close/", form))
    assert not told(refused.split("<main", 1)[-1].split("</main>", 1)[0])


def test_what_was_found_of_a_disability_stays_with_the_school(
    team: Team, case: Case, signed_in: SignIn
) -> None:
    row = Finding.objects.get(case=case, prompt="emotional_developmental.iep504", current=True)
    inquiry.find(
        actor=team.ben,
        case=case,
        prompt=row.prompt,
        answer="no",
        note="Marker-Plan: it is followed.",
        version=row.version,
    )
    assert any("Marker-Plan" in line.text for part in parts(team.ben, case) for line in part.lines)
    assert not any("Marker-Plan" in line.text for part in parts(team.sam, case) for line in part.lines)
    officer, school = signed_in(team.sam), signed_in(team.ben)
    team.valley.stack.close()
    place = "themes/emotional_developmental/"
    assert "Marker-Plan" in seen(school, case, place)
    page = seen(officer, case, place)
    assert "Marker-Plan" not in page
    assert "ask and answer this" in page


def test_no_duty_about_the_schools_records_rings_an_officer(team: Team, case: Case) -> None:
    kinds = {duty.kind for duty in open_about(case.thing)} & team_audience.OF_THE_SCHOOL
    assert {"case.placement"} <= kinds
    team.valley.pass_time(days=40)
    team.valley.ring()
    rung = {
        person.name
        for duty in open_about(case.thing)
        if duty.kind in kinds
        for step in duty.steps.all()
        for person in step.told.all()
    }
    assert "Ben Cole" in rung
    assert team.sam.name not in rung
    mine = next(line for line in agenda(team.sam, team.valley.school).cases if line.case == case)
    assert mine.mine
    assert not {duty.kind for duty in mine.asked} & team_audience.OF_THE_SCHOOL
    theirs = next(line for line in agenda(team.ben, team.valley.school).cases if line.case == case)
    assert {duty.kind for duty in theirs.asked} & team_audience.OF_THE_SCHOOL


def test_nobody_writes_into_what_they_do_not_see_nor_hides_a_text_from_the_team(
    team: Team, case: Case
) -> None:
    record = inquiry.add_source(actor=team.ben, case=case, kind="rec_iep504", note="Marker-Record")
    police = inquiry.add_source(
        actor=team.sam, case=case, kind="rec_le_contacts", note="Marker-Police", law_enforcement_only=True
    )
    for person, source in ((team.sam, record), (team.ben, police)):
        with pytest.raises(Unknown):
            inquiry.settle_source(
                actor=person, case=case, source=source, state="answered", note="Written over."
            )
        with pytest.raises(Unknown):
            inquiry.begin_interview(actor=person, case=case, source=source)
    with pytest.raises(NotAllowed):
        inquiry.add_source(
            actor=team.ben, case=case, kind="rec_le_contacts", note="Hidden.", law_enforcement_only=True
        )
    talk = inquiry.begin_interview(actor=team.sam, case=case, source=police, law_enforcement_purpose=True)
    with pytest.raises(Unknown):
        inquiry.save_interview(
            actor=team.ben, case=case, interview=talk, version=1, quotes="Over it.", notes=""
        )
    heard = inquiry.add_source(actor=team.ben, case=case, kind="coach")
    with pytest.raises(NotAllowed):
        inquiry.begin_interview(actor=team.ben, case=case, source=heard, law_enforcement_purpose=True)


def test_whoever_looks_from_outside_stands_among_who_has_looked(team: Team, case: Case) -> None:
    with transaction.atomic():
        record_entry(
            actor=team.dana, verb="case.read_from_outside", about=case, organization_id=case.school_id
        )
        record_entry(
            actor=team.valley.cast.paul, verb="case.handoff_read", about=case, organization_id=case.school_id
        )
    assert {"Dana Price", team.valley.cast.paul.name} <= {look.who for look in looks_at(case).rows}
