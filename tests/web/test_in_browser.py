"""The page shell and every component in a real browser: read by axe, driven by keyboard, with script off and
on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.browser import DESK, PHONE, Visitor, no_axe_violations, session_cookies
from tests.cast import give_totp, totp_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def own_cookies(person: Any, staff_site: str) -> list[dict[str, Any]]:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return session_cookies(client, staff_site)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_public_components_are_accessible(
    visitor: Visitor, public_site: str, width: int, dark: bool
) -> None:
    page = visitor(width, dark=dark)
    page.goto(f"{public_site}/styleguide/")
    page.picture(f"public-{width}-{'dark' if dark else 'light'}")
    page.owes_nothing()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_staff_components_are_accessible(
    visitor: Visitor, staff_site: str, own_cookies: list[dict[str, Any]], width: int, dark: bool
) -> None:
    page = visitor(width, dark=dark, cookies=own_cookies)
    page.goto(f"{staff_site}/styleguide/")
    page.picture(f"staff-{width}-{'dark' if dark else 'light'}")
    page.owes_nothing()
    page.click("summary.tool")
    page.picture(f"staff-menu-{width}-{'dark' if dark else 'light'}")
    no_axe_violations(page.page)


@pytest.mark.parametrize("path", ["/nowhere/", "/broken/", "/offline/"])
def test_the_pages_for_bad_moments_are_accessible_and_name_911(
    visitor: Visitor, public_site: str, path: str
) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}{path}")
    page.picture(f"bad-moment-{path.strip('/')}")
    assert bool(page.broken) == (path == "/broken/")
    page.broken.clear()
    page.owes_nothing()
    assert "911" in page.inner_text("body")


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/"])
def test_the_pages_before_sign_in_are_accessible(
    visitor: Visitor, staff_site: str, path: str, width: int
) -> None:
    page = visitor(width)
    page.goto(f"{staff_site}{path}")
    page.picture(f"entrance-{path.strip('/').replace('/', '-')}-{width}")
    page.owes_nothing()


def test_a_refused_sign_in_says_so_beside_the_form(visitor: Visitor, staff_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{staff_site}/account/login/")
    page.fill("#id_login", "nobody@example.org")
    page.fill("#id_password", "wrong phrase entirely")
    page.click("form[action$='/login/'] button[type=submit]")
    page.wait_for_selector(".usa-alert--error:not([hidden])")
    page.picture("entrance-refused")
    page.owes_nothing()


@pytest.mark.parametrize(
    "path",
    [
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/2fa/webauthn/",
        "/account/2fa/webauthn/add/",
        "/account/password/change/",
        "/account/logout/",
        "/account/reauthenticate/",
    ],
)
def test_the_pages_about_ones_own_sign_in_are_accessible(
    visitor: Visitor, staff_site: str, person: Any, path: str
) -> None:
    page = visitor(PHONE)
    page.goto(f"{staff_site}/account/login/")
    page.fill("#id_login", person.email)
    page.fill("#id_password", "a long enough phrase")
    page.click("form[action$='/login/'] button[type=submit]")
    page.wait_for_selector("summary.tool")
    response = page.goto(f"{staff_site}{path}")
    assert response.status == 200
    page.picture(f"account-{path.strip('/').replace('/', '-')}")
    page.owes_nothing()


def test_the_second_step_and_the_recovery_codes_are_accessible(
    visitor: Visitor, staff_site: str, person: Any, open_vault: None
) -> None:
    secret = give_totp(person)
    page = visitor(PHONE)
    page.goto(f"{staff_site}/account/login/")
    page.fill("#id_login", person.email)
    page.fill("#id_password", "a long enough phrase")
    page.click("form[action$='/login/'] button[type=submit]")
    page.wait_for_selector("#id_code")
    page.picture("entrance-second-step")
    page.owes_nothing()
    page.fill("#id_code", totp_code(secret))
    page.click("form[action$='/authenticate/'] button[type=submit]")
    page.wait_for_selector("summary.tool")
    page.goto(f"{staff_site}/account/2fa/recovery-codes/generate/")
    page.picture("account-confirm")
    page.owes_nothing()
    page.fill("#id_password", "a long enough phrase")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/generate/")
    page.picture("account-recovery-generate")
    page.owes_nothing()
    page.click("main form button[type=submit]")
    page.wait_for_url("**/recovery-codes/")
    page.picture("account-recovery-codes")
    assert page.is_visible("#recovery_codes")
    page.owes_nothing()


def test_every_element_that_takes_the_keyboard_shows_it(visitor: Visitor, public_site: str) -> None:
    page = visitor(DESK)
    page.goto(f"{public_site}/form/")
    seen = []
    for _press in range(12):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body) return null
            const drawn = e.matches('input[type=radio], input[type=checkbox]') ? e.nextElementSibling : e
            const s = getComputedStyle(drawn)
            const what = e.id || e.className || e.tagName
            return {what, width: parseFloat(s.outlineWidth), style: s.outlineStyle} }"""
        )
        if shown:
            seen.append(shown)
    assert seen[0]["what"] == "usa-skipnav"
    assert any("what_happened" in each["what"] for each in seen)
    assert [each for each in seen if each["width"] < 3 or each["style"] == "none"] == []


def test_an_error_is_reached_and_mended_by_keyboard_alone(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/form/")
    page.click("button[type=submit]")
    page.wait_for_selector("[data-error-summary]")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_what_happened"
    page.owes_nothing()


def test_j_and_k_walk_the_rows_and_can_be_switched_off(
    visitor: Visitor, staff_site: str, own_cookies: list[dict[str, Any]]
) -> None:
    page = visitor(DESK, cookies=own_cookies)
    page.goto(f"{staff_site}/styleguide/")
    page.evaluate("document.activeElement.blur()")
    rows = "document.activeElement.getAttribute('href')"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(rows) == "#report-2"
    page.keyboard.press("k")
    assert page.evaluate(rows) == "#report-1"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("j")
    assert page.input_value("#q") == "j"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.is_visible("#keyboard-help")
    no_axe_violations(page.page)
    page.check("#keys-off")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")


def test_the_style_of_htmx_does_not_break_the_policy(
    visitor: Visitor, staff_site: str, own_cookies: list[dict[str, Any]]
) -> None:
    page = visitor(DESK, cookies=own_cookies)
    page.goto(f"{staff_site}/styleguide/")
    assert page.evaluate("typeof htmx") == "object"
    assert page.evaluate("htmx.config.allowEval") is False
    assert page.evaluate("document.querySelectorAll('style').length") == 0
    page.nothing_was_refused()


def test_right_to_left_keeps_the_page_within_the_screen(visitor: Visitor, public_site: str) -> None:
    page = visitor(PHONE)
    page.goto(f"{public_site}/styleguide/")
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.picture("public-rtl")
    page.does_not_scroll_sideways()


def test_paper_carries_no_controls(
    visitor: Visitor, staff_site: str, own_cookies: list[dict[str, Any]]
) -> None:
    page = visitor(DESK, cookies=own_cookies, print_media=True)
    page.goto(f"{staff_site}/styleguide/")
    page.picture("staff-print")
    assert not page.is_visible(".usa-button")
    assert not page.is_visible(".main-nav")
    assert page.is_visible("h1")
