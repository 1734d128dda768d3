"""Coming back: the receipt's words open the report for twenty minutes. They are posted and never stand in an
address."""

from __future__ import annotations

import hashlib
import logging
import time
import uuid

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_scopes import scope

from security_center.foundation.vault.receipts import (
    SESSION_MINUTES,
    WORDS,
    CheckWordWrong,
    Receipt,
    ReceiptError,
    ReceiptIncomplete,
    SessionOver,
    UnknownWord,
    open_session,
    seal_session,
)
from security_center.prevention import content_loader as plan

from ..actions.thread import reporter_writes
from ..forms import ReceiptForm, message_id_of
from ..models import Report
from ..queries import report_of
from ..queries.thread_page import ReceiptExpired, ReceiptUnknown
from .shared import SeeOther, from_elsewhere, in_same_language, language_of

log = logging.getLogger("security_center.reporting")

LEAVE_ROUNDS = 50


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return enter_page(request, ReceiptForm())
    if from_elsewhere(request):
        # Else a stranger's page could open the stranger's thread, for the next one to write into
        return enter_page(request, ReceiptForm())
    form = ReceiptForm(request.POST)
    form.is_valid()
    try:
        receipt = Receipt.from_text(form.cleaned_data["words"])
        report = report_of(receipt)
        if form.cleaned_data["body"].strip():
            _send_what_waited(form, receipt, report)
    except ReceiptError as error:
        form.add_error("words", sentence_for(error))
        return enter_page(request, form)
    except ReceiptUnknown:
        # The right number of right words that belong together, so it is no slip; more is not told, to nobody.
        form.add_error(
            "words",
            _(
                "These words fit together, but no report belongs to them. Look at them again. If "
                "your words are lost, send a new report."
            ),
        )
        return enter_page(request, form)
    except ReceiptExpired:
        form.add_error(
            "words",
            _(
                "This report was closed some time ago and its words are destroyed, as we promised. "
                "If something is new, send a new report."
            ),
        )
        return enter_page(request, form, status=410)
    except DatabaseError as error:
        log.error("a receipt could not be looked up", exc_info=error)
        form.add_error(
            "words",
            _(
                "We cannot open reports right now. Your words are still in the field. Press the "
                "button again in a moment."
            ),
        )
        return enter_page(request, form, status=503)
    response = SeeOther(in_same_language(request, reverse("reporting:thread")))
    keep_open(request, response, receipt)
    return response


def _send_what_waited(form: ReceiptForm, receipt: Receipt, report: Report) -> None:
    """The twenty minutes ran out while this was being written. It is sent now, so that nobody writes it
    twice."""
    with scope(district=[report.district_id]):
        reporter_writes(
            receipt=receipt,
            report=report,
            body=form.cleaned_data["body"],
            message_id=message_id_of(form.cleaned_data["message"]),
        )


def keep_open(request: HttpRequest, response: HttpResponse, receipt: Receipt) -> None:
    """Set the cookie of the twenty minutes, once: nothing makes them longer. It has no date, so that the
    browser keeps it in memory; its end is sealed inside."""
    response.set_cookie(
        settings.SSC_RECEIPT_COOKIE,
        seal_session(receipt),
        path=reverse("reporting:receipt"),
        secure=settings.SSC_PUBLIC_URL.startswith("https://") or request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def _left(token: str) -> str:
    return "left:" + hashlib.sha256(token.encode()).hexdigest()


def has_left(token: str) -> bool:
    """Whether somebody pressed *leave* with this cookie: a copy of it opens nothing from then on."""
    return cache.get(_left(token)) is not None


def leave(token: str) -> None:
    """Written until it stands there: the cache says nothing when a busy table did not take it."""
    try:
        open_session(token)
    except SessionOver:
        return
    for _round in range(LEAVE_ROUNDS):
        cache.set(_left(token), 1, SESSION_MINUTES * 60)
        if has_left(token):
            return
        time.sleep(0.1)
    raise DatabaseError("a thread could not be left")


def close(response: HttpResponse) -> None:
    response.delete_cookie(settings.SSC_RECEIPT_COOKIE, path=reverse("reporting:receipt"), samesite="Strict")


def sentence_for(error: ReceiptError) -> str:
    """What to fix. Everything said here is worked out from what was typed alone, never from what is
    stored."""
    if isinstance(error, ReceiptIncomplete):
        if error.count == 0:
            return _("Type the nine words of your receipt.")
        if error.count < WORDS:
            return ngettext(
                "This is %(count)s word of %(all)s. Some are missing.",
                "These are %(count)s words of %(all)s. Some are missing.",
                error.count,
            ) % {
                "count": error.count,
                "all": WORDS,
            }
        return _("These are %(count)s words, but a receipt has only %(all)s.") % {
            "count": error.count,
            "all": WORDS,
        }
    if isinstance(error, UnknownWord):
        facts = {"number": error.position, "word": error.word}
        if error.suggestions:
            meant = _(" or ").join(f"“{word}”" for word in error.suggestions)
            return _("Word %(number)s, “%(word)s”, is not a receipt word. Did you mean %(meant)s?") % {
                **facts,
                "meant": meant,
            }
        return _("Word %(number)s, “%(word)s”, is not a receipt word. Look at it again.") % facts
    if isinstance(error, CheckWordWrong):
        return _("One word is mistyped, or two changed places. Look at each word again.")
    return _("These are not the words of a receipt.")


def enter_page(
    request: HttpRequest,
    form: ReceiptForm,
    *,
    status: int = 200,
    time_is_over: bool = False,
    lost_files: list[str] | None = None,
) -> HttpResponse:
    """The one field. `time_is_over`: somebody wrote while the twenty minutes ran out; their message stands in
    the form."""
    waiting = form["body"].value() or ""
    context = {
        "form": form,
        "waiting": waiting,
        "message": form["message"].value() or uuid.uuid4(),
        "time_is_over": time_is_over,
        "lost_files": lost_files or [],
        "lost_words": plan.text("receipt_lost"),
        "language_of_page": language_of(request),
        "offline_worker": False,
    }
    return render(request, "reporting/public/receipt.html", context, status=status)
