"""From the one-time link on a clean folder to an open form and a report that arrives: real programs, a real
browser, real one-time codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser import DESK, PHONE, Visit, Visitor, no_axe_violations
from tests.cast import totp_code
from tests.programs.start import Start, free_port

pytestmark = [pytest.mark.browser, pytest.mark.programs]

PASSWORD = "plum-Harbor-71-lantern"


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    start = Start(tmp_path_factory.mktemp("set-up") / "data", free_port(), free_port())
    try:
        start.wait_ready()
        yield start
    finally:
        start.clear_away()


def first_link(start: Start) -> str:
    found = re.search(r"it works once:\s+(\S+)", start.said)
    assert found is not None, start.said
    return found[1]


def set_password_and_second_factor(page: Visit, link: str) -> str:
    """Open a one-time link, set the password, set up the app. Returns the app's secret."""
    page.goto(link)
    page.fill("#id_password", PASSWORD)
    page.fill("#id_again", PASSWORD)
    page.click("main form button[type=submit]")
    page.goto(f"{link.split('/invitation/')[0]}/account/2fa/totp/activate/")
    page.locator("details summary").filter(has_text="Type it instead").click()
    secret = page.inner_text("#authenticator_secret").strip()
    page.fill("input[name=code]", totp_code(secret))
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    return secret


def press(page: Visit, name: str, **options: Any) -> None:
    page.get_by_role("button", name=name, **options).first.click()
    page.wait_for_load_state()


def test_the_first_administrator_opens_a_form_and_a_report_arrives(
    start: Start, visitor: Visitor, tmp_path: Path
) -> None:
    staff = f"http://localhost:{start.staff_port}"
    ada = visitor(DESK)
    set_password_and_second_factor(ada, first_link(start))

    # Home tells to begin; step 1.
    ada.goto(f"{staff}/")
    ada.picture("set-up-00-home")
    no_axe_violations(ada.page)
    ada.get_by_role("link", name="Begin the set-up").click()
    ada.picture("set-up-01-district")
    no_axe_violations(ada.page)
    press(ada, "Save and go on")
    assert ada.locator("[data-error-summary]").is_visible(), (
        "An empty form is sent back with what is missing."
    )
    ada.fill("#id_name", "Pine Valley School District")
    ada.fill("#id_city", "Pine Valley")
    ada.select_option("#id_time_zone", "America/Chicago")
    ada.fill("#id_dispatch_number", "555-0123")
    ada.fill("#id_own_name", "Ada Stone")
    ada.fill("#id_own_email", "ada.stone@pine.example.org")
    press(ada, "Save and go on")

    # Step 2: wrong rows are named and nothing is lost; then a file.
    slug = ada.url.split("/set-up/")[1].split("/")[0]
    base = f"{staff}/set-up/{slug}"
    ada.fill("#id_rows", "Pine High School\thigh\nPine Middle School\tsecondary-ish")
    press(ada, "Check and enter")
    assert "2" in ada.inner_text("section:has(#faults-title)")
    assert "Pine High School" in ada.input_value("#id_rows")
    ada.picture("set-up-02-faults")
    rows = tmp_path / "schools.csv"
    rows.write_text("name,level,city\nPine High School,high,Pine Valley\n", encoding="utf-8")
    ada.set_input_files("#id_file", str(rows))
    press(ada, "Check and enter")
    assert "Pine High School" in ada.inner_text("main table")
    ada.picture("set-up-02-schools")
    no_axe_violations(ada.page)

    # It can be left and taken up again: the first page leads back to where it stopped.
    ada.goto(f"{staff}/")
    ada.get_by_role("link", name="Go on where you stopped").click()
    assert "People and roles" in ada.inner_text("main")
    ada.get_by_role("link", name="Go on").first.click()

    # Step 3: people and their one-time links.
    assert ada.url == f"{base}/people/"
    ada.fill(
        "#id_rows",
        "Rosa Ortiz, rosa.ortiz@pine.example.org, reader, Pine High School\n"
        "Nia Ward, nia.ward@pine.example.org, district on call,\n"
        "Omar Reyes, omar.reyes@pine.example.org, superintendent,",
    )
    press(ada, "Check and enter")
    ada.picture("set-up-03-people")
    no_axe_violations(ada.page)
    press(ada, "Show the links to hand over")
    ada.picture("set-up-03-links")
    links = ada.locator("#links tbody tr")
    assert links.count() == 3
    handed_over = {
        name: links.filter(has_text=name).locator(".mono").inner_text() for name in ("Rosa Ortiz", "Nia Ward")
    }

    # Step 4: a ready-made calendar, and the hours without a reader in words.
    ada.goto(f"{base}/coverage/")
    ada.picture("set-up-04-empty")
    press(ada, "School hours only")
    assert "Nobody reads for" in ada.inner_text("main")
    ada.picture("set-up-04-gaps")
    no_axe_violations(ada.page)
    ada.locator("section:has(#desk-pine-high-school) details summary").click()
    ada.locator("section:has(#desk-pine-high-school) label").filter(has_text="Around the clock").click()
    ada.locator("section:has(#desk-pine-high-school)").get_by_role("button", name="Use this calendar").click()
    assert "Somebody reads at every hour" in ada.inner_text("section:has(#desk-pine-high-school)")

    # Step 5: the starting plan as it is.
    ada.goto(f"{base}/plan/")
    ada.picture("set-up-05-plan")
    no_axe_violations(ada.page)
    press(ada, "Adopt it as it is")
    assert "Version 1 is adopted" in ada.inner_text("main")

    # Step 6: without a mail server the reader confirms on the screen, signed in.
    ada.goto(f"{base}/alerts/")
    press(ada, "Send a test alert")
    ada.picture("set-up-06-alerts")
    no_axe_violations(ada.page)
    assert "Not confirmed yet" in ada.inner_text("main")
    ada.goto(f"{base}/open/")
    assert "closed" in ada.inner_text("#school-pine-high-school")
    ada.picture("set-up-07-closed")

    for name, link in handed_over.items():
        reader = visitor(PHONE)
        set_password_and_second_factor(reader, link)
        reader.goto(f"{staff}/inbox/")
        reader.picture(f"set-up-06-inbox-{name[:4].lower()}-phone")
        press(reader, "Yes, I read this")

    ada.goto(f"{base}/alerts/")
    assert "on the screen" in ada.locator("tr").filter(has_text="Rosa Ortiz").inner_text()

    # Step 7: open, printed, tried.
    ada.goto(f"{base}/open/")
    press(ada, "Check again")
    assert "open" in ada.inner_text("#school-pine-high-school")
    address = ada.inner_text(".form-address")
    ada.picture("set-up-07-open")
    no_axe_violations(ada.page)
    pupil = visitor(PHONE, script=False)
    pupil.goto(address)
    pupil.fill("[name=what_happened]", "This is a test.")
    pupil.locator("main form button[type=submit]").last.click()
    assert pupil.locator("#receipt").is_visible()
    ada.goto(f"{base}/open/")
    assert "A report has arrived." in ada.inner_text("section:has(#school-pine-high-school)")
    ada.picture("set-up-07-arrived")

    ada.goto(f"{base}/")
    assert "Everything is set up" in ada.inner_text("main")
    ada.goto(f"{staff}/")
    ada.picture("set-up-08-home")
    no_axe_violations(ada.page)


def test_somebody_without_the_administrators_role_is_led_through_nothing(
    start: Start, visitor: Visitor
) -> None:
    page = visitor(DESK)
    page.goto(f"http://localhost:{start.staff_port}/set-up/")
    assert "/account/login/" in page.url
