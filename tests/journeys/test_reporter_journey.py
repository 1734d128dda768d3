"""The reporter's whole way in a real browser: from the search to the thread, with script and without, by
keyboard alone, and when things fail."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import override_settings
from django_scopes import scope, scopes_disabled
from playwright.sync_api import expect
from tests.browser import DESK, PHONE, Visit, Visitor
from tests.cast import Cast
from tests.journeys.reporter import words_on

from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting.actions import desk
from security_center.reporting.actions.thread import desk_writes
from security_center.reporting.models import Attachment, Report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STORY = "He pushed her down the stairs by the gym."
PHOTO = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 a photo"}


def count() -> int:
    with scopes_disabled():
        return Report.objects.count()


def press_send(page: Visit) -> None:
    page.click("form[data-report-form] button[type=submit]")


def is_sent(page: Visit) -> None:
    expect(page.locator("h1")).to_contain_text("Thank you")


@pytest.mark.parametrize(
    ("width", "script"),
    [(PHONE, False), (PHONE, True), (DESK, False)],
    ids=["phone-plain", "phone-script", "desk-plain"],
)
def test_from_the_search_to_the_answer(
    visitor: Visitor, opened_school: Organization, cast: Cast, public_site: str, width: int, script: bool
) -> None:
    page = visitor(width, script=script)
    page.goto(public_site)
    page.click("main a[href='/report/']")
    page.fill("#q", "maple")
    page.click("form[role=search] button")
    page.click("text=Maple High School")
    before = words_on(page)
    address = page.page.url
    page.fill("#id_what_happened", STORY)
    page.check("#id_danger_now_1")
    page.locator("details.more summary").click()
    page.fill("#id_who", "two boys of grade 8")
    page.set_input_files("#id_files", PHOTO)
    press_send(page)
    is_sent(page)
    assert words_on(page) == before
    assert page.page.url == address, "the address does not change through the form"
    assert page.context.cookies() == []
    with scopes_disabled():
        assert Attachment.objects.get().state == Attachment.State.SEALED
    with override_settings(SSC_PROGRAM="staff"), scope(district=[cast.district.pk]):
        report = Report.objects.select_related("desk__parent", "district", "organization__parent").get()
        desk.look(actor=cast.rosa, report=report)
        desk_writes(actor=cast.rosa, report=report, body="Thank you. Which day was it?")

    page.click("main a[href^='/report/receipt/']")
    page.fill("#id_words", before.upper().replace(" ", ", "))
    press_send(page)
    page.wait_for_url("**/report/receipt/thread/**")
    # The whole address is known, so none of the words can stand in it. (One of them may well be "maple" or
    # "report".)
    assert page.page.url.removeprefix(public_site) == "/report/receipt/thread/"
    expect(page.locator(".thread")).to_contain_text("Which day was it?")
    page.fill("#id_body", "On Monday, after lunch.")
    page.click("#thread button[type=submit]")
    expect(page.locator(".thread__message--own")).to_contain_text("On Monday")
    page.click("text=It is about me")
    expect(page.locator("h1")).to_have_text("It is about me")
    page.click("text=Back to my report")
    page.click("text=Leave my report")
    page.wait_for_url("**/report/receipt/")
    assert page.context.cookies() == []
    with scopes_disabled():
        fresh = Report.objects.get()
        assert fresh.about_me
        assert count() == 1


def test_by_keyboard_alone(visitor: Visitor, opened_school: Organization, public_site: str) -> None:
    page = visitor(DESK)
    page.goto(f"{public_site}/report/{opened_school.slug}/")

    def tab_to(selector: str, most: int = 30) -> None:
        for _press in range(most):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")

    tab_to("#id_what_happened")
    page.keyboard.type(STORY)
    tab_to("[name=danger_now]")
    page.keyboard.press("Space")
    assert page.is_checked("#id_danger_now_0")
    expect(page.locator(".danger-advice")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".danger-advice")).to_be_hidden()
    tab_to("details.more summary")
    page.keyboard.press("Enter")
    tab_to("#id_who")
    page.keyboard.type("two boys")
    tab_to("button[type=submit]")
    page.keyboard.press("Enter")
    is_sent(page)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert count() == 1


@pytest.mark.parametrize("script", [False, True], ids=["plain", "script"])
def test_words_survive_a_database_that_fails(
    visitor: Visitor, opened_school: Organization, public_site: str, monkeypatch: Any, script: bool
) -> None:
    def fails(**_arguments: Any) -> None:
        raise OperationalError("database is locked")

    page = visitor(PHONE, script=script)
    page.goto(f"{public_site}/report/{opened_school.slug}/")
    before = words_on(page)
    page.fill("#id_what_happened", STORY)
    page.locator("details.more summary").click()
    page.set_input_files("#id_files", PHOTO)
    with monkeypatch.context() as patch:
        patch.setattr("security_center.reporting.views_public.form.receive_report", fails)
        press_send(page)
        expect(page.locator("[data-send-status]" if script else "[data-refused]")).to_contain_text(
            "NOT stored yet"
        )
        page.picture(f"not-stored-{'script' if script else 'plain'}")
    assert page.input_value("#id_what_happened") == STORY
    assert words_on(page) == before
    assert (
        page.evaluate("document.querySelector('#id_files').files.length") == (1 if script else 0)
        if script
        else True
    )
    press_send(page)
    is_sent(page)
    assert words_on(page) == before
    assert count() == 1


def test_words_and_photo_survive_a_lost_connection_in_the_page_alone(
    visitor: Visitor, opened_school: Organization, public_site: str
) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/report/{opened_school.slug}/")
    page.fill("#id_what_happened", STORY)
    page.locator("details.more summary").click()
    page.set_input_files("#id_files", PHOTO)
    page.context.set_offline(True)
    press_send(page)
    expect(page.locator("[data-send-status]")).to_contain_text("Your words are still here")
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await "
        "indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert kept == [0, 0, 0, 0]
    page.context.set_offline(False)
    press_send(page)
    is_sent(page)
    with scopes_disabled():
        assert Attachment.objects.get().state == Attachment.State.SEALED


def test_another_language_keeps_the_words_the_photo_and_the_receipt(
    visitor: Visitor, opened_school: Organization, public_site: str
) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/report/{opened_school.slug}/?via=qr")
    before = Receipt.from_text(words_on(page))
    page.fill("#id_what_happened", STORY)
    page.locator("details.more summary").click()
    page.set_input_files("#id_files", PHOTO)
    page.click("[data-language-link]")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.input_value("#id_what_happened") == STORY
    assert page.evaluate("document.querySelector('#id_files').files[0].name") == "photo.jpg"
    assert Receipt.from_text(words_on(page)) == before
    press_send(page)
    page.locator("form[data-report-form]").wait_for(state="detached")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert Receipt.from_text(words_on(page)) == before
    with scopes_disabled():
        report = Report.objects.get()
        assert (report.language, report.channel) == ("es", "qr_link")


def test_a_page_loaded_again_after_sending_sends_nothing_twice(
    visitor: Visitor, opened_school: Organization, public_site: str
) -> None:
    page = visitor(PHONE, script=False)
    page.goto(f"{public_site}/report/{opened_school.slug}/")
    page.fill("#id_what_happened", STORY)
    press_send(page)
    is_sent(page)
    before = words_on(page)
    page.reload()
    is_sent(page)
    assert words_on(page) == before
    assert count() == 1
