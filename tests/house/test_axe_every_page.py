"""Every page of both programs in a real browser, at phone and desktop width: axe finds nothing, no file is
refused, nothing scrolls sideways.

The pages come from the URL tables, so a new one is walked from its first day.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.browser import DESK, PHONE, Visit, Visitor, session_cookies
from tests.house.addresses import Things, public_names, staff_names, staff_pages, table, who_asks
from tests.reporting.acts import Valley, valley  # noqa: F401 - the fixture


@pytest.fixture
def things(valley: Valley) -> Things:  # noqa: F811
    """Made before a program is served: the public one holds no key with which a district could be set up."""
    return Things(valley)


def faults_of(tab: Visit, address: str) -> list[str]:
    """What one page owes at each width, as lines; empty when nothing. It is fetched once: styles alone tell
    the widths apart."""
    tab.refused.clear()
    tab.blocked.clear()
    tab.broken.clear()
    answer = tab.goto(address)
    if answer is None or answer.status != 200:
        return [f"{address}: {answer.status if answer else 'no answer'}"]
    found = []
    for width in (PHONE, DESK):
        try:
            tab.owes_nothing_at(width)
        except AssertionError as fault:
            found.append(f"{address} at {width} px: {str(fault)[:1500]}")
    return found


@pytest.mark.browser
def test_no_page_of_the_staff_program_owes_its_readers_anything(
    things: Things,
    staff_site: str,
    signed_in: Callable[..., Client],
    visitor: Visitor,
) -> None:
    patterns = staff_names()
    tabs: dict[str, Visit] = {}
    faults: list[str] = []
    for name in staff_pages():
        if name in table("NOT_LOOKED_AT"):
            continue
        who = who_asks(name)
        if who not in tabs:
            tabs[who] = visitor(cookies=session_cookies(signed_in(getattr(things.cast, who)), staff_site))
        path = reverse(name, urlconf=settings.STAFF_URLCONF, kwargs=things.arguments(name, patterns[name]))
        faults += faults_of(tabs[who], f"{staff_site}{path}")
    assert not faults, "\n".join(faults)


@pytest.mark.browser
def test_no_page_of_the_public_program_owes_its_readers_anything(
    things: Things,
    public_site: str,
    visitor: Visitor,
) -> None:
    tab = visitor()
    faults: list[str] = []
    for name, wanted in public_names().items():
        if name not in table("NOT_LOOKED_AT"):
            path = reverse(name, urlconf=settings.PUBLIC_URLCONF, kwargs=things.arguments(name, wanted))
            faults += faults_of(tab, f"{public_site}{path}")
    assert not faults, "\n".join(faults)
