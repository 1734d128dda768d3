"""The first page, by role: what is mine, what is late, what must be zero, and for administrators what is broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def test_a_stranger_is_asked_to_sign_in_first(client: Client, cast: Cast) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("short", ["ada", "rosa", "ben", "dana", "sam", "tess", "nia", "ivy", "omar", "aud", "lena", "paul", "root"])
def test_everybody_has_a_first_page(cast: Cast, signed_in: SignIn, short: str) -> None:
    person = cast.everyone[short]
    answer = signed_in(person).get("/")
    assert answer.status_code == 200
    assert person.name in answer.content.decode()
