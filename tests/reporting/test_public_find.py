"""Finding the school, and the page about the limits of anonymity."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.cast import Cast
from tests.reporting.public_side import text

from security_center.foundation.organizations import actions
from security_center.foundation.organizations.models import Organization
from security_center.foundation.web import navigation
from security_center.prevention import content_loader as plan

ALWAYS = ('href="tel:911"', 'href="tel:988"', "data-quick-exit")


@pytest.mark.parametrize("query", ["", "?lang=es"])
def test_the_home_page_leads_on_in_the_language_that_was_chosen_and_to_a_report_first(
    public_client: Client, query: str
) -> None:
    answer = public_client.get(f"/{query}")  # without a database: it stands whatever else does not
    page = text(answer).partition("<main")[2]
    led = [
        link for link in re.findall(r'href="(/[^"]*)"', page) if link.startswith(("/report/", "/published/"))
    ]
    wanted = ["/report/", "/report/receipt/", "/published/", "/report/about/"]
    assert led == [f"{address}{query}" for address in wanted]
    assert page.index("/report/") < page.index("tel:911") < page.index("tel:988")
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers


def test_a_room_adds_an_entry_to_the_home_page_by_registering_it(
    public_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation, "_public", dict(navigation._public))
    navigation.register_public(
        navigation.PublicEntry("Know the drill", "What to do then.", "reporting:about", 5)
    )
    page = text(public_client.get("/"))
    assert page.index("Know the drill") < page.index("Report a concern")


def test_what_a_school_publishes_is_found_and_a_plan_only_once_it_is_adopted(
    public_client: Client, opened_school: Organization, cast: Cast
) -> None:
    slug = opened_school.slug
    assert f'href="/published/{slug}/?lang=es"' in text(public_client.get("/published/?q=maple&lang=es"))
    page = text(public_client.get(f"/published/{slug}/"))
    for address in (f"/report/{slug}/", f"/report/{slug}/plan/", f"/learn/{slug}/", f"/numbers/{slug}/"):
        assert f'href="{address}"' in page
        assert public_client.get(address).status_code == 200
    other = cast.school_elsewhere.slug
    assert "/plan/" not in text(public_client.get(f"/published/{other}/"))
    assert public_client.get("/published/nowhere/").status_code == 404


def test_the_addresses_of_posters_still_lead_to_the_form(
    public_client: Client, opened_school: Organization
) -> None:
    assert (
        public_client.get(f"/r/{opened_school.slug}/")["Location"] == f"/report/{opened_school.slug}/?via=qr"
    )
    assert public_client.get("/report/").status_code == 200
    assert 'href="/"' in text(public_client.get("/report/"))


def test_schools_are_found_by_each_word_of_name_or_town_and_listed_as_links(
    public_client: Client, cast: Cast
) -> None:
    actions.change_organization(actor=cast.ada, organization=cast.school_b, city="Riverton")
    page = text(public_client.get("/report/?q=high"))
    assert f'href="/report/{cast.school_a.slug}/"' in page
    assert f'href="/report/{cast.school_elsewhere.slug}/"' in page
    assert cast.school_b.slug not in page
    assert f'href="/report/{cast.school_b.slug}/"' in text(public_client.get("/report/?q=birch+RIVER"))


def test_no_match_says_what_to_try_and_the_numbers_stand_there(public_client: Client, cast: Cast) -> None:
    page = text(public_client.get("/report/", {"q": "Nowhere <b>\x00"}))
    assert "We found no school for “Nowhere <b>”" in page
    assert "<b>" not in public_client.get("/report/", {"q": "Nowhere <b>"}).content.decode()
    assert all(mark in page for mark in ALWAYS)


def test_few_schools_are_listed_at_once_and_many_only_when_asked_for(
    public_client: Client, cast: Cast
) -> None:
    assert cast.school_a.slug in text(public_client.get("/report/"))
    for number in range(10):
        actions.create_organization(
            actor=cast.root, kind="school", parent=cast.district, name=f"School {number}", level="high"
        )
    assert cast.school_a.slug not in text(public_client.get("/report/"))


def test_a_school_that_is_no_longer_there_is_not_offered(public_client: Client, cast: Cast) -> None:
    actions.change_organization(actor=cast.ada, organization=cast.school_a, active=False)
    assert cast.school_a.slug not in text(public_client.get("/report/?q=maple"))
    assert public_client.get(f"/report/{cast.school_a.slug}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_limits_page_says_every_promise_and_every_limit(
    public_client: Client, opened_school: Organization, language: str
) -> None:
    page = text(public_client.get(f"/report/{opened_school.slug}/about/?lang={language}"))
    found = plan.anonymity_page()
    for line in (
        *found.limits,
        *found.protects,
        *found.next_steps,
        plan.anonymity_modes()["anonymous"].sentence,
    ):
        assert line.in_language(language) in page
    assert public_client.get("/report/about/").status_code == 200
    assert public_client.get("/report/nowhere/about/").status_code == 404


def test_every_page_has_the_numbers_and_the_way_out(
    public_client: Client, opened_school: Organization, cast: Cast
) -> None:
    addresses = [
        "/",
        "/published/",
        f"/published/{opened_school.slug}/",
        "/report/",
        "/report/about/",
        "/report/receipt/",
        "/report/receipt/help/",
        f"/report/{opened_school.slug}/",
        f"/report/{cast.school_b.slug}/",
    ]
    for address in [*addresses, "/report/nowhere/"]:
        answer = public_client.get(address)
        assert all(mark in text(answer) for mark in ALWAYS), address
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "same-origin"
        assert 'src="http' not in text(answer), "no script, picture or font of anybody else"


def test_no_school_can_take_the_address_of_another_page(public_client: Client, cast: Cast) -> None:
    school = actions.create_organization(
        actor=cast.root, kind="school", parent=cast.district, name="Receipt", level="high"
    )
    assert public_client.get(f"/report/{school.slug}/").status_code == 200
    assert school.slug == "receipt-2"
    with pytest.raises(actions.SlugTaken):
        actions.create_organization(
            actor=cast.root, kind="school", parent=cast.district, name="Other", slug="about", level="high"
        )
    with pytest.raises(actions.SlugTaken):
        actions.change_organization(actor=cast.root, organization=school, slug="receipt")
