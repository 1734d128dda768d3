"""What the plan says, on its page: who may not change it, what is refused, and that an earlier version stays
readable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from security_center.prevention import actions, plan_words, queries
from security_center.prevention.forms_plan import step_form
from security_center.prevention.models import Plan

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


@pytest.fixture
def sent(cast: Cast) -> dict[str, Any]:
    """What the page of the third step sends when it is not touched."""
    form = step_form("reporting", queries.begun(cast.district), [])
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**data, "seen": "0"}.items() if value not in (None, "", False)}


def test_the_starting_plan_is_offered_and_adopted_as_it_is(cast: Cast, signed_in: SignIn) -> None:
    ivy = signed_in(cast.ivy)
    assert "Adopt it as it is" in ivy.get(f"/plan/{cast.district.slug}/").content.decode()
    ivy.post(f"/plan/{cast.district.slug}/build/check/")
    assert queries.adopted_plan(cast.school_a) == Plan.objects.get()


def test_a_new_version_holds_and_the_old_one_stays_readable(
    cast: Cast, signed_in: SignIn, sent: dict[str, Any]
) -> None:
    ivy, base = signed_in(cast.ivy), f"/plan/{cast.district.slug}/"
    ivy.post(f"{base}build/check/")
    changes = {
        "retention_days": 200,
        "stricter_bullying": "U1",
        "opens_5": "09:00",
        "closes_5": "12:00",
        "other_line_name": "Franklin Safe Line",
    }
    assert ivy.post(f"{base}build/reporting/", {**sent, **changes}).status_code == 302
    assert queries.adopted_plan(cast.district).version == 1  # type: ignore[union-attr]
    ivy.post(f"{base}build/check/")
    plan = queries.adopted_plan(cast.district)
    assert plan is not None
    assert (plan.version, plan.retention_days, plan.stricter_urgencies, plan.school_hours["5"]) == (
        2,
        200,
        {"bullying": "U1"},
        ["09:00", "12:00"],
    )
    page = ivy.get(base).content.decode()
    assert "200 days" in page
    assert "Bullying: Now instead of Today" in page
    assert "365 days" in ivy.get(f"{base}?version=1").content.decode()
    assert ivy.get(f"{base}?version=9").status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_0": "06:00"}, "School closes before it opens."),
        ({"closes_0": ""}, "Give both times, or none for a day without school."),
        ({"retention_days": 3}, "Ensure this value is greater than or equal to 30."),
        ({"message_until": "05:00"}, "The end comes before the start."),
        ({"words_en": " "}, "Write at least one sentence, or take back the starting words."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_every_word_stays(
    cast: Cast, signed_in: SignIn, sent: dict[str, Any], changes: dict[str, Any], sentence: str
) -> None:
    address = f"/plan/{cast.district.slug}/build/reporting/"
    answer = signed_in(cast.ivy).post(address, {**sent, "other_line_name": "Franklin Safe Line", **changes})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Franklin Safe Line" in page
    assert not Plan.objects.exists()


def test_no_category_can_be_made_softer(cast: Cast, signed_in: SignIn, sent: dict[str, Any]) -> None:
    answer = signed_in(cast.ivy).post(
        f"/plan/{cast.district.slug}/build/reporting/", {**sent, "stricter_bullying": "U4"}
    )
    assert answer.status_code == 422
    assert not Plan.objects.exists()


def test_a_school_without_its_own_plan_says_whose_it_works_by(cast: Cast, signed_in: SignIn) -> None:
    actions.adopt_plan(actor=cast.ivy, organization=cast.district)
    page = signed_in(cast.rosa).get(f"/plan/{cast.school_a.slug}/").content.decode()
    assert f"This school works by the plan of {cast.district.name}." in page


def test_the_list_of_desks_costs_the_same_however_many_there_are(
    cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    actions.adopt_plan(actor=cast.ivy, organization=cast.district)
    client = signed_in(cast.root)
    client.get("/plan/")
    with django_assert_max_num_queries(16):
        page = client.get("/plan/").content.decode()
    assert cast.school_a.name in page
    assert cast.school_elsewhere.name in page


def test_hours_are_told_in_words(cast: Cast) -> None:
    hours = {"0": ["07:30", "15:30"], "1": ["07:30", "15:30"], "2": ["07:30", "12:00"]}
    assert (
        plan_words.hours_in_words(hours)
        == "Monday to Tuesday, 7:30 a.m. to 3:30 p.m.; Wednesday, 7:30 a.m. to noon"
    )
