"""In which language a reporter's page speaks, without a cookie."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import get_language

from security_center.foundation.web.middleware import ReporterLanguageMiddleware, offered


def spoken(request: HttpRequest) -> str:
    return ReporterLanguageMiddleware(lambda _request: HttpResponse(get_language()))(request).content.decode()


def test_the_address_decides_first() -> None:
    assert spoken(RequestFactory().get("/?lang=es", headers={"accept-language": "en"})) == "es"


def test_the_posted_language_decides_before_the_browser() -> None:
    assert spoken(RequestFactory().post("/", {"language": "es"}, headers={"accept-language": "en"})) == "es"


def test_the_browser_decides_when_nobody_chose() -> None:
    assert (
        spoken(RequestFactory().get("/", headers={"accept-language": "fr;q=0.9, es-MX;q=0.8, en;q=0.7"}))
        == "es"
    )


def test_english_is_spoken_to_a_browser_that_asks_for_neither() -> None:
    assert spoken(RequestFactory().get("/", headers={"accept-language": "fr"})) == "en"


def test_the_cookie_of_the_staff_program_on_the_same_host_decides_nothing() -> None:
    request = RequestFactory().get("/", headers={"accept-language": "en"})
    request.COOKIES["staff_language"] = "es"
    assert spoken(request) == "en"


@pytest.mark.parametrize("code", ["xx", "", "../../etc", "e" * 500])
def test_a_language_that_is_not_spoken_is_ignored(code: str) -> None:
    assert offered(code) == ""
    assert spoken(RequestFactory().get("/", {"lang": code}, headers={"accept-language": "es"})) == "es"


def test_the_page_says_its_language_and_offers_the_others(public_pages: Any) -> None:
    response = Client().get("/styleguide/?lang=es&q=a")
    page = response.content.decode()
    assert response["Content-Language"] == "es"
    assert '<html lang="es" dir="ltr">' in page
    assert 'href="/styleguide/?lang=en&amp;q=a"' in page
