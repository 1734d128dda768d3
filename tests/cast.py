"""The people whom the tests are about: one state, two districts, each with two schools, and the same roles in
both.

`cast` gives them by name. Maple Valley is the district that tests act in; Cedar Ridge is full of strangers to
it."""

from __future__ import annotations

import hashlib
import hmac
import pickle
import struct
import time
from base64 import b32decode
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.keeping import keeper

if TYPE_CHECKING:
    from django.test import Client

    from security_center.foundation.organizations.models import Organization, Person

PASSWORD = "maple-Lantern-44-quarry"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
VALID_FOR = 6  # seconds: until a busy machine has sent the code


@dataclass
class Cast:
    """Organizations and people. Those of the other district end in `_elsewhere`."""

    state: Organization
    district: Organization
    school_a: Organization
    school_b: Organization
    district_elsewhere: Organization
    school_elsewhere: Organization
    school_elsewhere_b: Organization
    ada: Person  # Ada Stone, administrator of the district
    rosa: Person  # Rosa Ortiz, reader at school A
    ben: Person  # Ben Cole, counselor at school A
    dana: Person  # Dana Price, principal of school A
    sam: Person  # Officer Sam Lee, SRO at school A
    tess: Person  # Tess Moran, team lead at school A
    nia: Person  # Nia Ward, district on call
    ivy: Person  # Ivy Chen, district safety lead
    omar: Person  # Omar Reyes, superintendent
    aud: Person  # Aud Kim, auditor of the district
    lena: Person  # Lena Fox, reader at school B
    paul: Person  # Paul Berg, principal of school B
    root: Person  # Ruth Root, first administrator, holds the administrator role at the state
    ada_elsewhere: Person
    rosa_elsewhere: Person
    ben_elsewhere: Person
    dana_elsewhere: Person
    sam_elsewhere: Person
    tess_elsewhere: Person
    nia_elsewhere: Person
    ivy_elsewhere: Person
    omar_elsewhere: Person
    aud_elsewhere: Person
    everyone: dict[str, Person] = field(default_factory=dict)

    @property
    def insiders(self) -> dict[str, Person]:
        """Everybody of the first district, by short name."""
        return {
            name: person
            for name, person in self.everyone.items()
            if not name.endswith("_elsewhere") and name != "root"
        }

    @property
    def strangers(self) -> dict[str, Person]:
        """Everybody of the other district, by short name."""
        return {name: person for name, person in self.everyone.items() if name.endswith("_elsewhere")}


# short name, name, role, at which place
_ROLES = (
    ("rosa", "Rosa Ortiz", "reader", "school_a"),
    ("ben", "Ben Cole", "counselor", "school_a"),
    ("dana", "Dana Price", "principal", "school_a"),
    ("sam", "Sam Lee", "sro", "school_a"),
    ("tess", "Tess Moran", "team_lead", "school_a"),
    ("nia", "Nia Ward", "district_on_call", "district"),
    ("ivy", "Ivy Chen", "district_safety_lead", "district"),
    ("omar", "Omar Reyes", "superintendent", "district"),
    ("aud", "Aud Kim", "auditor", "district"),
)
_AT_SCHOOL_B = (
    ("lena", "Lena Fox", "reader", "school_b"),
    ("paul", "Paul Berg", "principal", "school_b"),
)


@pytest.fixture(scope="session")
def data_folder() -> Any:
    """The folder of this run's data. A test that needs a fresh one sets settings.SSC_DATA itself."""
    from django.conf import settings

    return settings.SSC_DATA


@pytest.fixture
def open_vault(db: None, data_folder: Any) -> None:
    """The key file is there, so the vault of this run opens. Made once; every test's desks are keyed under
    it."""
    from security_center.foundation.vault import provider

    if not provider.is_open():
        provider.create_key_file()


@pytest.fixture
def fast_passwords(settings: Any) -> None:
    """Real password hashes are slow by design; hundreds of them would only slow the tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


# The whole cast stands since this moment, whatever clock a test sets.
BEGAN = datetime(2025, 8, 1, 12, tzinfo=UTC)

# Rows of the cast as first made, by the vault's key: some 70 actions a test would be most of the time of the
# tests.
_kept: dict[str, bytes] = {}


@pytest.fixture
def cast(open_vault: None, fast_passwords: None) -> Cast:
    """Two districts full of people, made by the actions that pages use (the first time; later its rows are
    put back)."""
    return assembled()


def assembled() -> Cast:
    """The cast, where the vault is open and nobody is there yet."""
    from django.core.cache import cache

    from security_center.foundation.clock import clock_at
    from security_center.foundation.ledger.models import Entry
    from security_center.foundation.organizations import policies
    from security_center.foundation.organizations.models import Organization, Person, RoleAssignment
    from security_center.foundation.vault import provider
    from security_center.foundation.vault.models import RecipientKey

    tables: tuple[Any, ...] = (Organization, Person, RoleAssignment, RecipientKey, Entry)
    # Counters of attempts and used codes: their table is no model's, so tests with real transactions leave it
    # full
    cache.clear()
    empty = not any(table.objects.exists() for table in tables)
    key = provider.key_path().read_text(encoding="ascii")
    if empty and key in _kept:
        found = _put_back(_kept[key], tables)
        keeper.stand(("cast", key))
        return found
    with clock_at(BEGAN):
        made = _make()
    if empty:
        for person in made.everyone.values():
            policies.forget(person)
        _kept[key] = pickle.dumps((made, [list(table.objects.order_by("pk")) for table in tables]))
        keeper.stand(("cast", key))
        return _unpacked(_kept[key])[0]
    return made


def _unpacked(kept: bytes) -> tuple[Cast, list[list[Any]]]:
    made, rows = pickle.loads(kept)  # noqa: S301 - made in this process a moment ago
    return made, rows


def _put_back(kept: bytes, tables: tuple[Any, ...]) -> Cast:
    from django.core.management.color import no_style
    from django.db import connection

    made, rows = _unpacked(kept)
    for table, group in zip(tables, rows, strict=True):
        table.objects.bulk_create(group)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
    return made


def _make() -> Cast:
    from security_center.foundation.organizations import actions
    from security_center.foundation.organizations.models import Person, Role

    root = Person.objects.create_user(
        email="ruth.root@example.org", name="Ruth Root", password=PASSWORD, is_first_administrator=True
    )
    state = actions.create_organization(actor=root, kind="state", name="State of Franklin")
    found: dict[str, Any] = {"root": root, "state": state}
    everyone: dict[str, Person] = {"root": root}
    for suffix, district_name, schools in (
        ("", "Maple Valley School District", ("Maple High School", "Birch Middle School")),
        ("_elsewhere", "Cedar Ridge School District", ("Cedar High School", "Spruce Elementary School")),
    ):
        district = actions.create_organization(
            actor=root,
            kind="district",
            parent=state,
            name=district_name,
            dispatch_number="555-0100",
            time_zone="America/New_York",
        )
        places = {"district": district}
        for key, name, level in zip(("school_a", "school_b"), schools, ("high", "middle"), strict=True):
            places[key] = actions.create_organization(
                actor=root, kind="school", parent=district, name=name, level=level
            )
        if suffix:
            found |= {
                "district_elsewhere": district,
                "school_elsewhere": places["school_a"],
                "school_elsewhere_b": places["school_b"],
            }
        else:
            found |= places
        domain = "maple.example.org" if not suffix else "cedar.example.org"
        ada = actions.add_person(
            actor=root, organization=district, name="Ada Stone", email=f"ada.stone@{domain}"
        )
        actions.assign_role(actor=root, person=ada, organization=district, role=Role.ADMINISTRATOR)
        everyone[f"ada{suffix}"] = ada
        for short, name, role, place in _ROLES + (() if suffix else _AT_SCHOOL_B):
            email = f"{name.lower().replace(' ', '.')}@{domain}"
            person = actions.add_person(actor=ada, organization=places[place], name=name, email=email)
            actions.assign_role(actor=ada, person=person, organization=places[place], role=role)
            everyone[f"{short}{suffix}"] = person
    for person in everyone.values():
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return Cast(
        **found, **{name: person for name, person in everyone.items() if name != "root"}, everyone=everyone
    )


def totp_code(secret: str, moment: float | None = None) -> str:
    """The six digits an authenticator app shows for `secret` (base32) at `moment`: RFC 6238. Without a moment
    they are valid for some seconds more: as people do, it waits for the next ones when these run out."""
    if moment is None:
        left = 30 - time.time() % 30
        if left < VALID_FOR:
            time.sleep(left)
    counter = int(time.time() if moment is None else moment) // 30
    digest = hmac.new(b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def fresh(person: Person) -> Person:
    """As stored now: the one at hand remembers roles."""
    from security_center.foundation.organizations.models import Person

    return Person.objects.get(pk=person.pk)


def told(kind: str) -> set[str]:
    """Names of everybody who got a message of that kind."""
    from security_center.foundation.notifications.models import Message

    return set(Message.objects.filter(kind=kind).values_list("person__name", flat=True))


def everybody_has_been_in(cast: Cast) -> Cast:
    """With a password and a second factor."""
    for person in cast.everyone.values():
        give_totp(person)
    return cast


def give_totp(person: Person, secret: str = TOTP_SECRET) -> str:
    """Set up an authenticator app for `person`; returns its secret."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).delete()
    TOTP.activate(person, secret)
    return secret


@pytest.fixture
def signed_in(db: None) -> Callable[[Person], Client]:
    """`signed_in(person)`: a client of the staff program in which the person signed in and passed the second
    factor."""
    return sign_in


def sign_in(person: Person, **client_arguments: Any) -> Client:
    from allauth.account.internal.flows.login import (
        _AUTHENTICATION_METHODS_USER_SESSION_KEY,
        AUTHENTICATION_METHODS_SESSION_KEY,
    )
    from allauth.mfa.models import Authenticator
    from django.test import Client

    if (
        not Authenticator.objects.filter(user_id=person.pk)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    ):
        give_totp(person)
    client = Client(**client_arguments)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "email": person.email, "reauthenticated": True},
        {"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True},
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client


@pytest.fixture
def public_client() -> Client:
    """A client of the public program: its addresses, its middleware, no key provider. Only its own requests
    run so."""
    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings

    class PublicClient(Client):
        def request(self, **environment: Any) -> Any:
            with ExitStack() as stack:
                stack.enter_context(
                    override_settings(
                        ROOT_URLCONF=settings.PUBLIC_URLCONF,
                        MIDDLEWARE=settings.PUBLIC_MIDDLEWARE,
                        SSC_PROGRAM="public",
                    )
                )
                return super().request(**environment)

    return PublicClient()
