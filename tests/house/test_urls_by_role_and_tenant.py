"""Every address × role × tenant, from both URL tables. An address that stands in no room's table
(tests/<room>/addresses.py) fails: say who may reach it first.

Another tenant's thing is 404, never 403: 403 would say that it exists. No address of one program is an
address of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import Resolver404, resolve, reverse
from tests.cast import assembled, sign_in
from tests.house.addresses import EVERYBODY, Row, Things, public_names, staff_names, table
from tests.reporting.acts import at_work

from security_center.foundation import clock
from security_center.foundation.vault import provider

# A reader of the other school of the district, and of the other district: reader, on call, superintendent,
# administrator.
NEIGHBOURS = ("lena", "paul")
STRANGERS = ("rosa_elsewhere", "nia_elsewhere", "omar_elsewhere", "ada_elsewhere")
REFUSED = {403, 404}
STAFF: dict[str, Row] = table("STAFF")
# OPEN: anybody reaches these, signed in or not; they show nothing of anybody. ONES_OWN: a person's own
# things, tested in their room.
OPEN, ONES_OWN, PUBLIC = set(table("OPEN")), set(table("ONES_OWN")), set(table("PUBLIC"))
ALLAUTH = ("account_", "mfa_", "openid_connect_", "saml_")
IN_BOTH = {"web:healthz", "web:readyz"}


def test_every_address_of_the_staff_program_stands_in_a_table() -> None:
    known = set(STAFF) | OPEN | ONES_OWN
    names = {name for name in staff_names() if not name.startswith(ALLAUTH)}
    assert names == known


def test_every_address_of_the_public_program_stands_in_a_table() -> None:
    assert set(public_names()) == PUBLIC


def _resolves(path: str, table: str) -> bool:
    try:
        resolve(path, urlconf=table)
    except Resolver404:
        return False
    return True


def test_no_address_of_one_program_is_an_address_of_the_other(things: Things) -> None:
    # Of the libraries' own addresses, and of those that name one message.
    more = {"token": "abcdef", "message_id": 1, "uidb36": "1", "key": "set-password", "pk": 1}
    more |= {"provider_id": "district", "organization_slug": "district"}
    for names, own, other in (
        (public_names(), settings.PUBLIC_URLCONF, settings.STAFF_URLCONF),
        (staff_names(), settings.STAFF_URLCONF, settings.PUBLIC_URLCONF),
    ):
        for name, wanted in names.items():
            if name in IN_BOTH:
                continue
            given = {**{key: more[key] for key in wanted if key in more}, **things.arguments(name, wanted)}
            path = reverse(name, urlconf=own, kwargs=given)
            if path == "/":
                continue  # each program has a first page of its own there
            assert _resolves(path, own), f"{name} does not resolve in its own program"
            assert not _resolves(path, other), f"{name} ({path}) resolves in the other program"


# Without the mark no database is made. It puts each test into a savepoint of the transaction that `things`
# holds.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def things(django_db_setup: None, django_db_blocker: Any) -> Iterator[Things]:
    """One of everything, made once for all addresses (it takes some hundred acts) and taken back at the
    end."""
    quick = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"], "SSC_DEMO": True}
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        if not provider.is_open():
            provider.create_key_file()
        with at_work(assembled()) as valley:
            made = Things(valley)
        yield made  # the tenant scope comes from the program's own middleware
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def ask(things: Things) -> Callable[[str, str | None], HttpResponse]:
    """`ask(name, who)`: the answer to that person (None: nobody is signed in); what it changed is taken
    back."""
    patterns = staff_names()
    # All at once: a session begun within a test would be taken back with it.
    clients = {who: sign_in(getattr(things.cast, who)) for who in (*EVERYBODY, *NEIGHBOURS, *STRANGERS)} | {
        None: Client()
    }

    def asked(name: str, who: str | None) -> HttpResponse:
        path = reverse(name, urlconf=settings.STAFF_URLCONF, kwargs=things.arguments(name, patterns[name]))
        with ExitStack() as stack:
            stack.enter_context(clock.clock_at(things.valley.at))
            stack.enter_context(transaction.atomic())
            answer = getattr(clients[who], STAFF[name].method)(path, things.sent.get(name, {}))
            transaction.set_rollback(True)
        return answer

    return asked


@pytest.mark.long
@pytest.mark.parametrize("name", STAFF)
def test_an_address_admits_whom_its_table_names_and_nobody_else(
    name: str, ask: Callable[[str, str | None], HttpResponse]
) -> None:
    row = STAFF[name]
    nobody = ask(name, None)
    assert (nobody.status_code, nobody["Location"].startswith("/account/login/")) == (302, True)
    if not row.own:
        # A desk of a neighbour's school may be known to exist; another district's things are not.
        assert {who: ask(name, who).status_code for who in STRANGERS} == dict.fromkeys(STRANGERS, 404)
        if not row.of_district:
            assert {who for who in NEIGHBOURS if ask(name, who).status_code not in REFUSED} == set()
    answers = {who: ask(name, who).status_code for who in sorted(EVERYBODY)}
    assert {who for who, status in answers.items() if status not in REFUSED} == row.admitted, answers
    assert all(status < 500 for status in answers.values())
