"""Every page of the reporter at both widths: read by axe, nothing refused, nothing sideways; pictures go
where SSC_SCREENSHOTS says."""

from __future__ import annotations

import pytest
from django_scopes import scopes_disabled
from tests.browser import DESK, PHONE, Visitor
from tests.cast import Cast
from tests.journeys.reporter import words_on

from security_center.foundation.organizations.models import Organization
from security_center.prevention.models import PublishedForm
from security_center.reporting.models import Report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(PHONE, "en", False), (DESK, "en", False), (PHONE, "es", True), (DESK, "es", False)]


@pytest.mark.parametrize(("width", "language", "dark"), LOOKS)
def test_each_page_of_the_reporter_is_fit_to_be_seen(
    visitor: Visitor,
    opened_school: Organization,
    cast: Cast,
    public_site: str,
    width: int,
    language: str,
    dark: bool,
) -> None:
    tag = f"{width}-{language}{'-dark' if dark else ''}"
    page = visitor(width, language=language, dark=dark)

    def look(name: str) -> None:
        page.owes_nothing()
        page.picture(f"{name}-{tag}")

    for name, address in (
        ("find", "/report/"),
        ("find-none", "/report/?q=Nowhere"),
        ("about", f"/report/{opened_school.slug}/about/"),
        ("help", "/report/receipt/help/"),
        ("closed", f"/report/{cast.school_elsewhere.slug}/"),
        ("receipt", "/report/receipt/"),
        ("form", f"/report/{opened_school.slug}/"),
    ):
        page.goto(f"{public_site}{address}")
        look(name)
    page.click("button[type=submit]")
    page.wait_for_selector("[data-error-summary]")
    page.page.locator("details.more summary").click()
    look("form-error")
    page.fill("#id_what_happened", "A boy in my class said that he wants to die. He gave away his things.")
    page.check("#id_danger_now_2")
    page.click("form[data-report-form] button[type=submit]")
    page.wait_for_selector(".emergency-panel")
    look("sent-danger")
    words = words_on(page)
    page.goto(f"{public_site}/report/{opened_school.slug}/")
    page.fill("#id_what_happened", "They call her names in the group chat every day.")
    page.click("form[data-report-form] button[type=submit]")
    page.locator("form[data-report-form]").wait_for(state="detached")
    look("sent")
    page.goto(f"{public_site}/report/receipt/")
    page.fill("#id_words", "maple lantern")
    page.click("form[data-report-form] button[type=submit]")
    page.wait_for_selector("[data-error-summary]")
    look("receipt-error")
    page.fill("#id_words", words)
    page.click("form[data-report-form] button[type=submit]")
    page.wait_for_selector("#thread")
    look("thread")
    page.fill("#id_body", "He said it again in the bus.")
    page.click("#thread button[type=submit]")
    page.wait_for_selector(".thread__message")
    look("thread-message")


def test_the_page_that_says_nobody_reads_is_fit_to_be_seen(
    visitor: Visitor, opened_school: Organization, public_site: str
) -> None:
    PublishedForm.objects.filter(organization=opened_school).update(windows=[])
    page = visitor(PHONE)
    page.goto(f"{public_site}/report/{opened_school.slug}/")
    assert page.is_visible(".usa-alert--warning")
    page.owes_nothing()
    page.picture("form-nobody")
    with scopes_disabled():
        assert Report.objects.count() == 0
