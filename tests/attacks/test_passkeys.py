"""Passkeys, with a real browser whose authenticator is a virtual one: they work, each once, for their own person, also beside a flood of guesses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.test import Client
from tests.browser import Visit, session_cookies
from tests.cast import Cast, sign_in

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOGIN, ADD, BY_PASSKEY = "/account/login/", "/account/2fa/webauthn/add/", "/account/2fa/webauthn/login/"


def with_authenticator(page: Visit) -> Any:
    """Give the tab a phone's authenticator, whose owner always touches it; returns the wire to it."""
    wire = page.page.context.new_cdp_session(page.page)
    wire.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}})
    return wire


@pytest.fixture
def device(cast: Cast, staff_site: str, visitor: Any) -> Any:
    """`device(person)`: a browser in which the person added a passkey, and signed out."""

    def add(person: Person) -> Visit:
        page: Visit = visitor(cookies=session_cookies(sign_in(person), staff_site))
        with_authenticator(page)
        page.goto(f"{staff_site}{ADD}")
        page.fill("input[name=name]", "My phone")
        page.click("#mfa_webauthn_add")
        page.wait_for_url("**/recovery-codes/**")
        page.page.context.clear_cookies()
        return page

    return add


def sends_nothing(page: Visit) -> list[str]:
    """What the page would post from now on is kept back and gathered."""
    kept: list[str] = []

    def keep(route: Any) -> None:
        if route.request.method == "POST":
            kept.append(route.request.post_data_json["credential"])
            route.fulfill(status=204)
        else:
            route.continue_()

    page.page.route(f"**{BY_PASSKEY}", keep)
    return kept


def test_a_passkey_is_added_and_signs_in_alone(cast: Cast, staff_site: str, device: Any) -> None:
    page = device(cast.rosa)
    assert Authenticator.objects.filter(user=cast.rosa, type="webauthn").count() == 1
    page.goto(f"{staff_site}{LOGIN}")
    page.click("#passkey_login")
    page.wait_for_url(lambda address: LOGIN not in address)
    page.goto(f"{staff_site}/organizations/")
    assert "Maple High School" in page.content()
    assert Entry.objects.filter(verb="person.signed_in", thing=f"person:{cast.rosa.pk}").exists()
