"""B3: a stranger slows down themself, and never a named person; guessing stays hopeless."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from tests.cast import PASSWORD, TOTP_SECRET, Cast, give_totp, totp_code

from security_center.foundation.organizations import known_devices
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.tasks import send_password_link

LOGIN, RESET, CODE = "/account/login/", "/account/password/reset/", "/account/2fa/authenticate/"
SCHOOL = "198.51.100.20"


def tries(person: Person, password: str, address: str = SCHOOL, client: Client | None = None) -> Any:
    return (client or Client()).post(
        LOGIN, {"login": person.email, "password": password}, REMOTE_ADDR=address
    )


def gets_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


@pytest.fixture
def own_device(cast: Cast) -> Client:
    """Where Rosa signed in once, with both factors, and has signed out."""
    give_totp(cast.rosa)
    client = Client()
    with time_machine.travel("2026-11-24T15:00:10Z", tick=False):
        assert gets_in(tries(cast.rosa, PASSWORD, client=client))
        assert client.post(CODE, {"code": totp_code(TOTP_SECRET)}).status_code == 302
    client.post("/account/logout/")
    return client


def test_guessing_from_five_addresses_does_not_keep_the_person_out_at_a_sixth(cast: Cast) -> None:
    for number in range(50):
        tries(cast.rosa, "guess", f"203.0.113.{number}")
    assert gets_in(tries(cast.rosa, PASSWORD))


def test_guessing_from_the_readers_own_school_does_not_keep_out_the_device_they_use(
    cast: Cast, own_device: Client
) -> None:
    for _guess in range(60):
        tries(cast.rosa, "guess")
    assert not gets_in(tries(cast.rosa, PASSWORD)), "a device that nobody knows has to wait"
    assert gets_in(tries(cast.rosa, PASSWORD, client=own_device))


def test_nor_does_a_flood_of_posts_there(cast: Cast, own_device: Client) -> None:
    for _post in range(40):
        answer = Client().post(LOGIN, {"login": "x"}, REMOTE_ADDR=SCHOOL)
    assert answer.status_code == 429
    assert gets_in(tries(cast.rosa, PASSWORD, client=own_device))


def test_a_passkey_is_asked_for_whatever_others_did_from_there(cast: Cast) -> None:
    address = "/account/2fa/webauthn/login/"
    for _post in range(60):
        answer = Client().post(
            address, {"credential": "{}"}, REMOTE_ADDR=SCHOOL, headers={"host": "localhost"}
        )
    assert answer.status_code != 429
    tries(cast.rosa, "guess")
    page = Client().get(
        address, headers={"accept": "application/json", "host": "localhost"}, REMOTE_ADDR=SCHOOL
    )
    assert "request_options" in page.json()


def test_guessing_elsewhere_does_not_delay_the_code_of_the_app(cast: Cast) -> None:
    give_totp(cast.rosa)
    client = Client()
    assert gets_in(tries(cast.rosa, PASSWORD, client=client))
    for _guess in range(30):
        tries(cast.rosa, "guess")
    answer = client.post(CODE, {"code": totp_code(TOTP_SECRET)}, REMOTE_ADDR=SCHOOL)
    assert gets_in(answer)


def test_a_device_that_is_known_is_not_signed_in_and_knows_its_own_person_only(
    cast: Cast, own_device: Client
) -> None:
    assert own_device.get("/organizations/").status_code == 302
    cookie = own_device.cookies[known_devices.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cast.rosa.email not in cookie.value
    assert not gets_in(tries(cast.rosa, "guess", client=own_device))
    for _guess in range(6):
        tries(cast.aud, "guess", client=own_device)
    assert not gets_in(tries(cast.aud, PASSWORD, client=own_device)), (
        "it is a stranger's device to anybody else"
    )


def test_the_cookie_goes_over_tls_only_where_there_is_tls(cast: Cast, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    tries(cast.aud, PASSWORD, client=client)
    assert client.cookies[known_devices.COOKIE]["secure"]


def test_a_made_up_cookie_knows_nobody(cast: Cast, own_device: Client) -> None:
    good = own_device.cookies[known_devices.COOKIE].value
    for forged in (good[:-2] + "xx", "WyJhIiwgW11d", ""):
        client = Client()
        client.cookies[known_devices.COOKIE] = forged
        for _guess in range(6):
            tries(cast.rosa, "guess", client=client)
        assert not gets_in(tries(cast.rosa, PASSWORD, client=client))


def test_guessing_stays_hopeless(cast: Cast) -> None:
    """The figures of the threat model: what one network may try in a day on one account, on all accounts, and
    on a device that is known."""
    with time_machine.travel("2026-11-24T15:00:00Z", tick=False) as traveller:
        asked = 0
        for _round in range(40):
            answer = tries(cast.rosa, "guess")
            asked += "is not right" in answer.content.decode()
            traveller.shift(30)
        assert asked <= 5 * (40 * 30 / 300 + 1)
    assert (known_devices.OF_A_NETWORK, known_devices.OF_AN_ACCOUNT_FROM_A_NETWORK) == ("10/m/ip", "5/5m/ip")
    assert known_devices.OF_AN_ACCOUNT_ON_ITS_DEVICE == "30/5m/key"
    assert settings.ACCOUNT_RATE_LIMITS["login_failed"] == "5/5m/key", "codes: by account, from wherever"


def test_asking_for_a_persons_link_again_and_again_keeps_nobody_from_theirs_and_fills_no_mailbox(
    cast: Cast,
) -> None:
    for number in range(30):
        Client().post(RESET, {"email": cast.rosa.email}, REMOTE_ADDR=f"203.0.113.{number}")
        send_password_link.func(cast.rosa.pk)
    assert len(mail.outbox) == 1
    answer = Client().post(RESET, {"email": cast.rosa.email}, REMOTE_ADDR=SCHOOL)
    assert (answer.status_code, answer["Location"]) == (302, RESET + "done/")
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = Client().get(link.partition("localhost")[2].partition("/")[2].join(("/", "")), follow=True)
    assert page.status_code == 200


def test_nor_do_posts_from_the_readers_own_school(cast: Cast, own_device: Client) -> None:
    for _post in range(40):
        answer = Client().post(RESET, {"email": "somebody@example.org"}, REMOTE_ADDR=SCHOOL)
    assert answer.status_code == 429
    answer = own_device.post(RESET, {"email": cast.rosa.email}, REMOTE_ADDR=SCHOOL)
    assert answer.status_code == 302
