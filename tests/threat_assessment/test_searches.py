"""threat-assessment.md F11 (Denver, 2023): the usual searcher was absent. Whoever searches is trained, and
so are the two who step in."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.threat_assessment.pages import SignIn, send, words
from tests.threat_assessment.team import Team

from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.models import Person, RoleAssignment
from security_center.foundation.organizations.policies import forget
from security_center.prevention.doctrine import management
from security_center.threat_assessment import policies
from security_center.threat_assessment.actions import case_opening, management_plan
from security_center.threat_assessment.models import Action, Case

SEARCH = next(key for key, one in management.plan_options().items() if one.needs_trained_owner)


def search(team: Team, case: Case, **given: Any) -> Action:
    due = team.valley.at.date() + timedelta(days=30)
    who: dict[str, Any] = {"owner": team.ben, "backup": team.dana, "second_backup": team.tess, **given}
    return management_plan.add_action(
        actor=team.tess, case=case, option=SEARCH, what="Search at the door.", due_on=due, **who
    )


def end_roles(*people: Person) -> None:
    for person in people:
        RoleAssignment.objects.filter(person=person).delete()
        forget(person)


def test_f11_a_search_needs_two_who_step_in_and_a_training_of_all_three(
    team: Team, signed_in: SignIn
) -> None:
    case, client = team.managed(), signed_in(team.tess)
    given = {
        "option": SEARCH,
        "what": "Search at the door.",
        "owner": team.ben.pk,
        "backup": team.dana.pk,
        "due_on": "2026-12-18",
    }
    for second in ("", team.dana.pk):
        page = words(send(client, case, "plan/actions/new/", "step", **given, second_backup=second))
        assert "A search needs two people who step in." in page
        assert "Search at the door." in page
    given["second_backup"] = team.tess.pk
    page = words(send(client, case, "plan/actions/new/", "step", **given))
    assert f"It is missing for: {team.ben.name}, {team.dana.name}, {team.tess.name}." in page
    assert case.plan.actions.count() == 1
    team.train()
    page = words(send(client, case, "plan/actions/new/", "step", **given))
    assert "To confirm today" in page
    assert f"or {team.tess.name}" in page
    assert case.plan.actions.get(daily=True).second_backup == team.tess


def test_a_training_that_has_run_out_counts_no_more_for_a_new_search_and_the_old_one_stands(
    team: Team,
) -> None:
    team.train()
    case = team.managed()
    before = search(team, case)
    team.valley.pass_time(days=400)
    with pytest.raises(management_plan.SearchersNotTrained):
        search(team, case)
    assert management_plan.confirm_today(actor=team.ben, case=case, action=before)


@pytest.mark.parametrize("flag", [True, False])
def test_the_flag_of_an_option_says_whether_it_is_a_search(
    team: Team, monkeypatch: pytest.MonkeyPatch, flag: bool
) -> None:
    case = team.managed()
    changed = {
        key: replace(
            category,
            options={name: replace(one, needs_trained_owner=flag) for name, one in category.options.items()},
        )
        for key, category in management.plan_categories().items()
    }
    monkeypatch.setattr(management, "plan_categories", lambda: changed)
    case = Case.objects.get(pk=case.pk)
    with pytest.raises(management_plan.TwoStepIn) if flag else nullcontext():
        search(team, case, second_backup=None)


def test_whoever_practices_searches_without_a_training(team: Team) -> None:
    assert search(team, team.managed(practice=True)).second_backup == team.tess


def test_the_third_is_asked_and_reads_what_to_do_where_both_others_may_not(team: Team) -> None:
    team.train()
    case = team.managed()
    action = search(team, case)
    end_roles(team.ben, team.dana)
    management_plan.ask_for_daily_steps(case=case)
    assert open_about(case.thing, "case.daily").get().holder == team.tess
    case.members.filter(person=team.tess).update(removed_at=team.valley.at)
    assert policies.does_step(team.tess, action, Case.objects.get(pk=case.pk))


def test_a_search_of_whoever_leaves_goes_to_those_named_then_to_somebody_who_is_trained(team: Team) -> None:
    team.train()
    case = team.managed()
    action = search(team, case)
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    action.refresh_from_db()
    assert (action.owner, action.backup) == (team.dana, team.tess)
    assert action.second_backup not in {None, team.ben, team.dana, team.tess}, "the next in line steps in"
    case_opening.leave_team(actor=team.tess, case=case, person=team.dana)
    action.refresh_from_db()
    assert action.owner == team.tess
