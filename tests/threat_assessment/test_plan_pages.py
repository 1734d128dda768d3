"""Judgement, notices, plan and reviews in the browser: who may not, what starts empty, and why
something cannot be done yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import TEXTS, Team

from security_center.foundation.duties.queries import open_about
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import judgement_signing, management_plan
from security_center.threat_assessment.models import Action, Case, Notice

PLAN: dict[str, Any] = {
    "version": 0,
    "goal": "He is safe.",
    "raises_concern": "A new threat.",
    "lowers_concern": "He talks.",
    "out_of_hours": "Tess",
}
DAILY = next(
    key
    for key, one in doctrine.plan_options().items()
    if one.daily_confirmation and not one.needs_trained_owner
)


def daily(team: Team, case: Case) -> Action:
    due = team.valley.at.date() + timedelta(days=30)
    return management_plan.add_action(
        actor=team.tess,
        case=case,
        option=DAILY,
        what="Marker-Search at the door.",
        owner=team.ben,
        backup=team.dana,
        due_on=due,
    )


# --- who may not


def test_a_stranger_changes_nothing_and_gets_404(team: Team, signed_in: SignIn) -> None:
    case = team.managed()
    action = daily(team, case)
    judgement = case.judgements.get()
    for person in (team.valley.cast.tess_elsewhere, team.valley.cast.lena, team.valley.cast.rosa):
        client = signed_in(person)
        for place in (
            f"plan/actions/{action.pk}/",
            f"plan/actions/{action.pk}/confirm/",
            f"judgement/{judgement.uuid}/sign/",
            "plan/approve/",
        ):
            assert client.post(f"/cases/{case.number}/{place}").status_code == 404, place
    assert not action.confirmations.exists()


def test_the_district_knows_of_the_case_and_changes_nothing(team: Team, signed_in: SignIn) -> None:
    case = team.managed()
    action = daily(team, case)
    client = signed_in(team.valley.cast.ivy)
    for place in (
        f"plan/actions/{action.pk}/",
        f"plan/actions/{action.pk}/confirm/",
        "plan/approve/",
        "notices/",
        "close/",
        "reviews/",
    ):
        answer = client.post(f"/cases/{case.number}/{place}")
        assert answer.status_code == 403, place
        assert "Marker-Search" not in words(answer)
    assert not action.confirmations.exists()


def test_only_the_lead_approves_the_plan(team: Team, signed_in: SignIn) -> None:
    case, _judgement = team.judged()
    management_plan.write_plan(actor=team.ben, case=case, **PLAN)
    client = signed_in(team.ben)
    assert "Approve the plan" not in seen(client, case, "plan/")
    assert "moved on" in words(client.post(f"/cases/{case.number}/plan/approve/", follow=True))
    assert case.plan.approved_at is None
    assert "The plan is approved." in words(
        signed_in(team.tess).post(f"/cases/{case.number}/plan/approve/", follow=True)
    )


def test_a_step_of_another_case_is_not_there(team: Team, signed_in: SignIn) -> None:
    action = daily(team, team.managed())
    other = team.screened()
    client = signed_in(team.tess)
    assert client.get(f"/cases/{other.number}/plan/actions/{action.pk}/").status_code == 404
    assert client.post(f"/cases/{other.number}/plan/actions/{action.pk}/confirm/").status_code == 404


# --- judgement


def test_a_judgement_before_the_questions_were_asked_says_which_in_words_and_keeps_the_words(
    team: Team, signed_in: SignIn
) -> None:
    case = team.screened()
    given = {**TEXTS, "facts_for": "Marker-For", "conclusion": "needs_support"}
    page = words(send(signed_in(team.tess), case, "judgement/", "judge", **given))
    assert "Every question that must be asked has been asked." in page
    for prompt in doctrine.mandatory_prompts():
        assert str(doctrine.prompts()[prompt].text) in page
        assert prompt not in page
    assert "Marker-For" in page
    assert not case.judgements.exists()


def test_each_conclusion_stands_with_its_meaning_and_each_empty_text_is_asked_for(
    team: Team, signed_in: SignIn
) -> None:
    case, client = team.inquired(), signed_in(team.tess)
    page = seen(client, case, "judgement/")
    for one in doctrine.conclusions().values():
        assert str(one.label) in page
        assert str(one.meaning) in page
    page = words(
        send(client, case, "judgement/", "judge", **{**TEXTS, "unknowns": " "}, conclusion="needs_support")
    )
    assert "Write what is not known." in page
    assert TEXTS["facts_for"] in page
    assert not case.judgements.exists()


def test_the_level_comes_from_the_scheme_of_the_case(team: Team, signed_in: SignIn) -> None:
    case, client = team.inquired(), signed_in(team.tess)
    assert "judge-level" not in seen(client, case, "judgement/")
    Case.objects.filter(pk=case.pk).update(scheme="dcjs")
    page = seen(client, case, "judgement/")
    for level in doctrine.schemes()["dcjs"].levels.values():
        assert str(level.label) in page
    assert "Choose the level." in words(
        send(client, case, "judgement/", "judge", **TEXTS, conclusion="needs_support")
    )
    send(client, case, "judgement/", "judge", **TEXTS, conclusion="needs_support", level="moderate")
    assert case.judgements.get().level == "moderate"


def test_who_sees_it_differently_says_how_and_stands_beside_the_conclusion(
    team: Team, signed_in: SignIn
) -> None:
    case = team.inquired()
    judgement = judgement_signing.judge(
        actor=team.tess, case=case, conclusion="needs_support", level="", **TEXTS
    )
    client, place = signed_in(team.ben), f"judgement/{judgement.uuid}/sign/"
    assert "Write what you see differently" in words(
        send(client, case, place, "sign", view="dissents", text="")
    )
    page = words(send(client, case, place, "sign", view="dissents", text="Marker-Dissent"))
    assert "Sees it differently" in page
    assert "Marker-Dissent" in page
    assert f"{judgement.uuid}/sign/" not in page, "nobody signs twice"
    assert f"{judgement.uuid}/sign/" in seen(signed_in(team.dana), case, "judgement/")


def test_a_later_judgement_starts_empty_and_the_earlier_one_stands_below(
    team: Team, signed_in: SignIn
) -> None:
    page = seen(signed_in(team.tess), team.managed(), "judgement/")
    form, below = page.split("Judgement 1", 1)
    for text in TEXTS.values():
        assert text not in form
        assert text in below
    assert "checked" not in form[form.index("judge-conclusion") :]


# --- notices


def test_a_party_is_told_or_tried_or_not_needed_with_a_reason(team: Team, signed_in: SignIn) -> None:
    case, _judgement = team.judged()
    notice, client = case.notices.first(), signed_in(team.tess)
    assert notice is not None
    name, plain = f"notice-{notice.pk}", {"notice": str(notice.pk)}
    assert str(doctrine.notice_parties()[notice.party]) in seen(client, case, "notices/")
    assert "Write what was tried" in words(
        send(client, case, "notices/", name, state="not_needed", note="", plain=plain)
    )
    send(client, case, "notices/", name, state="not_reached", note="No answer at 3.", plain=plain)
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.settled_at) == (Notice.State.NOT_REACHED, 1, None)
    assert "No answer at 3." in seen(client, case, "notices/")
    send(client, case, "notices/", name, state="told", note="By phone.", plain=plain)
    notice.refresh_from_db()
    assert notice.settled_by == team.tess


@pytest.mark.parametrize("posted", ["", "999999", "x"])
def test_a_notice_that_is_not_there_gives_404(team: Team, signed_in: SignIn, posted: str) -> None:
    case, _judgement = team.judged()
    assert (
        send(
            signed_in(team.tess), case, "notices/", "notice-1", state="told", plain={"notice": posted}
        ).status_code
        == 404
    )


# --- the plan


def test_a_plan_is_written_and_an_empty_text_keeps_the_others(team: Team, signed_in: SignIn) -> None:
    (case, _judgement), client = team.judged(), signed_in(team.tess)
    page = words(send(client, case, "plan/words/", "plan", **{**PLAN, "goal": ""}))
    assert "Write what the plan is to reach." in page
    assert "A new threat." in page
    assert "Not approved yet." in words(send(client, case, "plan/words/", "plan", **PLAN))
    assert "He is safe." in seen(client, case, "plan/words/")


def test_there_is_no_plan_before_the_judgement(team: Team, signed_in: SignIn) -> None:
    case, client = team.screened(), signed_in(team.tess)
    assert "It is written after the team’s judgement." in seen(client, case, "plan/")
    page = words(send(client, case, "plan/words/", "plan", **PLAN))
    assert "moved on" in page
    assert "A new threat." in page


def test_a_step_has_two_people_and_a_date(team: Team, signed_in: SignIn) -> None:
    case, client = team.managed(), signed_in(team.tess)
    given = {
        "option": DAILY,
        "what": "Search at the door.",
        "owner": team.ben.pk,
        "backup": team.ben.pk,
        "due_on": "2026-12-18",
    }
    page = words(send(client, case, "plan/actions/new/", "step", **given))
    assert "Choose somebody else: one of the two may be away." in page
    assert "Search at the door." in page
    assert case.plan.actions.count() == 1
    page = words(send(client, case, "plan/actions/new/", "step", **{**given, "backup": team.dana.pk}))
    assert "To confirm today" in page
    assert case.plan.actions.get(daily=True).owner == team.ben


def test_whoever_is_not_on_the_team_is_offered_apart_since_they_get_the_instructions_alone(
    team: Team, signed_in: SignIn
) -> None:
    team_, _apart, others = seen(signed_in(team.tess), team.managed(), "plan/actions/new/").partition(
        "Not on the team: they get the instructions"
    )
    assert "Ben Cole" in team_
    assert "Rosa Ortiz" not in team_
    assert "Rosa Ortiz" in others
    assert "Omar Reyes" not in others


def test_the_duty_of_a_daily_step_leads_to_its_page_and_is_met_there(team: Team, signed_in: SignIn) -> None:
    case = team.managed()
    action = daily(team, case)
    management_plan.ask_for_daily_steps(case=case)
    duty = open_about(case.thing, "case.daily").get()
    client = signed_in(team.dana)
    page = words(client.get(duty.path))
    assert "Marker-Search at the door." in page
    assert "Yes, it was done today" in page
    confirmed = words(client.post(f"{duty.path}confirm/", follow=True))
    assert "Confirmed by Dana Price" in confirmed
    assert not open_about(case.thing, "case.daily").exists()
    assert action.confirmations.get().by == team.dana


def test_a_step_is_done_with_what_shows_it(team: Team, signed_in: SignIn) -> None:
    case, client = team.managed(), signed_in(team.ben)
    action = case.plan.actions.get()
    place = f"plan/actions/{action.pk}/"
    assert "Write what shows that it is done" in words(
        send(client, case, place, "settle", state="done", evidence="")
    )
    assert "Choose whether it is done or given up." in words(
        send(client, case, place, "settle", evidence="Four talks.")
    )
    assert "Done" in words(send(client, case, place, "settle", state="done", evidence="Four talks."))
    assert "Four talks." in seen(client, case, place)
    second = words(send(client, case, place, "settle", state="waived", evidence="Marker-Late"))
    assert "moved on" in second
    assert "Marker-Late" in second, "what the second one typed is still there"


def test_a_confirmation_of_a_step_that_is_not_daily_is_refused_in_words(
    team: Team, signed_in: SignIn
) -> None:
    case = team.managed()
    action = case.plan.actions.get()
    page = words(
        signed_in(team.ben).post(f"/cases/{case.number}/plan/actions/{action.pk}/confirm/", follow=True)
    )
    assert "moved on" in page
    assert not action.confirmations.exists()


# --- reviews


def test_a_review_sets_the_next_date_and_keeps_the_words_on_error(team: Team, signed_in: SignIn) -> None:
    case, client = team.managed(), signed_in(team.tess)
    page = words(send(client, case, "reviews/", "review", text="He talks more.", next_in_days="400"))
    assert "Between 1 and 90 days." in page
    assert "He talks more." in page
    assert not case.reviews.exists()
    page = words(send(client, case, "reviews/", "review", text="He talks more.", next_in_days="14"))
    assert "He talks more." in page
    assert case.reviews.get().next_at == team.valley.at + timedelta(days=14)


def test_a_case_without_a_plan_is_not_reviewed(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    assert "<textarea" not in seen(signed_in(team.tess), case, "reviews/")
    page = words(send(signed_in(team.tess), case, "reviews/", "review", text="Too early.", next_in_days="14"))
    assert "moved on" in page
    assert "Too early." in page


def test_no_page_shows_a_key_of_the_content(team: Team, signed_in: SignIn) -> None:
    case, client = team.managed(), signed_in(team.tess)
    for place in (
        "sources/",
        "judgement/",
        "notices/",
        "plan/",
        "close/",
        "reviews/",
        f"plan/actions/{case.plan.actions.get().pk}/",
    ):
        text = seen(client, case, place)
        for key in (
            "needs_support",
            "teacher_current",
            "mandatory_prompts",
            "closure_quorum",
            "resolved_support_in_place",
        ):
            assert f">{key}" not in text, (place, key)
