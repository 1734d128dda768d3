"""What stands before a body, made harmless before Django looks at it.

Django takes the head of a request apart outside of its own net: an encoding that is none for text, or a
number of a thousand digits, ended in a fault of ours, and the server wrote its message, with words of whoever
sent it, into the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
MOST_PARAMETERS = 100  # of an address; no page of ours has a tenth of it

log = logging.getLogger("security_center.project")


def harmless(application: Application) -> Application:
    """The application, asked only what it can take apart. What fails all the same is logged without its
    message and answered with a plain page."""

    def called(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _kind(environ.get("CONTENT_TYPE", ""))
        environ["QUERY_STRING"] = "&".join(
            environ.get("QUERY_STRING", "").split("&", MOST_PARAMETERS)[:MOST_PARAMETERS]
        )
        if not is_length(environ.get("CONTENT_LENGTH", "")):
            environ["CONTENT_LENGTH"] = ""
        try:
            return _without_its_request(application(environ, start_response))
        except Exception as error:
            log.error("a request could not be answered", exc_info=error)
            start_response(
                "500 Internal Server Error",
                [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
            )
            return [b"Something went wrong here. Please try again in a moment.\n"]

    return called


def _without_its_request(answer: Iterable[bytes]) -> Iterable[bytes]:
    """A page may wait long for whoever fetches it. Django's answer would keep all that was sent meanwhile,
    the typed text several times over."""
    if not isinstance(answer, HttpResponse):
        return answer
    content = answer.content
    answer.close()
    return (content,)


def is_length(text: str) -> bool:
    """Whether it is a number of bytes: a raised 2 is a digit for Python and no number, and so is one of a
    thousand digits."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def _kind(given: str) -> str:
    """The kind of a body and the edge of its parts. Every form of ours is in UTF-8, whatever encoding is
    named."""
    try:
        kind, options = parse_header_parameters(given)
    except ValueError:
        return ""
    edge = options.get("boundary")
    return f'{kind}; boundary="{edge}"' if edge and kind.startswith("multipart/") else kind
