"""threat-assessment.md F1 (Oxford 2021): nobody without a training that counts is asked onto a team, once the
district asks for it. Nobody waits for a course."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.threat_assessment.pages import send, words
from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Person
from security_center.team_meetings.actions import practice_cases
from security_center.threat_assessment.actions import case_opening
from security_center.training import actions as training_actions

SignIn = Callable[[Person], Client]


@pytest.fixture
def asked(team: Team) -> Team:
    """The district asks for training, and only Tess and Ben have one."""
    for person in (team.tess, team.ben, team.dana):
        training_actions.enter_training(
            actor=None,
            place=team.valley.school,
            kind="team",
            trained_on=team.valley.at.date(),
            people=[person],
        )
    training_actions.require_training(
        actor=None, district=team.valley.cast.district, required_from=team.valley.at.date()
    )
    return team


def test_f01_training_that_does_not_count_blocks_joining_a_team(asked: Team, signed_in: SignIn) -> None:
    case = asked.open()
    with pytest.raises(case_opening.NotTrained):
        case_opening.join(actor=asked.tess, case=case, person=asked.sam, disciplines=["law_enforcement"])
    with pytest.raises(case_opening.NotTrained):
        case_opening.open_case(
            actor=asked.tess, school=asked.valley.school, concern="A threat.", lead=asked.valley.cast.rosa
        )
    answer = send(
        signed_in(asked.tess), case, "team/", "member", person=asked.sam.pk, disciplines=["law_enforcement"]
    )
    assert "Their training for the team has run out, or was never entered." in words(answer)


def test_f01_training_that_runs_out_leaves_nobody_off_their_team_and_says_so(
    asked: Team, signed_in: SignIn
) -> None:
    case = asked.open()
    asked.valley.pass_time(days=400)
    assert words(signed_in(asked.tess).get(f"{case.path}team/")).count("no training that counts today") == 3


def test_whoever_sees_a_danger_opens_a_case_without_a_course_and_practices_without_one(asked: Team) -> None:
    rosa = asked.valley.cast.rosa
    case = case_opening.open_case(
        actor=rosa, school=asked.valley.school, concern="He has a gun.", lead=rosa, disciplines=["coaching"]
    )
    assert case.lead == rosa
    made_up = practice_cases.begin_practice(
        actor=asked.tess, school=asked.valley.school, key="joke_or_not", disciplines=["administration"]
    )
    case_opening.join(actor=asked.tess, case=made_up, person=asked.sam, disciplines=["law_enforcement"])
