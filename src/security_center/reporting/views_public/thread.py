"""The reporter's own report: its status, the messages, and what they may add. Opened by the receipt's cookie,
for twenty minutes."""

from __future__ import annotations

import hmac
import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_scopes import scope

from security_center.foundation.clock import rounded
from security_center.foundation.vault.receipts import Receipt, SessionOver, open_session
from security_center.prevention.queries import public_state

from ..actions.bursts import admit_files
from ..actions.thread import NothingToSend, reporter_answers_helped, reporter_has_seen, reporter_writes
from ..content_loader import self_help, status_lines
from ..forms import MessageForm, ReceiptForm, message_id_of
from ..models import Report, ThreadMessage
from ..queries import report_of, thread_page
from ..queries.breach import breach_known_to
from ..queries.thread_page import Line, ReceiptExpired, ReceiptUnknown, ThreadPage
from .receipt import close, enter_page, has_left, leave
from .shared import (
    SeeOther,
    coverage_of,
    file_sentence,
    forget,
    in_same_language,
    of_one_size,
    outside_numbers,
    spoken_time,
)

log = logging.getLogger("security_center.reporting")

QUESTIONS = {
    "what_happened": gettext_lazy("What happened?"),
    "who": gettext_lazy("Who is it about?"),
    "when_where": gettext_lazy("When and where?"),
    "weapon": gettext_lazy("Is there a weapon?"),
    "how_do_you_know": gettext_lazy("How do you know?"),
}


def proof_of(receipt: Receipt) -> str:
    """What each form here carries beside the cookie. Another site cannot know it, so it can make no browser
    write into a thread."""
    return hmac.digest(
        settings.SSC_SESSION_SECRET.encode(), b"forms of a thread" + receipt.secret, "sha256"
    ).hex()


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest) -> HttpResponse:
    posted = MessageForm(request.POST, request.FILES) if request.method == "POST" else None
    token = request.COOKIES.get(settings.SSC_RECEIPT_COOKIE, "")
    if posted is not None and request.POST.get("act") == "leave":
        return _leave(request, token)
    try:
        receipt = open_session(token)
        if has_left(token):
            raise SessionOver
        report = report_of(receipt)
    except (SessionOver, ReceiptUnknown, ReceiptExpired):
        return _over(request, posted)
    except DatabaseError as error:
        return _fault(request, posted, error)
    try:
        with scope(district=[report.district_id]):
            return (
                _page(request, receipt, report) if posted is None else _take(request, receipt, report, posted)
            )
    except DatabaseError as error:
        return _fault(request, posted, error, receipt)


def _leave(request: HttpRequest, token: str) -> HttpResponse:
    try:
        leave(token)
    except DatabaseError as error:
        # The browser forgets the cookie all the same; a copy of it lives no longer than the twenty minutes.
        log.error("a thread could not be left", exc_info=error)
    response = SeeOther(in_same_language(request, reverse("reporting:receipt")))
    close(response)
    return response


def _over(request: HttpRequest, posted: MessageForm | None) -> HttpResponse:
    """The twenty minutes are over (or never began). A message that was just written stays in the form and is
    sent once the words are typed."""
    if posted is None and not request.COOKIES.get(settings.SSC_RECEIPT_COOKIE):
        return SeeOther(in_same_language(request, reverse("reporting:receipt")))
    typed = {name: posted.data.get(name, "") for name in ("body", "message")} if posted is not None else {}
    lost = [str(upload.name) for upload in posted.uploads] if posted is not None else []
    if posted is not None:
        forget(posted.uploads)
    response = enter_page(
        request,
        ReceiptForm(initial=typed),
        status=403 if posted is not None else 200,
        time_is_over=True,
        lost_files=lost,
    )
    close(response)
    return response


def _fault(
    request: HttpRequest, posted: MessageForm | None, error: DatabaseError, receipt: Receipt | None = None
) -> HttpResponse:
    """The database failed: what was typed goes back to its writer. This page asks the database nothing."""
    log.error("a thread could not be opened or written to", exc_info=error)
    if posted is not None:
        forget(posted.uploads)
    context = {
        "form": posted or MessageForm(initial={"message": uuid.uuid4()}),
        "proof": proof_of(receipt) if receipt is not None else request.POST.get("proof", ""),
        "lost_files": [upload.name for upload in posted.uploads] if posted is not None else [],
        "offline_worker": False,
    }
    return render(request, "reporting/public/thread_fault.html", context, status=503)


def _take(request: HttpRequest, receipt: Receipt, report: Report, posted: MessageForm) -> HttpResponse:
    if not hmac.compare_digest(request.POST.get("proof", "").encode(), proof_of(receipt).encode()):
        forget(posted.uploads)
        return _page(
            request,
            receipt,
            report,
            posted,
            error=_("This page was open too long. Your words are still here. Please press the button again."),
            status=403,
        )
    act = request.POST.get("act", "")
    if act == "about_me":
        return _about_me(request, receipt, report)
    try:
        if act == "helped":
            reporter_answers_helped(receipt=receipt, report=report, answer=request.POST.get("answer", ""))
        else:
            posted.is_valid()
            admit_files(organization=report.organization, uploads=posted.uploads)
            reporter_writes(
                receipt=receipt,
                report=report,
                body=posted.cleaned_data["body"],
                files=posted.uploads,
                message_id=message_id_of(posted.cleaned_data["message"]),
            )
    except NothingToSend:
        posted.is_valid()
        posted.add_error("body", _("Write something or choose a file first."))
        return _page(request, receipt, report, posted)
    return _back(request, "thread")


def _about_me(request: HttpRequest, receipt: Receipt, report: Report) -> HttpResponse:
    """Pressed once or ten times, it is one message; help is on the page that follows."""
    reporter_writes(
        receipt=receipt,
        report=report,
        body=_("It is about me."),
        message_id=uuid.uuid5(report.uuid, "it is about me"),
        about_me=True,
    )
    return _back(request, "help_now")


def _back(request: HttpRequest, name: str) -> HttpResponse:
    return SeeOther(in_same_language(request, reverse(f"reporting:{name}")))


def _page(
    request: HttpRequest,
    receipt: Receipt,
    report: Report,
    posted: MessageForm | None = None,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    page = thread_page(receipt, report)
    if any(
        line.message.author != ThreadMessage.Author.REPORTER and line.message.seen_by_reporter_at is None
        for line in page.lines
    ):
        reporter_has_seen(report=report)
    state = public_state(report.desk)
    context = {
        "organization": report.organization,
        "report": report,
        "state": status_lines()[report.state],
        "step": Report.State.values.index(report.state) + 1,
        "steps": len(Report.State.values),
        "coverage": coverage_of(report.desk, state) if report.open else None,
        "own": [(QUESTIONS[name], text) for name, text in page.words.items() if text and name in QUESTIONS],
        "files": _files(page),
        "messages": [_message(line, report) for line in page.lines],
        "form": posted or MessageForm(initial={"message": uuid.uuid4()}),
        "error": error,
        "lost_files": [upload.name for upload in posted.uploads] if posted is not None else [],
        "proof": proof_of(receipt),
        "breach_at": breach_known_to(report),
        "finished": report.state == Report.State.FINISHED,
        "answers": Report.Answer,
        "offline_worker": False,
    }
    return of_one_size(render(request, "reporting/public/thread.html", context, status=status))


def _files(page: ThreadPage) -> list[str]:
    return [_file_line(attachment.fault, name) for attachment, name in page.files]


def _file_line(fault: str, name: str) -> str:
    return file_sentence(name, fault) if fault else name or _("A file")


def _message(line: Line, report: Report) -> dict[str, Any]:
    author = ThreadMessage.Author(line.message.author)
    own = author == ThreadMessage.Author.REPORTER
    return {
        "own": own,
        "who": _("You") if own else author.label,
        "when": spoken_time(rounded(line.message.sent_at), report.organization),
        "text": line.text.strip(),
        "files": [_file_line(attachment.fault, name) for attachment, name in line.files],
    }


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Help for somebody who says that it is about them. It asks nothing, so that it opens for anybody at any
    time."""
    found = self_help()
    context = {"help": found, "numbers": outside_numbers(None, found.contacts), "offline_worker": False}
    return render(request, "reporting/public/help_now.html", context)
