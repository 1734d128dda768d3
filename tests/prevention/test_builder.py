"""The guided builder: who may not, adoption from nothing through pages only, versions that stay, and what a
school may not loosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.test import Client
from msgspec.structs import replace
from tests.cast import Cast

from security_center.foundation.ledger.models import Entry
from security_center.prevention import actions, plan_pages, queries
from security_center.prevention.actions import faults
from security_center.prevention.beginning import words_of
from security_center.prevention.doctrine import management
from security_center.prevention.forms_plan import step_form
from security_center.prevention.models import Plan, VersionStands
from security_center.prevention.steps import FIELDS

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def typed(cast: Cast, step: str, place: Any = None, **changes: Any) -> dict[str, Any]:
    """What the page of a step sends when it is not touched, with changes."""
    place = place or cast.district
    form = step_form(step, queries.draft_or_begun(place), list(cast.everyone.values()))
    data = {name: form[name].value() for name in form.fields}
    seen = queries.draft_or_begun(place).step_revisions.get(step, 0)
    return {
        name: value
        for name, value in {**data, "seen": seen, **changes}.items()
        if value not in (None, "", False)
    }


@pytest.mark.parametrize(
    ("short", "status"),
    [("rosa", 404), ("dana", 404), ("omar", 403), ("aud", 403), ("nia", 403), ("ivy_elsewhere", 404)],
)
def test_nobody_but_safety_lead_and_administrator_builds_a_plan(
    cast: Cast, signed_in: SignIn, short: str, status: int
) -> None:
    client = signed_in(cast.everyone[short])
    base = f"/plan/{cast.district.slug}/build/"
    for address in (base, f"{base}check/", f"{base}team/"):
        assert client.get(address).status_code == status
    assert client.post(f"{base}check/").status_code == status
    assert client.post(f"{base}discard/").status_code == status
    assert client.post(f"{base}team/", typed(cast, "team")).status_code == status
    assert not Plan.objects.exists()


def test_a_plan_is_adopted_from_nothing_in_six_requests(cast: Cast, signed_in: SignIn) -> None:
    ivy, base = signed_in(cast.ivy), f"/plan/{cast.district.slug}/"
    assert "Begin with the eight steps" in ivy.get(base).content.decode()
    ivy.get(f"{base}build/team/")
    names = {
        "name_leader": "Tess Moran",
        "name_alternate": "Dana Price",
        "name_police_contact": "Officer Sam Lee",
    }
    answer = ivy.post(f"{base}build/team/", typed(cast, "team", **names))
    assert answer["Location"] == f"{base}build/behaviors/"
    check = ivy.get(f"{base}build/check/").content.decode()
    assert "Our threat assessment team is led by Tess Moran." in check
    assert "The plan names no leader" not in check
    ivy.post(f"{base}build/check/", {"adopted_for": "Board of Education", "decided_on": "2026-11-12"})
    plan = Plan.objects.get()
    assert (plan.state, plan.version, plan.adopted_by, plan.adopted_for, str(plan.decided_on)) == (
        "adopted",
        1,
        cast.ivy,
        "Board of Education",
        "2026-11-12",
    )
    assert set(plan.words) == set(FIELDS)
    page = ivy.get(base).content.decode()
    assert "On behalf of: Board of Education." in page
    assert Entry.objects.filter(verb="plan.adopted").count() == 1


@pytest.mark.parametrize("step", FIELDS)
def test_each_step_is_shown_saved_as_it_is_and_leads_on(cast: Cast, signed_in: SignIn, step: str) -> None:
    ivy, address = signed_in(cast.ivy), f"/plan/{cast.district.slug}/build/{step}/"
    assert "What this step must contain" in ivy.get(address).content.decode()
    answer = ivy.post(address, typed(cast, step))
    assert answer.status_code == 302, answer.context["form"].errors
    draft = Plan.objects.get()
    assert (draft.state, draft.own_words, draft.step_revisions) == ("draft", [], {step: 1})
    assert queries.adopted_plan(cast.district) is None


def test_what_is_not_confirmed_is_never_said_to_be_the_guides(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.ivy).get(f"/plan/{cast.district.slug}/build/training/").content.decode()
    assert "The guide asks for" not in page
    assert "Usual too, not yet checked against the guide" in page
    assert "NTAC" not in page


def test_a_plan_is_not_adopted_for_a_day_that_is_still_to_come_nor_with_school_days_of_minutes(
    cast: Cast, signed_in: SignIn
) -> None:
    ivy, base = signed_in(cast.ivy), f"/plan/{cast.district.slug}/build/"
    answer = ivy.post(f"{base}check/", {"adopted_for": "Board", "decided_on": "2099-01-01"})
    assert answer.status_code == 422
    assert "still to come" in str(answer.context["form"].errors["decided_on"])
    answer = ivy.post(f"{base}reporting/", typed(cast, "reporting", closes_0="07:31"))
    assert answer.status_code == 422
    assert "two hours at least" in str(answer.context["form"].errors["closes_0"])
    assert not Plan.objects.exists()


def test_own_words_stay_and_standard_words_follow_the_names(cast: Cast, signed_in: SignIn) -> None:
    ivy, base = signed_in(cast.ivy), f"/plan/{cast.district.slug}/build/"
    ivy.post(
        f"{base}climate/", typed(cast, "climate", words_en="We greet each other.\n\nWe listen.", stop="1")
    )
    ivy.post(
        f"{base}team/",
        typed(
            cast,
            "team",
            name_leader="Tess Moran",
            name_alternate="the principal",
            said_es_alternate="el director",
        ),
    )
    ivy.post(f"{base}check/")
    plan = Plan.objects.get()
    assert plan.own_words == ["climate"]
    assert plan.words["climate"]["en"] == ["We greet each other.", "We listen."]
    assert plan.words["team"]["en"][0].endswith("If Tess Moran is away, the principal leads.")
    assert plan.words["team"]["es"][0].endswith("Si Tess Moran no está, dirige el director.")


def test_a_step_that_somebody_else_saved_meanwhile_keeps_both_texts(cast: Cast, signed_in: SignIn) -> None:
    address = f"/plan/{cast.district.slug}/build/climate/"
    mine = typed(cast, "climate", words_en="We listen to each other.")
    signed_in(cast.ada).post(address, typed(cast, "climate", words_en="We greet each other."))
    answer = signed_in(cast.ivy).post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "We listen to each other." in page
    assert "We greet each other." in page
    assert "Ada Stone has saved this step" in page
    assert words_of(queries.draft_or_begun(cast.district), "climate")["es"][0] in page, "of both languages"
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    assert "Save both" in page
    assert signed_in(cast.ivy).post(address, {**mine, "seen": seen[1], "both": "1"}).status_code == 302
    assert Plan.objects.get().words["climate"]["en"] == ["We greet each other.", "We listen to each other."]


def test_a_draft_can_be_thrown_away_and_the_plan_in_force_stays(cast: Cast, signed_in: SignIn) -> None:
    adopted = actions.adopt_plan(actor=cast.ivy, organization=cast.district)
    ivy, base = signed_in(cast.ivy), f"/plan/{cast.district.slug}/build/"
    ivy.post(f"{base}climate/", typed(cast, "climate", words_en="We listen."))
    ivy.post(f"{base}discard/")
    assert list(Plan.objects.all()) == [adopted]


# --- versions
# --------------------------------------------------------------------------------------------------------


def test_an_adopted_version_is_never_changed(cast: Cast) -> None:
    first = actions.adopt_plan(actor=cast.ivy, organization=cast.district)
    first.retention_days = 31
    with pytest.raises(VersionStands):
        first.save()
    actions.adopt_plan(actor=cast.ivy, organization=cast.district, retention_days=90)
    first.refresh_from_db()
    assert (first.state, first.retention_days) == ("superseded", 365)


def test_two_versions_side_by_side_show_words_and_choices_that_differ_and_nothing_else(
    cast: Cast, signed_in: SignIn
) -> None:
    actions.adopt_plan(actor=cast.ivy, organization=cast.district)
    ivy, base = signed_in(cast.ivy), f"/plan/{cast.district.slug}/"
    ivy.post(f"{base}build/climate/", typed(cast, "climate", words_en="We greet each other."))
    ivy.post(
        f"{base}build/le_threshold/", typed(cast, "le_threshold", threshold_minutes__le_weapon_access="10")
    )
    ivy.post(f"{base}build/check/")
    page = ivy.get(f"{base}compare/").content.decode()
    assert "<del>30 minutes</del>" in page
    assert "<ins>10 minutes</ins>" in page
    assert "<ins>We greet each other.</ins>" in page
    before, after = (plan_pages.version_of(cast.district, number) for number in (1, 2))
    assert before is not None
    assert after is not None
    assert [one.step.key for one in plan_pages.changes(before, after)] == ["le_threshold", "climate"]


# --- a school under its district
# -------------------------------------------------------------------------------------

STRICT: dict[str, Any] = {
    "threshold_minutes": {"le_weapon_access": 15},
    "clock_amounts": {"assessing.start": 12},
    "review_days": {"high": 5},
    "stricter_urgencies": {"bullying": "U1"},
    "scheme": "dcjs",
    "rule_set": "virginia",
    "law_of": "VA",
    "case_retention_days": 1000,
}
LOOSER: dict[str, Any] = {
    "threshold_minutes": {"le_weapon_access": 20},
    "clock_amounts": {"assessing.start": 18},
    "review_days": {"high": 6},
    "stricter_urgencies": {"bullying": "U2"},
    "scheme": "florida",
    "rule_set": "ntac",
    "law_of": "FL",
    "case_retention_days": 2000,
    "left_out_behaviors": ["absenteeism"],
    "left_out_options": ["monitor.weekly_adult_check"],
    "own_behaviors": [],
    "own_options": [],
}


@pytest.mark.parametrize("field", LOOSER)
def test_a_school_that_loosens_its_districts_rule_is_refused(cast: Cast, field: str) -> None:
    own = [{"key": "own_1_1", "class": "concerning", "category": "monitor", "en": "Bus stop", "es": "Parada"}]
    actions.adopt_plan(actor=None, organization=cast.district, **STRICT, own_behaviors=own, own_options=own)
    with pytest.raises(actions.LooserThanAbove) as refused:
        actions.adopt_plan(actor=None, organization=cast.school_a, **{field: LOOSER[field]})
    assert [one.field for one in refused.value.loosened] == [field]
    assert "%" not in str(refused.value.loosened[0])
    assert not Plan.objects.filter(organization=cast.school_a).exists()


def test_the_page_says_in_a_sentence_what_a_school_may_not_loosen(cast: Cast, signed_in: SignIn) -> None:
    actions.adopt_plan(actor=None, organization=cast.district, threshold_minutes={"le_weapon_access": 15})
    address = f"/plan/{cast.school_a.slug}/build/le_threshold/"
    answer = signed_in(cast.ivy).post(
        address, typed(cast, "le_threshold", cast.school_a, threshold_minutes__le_weapon_access="25")
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    refusal = "leaves less time before law enforcement is told: A threat and access to a weapon."
    assert [
        refusal in str(error)
        for error in answer.context["form"].errors["threshold_minutes__le_weapon_access"]
    ] == [True]
    assert page.count(refusal) == 2, "in the summary, which leads to the field, and beside the field"
    assert 'value="25"' in page
    answer = signed_in(cast.ivy).post(
        address, typed(cast, "le_threshold", cast.school_a, threshold_minutes__le_weapon_access="5")
    )
    assert answer.status_code == 302


def test_a_draft_that_became_looser_leads_to_the_step_where_it_is_changed(
    cast: Cast, signed_in: SignIn
) -> None:
    actions.adopt_plan(actor=None, organization=cast.district)
    actions.save_step(
        actor=cast.ivy,
        organization=cast.school_a,
        step="le_threshold",
        seen=0,
        threshold_minutes={"le_weapon_access": 25},
    )
    check, step = (
        f"/plan/{cast.school_a.slug}/build/check/",
        f"/plan/{cast.school_a.slug}/build/le_threshold/",
    )
    assert step not in signed_in(cast.ivy).get(check).content.decode()
    actions.adopt_plan(actor=None, organization=cast.district, threshold_minutes={"le_weapon_access": 15})
    page = signed_in(cast.ivy).get(check).content.decode()
    assert "looser than the plan of" in page
    assert page.count(step) == 1
    refused = signed_in(cast.ivy).post(check, {"adopted_for": "", "decided_on": ""})
    assert refused.status_code == 422
    assert refused.content.decode().count(step) == 1


@pytest.mark.parametrize(
    ("choices", "fault"),
    [
        ({"threshold_minutes": {"le_weapon_access": 45}}, faults.SofterClock),
        ({"threshold_minutes": {"le_imminent": 5}}, faults.UnknownChoice),
        ({"clock_amounts": {"assessing.start": 48}}, faults.SofterClock),
        ({"review_days": {"high": 8}}, faults.SofterClock),
        ({"left_out_behaviors": ["weapon_campus"]}, faults.BehaviorStays),
        ({"left_out_behaviors": ["attack_planning"]}, faults.BehaviorStays),
        ({"left_out_options": ["stop_imminent.call_911"]}, faults.OptionStays),
        ({"rule_set": "none_such"}, faults.UnknownChoice),
        ({"case_retention_days": 3}, faults.RetentionTooShort),
        ({"school_hours": {"0": ["07:30", "07:31"]}}, faults.SchoolDayTooShort),
    ],
)
def test_no_plan_is_looser_than_the_doctrine(
    cast: Cast, choices: dict[str, Any], fault: type[faults.PlanFault]
) -> None:
    with pytest.raises(fault):
        actions.adopt_plan(actor=None, organization=cast.district, **choices)


@pytest.mark.parametrize("flag", [True, False])
def test_the_flag_of_a_category_says_whether_its_options_are_in_every_plan(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, flag: bool
) -> None:
    found = management.plan_categories()
    changed = {key: replace(one, in_every_plan=flag) for key, one in found.items()}
    monkeypatch.setattr(management, "plan_categories", lambda: changed)
    offered = step_form("risk_management", queries.begun(cast.district), []).fields["left_out_options"]
    assert len(offered.choices) == (0 if flag else len(found))  # type: ignore[attr-defined]
    for option in ("stop_imminent.call_911", "monitor.date_review"):
        with pytest.raises(faults.OptionStays) if flag else nullcontext():
            actions.adopt_plan(actor=None, organization=cast.district, left_out_options=[option])


def test_a_school_follows_when_its_district_becomes_stricter_and_keeps_its_names_and_words(
    cast: Cast,
) -> None:
    actions.adopt_plan(actor=None, organization=cast.district)
    actions.save_step(
        actor=cast.ivy,
        organization=cast.school_a,
        step="climate",
        seen=0,
        paragraphs={"en": ["Here we sing."], "es": ["Aquí cantamos."]},
        public=True,
    )
    actions.save_step(
        actor=cast.ivy, organization=cast.school_a, step="team", seen=0, names={"leader": "Tess Moran"}
    )
    first = actions.adopt_draft(actor=cast.ivy, organization=cast.school_a)
    actions.adopt_plan(actor=cast.ivy, organization=cast.district, **STRICT)
    carried = queries.adopted_plan(cast.school_a)
    assert carried is not None
    assert (carried.version, carried.carried, carried.scheme, carried.rule_set) == (
        2,
        True,
        "dcjs",
        "virginia",
    )
    assert carried.words["climate"]["en"] == ["Here we sing."]
    assert carried.names == first.names
    assert queries.case_rules(carried).thresholds["le_weapon_access"].clock_minutes == 15
    actions.adopt_plan(actor=cast.ivy, organization=cast.district, message_hours=["07:00", "18:00"])
    assert queries.adopted_plan(cast.school_a) == carried, (
        "nothing differs for the school, so it gets no version"
    )
