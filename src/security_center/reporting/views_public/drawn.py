"""Whether the pages on which a report is told can be drawn at all: the public program's `/readyz` draws them
as for a reporter."""

from __future__ import annotations

import logging
from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _

from security_center.foundation.web.middleware import ReporterLanguageMiddleware
from security_center.prevention.queries import public_state, schools_matching

from . import find, form

A_FEW = 10  # schools among which an open form is looked for

log = logging.getLogger("security_center.reporting")


def form_is_drawn() -> str:
    """The page where a school is found, and a form where one is open. The database may answer and the pages
    fail all the same: a folder that was shut to the program took their styles away, and each reporter got an
    error while every watch was silent."""
    try:
        answers = [ReporterLanguageMiddleware(find.find)(_asked("/report/"))]
        slug = next(
            (school.slug for school in schools_matching("", limit=A_FEW) if public_state(school).open), ""
        )
        if slug:
            answers.append(
                ReporterLanguageMiddleware(lambda request: form.report(request, slug))(
                    _asked(f"/report/{slug}/")
                )
            )
        drawn = all(answer.status_code == 200 for answer in answers)
    except Exception as error:
        log.error("the form's page could not be drawn", exc_info=error)
        drawn = False
    return (
        ""
        if drawn
        else _(
            "The page that takes reports cannot be shown: reporters see an error. The log of the "
            "public program says why."
        )
    )


def _asked(path: str) -> HttpRequest:
    server = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http"}
    return WSGIRequest({"REQUEST_METHOD": "GET", "PATH_INFO": path, "wsgi.input": BytesIO(), **server})
