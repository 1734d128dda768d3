"""The public side's first page and its menu, in a real browser."""

from __future__ import annotations

import pytest
from tests.browser import PHONE, Visitor

from security_center.foundation.organizations.models import Organization

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_home_page_and_a_schools_page_owe_nothing_and_leave_no_cookie(
    visitor: Visitor,
    opened_school: Organization,
    public_site: str,
    language: str,
) -> None:
    page = visitor(PHONE, language=language)
    for name, address in (("home", "/"), ("school", f"/published/{opened_school.slug}/")):
        page.goto(f"{public_site}{address}")
        page.owes_nothing_at_any_width(f"{name}-{language}")
    assert page.context.cookies() == []


def test_the_home_page_needs_no_script(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE, script=False)
    page.goto(f"{public_site}/")
    page.nothing_was_refused()
    page.click("text=Report a concern")
    assert page.url == f"{public_site}/report/"
