from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from security_center.foundation.ledger import triggers
from security_center.foundation.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_nobody_sees_the_ledger_without_signing_in() -> None:
    answer = Client().get(reverse("center:ledger"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("who", ["rosa", "ben", "dana", "omar"])
def test_who_may_not_verify_is_refused(cast: Any, signed_in: Callable[..., Client], who: str) -> None:
    client = signed_in(getattr(cast, who))
    assert client.get(reverse("center:ledger")).status_code == 403
    assert client.post(reverse("center:ledger")).status_code == 403


def test_an_auditor_verifies_the_ledger_and_the_look_is_recorded(
    cast: Any, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.aud)
    page = client.get(reverse("center:ledger"))
    assert page.status_code == 200
    assert page.context["verification"] is None
    entries = Entry.objects.count()
    page = client.post(reverse("center:ledger"))
    assert page.context["verification"].ok
    assert page.context["verification"].entries == entries
    assert "The ledger is whole" in page.content.decode()
    last = Entry.objects.order_by("-sequence").first()
    assert last is not None
    assert (last.verb, last.actor) == ("ledger.verified", f"person:{cast.aud.pk}")


def test_the_page_names_a_changed_entry(cast: Any, signed_in: Callable[..., Client]) -> None:
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'person:666' WHERE sequence = 3")
    triggers.install(connection)
    page = signed_in(cast.aud).post(reverse("center:ledger"))
    assert "Entry 3 was changed or moved after it was written." in page.content.decode()
    assert "The ledger is whole" not in page.content.decode()
