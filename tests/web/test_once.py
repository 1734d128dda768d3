"""The same page's form, sent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from security_center.foundation.organizations.sessions import SessionStore
from security_center.foundation.web.once import LARGEST, SentOnceMiddleware

FORM = "application/x-www-form-urlencoded"
ADDRESS = "/cases/ABCDEFGH/student-left/"


class Browser:
    """A session whose forms the middleware passes on to `answer`."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.done: list[str] = []
        self.session = SessionStore()
        self.session.create()
        self._middleware = SentOnceMiddleware(
            lambda request: self.done.append(request.path) or answer(request)
        )  # type: ignore[func-returns-value]

    def send(self, token: str = "one", *, to: str = ADDRESS, kind: str = FORM, **fields: str) -> HttpResponse:
        body = urlencode({"csrfmiddlewaretoken": token, **fields} if token else fields)
        request: Any = RequestFactory().post(to, body, content_type=kind)
        request.session = self.session
        return self._middleware(request)


def redirected(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/cases/ABCDEFGH/")


@pytest.mark.django_db
def test_a_form_pressed_twice_is_done_once_and_both_presses_lead_on() -> None:
    browser = Browser(redirected)
    assert [browser.send(note="He left.").headers["Location"] for _press in range(3)] == [
        "/cases/ABCDEFGH/"
    ] * 3
    assert browser.done == [ADDRESS]


@pytest.mark.django_db
def test_another_page_other_words_or_another_address_is_another_form() -> None:
    browser = Browser(redirected)
    for token, to, note in (
        ("one", ADDRESS, "a"),
        ("two", ADDRESS, "a"),
        ("one", ADDRESS, "b"),
        ("one", f"{ADDRESS}?x=1", "a"),
    ):
        browser.send(token, to=to, note=note)
    assert len(browser.done) == 4


@pytest.mark.django_db
def test_another_session_is_another_person() -> None:
    done = 0
    for _person in range(2):
        browser = Browser(redirected)
        browser.send()
        done += len(browser.done)
    assert done == 2


@pytest.mark.django_db
def test_what_was_not_taken_may_be_sent_again_as_it_is() -> None:
    browser = Browser(lambda _request: HttpResponse("Write a reason."))
    for _press in range(2):
        assert browser.send().status_code == 200
    assert len(browser.done) == 2


@pytest.mark.django_db
def test_what_broke_off_may_be_sent_again() -> None:
    def breaks(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    browser = Browser(breaks)
    for _press in range(2):
        with pytest.raises(RuntimeError):
            browser.send()
    assert len(browser.done) == 2


@pytest.mark.django_db
def test_a_form_without_a_token_or_with_files_or_very_long_is_left_alone() -> None:
    browser = Browser(redirected)
    for given in ({"token": ""}, {"kind": "multipart/form-data; boundary=x"}, {"note": "x" * LARGEST}):
        for _press in range(2):
            browser.send(**given)
    assert len(browser.done) == 6


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_one_moment_are_one_and_the_second_waits_for_the_answer() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(request: HttpRequest) -> HttpResponse:
        begun.set()
        go_on.wait(30)
        return redirected(request)

    browser, answers = Browser(slow), []

    def press() -> None:
        from django.db import connection

        # Its threads share a database in memory, where a writer shuts readers out
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA read_uncommitted = 1")
        try:
            answers.append(browser.send().headers["Location"])
        finally:
            connection.close()

    first, second = threading.Thread(target=press), threading.Thread(target=press)
    first.start()
    assert begun.wait(30)
    second.start()
    go_on.set()
    for thread in (first, second):
        thread.join(30)
    assert answers == ["/cases/ABCDEFGH/"] * 2
    assert browser.done == [ADDRESS]


@pytest.mark.django_db(transaction=True)
def test_the_answer_is_kept_though_somebody_reads_the_table_when_it_is_written() -> None:
    """The cache's table in memory refuses a writer while anybody reads it, and says nothing."""
    reading, answered = threading.Event(), threading.Event()

    def read() -> None:
        from django.db import connection, transaction

        try:
            with transaction.atomic(), connection.cursor() as cursor:
                table = connections["default"].ops.quote_name(cache._table)  # type: ignore[attr-defined]
                cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 - our own table's name
                reading.set()
                answered.wait(0.5)
        finally:
            connection.close()

    reader = threading.Thread(target=read)

    def slow(request: HttpRequest) -> HttpResponse:
        reader.start()
        assert reading.wait(30)
        return redirected(request)

    browser = Browser(slow)
    assert browser.send().headers["Location"] == "/cases/ABCDEFGH/"
    answered.set()
    reader.join(30)
    assert browser.send().headers["Location"] == "/cases/ABCDEFGH/"
    assert browser.done == [ADDRESS]
