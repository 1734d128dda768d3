"""What a team lacks by its plan: a meeting this month, practice this half-year, training, and a check that
each student has an adult."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Organization
from security_center.foundation.students.actions import enter_student
from security_center.prevention import people_gaps
from security_center.prevention.actions import connecting
from security_center.team_meetings import team_readiness
from security_center.team_meetings.actions import meetings, practice_cases
from security_center.training import actions as training_actions
from security_center.training import team_gaps


def places(team: Team) -> QuerySet[Organization]:
    cast = team.valley.cast
    return Organization.objects.filter(pk__in=[cast.district.pk, cast.school_a.pk, cast.school_b.pk])


def test_a_team_lacks_a_meeting_until_one_is_held_or_planned_this_month(team: Team) -> None:
    a, b = team.valley.cast.school_a.pk, team.valley.cast.school_b.pk
    assert team_readiness.no_meeting_this_month(places(team)) == {a, b}
    meeting = meetings.call_meeting(
        actor=team.tess, place=team.valley.school, starts_at=team.valley.at + timedelta(days=3)
    )
    assert team_readiness.no_meeting_this_month(places(team)) == {b}
    meetings.drop_meeting(actor=team.tess, meeting=meeting, reason="Snow.")
    assert team_readiness.no_meeting_this_month(places(team)) == {a, b}
    meetings.call_meeting(
        actor=team.tess, place=team.valley.school, starts_at=team.valley.at + timedelta(days=20)
    )
    assert team_readiness.no_meeting_this_month(places(team)) == {a, b}


def test_a_school_that_leaves_it_to_the_district_lacks_what_the_district_lacks(team: Team) -> None:
    cast = team.valley.cast
    meetings.set_rhythm(actor=team.tess, place=cast.school_a, every="month", with_district=True)
    assert team_readiness.no_meeting_this_month(places(team)) == {
        cast.district.pk,
        cast.school_a.pk,
        cast.school_b.pk,
    }
    meetings.call_meeting(actor=cast.ivy, place=cast.district, starts_at=team.valley.at)
    assert team_readiness.no_meeting_this_month(places(team)) == {cast.school_b.pk}


def test_practice_counts_for_its_half_year(team: Team) -> None:
    a, b = team.valley.cast.school_a.pk, team.valley.cast.school_b.pk
    team.open()
    assert team_readiness.no_practice_this_half_year(places(team)) == {a, b}
    practice_cases.begin_practice(
        actor=team.tess, school=team.valley.school, key="joke_or_not", disciplines=["administration"]
    )
    assert team_readiness.no_practice_this_half_year(places(team)) == {b}
    team.valley.pass_time(days=60)
    assert team_readiness.no_practice_this_half_year(places(team)) == {a, b}


def test_a_place_lacks_training_while_one_of_its_team_has_none_that_counts(team: Team) -> None:
    cast = team.valley.cast
    everybody = [cast.tess, cast.ben, cast.dana, cast.sam, cast.rosa]
    for person in everybody[:-1]:
        training_actions.enter_training(
            actor=None, place=cast.school_a, kind="team", trained_on=team.valley.at.date(), people=[person]
        )
    assert cast.school_a.pk in team_gaps.untrained_team(places(team))
    training_actions.enter_training(
        actor=None, place=cast.school_a, kind="team", trained_on=team.valley.at.date(), people=everybody[-1:]
    )
    assert cast.school_a.pk not in team_gaps.untrained_team(places(team))


def test_a_school_with_students_lacks_its_check_until_one_is_ended(team: Team) -> None:
    school = team.valley.school
    assert people_gaps.no_connectedness_check(places(team)) == set()
    enter_student(actor=None, school=school, identifier="701", name="Kim Roe", grade="9")
    assert people_gaps.no_connectedness_check(places(team)) == {school.pk}
    check = connecting.begin_check(actor=team.ben, school=school)
    connecting.end_check(actor=team.ben, check=check)
    assert people_gaps.no_connectedness_check(places(team)) == set()
