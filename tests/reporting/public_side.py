"""What the tests of the reporter's pages share: a school whose form is open, and what a page says read back
from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django_scopes import scopes_disabled
from tests.cast import Cast

from security_center.foundation.duties import heartbeat
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt
from security_center.prevention import actions as plan_actions
from security_center.reporting.models import Report
from security_center.reporting.queries import report_of, thread_page

THREAD = "/report/receipt/thread/"
RECEIPT = "/report/receipt/"
FORM = "/report/maple-high-school/"


def every_hour(*people: Any) -> list[plan_actions.ShiftRow]:
    return [
        plan_actions.ShiftRow(person.pk, weekday, 0, 1440, position)
        for weekday in range(7)
        for position, person in enumerate(people, start=1)
    ]


@pytest.fixture
def opened_school(cast: Cast, settings: Any) -> Organization:
    """Maple High School with a plan, readers at every hour, and a living worker. (In the demo, where readers
    need not prove their alerts.)"""
    settings.SSC_DEMO = True
    call_command("createcachetable", verbosity=0)
    plan_actions.adopt_plan(actor=None, organization=cast.district)
    plan_actions.set_coverage(actor=None, organization=cast.school_a, rows=every_hour(cast.rosa, cast.ben))
    plan_actions.set_coverage(actor=None, organization=cast.district, rows=every_hour(cast.nia))
    heartbeat.beat()
    return cast.school_a


@pytest.fixture
def reports() -> Callable[[], list[Report]]:
    """`reports()`: every stored report, oldest first, of whichever tenant."""

    def all_reports() -> list[Report]:
        with scopes_disabled():
            return list(Report.objects.order_by("pk"))

    return all_reports


def text(response: Any) -> str:
    return unescape(response.content.decode())


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, f"The page has no hidden field {name}."
    return unescape(found[1])


def receipt_words(response: Any) -> str:
    """The words in the element with the id "receipt"."""
    found = re.search(r'id="receipt"[^>]*>(.*?)</ol>', response.content.decode(), re.S)
    assert found, "The page shows no receipt."
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def send(client: Any, school: Organization, *, query: str = "", **fields: Any) -> Any:
    """Open the form and send it, as a browser without script does."""
    address = f"/report/{school.slug}/{query}"
    if "seed" not in fields:
        fields["seed"] = hidden(client.get(address), "seed")
    return client.post(address, fields)


def come_back(client: Any, words: str) -> Any:
    """Type the words; returns the page of the thread."""
    opened = client.post(RECEIPT, {"words": words})
    assert opened.status_code == 303, text(opened)
    return client.get(THREAD)


def words_of(response: Any) -> dict[str, str]:
    """The stored report, opened with the receipt that the page shows."""
    receipt = Receipt.from_text(receipt_words(response))
    with scopes_disabled():
        return thread_page(receipt, report_of(receipt)).words
