"""Practice cases: marked, counted nowhere, heard of by nobody but their team, and never the place of a real
report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.threat_assessment.pages import send, words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.models import DutyStep
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.team_meetings import content_loader as content
from security_center.team_meetings.actions import practice_cases
from security_center.threat_assessment.actions import case_closing, case_opening, imminent_response
from security_center.threat_assessment.actions.state_transitions import NotATransition
from security_center.threat_assessment.models import Case

SignIn = Callable[[Person], Client]
KEY = "hallway_threat"


def begun(team: Team) -> Case:
    case = practice_cases.begin_practice(
        actor=team.tess, school=team.valley.school, key=KEY, disciplines=["administration"]
    )
    case_opening.join(actor=team.tess, case=case, person=team.ben, disciplines=["counseling"])
    return case


def test_whoever_may_open_no_case_may_not_practice(team: Team, signed_in: SignIn) -> None:
    for who in ("sam", "omar", "aud", "ada"):
        assert signed_in(team.valley.cast.everyone[who]).get("/cases/practice/").status_code == 403, who
    with pytest.raises(NotAllowed):
        practice_cases.begin_practice(
            actor=team.sam, school=team.valley.school, key=KEY, disciplines=["law_enforcement"]
        )
    elsewhere = {"case": KEY, "school": team.valley.cast.school_elsewhere.slug}
    assert signed_in(team.tess).post("/cases/practice/", elsewhere).status_code == 404


def test_a_real_report_never_goes_into_a_practice_case(team: Team, signed_in: SignIn) -> None:
    report = team.valley.report("He has a gun in his bag")
    case = begun(team)
    with pytest.raises(case_opening.PracticeIsMadeUp):
        case_closing.add_report(actor=team.tess, case=case, report=report)
    with pytest.raises(case_opening.PracticeIsMadeUp):
        team.open(report=report, practice=True)
    answer = send(signed_in(team.tess), case, "reports/", "cite", number=report.number)
    assert "a real report belongs to a real case" in words(answer)


def test_a_real_case_does_not_end_as_practice(team: Team) -> None:
    with pytest.raises(NotATransition):
        practice_cases.end_practice(actor=team.tess, case=team.open())


def test_nobody_outside_the_team_hears_of_practice_however_long_it_waits(
    team: Team, signed_in: SignIn
) -> None:
    case = imminent_response.declare_imminent(actor=team.tess, case=begun(team))
    Message.objects.all().delete()
    for _day in range(12):
        team.valley.pass_time(days=1)
        team.valley.ring()
    told = {
        person.name for step in DutyStep.objects.filter(duty__thing=case.thing) for person in step.told.all()
    }
    assert told == {"Tess Moran", "Ben Cole"}
    assert set(Message.objects.values_list("kind", flat=True)) == {"case.practice"}
    team.valley.stack.close()
    for who in ("omar", "ivy", "dana"):
        assert "Practice: a made-up case" not in words(signed_in(team.valley.cast.everyone[who]).get("/")), (
            who
        )


def test_practice_is_marked_everywhere_and_counted_nowhere(team: Team, signed_in: SignIn) -> None:
    case, client = begun(team), signed_in(team.tess)
    mine = words(client.get("/cases/"))
    assert case.number not in mine
    assert case.number in words(client.get("/cases/?tab=practice"))
    for place in ("", "screening/", "sources/", "themes/", "judgement/", "plan/", "team/", "imminent/"):
        assert "practice case" in words(client.get(f"{case.path}{place}")).lower(), place


def test_each_made_up_case_is_one_press_away_and_one_press_from_its_end(
    team: Team, signed_in: SignIn
) -> None:
    client = signed_in(team.tess)
    page = words(client.get("/cases/practice/"))
    assert all(str(one.title) in page for one in content.practice_cases().values())
    client.post("/cases/practice/", {"case": KEY})
    case = Case.objects.get(practice=True)
    assert case.lead == team.tess
    assert str(content.practice_cases()[KEY].concern)[:40] in words(client.get(case.path))
    team.valley.pass_time(hours=1)
    client.post(f"{case.path}practice/end/")
    case.refresh_from_db()
    assert (case.close_reason, case.open) == (practice_cases.OVER, False)
    assert case.closed_at == case.opened_at + timedelta(hours=1)
