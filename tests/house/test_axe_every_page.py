"""Every page of both programs in a real browser, at phone and desktop width: axe finds nothing, no file is refused, nothing scrolls sideways.

The pages come from the URL tables, so a new one is walked from its first day.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.browser import DESK, PHONE, Visit, Visitor, session_cookies
from tests.house.addresses import Things, public_names, staff_names
from tests.house.test_query_counts import staff_pages, who_asks
from tests.reporting.acts import Valley, valley  # noqa: F401 - the fixture

# No page of ours to look at: what a machine asks for, and a page that only a reporter's words open (see tests/journeys).
FOR_MACHINES = {
    "center:metrics",
    "web:healthz",
    "web:readyz",
    "web:manifest",
    "web:service_worker",
    "reporting:report_file_state",
    "threat_assessment:file_state",
}
NEEDS_A_RECEIPT = {"reporting:thread", "reporting:help_now"}
PAPERS = {"prevention:draft_paper", "prevention:paper"}  # PDF: tests/prevention look at them


@pytest.fixture
def things(valley: Valley) -> Things:  # noqa: F811
    """Made before a program is served: the public one holds no key with which a district could be set up."""
    made = Things(valley)
    made.with_cases()
    valley.stack.close()
    return made


def faults_of(tab: Visit, address: str) -> list[str]:
    """What one page owes at each width, as lines; empty when nothing. It is fetched once: styles alone tell the widths apart."""
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
        if name in FOR_MACHINES | PAPERS:
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
        if name not in FOR_MACHINES | NEEDS_A_RECEIPT:
            path = reverse(name, urlconf=settings.PUBLIC_URLCONF, kwargs={key: things.by_argument[key] for key in wanted})
            faults += faults_of(tab, f"{public_site}{path}")
    assert not faults, "\n".join(faults)
