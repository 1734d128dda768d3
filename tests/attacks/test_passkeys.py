"""Passkeys, with a real browser whose authenticator is a virtual one: they work, each once, for their own
person, also beside a flood of guesses."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.test import Client
from tests.browser import Visit, session_cookies
from tests.cast import Cast, sign_in

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions
from security_center.foundation.organizations.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOGIN, ADD, BY_PASSKEY = "/account/login/", "/account/2fa/webauthn/add/", "/account/2fa/webauthn/login/"


def with_authenticator(page: Visit) -> Any:
    """Give the tab a phone's authenticator, whose owner always touches it; returns the wire to it."""
    wire = page.page.context.new_cdp_session(page.page)
    wire.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    wire.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
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


def asserted(page: Visit, site: str) -> tuple[str, str]:
    """What a passkey says of one question (the page's own), and the cookie of the browser that was asked. It
    is not sent."""
    kept = sends_nothing(page)
    page.goto(f"{site}{LOGIN}")
    page.click("#passkey_login")
    page.wait_for_timeout(50)
    for _ in range(100):
        if kept:
            break
        page.wait_for_timeout(50)
    page.page.unroute(f"**{BY_PASSKEY}")
    (session,) = [
        cookie["value"] for cookie in page.page.context.cookies() if cookie["name"] == "staff_session"
    ]
    return kept[0], session


def sent(credential: str, session: str = "", **extra: Any) -> Client:
    """Another program sends it, from a browser's session or from none. Whether that let it in: `inside`."""
    client = Client(headers={"host": "localhost"}, **extra)
    if session:
        client.cookies["staff_session"] = session
    client.post(BY_PASSKEY, {"credential": credential})
    return client


def inside(client: Client) -> bool:
    return client.get("/account/security/").status_code == 200


def test_what_a_passkey_said_once_is_good_once_and_in_the_browser_that_was_asked_only(
    cast: Cast, staff_site: str, device: Any
) -> None:
    said, session = asserted(device(cast.rosa), staff_site)
    assert not inside(sent(said)), "a session of its own was asked nothing"
    other = Client(headers={"host": "localhost"})
    other.get(BY_PASSKEY, headers={"accept": "application/json", "x-requested-with": "XMLHttpRequest"})
    assert not inside(sent(said, other.cookies["staff_session"].value)), (
        "another session was asked something else"
    )
    mine = sent(said, session)
    assert inside(mine)
    mine.post("/account/logout/")
    assert not inside(sent(said, session)), "the same words again"
    assert not inside(sent(said, mine.cookies["staff_session"].value))


def test_a_passkey_of_one_person_opens_nobody_elses_account(cast: Cast, staff_site: str, device: Any) -> None:
    """With its words altered so that they name another person, or another's key."""
    rosa, ben = device(cast.rosa), device(cast.ben)
    theirs = json.loads(asserted(ben, staff_site)[0])
    said, session = asserted(rosa, staff_site)
    mine = json.loads(said)
    handle = encoded(user_pk_to_url_str(cast.ben).encode())
    assert handle == theirs["response"]["userHandle"]
    as_ben = {**mine, "response": {**mine["response"], "userHandle": handle}}
    with_bens_key = {**as_ben, "id": theirs["id"], "rawId": theirs["rawId"]}
    with_bens_words = {**mine, "response": theirs["response"]}
    for forged in (
        as_ben,
        with_bens_key,
        with_bens_words,
        theirs,
        {**mine, "response": {**mine["response"], "signature": "AAAA"}},
    ):
        assert not inside(sent(json.dumps(forged), session))
    assert inside(sent(said, session)), "the honest one still is"


NO_CREDENTIALS = (
    "",
    "{}",
    "[]",
    "null",
    "1",
    '{"response": null}',
    '{"response": {"userHandle": "²"}}',
    '{"response": {"userHandle": 5}}',
    "²",
    "{" * 3000,
)


@pytest.mark.parametrize("rubbish", NO_CREDENTIALS)
def test_rubbish_in_place_of_a_passkeys_words_is_refused_without_a_fault(
    cast: Cast, staff_program: Any, rubbish: str
) -> None:
    client = Client(headers={"host": "localhost"})
    client.get(BY_PASSKEY, headers={"accept": "application/json", "x-requested-with": "XMLHttpRequest"})
    assert client.post(BY_PASSKEY, {"credential": rubbish}).status_code in {200, 302}
    assert not inside(client)


def test_a_passkey_passes_while_passwords_from_the_same_network_have_to_wait(
    cast: Cast, staff_site: str, device: Any
) -> None:
    page = device(cast.rosa)
    for _guess in range(30):
        refused = Client(headers={"host": "localhost"}).post(
            LOGIN, {"login": cast.rosa.email, "password": "guess"}
        )
    assert refused.status_code == 429 or "Too many attempts" in refused.content.decode()
    page.goto(f"{staff_site}{LOGIN}")
    page.click("#passkey_login")
    page.wait_for_url(lambda address: LOGIN not in address)
    page.goto(f"{staff_site}/account/security/")
    assert cast.rosa.email in page.content() or "/account/security/" in page.url


def test_a_passkey_that_was_taken_away_opens_nothing(cast: Cast, staff_site: str, device: Any) -> None:
    said, session = asserted(device(cast.rosa), staff_site)
    Authenticator.objects.filter(user=cast.rosa, type="webauthn").delete()
    assert not inside(sent(said, session))


def test_a_passkey_of_somebody_who_left_opens_nothing(cast: Cast, staff_site: str, device: Any) -> None:
    said, session = asserted(device(cast.rosa), staff_site)
    actions.leave(actor=cast.ada, person=Person.objects.get(pk=cast.rosa.pk))
    assert not inside(sent(said, session))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
