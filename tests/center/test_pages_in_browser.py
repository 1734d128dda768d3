"""The pages of set-up, home, plan, coverage and lessons in a real browser: axe finds nothing, nothing is
refused, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.browser import PHONE, Visitor, session_cookies
from tests.cast import Cast

from security_center.center import actions
from security_center.prevention import actions as prevention

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADMINISTRATOR = (
    "/",
    "/schools/",
    "/mend/worker/",
    "/plan/",
    "/plan/{district}/",
    "/plan/{district}/build/",
    "/plan/{district}/build/check/",
    "/plan/{school}/",
    "/coverage/{school}/",
    "/coverage/{school}/?remove=1",
    "/coverage/{district}/",
    "/set-up/{district}/",
    "/set-up/{district}/district/",
    "/set-up/{district}/schools/",
    "/set-up/{district}/people/",
    "/set-up/{district}/coverage/",
    "/set-up/{district}/plan/",
    "/set-up/{district}/plan/?change=1",
    "/set-up/{district}/alerts/",
    "/set-up/{district}/open/",
    "/lessons/",
    "/lessons/{school}/",
    "/lessons/{school}/poster/?audience=families&lang=es",
    "/lessons/{school}/cards/",
    "/lessons/{school}/grades-3-5/?lang=es",
)
OTHERS = {
    "omar": ("/", "/schools/"),
    "rosa": ("/", "/coverage/{school}/", "/plan/{school}/"),
    "aud": ("/",),
    "root": ("/", "/schools/", "/set-up/"),
}


@pytest.fixture
def district(cast: Cast) -> Cast:
    prevention.adopt_plan(actor=cast.ada, organization=cast.district)
    actions.fill_calendars(actor=cast.ada, district=cast.district, preset="school_hours")
    actions.send_test_alerts(actor=cast.ada, district=cast.district)
    return cast


def test_every_page_of_the_administrator_owes_nothing(
    district: Cast,
    signed_in: Callable[..., Client],
    staff_program: Any,
    serve: Callable[[], str],
    visitor: Visitor,
) -> None:
    site = serve()
    page = visitor(cookies=session_cookies(signed_in(district.ada), site))
    _look(page, site, ADMINISTRATOR, district, "center-ada")


@pytest.mark.parametrize("short", OTHERS)
def test_the_pages_of_the_other_roles_owe_nothing(
    district: Cast,
    signed_in: Callable[..., Client],
    staff_program: Any,
    serve: Callable[[], str],
    visitor: Visitor,
    short: str,
) -> None:
    site = serve()
    page = visitor(cookies=session_cookies(signed_in(district.everyone[short]), site))
    _look(page, site, OTHERS[short], district, f"center-{short}")


@pytest.mark.parametrize("dark", [False, True])
def test_the_public_lessons_owe_nothing(
    district: Cast, public_program: Any, serve: Callable[[], str], visitor: Visitor, dark: bool
) -> None:
    site = serve()
    page = visitor(PHONE, script=False, dark=dark)
    for path in ("/learn/{school}/", "/learn/{school}/grades-6-12/?lang=es"):
        answer = page.goto(site + path.format(school=district.school_a.slug))
        assert answer.status == 200
        page.picture(f"learn-{dark}")
        page.nothing_was_refused()
        page.does_not_scroll_sideways()


def _look(page: Any, site: str, paths: tuple[str, ...], cast: Cast, name: str) -> None:
    for number, path in enumerate(paths):
        answer = page.goto(site + path.format(school=cast.school_a.slug, district=cast.district.slug))
        assert answer.status == 200, path
        try:
            page.owes_nothing_at_any_width(f"{name}-{number:02d}")
        except AssertionError as error:
            raise AssertionError(f"{path}: {error}") from error
