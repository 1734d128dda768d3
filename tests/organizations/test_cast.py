"""The cast itself: everybody is where the tests believe them to be, and the helper clients are what they
say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from tests.cast import Cast

from security_center.foundation.organizations import policies, queries
from security_center.foundation.organizations.models import Person, Role


def test_everybody_holds_the_role_the_cast_says(cast: Cast) -> None:
    assert policies.roles_at(cast.rosa, cast.school_a) == {Role.READER}
    assert policies.roles_at(cast.nia, cast.school_b) == {Role.DISTRICT_ON_CALL}
    assert policies.roles_at(cast.rosa, cast.school_b) == set()
    assert [person.name for person in queries.people_with_role(cast.school_a, Role.PRINCIPAL)] == [
        "Dana Price"
    ]
    assert not any(policies.roles_at(person, cast.school_a) for person in cast.strangers.values())


def test_a_signed_in_client_is_inside(cast: Cast, signed_in: Callable[[Person], Client]) -> None:
    assert signed_in(cast.ada).get("/people/").status_code == 200


@pytest.mark.usefixtures("db")
def test_the_public_client_reaches_public_addresses_only(public_client: Client) -> None:
    assert public_client.get("/healthz").status_code == 200
    assert public_client.get("/people/").status_code == 404
    assert public_client.get("/account/login/").status_code == 404
    assert settings.SSC_PROGRAM != "public", "only the client's own requests run as the public program"
    assert Client().get("/people/").status_code == 302
