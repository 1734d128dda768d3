"""Files of a report. Nothing is shown before it is asked for; the original only after a warning; what nobody
may copy is isolated."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault.attached import FileIsolated, FileNotThere
from security_center.foundation.web.files import file_response

from .. import queries
from ..actions import files as acts
from ..models import Attachment, Report
from .decide import act_page
from .lookups import about_report, current_person
from .report import back, refuse


def _attachment(report: Report, file: uuid.UUID) -> Attachment:
    found = queries.attachment_of(report, file)
    if found is None:
        raise Http404
    return found


@require_POST
@about_report(Permission.REPORT_READ)
def ask(request: HttpRequest, report: Report, file: uuid.UUID) -> HttpResponse:
    """Ask for a clean copy."""
    try:
        acts.ask_for_clean_copy(actor=current_person(request), attachment=_attachment(report, file))
    except Refusal as refusal:
        return refuse(request, report, refusal)
    messages.success(request, _("The file is being cleaned. This takes a moment."))
    return back(report, f"file-{file}")


@require_GET
@about_report(Permission.REPORT_READ)
def state(request: HttpRequest, report: Report, file: uuid.UUID) -> HttpResponse:
    """How far the cleaning is: the page asks while it waits. Says nothing of what the file holds."""
    return render(
        request, "reporting/desk/_file_state.html", {"report": report, "file": _attachment(report, file)}
    )


@require_GET
@about_report(Permission.REPORT_READ)
def clean(request: HttpRequest, report: Report, file: uuid.UUID) -> HttpResponseBase:
    """The clean copy. Each look is recorded."""
    return _bytes(request, report, _attachment(report, file), original=False)


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_READ)
def original(request: HttpRequest, report: Report, file: uuid.UUID) -> HttpResponseBase:
    """A page that warns; its button downloads the original as it came."""
    attachment = _attachment(report, file)
    if request.method == "POST":
        return _bytes(request, report, attachment, original=True)
    if attachment.file_id is None or attachment.state == Attachment.State.ISOLATED:
        return refuse(
            request,
            report,
            FileIsolated() if attachment.state == Attachment.State.ISOLATED else FileNotThere(),
        )
    return act_page(request, report, "original", None, file=attachment)


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_WRITE)
def isolate(request: HttpRequest, report: Report, file: uuid.UUID) -> HttpResponse:
    """A sexual image of a minor, or what may be one."""
    attachment = _attachment(report, file)
    if request.method == "POST":
        try:
            acts.isolate(actor=current_person(request), attachment=attachment)
        except Refusal as refusal:
            return refuse(request, report, refusal)
        messages.success(
            request, _("The file is isolated and kept for law enforcement. Nobody can open or copy it here.")
        )
        return back(report, "files")
    return act_page(request, report, "isolate", None, file=attachment)


def _bytes(
    request: HttpRequest, report: Report, attachment: Attachment, *, original: bool
) -> HttpResponseBase:
    try:
        chunks = acts.hand_out(actor=current_person(request), attachment=attachment, original=original)
    except Refusal as refusal:
        return refuse(request, report, refusal)
    return file_response(chunks, attachment, f"{report.number}-{attachment.pk}", original=original)
