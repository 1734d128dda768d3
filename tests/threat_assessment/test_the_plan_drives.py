"""The plan is the configuration: what a version says is what the next case does, and a case keeps the version
it was opened under."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.threat_assessment.team import TEXTS, Team

from security_center.prevention import actions as plan
from security_center.prevention import recent
from security_center.prevention.queries import public_state
from security_center.student_transfers.queries.handoff_packet import packet
from security_center.team_meetings.actions import meetings
from security_center.threat_assessment.actions import (
    imminent_response,
    judgement_signing,
    management_plan,
    state_transitions,
)
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case, LawEnforcementDecision, State
from security_center.threat_assessment.queries import audit

SignIn = Callable[..., Client]


def adopt(team: Team, **choices: Any) -> None:
    plan.adopt_plan(actor=team.valley.cast.ivy, organization=team.valley.cast.district, **choices)


def police_due(team: Team, case: Case) -> timedelta:
    decision = imminent_response.meet_threshold(actor=team.tess, case=case, threshold="le_weapon_access")
    return decision.due_at - decision.raised_at


def test_a_row_of_the_threshold_that_the_plan_tightens_shortens_the_duty_of_the_next_case_and_no_older_one(
    team: Team,
) -> None:
    before = team.open()
    adopt(team, threshold_minutes={"le_weapon_access": 10})
    assert police_due(team, team.open()) == timedelta(minutes=10)
    assert police_due(team, before) == timedelta(minutes=30)
    assert LawEnforcementDecision.objects.count() == 2


def test_a_shorter_clock_of_the_plan_is_the_clock_of_the_next_case(team: Team) -> None:
    before = team.open(life_safety=True)
    adopt(team, clock_amounts={"intake.acknowledge_life_safety": 5})
    after = team.open(life_safety=True)
    assert before.state_due == before.opened_at + timedelta(minutes=15)
    assert after.state_due == after.opened_at + timedelta(minutes=5)


def test_a_case_takes_rule_set_and_scheme_from_the_plan_and_keeps_its_version(team: Team) -> None:
    adopt(team, rule_set="virginia", scheme="dcjs", law_of="VA")
    case = team.open()
    assert (case.rule_set, case.scheme, case.plan_version.version) == ("virginia", "dcjs", 2)  # type: ignore[union-attr]
    adopt(team, scheme="cstag")
    kept = Case.objects.get(pk=case.pk)
    assert (kept.scheme, kept.rules.scheme.key, team.open().scheme) == ("dcjs", "dcjs", "cstag")


def test_the_judgement_page_offers_the_levels_of_the_plans_scheme(team: Team, signed_in: SignIn) -> None:
    adopt(team, scheme="dcjs")
    case = team.inquired()
    page = signed_in(team.tess).get(f"{case.path}judgement/").content.decode()
    for level in case.rules.scheme.levels.values():
        assert str(level.label) in page
    with pytest.raises(judgement_signing.UnknownLevel):
        judgement_signing.judge(
            actor=team.tess, case=case, conclusion="needs_support", level="transient", **TEXTS
        )


def test_an_option_that_the_plan_leaves_out_is_not_offered_and_one_of_its_own_is(
    team: Team, signed_in: SignIn
) -> None:
    own = {
        "key": "own_1_1",
        "category": "monitor",
        "en": "Greet him at the gate",
        "es": "Salúdelo en la puerta",
    }
    left_out = "redirect_motive.mentor"
    adopt(team, left_out_options=[left_out], own_options=[own])
    case = team.managed()
    page = signed_in(team.tess).get(f"{case.path}plan/actions/new/").content.decode()
    assert "Greet him at the gate" in page
    assert f'value="{left_out}"' not in page
    due = (team.valley.at + timedelta(days=7)).date()
    given = {"what": "Each day.", "owner": team.ben, "backup": team.dana, "due_on": due}
    with pytest.raises(state_transitions.NotATransition):
        management_plan.add_action(actor=team.tess, case=case, option=left_out, **given)
    management_plan.add_action(actor=team.tess, case=case, option="monitor.own_1_1", **given)
    meeting = meetings.call_meeting(
        actor=team.tess, place=team.valley.school, starts_at=team.valley.at + timedelta(hours=1)
    )
    for place in (f"{case.path}plan/", f"{case.path}close/", f"{case.path}privacy/texts/plan/", meeting.path):
        page = signed_in(team.tess).get(place).content.decode()
        assert "Greet him at the gate" in page, place
        assert "own_1_1" not in page, place
    opened = look(actor=team.tess, case=case)
    assert "Greet him at the gate" in packet(case, opened, ["plan"])


def test_f05_the_chairs_page_counts_by_the_clocks_of_the_plan_that_a_case_was_opened_under(
    team: Team,
) -> None:
    before = team.screened()
    adopt(team, clock_amounts={"assessing.start": 12})
    after = team.screened()
    assert [case.rules.assessed_within for case in (before, after)] == [
        timedelta(hours=24),
        timedelta(hours=12),
    ]
    team.valley.pass_time(hours=13)
    page = audit.audit(audit.scope_of(team.tess))
    papers = next(line for line in page.lines if line.measure.key == "papers").counts
    assert (papers[audit.Standing.MISSING], papers[audit.Standing.WAITING]) == (1, 1)


def test_the_pages_of_a_case_show_what_its_plan_acts_on_and_in_which_order_people_are_heard(
    team: Team, signed_in: SignIn
) -> None:
    own = {
        "key": "own_1_1",
        "class": "concerning",
        "en": "Waits at the bus of somebody",
        "es": "Espera junto al autobús de alguien",
    }
    adopt(team, own_behaviors=[own], left_out_behaviors=["absenteeism"], interview_order="cstag")
    case = state_transitions.advance(actor=team.tess, case=team.open(), to=State.SCREENING)
    page = signed_in(team.tess).get(f"{case.path}screening/").content.decode()
    assert "Waits at the bus of somebody" in page
    assert "Rising absence" not in page
    assert (
        str(case.rules.interview_order.label)
        in signed_in(team.tess).get(f"{case.path}sources/").content.decode()
    )


def test_an_earlier_review_of_the_plan_is_the_first_review_of_the_next_case(team: Team) -> None:
    adopt(team, review_days={"moderate": 3})
    case = team.managed()
    assert case.state == State.MONITORING
    assert case.state_due == team.valley.at + timedelta(days=3)


def test_the_page_of_a_case_names_the_version_it_is_worked_on_under(team: Team, signed_in: SignIn) -> None:
    case = team.open()
    page = signed_in(team.tess).get(case.path).content.decode()
    assert f"Version 1 of the plan of {team.valley.cast.district.name}" in page


def test_a_change_reaches_the_public_side_within_a_second_and_the_desk_at_once(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server of the public program remembers answers for a second; nothing else remembers a plan."""
    school, moment = team.valley.school, [100.0]
    monkeypatch.setattr(recent.time, "monotonic", lambda: moment[0])
    recent.remember_for(1.0)
    try:
        assert public_state(school).form.other_line_name == ""  # type: ignore[union-attr]
        adopt(
            team,
            other_line_name="Safe Line",
            stricter_urgencies={"theft_vandalism": "U2"},
            threshold_minutes={"le_weapon_access": 10},
        )
        assert police_due(team, team.open()) == timedelta(minutes=10)
        moment[0] += 1.1
        assert team.valley.report("A bike is gone.", category="theft_vandalism").urgency == "U2"
        assert public_state(school).form.other_line_name == "Safe Line"  # type: ignore[union-attr]
    finally:
        recent.remember_for(0)
