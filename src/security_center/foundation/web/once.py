"""A form that is sent twice is done once: a double press on a slow phone, or the browser's own “send
again”."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from security_center.foundation.full_disk import is_full

SECONDS = 30
LARGEST = 2**20  # bytes; above them stand forms with files, which name themselves
WAIT, ROUNDS = 0.1, 100  # for the answer of the other, and for a busy table
# Drawn anew for each page: the same token and the same words come from one and the same page
TOKEN = b"csrfmiddlewaretoken="
AT_WORK = "."


class SentOnceMiddleware:
    """Whoever sends the same page's form a second time gets the answer of the first, when that led on to
    another page.

    A form that was not taken (its page is shown again, with what is missing) may be sent again as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key(request)
        if key is None:
            return self.get_response(request)
        if there := _answer_of_another(key):
            return HttpResponseRedirect(there)
        leads_to = ""
        try:
            response = self.get_response(request)
            leads_to = response.headers.get("Location", "") if response.status_code in {302, 303} else ""
            return response
        finally:
            with _nothing_on_a_full_disk():
                if leads_to:
                    _keep(key, leads_to)
                else:
                    cache.delete(key)


def _key(request: HttpRequest) -> str | None:
    session = getattr(request, "session", None)
    if (
        request.method != "POST"
        or session is None
        or not session.session_key
        or request.content_type != "application/x-www-form-urlencoded"
    ):
        return None
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > LARGEST or TOKEN not in request.body:
        return None
    return (
        "once:"
        + hashlib.blake2b(
            b"\0".join((session.session_key.encode(), request.get_full_path().encode(), request.body))
        ).hexdigest()
    )


def _answer_of_another(key: str) -> str:
    """Where the one that was first led to; "" for whoever is first now: the other led nowhere, or does not
    end."""
    with _nothing_on_a_full_disk():
        for _round in range(ROUNDS):
            if cache.add(key, AT_WORK, SECONDS):
                return ""
            found = str(cache.get(key, ""))
            if found not in {"", AT_WORK}:
                return found
            time.sleep(WAIT)
    return ""


@contextmanager
def _nothing_on_a_full_disk() -> Iterator[None]:
    """What a form stores is refused there anyway, twice as well as once; what it need not store (signing out)
    goes on."""
    try:
        yield
    except DatabaseError as error:
        if not is_full(error):
            raise


def _keep(key: str, leads_to: str) -> None:
    """Written until it stands there: the cache says nothing when a busy table did not take it, and whoever
    waits would do it all again."""
    for _round in range(ROUNDS):
        cache.set(key, leads_to, SECONDS)
        if cache.get(key, "") == leads_to:
            return
        time.sleep(WAIT)
