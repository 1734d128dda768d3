"""Heads and addresses that no browser sends: none is a fault of ours, and nothing of them reaches the log."""

from __future__ import annotations

import inspect
import io
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client, override_settings
from django.urls import resolve, reverse
from tests.cast import sign_in
from tests.house.addresses import Things, staff_names, staff_pages, who_asks
from tests.house.test_urls_by_role_and_tenant import things

from security_center.foundation import clock
from security_center.foundation.web.logs import LineFormatter
from security_center.project.heads import harmless

__all__ = ["things"]
pytestmark = pytest.mark.django_db
MARKER = "zq7marker"
FORM = b'--B\r\nContent-Disposition: form-data; name="language"\r\n\r\nzq7marker\xff\r\n--B--\r\n'
# Encodings that Python knows and that are none for text, that fail at everything, or whose cost grows with
# the square.
STRANGE = [
    "zlib",
    "hex",
    "rot13",
    "base64",
    "bz2",
    "quopri",
    "uu",
    "undefined",
    "idna",
    "punycode",
    "unicode_escape",
    "utf-7",
    "utf-16",
    "mbcs",
    MARKER,
]


def ask(program: str, **environ: Any) -> tuple[int, str]:
    """Through what stands before Django, as the server asks it. Returns the status and the page."""
    body = environ.pop("body", b"")
    server = {
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    method, path = "POST" if body else "GET", "/report/" if program == "public" else "/account/login/"
    asked = (
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        | server
        | environ
    )
    own = {"SSC_PROGRAM": program, "MIDDLEWARE": settings.STAFF_MIDDLEWARE}
    if program == "public":
        own |= {"ROOT_URLCONF": settings.PUBLIC_URLCONF, "MIDDLEWARE": settings.PUBLIC_MIDDLEWARE}
    said: list[str] = []
    with override_settings(**own):
        page = b"".join(harmless(WSGIHandler())(asked, lambda status, _headers, *_rest: said.append(status)))
    return int(said[0].split()[0]), page.decode()


@pytest.fixture(autouse=True)
def _a_request_leaves_the_tests_connection_open() -> Iterator[None]:
    """The handler of the real programs closes what is too old, and the test's transaction with it
    (PostgreSQL)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the programs' own handlers write."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LineFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "granian")]
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


def names_nobody(written: io.StringIO) -> bool:
    return MARKER not in written.getvalue() and "Traceback" not in written.getvalue()


@pytest.mark.parametrize("program", ["public", "staff"])
@pytest.mark.parametrize("encoding", STRANGE)
def test_a_body_in_an_encoding_that_is_none_for_text_is_read_as_utf_8(
    program: str, encoding: str, logged: io.StringIO
) -> None:
    kinds = {
        f"text/plain; charset={encoding}": b"",
        f"multipart/form-data; boundary=B; charset={encoding}": FORM,
    }
    for kind, body in {
        **kinds,
        f"application/x-www-form-urlencoded; charset={encoding}": b"language=zq7marker",
    }.items():
        status, _page = ask(program, CONTENT_TYPE=kind, body=body, QUERY_STRING="q=%C3%BC%FF")
        assert status < 500, kind
    assert names_nobody(logged)


@pytest.mark.parametrize("program", ["public", "staff"])
@pytest.mark.parametrize(
    "head",
    [
        {"QUERY_STRING": "zq7marker&" * 2000},
        {"CONTENT_TYPE": "a;" + "zq7marker" * 5000},
        {"CONTENT_TYPE": "text/plain; a*=zq7marker''b"},
        {"CONTENT_TYPE": "text/plain; charset*=zlib''b"},
        {"CONTENT_TYPE": 'multipart/form-data; boundary="zq7\\"marker"', "body": FORM},
        {"CONTENT_LENGTH": "²"},
        {"CONTENT_LENGTH": "9" * 5000},
        {"CONTENT_LENGTH": "-5"},
        {"HTTP_HOST": "zq7 marker"},
        {"HTTP_COOKIE": "receipt_session=\xff; staff_session=\xff; staff_language=\xff"},
        {"HTTP_ACCEPT_LANGUAGE": "zq7marker;q=²" * 900},
        {"QUERY_STRING": "lang=%ED%A0%80%FF&q=%00", "PATH_INFO": "/r/\xff\xfe/"},
    ],
    ids=lambda head: next(iter(head)) if isinstance(head, dict) else str(head),
)
def test_a_head_that_cannot_be_taken_apart_is_no_fault_of_ours(
    program: str, head: dict[str, Any], logged: io.StringIO
) -> None:
    status, _page = ask(program, **head)
    assert status < 500
    assert names_nobody(logged)


def test_what_fails_before_the_own_net_of_the_program_is_logged_without_its_message(
    logged: io.StringIO,
) -> None:
    def breaks(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        raise LookupError(f"unknown encoding: {MARKER}")

    said: list[str] = []
    page = harmless(breaks)({}, lambda status, _headers: said.append(status))
    assert (said, MARKER in b"".join(page).decode()) == (["500 Internal Server Error"], False)
    assert "LookupError" in logged.getvalue()
    assert names_nobody(logged)


# A digit that is no number, a number of more digits than Python reads, moments that have no UTC.
NASTY = ["²", "5" * 5000, "9999-12-31T23:59:59-23:59~²", "0001-01-01T00:00:00+23:59~5"]
ASKED_FOR = re.compile(r"""GET(?:\.get\(|\[|\.getlist\()["'](\w+)|["'](\w+)["'] in request\.GET""")


def parameters(path: str) -> Iterator[str]:
    """What the view's module reads of an address."""
    view = inspect.unwrap(resolve(path, settings.STAFF_URLCONF).func)
    source = inspect.getsource(inspect.getmodule(view) or view)
    yield from sorted(
        {one or other for one, other in ASKED_FOR.findall(source)}
        | ({"after"} if "after" in source else set())
    )


@pytest.mark.long
def test_no_parameter_of_any_page_of_the_staff_ends_in_a_fault(things: Things) -> None:
    clients: dict[str, Client] = {}
    faults = []
    for name in staff_pages():
        path = reverse(
            name, urlconf=settings.STAFF_URLCONF, kwargs=things.arguments(name, staff_names()[name])
        )
        client = clients.setdefault(
            who_asks(name), sign_in(getattr(things.cast, who_asks(name)), raise_request_exception=False)
        )
        for parameter in parameters(path):
            for value in NASTY:
                with ExitStack() as stack:
                    stack.enter_context(clock.clock_at(things.valley.at))
                    stack.enter_context(transaction.atomic())
                    if client.get(path, {parameter: value}).status_code >= 500:
                        faults.append((name, parameter, value[:30]))
                    transaction.set_rollback(True)
    assert faults == []


@pytest.mark.parametrize("notice", ["²", "5" * 5000, "-1", ""])
def test_a_notice_of_no_number_is_one_that_is_not_there(things: Things, notice: str) -> None:
    path = reverse(
        "threat_assessment:notices",
        urlconf=settings.STAFF_URLCONF,
        kwargs=things.arguments("threat_assessment:notices", ("number",)),
    )
    with clock.clock_at(things.valley.at):
        assert (
            sign_in(things.cast.tess, raise_request_exception=False)
            .post(path, {"notice": notice})
            .status_code
            == 404
        )
