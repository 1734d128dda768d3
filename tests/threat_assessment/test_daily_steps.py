"""The worker asks for daily steps on school mornings, in every district, once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.threat_assessment.team import Team

from security_center.foundation.duties import schedule
from security_center.foundation.duties.queries import open_about
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import tasks
from security_center.threat_assessment.actions import case_closing, imminent_response, management_plan
from security_center.threat_assessment.models import Action, Case

DAILY = next(
    key
    for key, one in doctrine.plan_options().items()
    if one.daily_confirmation and not one.needs_trained_owner
)


@pytest.fixture
def searched(team: Team) -> tuple[Team, Case, Action]:
    case = team.managed()
    due = team.valley.at.date() + timedelta(days=30)
    action = management_plan.add_action(
        actor=team.tess, case=case, option=DAILY, what="Search.", owner=team.ben, backup=team.dana, due_on=due
    )
    return team, case, action


def asked(case: Case) -> int:
    return int(open_about(case.thing, "case.daily").count())


def test_the_worker_has_the_job() -> None:
    assert "threat_assessment.ask_for_daily_steps" in {job.name for job in schedule.jobs()}


def test_it_asks_once_for_a_day_however_often_it_runs(searched: tuple[Team, Case, Action]) -> None:
    _team, case, _action = searched
    assert tasks.ask_for_daily_steps() == 1
    assert tasks.ask_for_daily_steps() == 0
    assert asked(case) == 1


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (datetime(2026, 11, 25, 5, 10, tzinfo=UTC), 0),  # ten past midnight, local
        (datetime(2026, 11, 25, 11, 10, tzinfo=UTC), 1),  # ten past six
        (datetime(2026, 11, 25, 23, 0, tzinfo=UTC), 0),  # in the evening
        (datetime(2026, 11, 28, 13, 0, tzinfo=UTC), 0),  # a Saturday
    ],
)
def test_it_asks_in_the_morning_of_a_school_day_and_at_no_other_time(
    searched: tuple[Team, Case, Action], moment: datetime, number: int
) -> None:
    team, case, _action = searched
    team.valley.set_clock(moment)
    assert tasks.ask_for_daily_steps() == number
    assert asked(case) == number


def test_the_next_school_day_asks_again_after_a_confirmation(searched: tuple[Team, Case, Action]) -> None:
    team, case, action = searched
    management_plan.confirm_today(actor=team.ben, case=case, action=action)
    assert tasks.ask_for_daily_steps() == 0
    team.valley.set_clock(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    assert tasks.ask_for_daily_steps() == 1


def test_a_step_is_asked_for_while_the_danger_is_now(searched: tuple[Team, Case, Action]) -> None:
    team, case, _action = searched
    imminent_response.declare_imminent(actor=team.ben, case=case)
    assert tasks.ask_for_daily_steps() == 1


def test_neither_a_settled_step_nor_a_closed_case_asks_for_anything(
    searched: tuple[Team, Case, Action],
) -> None:
    team, case, action = searched
    for one in case.plan.actions.filter(state="open"):
        management_plan.settle_action(actor=team.ben, case=case, action=one, state="done", evidence="Done.")
    assert tasks.ask_for_daily_steps() == 0
    management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=14)
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="resolved_support_in_place", text="Well."
    )
    case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")
    Action.objects.filter(pk=action.pk).update(state="open")
    assert tasks.ask_for_daily_steps() == 0


def test_silence_rings_whoever_stands_behind_the_owner(searched: tuple[Team, Case, Action]) -> None:
    team, case, _action = searched
    team.valley.set_clock(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    tasks.ask_for_daily_steps()
    duty = open_about(case.thing, "case.daily").get()
    assert duty.holder == team.ben
    team.valley.pass_time(hours=2, minutes=1)
    team.valley.ring()
    told = {person.name for step in duty.steps.all() for person in step.told.all()}
    assert {"Ben Cole", "Tess Moran", "Dana Price"} <= told
