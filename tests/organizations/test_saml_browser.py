"""Sign-in by SAML in a real browser: the answer comes by a form of another site, to which a browser gives
none of our cookies."""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from tests.cast import Cast
from tests.organizations.saml_provider import ACS, Answer, configured, description, pair, signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(cast: Cast, settings: Any, staff_site: str) -> Iterator[dict[str, str]]:
    """On another site than ours (127.0.0.1 is not localhost). It says that whoever comes is `who`."""
    who = {"address": cast.aud.email}
    ours = staff_site.replace("127.0.0.1", "localhost")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: Any) -> None:
            return

        def do_GET(self) -> None:
            asked = etree.fromstring(
                zlib.decompress(base64.b64decode(parse_qs(urlsplit(self.path).query)["SAMLRequest"][0]), -15)
            )
            answer = base64.b64encode(
                etree.tostring(signed(Answer(asked.get("ID"), who["address"])))
            ).decode()
            place = asked.get("AssertionConsumerServiceURL")
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            form = (
                f'<form method="post" action="{place}"><input type="hidden" name="SAMLResponse" '
                f'value="{answer}"></form>'
            )
            self.wfile.write(
                b"<!doctype html><title>Over there</title>"
                + f"{form}<script>document.forms[0].submit()</script>".encode()
            )

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SSC_STAFF_URL = ours
    place = f"http://127.0.0.1:{server.server_port}/sso"
    settings.SOCIALACCOUNT_PROVIDERS = configured(
        metadata=description(pair(), place=place), domains=cast.aud.email.partition("@")[2]
    )
    yield who
    server.shutdown()
    server.server_close()


def test_a_browser_brings_the_answer_of_another_site_and_is_in(
    provider: dict[str, str], settings: Any, visitor: Any
) -> None:
    page = visitor(390)
    page.goto(f"{settings.SSC_STAFF_URL}/people/")
    page.get_by_role("link", name="Sign in with Maple Valley").click()
    page.wait_for_url(f"{settings.SSC_STAFF_URL}/**")
    page.goto(f"{settings.SSC_STAFF_URL}/account/security/")
    assert page.get_by_role("heading", level=1).inner_text()
    assert "/account/login/" not in page.url
    assert not page.blocked


@pytest.mark.parametrize(("width", "language"), [(390, "es"), (1280, "en")])
def test_whoever_is_not_entered_is_back_at_the_sign_in_page_with_a_sentence(
    provider: dict[str, str], settings: Any, visitor: Any, width: int, language: str
) -> None:
    provider["address"] = f"stranger@{provider['address'].partition('@')[2]}"
    page = visitor(width)
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": settings.SSC_STAFF_URL}]
    )
    page.goto(f"{settings.SSC_STAFF_URL}/account/login/")
    page.get_by_role("link", name="Maple Valley").click()
    page.wait_for_url(f"{settings.SSC_STAFF_URL}/account/login/")
    page.owes_nothing()
    page.goto(f"{settings.SSC_STAFF_URL}{ACS}")
    page.owes_nothing()
    assert page.get_by_text("No se puede comprobar" if language == "es" else "cannot be proved").is_visible()
