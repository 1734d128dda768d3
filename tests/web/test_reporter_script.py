"""What the public side's script adds: leaving at once, and a form that keeps its words; and that both sides
work without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser import PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser]

NEUTRAL = "https://www.weather.gov/"


def with_neutral_page(page: Visit) -> None:
    page.context.route(
        f"{NEUTRAL}**",
        lambda route: route.fulfill(body="<title>Weather</title><h1>Weather</h1>", content_type="text/html"),
    )


def test_leaving_works_without_script(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE, script=False)
    with_neutral_page(page)
    page.goto(f"{public_site}/form/")
    page.click("[data-quick-exit]")
    page.wait_for_url(NEUTRAL)


def test_leaving_takes_the_place_of_the_page_in_the_history(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    with_neutral_page(page)
    page.goto("about:blank")
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "MARKER")
    page.click("[data-quick-exit]")
    page.wait_for_url(NEUTRAL)
    page.go_back()
    assert page.page.url == "about:blank"


def test_shift_three_times_leaves_also_while_typing(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    with_neutral_page(page)
    page.goto(f"{public_site}/form/")
    page.focus("#id_what_happened")
    for _press in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(NEUTRAL)


def test_shift_for_capital_letters_does_not_leave(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    with_neutral_page(page)
    page.goto(f"{public_site}/form/")
    page.focus("#id_what_happened")
    for letter in "ABCD":
        page.keyboard.down("Shift")
        page.keyboard.press(letter)
        page.keyboard.up("Shift")
    assert page.input_value("#id_what_happened") == "ABCD"
    assert page.page.url.endswith("/form/")


def test_the_page_is_cleared_before_the_neutral_one_answers(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    with_neutral_page(page)
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "MARKER")
    # Read in the same moment as the press, long before an answer can have come.
    left = page.evaluate(
        "() => { document.querySelector('[data-quick-exit]').click(); return "
        "[document.body.innerHTML, document.title.trim()] }"
    )
    assert left == ["", ""]


def test_a_lost_connection_keeps_every_word_and_the_next_press_sends_them(
    visitor: Visitor, public_site: str
) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "good")
    page.context.set_offline(True)
    page.click("button[type=submit]")
    expect(page.page.locator("[data-send-status]")).to_contain_text("Your words are still here")
    assert page.input_value("#id_what_happened") == "good"
    page.picture("not-sent")
    page.context.set_offline(False)
    page.click("button[type=submit]")
    expect(page.page.locator("h1")).to_have_text("Thank you")
    assert page.page.url.endswith("/form/")


def test_a_failing_server_does_not_take_the_place_of_the_form(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "break")
    page.click("button[type=submit]")
    expect(page.page.locator("[data-send-status]")).to_contain_text("was not sent")
    assert page.input_value("#id_what_happened") == "break"


def test_a_page_with_errors_gives_back_the_words_and_the_files(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "he said it again")
    page.set_input_files(
        "#id_photo", {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"}
    )
    page.click("button[type=submit]")
    page.wait_for_selector("[data-error-summary]")
    assert page.input_value("#id_what_happened") == "he said it again"
    assert page.evaluate("document.querySelector('#id_photo').files[0].name") == "photo.jpg"


def test_changing_the_language_keeps_what_was_typed(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "he said it again")
    page.check("#id_danger_now_2")
    page.click("[data-language-link]")
    expect(page.page.locator("html")).to_have_attribute("lang", "es")
    assert page.input_value("#id_what_happened") == "he said it again"
    assert page.is_checked("#id_danger_now_2")


def test_without_script_an_error_gives_every_word_back(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE, script=False)
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "he said it again")
    page.click("button[type=submit]")
    assert page.input_value("#id_what_happened") == "he said it again"
    assert page.is_visible(".error-summary")


def test_nothing_is_kept_by_the_browser_after_a_form_was_used(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/form/")
    page.fill("#id_what_happened", "MARKER")
    page.click("button[type=submit]")
    page.wait_for_selector("[data-error-summary]")
    kept = page.evaluate(
        """async () => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage),
        document.cookie, history.state, (await indexedDB.databases()).map(d => d.name), await caches.keys(),
        (await navigator.serviceWorker.getRegistrations()).length])"""
    )
    assert kept == '[[],[],"",null,[],[],0]'
    assert page.context.cookies() == []


def test_the_form_needs_few_requests_and_few_bytes(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/form/", wait_until="networkidle")
    assert len(page.requested) <= 4, page.requested
    assert all(address.startswith((public_site, "data:")) for address in page.requested)


def test_an_installed_phone_shows_the_numbers_without_a_network(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/nowhere/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # Asked from outside: a string waited for inside would be stopped by the page's own policy
    for _turn in range(100):
        if page.evaluate("navigator.serviceWorker.controller !== null"):
            break
        page.page.wait_for_timeout(50)
    kept = page.evaluate(
        """async () => { const store = await caches.open((await caches.keys())[0])
        return (await store.keys()).map(request => new URL(request.url).pathname) }"""
    )
    assert sorted(kept) == ["/offline/", "/static/web/public.css"]
    page.context.set_offline(True)
    page.goto(f"{public_site}/form/")
    assert "911" in page.inner_text("body")
    assert page.evaluate("[...document.querySelectorAll('section[lang]')].map(e => e.lang)") == ["en", "es"]
    page.picture("offline")
