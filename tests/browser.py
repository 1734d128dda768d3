"""A real browser for the tests of pages, and what every page owes its readers (a pytest plugin: see
tests/conftest.py).

    def test_the_form_is_usable(visitor, public_site):
        page = visitor(width=390, script=False)
        page.goto(f"{public_site}/report/")
        page.owes_nothing()          # axe finds nothing, nothing was refused, nothing scrolls sideways

Fixtures: `visitor` opens pages; `public_site` and `staff_site` are addresses of a served program (its
middleware and its URL table; rows that the test wrote are seen); `public_program` and `staff_program` are the
settings alone, for Django's test client. pytest-django's own `live_server` is started once with the first
test's middleware, so it cannot serve both programs."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = os.environ.get("SSC_TEST_CHROMIUM", "/usr/bin/chromium")
LAUNCH_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
]
PHONE, DESK = 390, 1280
PATIENCE = 60_000  # milliseconds: what a loaded machine needs for one page
# Only what is wrong comes over: the list of all that is right on a page is long, and reading it took longer
# than the rules.
ASK_AXE = "axe.run({resultTypes: ['violations']}).then(found => ({violations: found.violations}))"

# Playwright's loop runs in this thread; the ORM would refuse to work beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def no_axe_violations(page: Page) -> None:
    """axe finds nothing to complain of (WCAG 2.2 A and AA and its best practices)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    results = AxeResults(page.evaluate(ASK_AXE))
    assert results.violations_count == 0, results.generate_report()


def window(width: int) -> ViewportSize:
    return {"width": width, "height": 844 if width < 600 else 900}


@dataclass
class Visit:
    """One tab of a visitor, with a record of what the server refused and what the browser blocked."""

    page: Page
    refused: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._note)
        self.page.on("console", self._note_console)
        self.page.on("request", lambda request: self.requested.append(request.url))

    def __getattr__(self, name: str) -> Any:
        """Everything else is the page's own (goto, click, fill, locator …)."""
        return getattr(self.page, name)

    def _note(self, response: Response) -> None:
        if response.request.resource_type == "document":
            self.broken += [f"{response.status} {response.url}"] if response.status >= 500 else []
        elif response.status >= 400:
            self.refused.append(f"{response.status} {response.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.blocked.append(message.text)

    def nothing_was_refused(self) -> None:
        """A style sheet that is a 404, or an error page in place of the page, lets axe find nothing: so their
        absence is asserted first."""
        self.page.wait_for_load_state("load")  # after a click the page may be there before its style sheet
        assert self.broken == []
        assert self.refused == []
        assert self.blocked == []
        assert self.page.evaluate("document.styleSheets.length > 0"), "The page has no style sheet."
        assert (
            self.page.evaluate(
                "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.alt || i.src)"
            )
            == []
        ), "A picture is broken."

    def does_not_scroll_sideways(self) -> None:
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"The page is {wide} px wider than the screen."

    def targets_are_large(self) -> None:
        """Buttons and fields are at least 44 px high (experience.md, Look)."""
        small = self.page.evaluate(
            """() => [...document.querySelectorAll('button, input, select, textarea, summary, a.usa-button')]
            .filter(e => !['hidden', 'radio', 'checkbox'].includes(e.type))
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == []

    def owes_nothing(self) -> None:
        self.nothing_was_refused()
        no_axe_violations(self.page)
        self.does_not_scroll_sideways()
        self.targets_are_large()

    def owes_nothing_at(self, width: int, picture: str = "") -> None:
        """The same page in a window of another width, without asking the server again."""
        self.page.set_viewport_size(window(width))
        if picture:
            self.picture(f"{picture}-{width}")
        self.owes_nothing()

    def owes_nothing_at_any_width(self, picture: str = "") -> None:
        for width in (PHONE, DESK):
            self.owes_nothing_at(width, picture)

    def picture(self, name: str) -> None:
        """Keeps a screenshot in the folder SSC_SCREENSHOTS names, if it names one."""
        folder = os.environ.get("SSC_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"There is no browser at {CHROMIUM}: install chromium or name one in SSC_TEST_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH_ARGUMENTS)
        yield browser
        browser.close()


Visitor = Callable[..., Visit]


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """`visitor(width=390, script=True, dark=False, language="en", cookies=[])` opens a fresh browser profile
    with one tab."""
    opened = []

    def open_tab(
        width: int = DESK,
        *,
        script: bool = True,
        dark: bool = False,
        language: str = "en",
        cookies: list[dict[str, Any]] | None = None,
        calm: bool = True,
        print_media: bool = False,
    ) -> Visit:
        context = chromium.new_context(
            viewport=window(width),
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            locale={"en": "en-US", "es": "es-US"}.get(language, language),
            reduced_motion="reduce" if calm else "no-preference",
            has_touch=width < 600,
        )
        context.set_default_timeout(PATIENCE)
        if cookies:
            context.add_cookies(cookies)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        if print_media:
            page.emulate_media(media="print")
        return Visit(page)

    yield open_tab
    for context in opened:
        if context in chromium.contexts:
            context.close()


@pytest.fixture
def public_program(settings: Any) -> Any:
    """Settings as the public program has them: its addresses, no sessions, no cookies."""
    settings.SSC_PROGRAM = "public"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    settings.ROOT_URLCONF = settings.PUBLIC_URLCONF
    return settings


@pytest.fixture
def staff_program(settings: Any) -> Any:
    """Settings as the staff program has them."""
    settings.SSC_PROGRAM = "staff"
    settings.MIDDLEWARE = settings.STAFF_MIDDLEWARE
    settings.ROOT_URLCONF = settings.STAFF_URLCONF
    return settings


@pytest.fixture
def serve(chromium: Browser, transactional_db: None) -> Iterator[Callable[[], str]]:
    """`serve()` starts a server with the settings of this moment and returns its address."""
    running: list[LiveServer] = []

    def start() -> str:
        running.append(LiveServer("localhost"))
        return str(running[-1].url)

    yield start
    # Tabs first: a thread that still answers one would lose the test's database under its hands.
    for context in list(chromium.contexts):
        context.close()
    until = time.monotonic() + 3
    while time.monotonic() < until and any(
        "process_request_thread" in thread.name for thread in threading.enumerate()
    ):
        time.sleep(0.02)
    for server in running:
        server.stop()


@pytest.fixture
def public_site(public_program: Any, serve: Callable[[], str]) -> str:
    """The address of the public program, served for this test."""
    return serve()


@pytest.fixture
def staff_site(staff_program: Any, serve: Callable[[], str]) -> str:
    """The address of the staff program, served for this test."""
    return serve()


@pytest.fixture(autouse=True)
def _plain_static_files(request: pytest.FixtureRequest) -> None:
    """Static files under their own names: the hashed ones exist only after `collectstatic`, and a page whose
    style sheet is missing passes axe."""
    settings = request.getfixturevalue("settings")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def session_cookies(client: Any, site: str) -> list[dict[str, Any]]:
    """The cookies of a signed-in Django test client, for `visitor(cookies=…)`."""
    return [{"name": name, "value": morsel.value, "url": site} for name, morsel in client.cookies.items()]
