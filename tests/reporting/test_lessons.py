"""Lessons and posters: per school, for each audience, in both languages; the code on the poster leads to the
school's own form."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
import segno
from django.test import Client
from tests.cast import Cast

from security_center.reporting import lesson_pages
from security_center.reporting.content_loader import lessons

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
AUDIENCES = ["grades-3-5", "grades-6-12", "families", "staff"]
PATHS = ["", "poster/", "cards/", "families/"]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_finds_no_school_of_another_district(
    cast: Cast, signed_in: SignIn, client: Client, path: str
) -> None:
    address = f"/lessons/{cast.school_a.slug}/{path}"
    assert client.get(address)["Location"].startswith("/account/login/")
    assert signed_in(cast.rosa_elsewhere).get(address).status_code == 404
    assert signed_in(cast.rosa).get(address).status_code == 200


def test_an_audience_that_does_not_exist_is_404(cast: Cast, signed_in: SignIn, public_client: Client) -> None:
    assert signed_in(cast.rosa).get(f"/lessons/{cast.school_a.slug}/parrots/").status_code == 404
    assert (
        signed_in(cast.rosa).get(f"/lessons/{cast.school_a.slug}/poster/?audience=parrots").status_code == 404
    )
    assert public_client.get(f"/learn/{cast.school_a.slug}/parrots/").status_code == 404
    assert public_client.get("/learn/no-such-school/families/").status_code == 404


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_lesson_is_whole_in_its_language_on_both_sides(
    cast: Cast, signed_in: SignIn, public_client: Client, audience: str, language: str
) -> None:
    lesson = lessons()[audience.replace("-", "_")]
    for page in (
        signed_in(cast.rosa)
        .get(f"/lessons/{cast.school_a.slug}/{audience}/?lang={language}")
        .content.decode(),
        public_client.get(f"/learn/{cast.school_a.slug}/{audience}/?lang={language}").content.decode(),
    ):
        shown = html.unescape(page)
        for text in (
            lesson.title,
            *lesson.aims,
            *(line for section in lesson.sections for line in section.lines),
            lesson.check[0].answer,
        ):
            assert text.in_language(language) in shown
        assert cast.school_a.name in shown
        assert "911" in shown
        assert "988" in shown


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_poster_has_its_three_lines_the_address_and_both_numbers(
    cast: Cast, signed_in: SignIn, audience: str, language: str
) -> None:
    answer = signed_in(cast.rosa).get(
        f"/lessons/{cast.school_a.slug}/poster/?audience={audience}&lang={language}"
    )
    page = html.unescape(answer.content.decode())
    poster = lessons()[audience.replace("-", "_")].poster
    assert poster.headline.in_language(language) in page
    for line in poster.lines:
        assert line.in_language(language) in page
    assert lesson_pages.spoken_address(cast.school_a) in page
    assert "911" in page
    assert "988" in page


def test_the_code_holds_the_schools_short_address_and_nothing_else(
    cast: Cast, signed_in: SignIn, settings: object
) -> None:
    """Drawn anew from that address, with the same correction, the code is the same drawing: so a camera reads
    that address."""
    address = lesson_pages.form_address(cast.school_a)
    assert address == f"{settings.SSC_PUBLIC_URL}/r/{cast.school_a.slug}/"  # type: ignore[attr-defined]
    drawn = re.search(r'<path[^>]* d="([^"]+)"[^>]*/></svg>', str(lesson_pages.qr_code(cast.school_a, "x")))
    again = re.search(
        r'<path[^>]* d="([^"]+)"[^>]*/></svg>',
        segno.make(address, error="q", micro=False).svg_inline(border=4, omitsize=True),
    )
    other = re.search(
        r'<path[^>]* d="([^"]+)"[^>]*/></svg>',
        segno.make(address + "x", error="q", micro=False).svg_inline(border=4, omitsize=True),
    )
    assert drawn is not None
    assert again is not None
    assert other is not None
    assert drawn[1] == again[1]
    assert drawn[1] != other[1]
    page = signed_in(cast.rosa).get(f"/lessons/{cast.school_a.slug}/poster/").content.decode()
    assert drawn[1] in page


def test_the_code_leads_to_the_form(cast: Cast, public_client: Client, settings: object) -> None:
    path = lesson_pages.form_address(cast.school_a).removeprefix(settings.SSC_PUBLIC_URL)  # type: ignore[attr-defined]
    answer = public_client.get(path)
    assert answer["Location"].startswith(f"/report/{cast.school_a.slug}/")


def test_a_name_with_markup_stays_a_name_in_the_code_s_title(cast: Cast) -> None:
    assert "<b>" not in str(lesson_pages.qr_code(cast.school_a, "<b>Maple</b>")).replace("&lt;b&gt;", "")


def test_a_poster_of_a_closed_form_says_so_on_the_screen(cast: Cast, signed_in: SignIn) -> None:
    assert (
        "Hang the poster only when it is open."
        in signed_in(cast.rosa).get(f"/lessons/{cast.school_a.slug}/poster/").content.decode()
    )
