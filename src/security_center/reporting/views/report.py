"""One report: its page, and what is pressed on it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame, tell

from .. import queries
from ..actions import decisions, thread
from ..actions import desk as acts
from ..content_loader import message_templates, quick_questions
from ..forms_staff import ApprovalForm, AssignForm, MessageForm, NoteForm
from ..models import Report
from .lookups import about_report, current_person
from .page import show


def back(report: Report, place: str = "") -> HttpResponse:
    """To the report's page, at the place where the person was."""
    return redirect(reverse("reporting:report", args=[report.number]) + (f"#{place}" if place else ""))


@require_GET
@about_report(Permission.REPORT_READ, destroyed_too=True)
def report(request: HttpRequest, report: Report) -> HttpResponse:
    mark_read_about(actor=current_person(request), path=report.path)
    return show(request, report)


@require_POST
@about_report(Permission.REPORT_WRITE)
def acknowledge(request: HttpRequest, report: Report) -> HttpResponse:
    had = report.acknowledged_at
    taken = acts.acknowledge(actor=current_person(request), report=report)
    if had is None:
        messages.success(request, _("You have it. The alert has stopped, and others see your name."))
    elif taken.acknowledged_by_id != current_person(request).pk:
        messages.info(
            request,
            _("%(name)s has it already. You have seen what is new.")
            % {"name": report.acknowledged_by or _("Someone")},
        )
    else:
        messages.success(request, _("Noted: you have seen what is new."))
    return back(report)


@require_POST
@about_report(Permission.REPORT_ASSIGN)
def assign(request: HttpRequest, report: Report) -> HttpResponse:
    form = AssignForm(request.POST, people=queries.who_may_hold(report))
    if form.is_valid():
        try:
            acts.assign(actor=current_person(request), report=report, to=form.chosen)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("%(name)s has it now and is told.") % {"name": form.chosen.name})
            return back(report)
    return show(request, report, failed=form)


@require_POST
@about_report(Permission.REPORT_WRITE)
def message(request: HttpRequest, report: Report) -> HttpResponse:
    """Send what was typed or one ready question; or put a ready sentence into the field, to be changed before
    it is sent."""
    if "fill" in request.POST:
        return _filled(request, report)
    question = quick_questions().get(request.POST.get("quick", ""))
    data = request.POST.copy()
    if question is not None:
        data["message-body"] = question.text.in_language(report.language)
    form = MessageForm(data, language=report.language)
    if form.is_valid():
        try:
            thread.desk_writes(
                actor=current_person(request),
                report=report,
                body=form.cleaned_data["body"],
                message_id=form.cleaned_data["message"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Sent. The reporter sees it when they come back."))
            return back(report, "thread")
    return show(request, report, failed=form)


def _filled(request: HttpRequest, report: Report) -> HttpResponse:
    template = message_templates().get(request.POST.get("message-template", ""))
    typed = request.POST.get("message-body", "").rstrip()
    ready = template.text.in_language(report.language) if template is not None else ""
    body = f"{typed}\n{ready}" if typed and ready else typed or ready
    form = MessageForm(
        language=report.language,
        initial={"body": body, "message": request.POST.get("message-message") or uuid.uuid4()},
    )
    if getattr(request, "htmx", False):
        return render(
            request,
            "reporting/desk/_answer.html",
            {"report": report, "message_form": form, "quick": quick_questions().values()},
        )
    return show(request, report, failed=form)


@require_POST
@about_report(Permission.REPORT_WRITE)
def note(request: HttpRequest, report: Report) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        acts.write_note(actor=current_person(request), report=report, body=form.cleaned_data["body"])
        messages.success(request, _("The note is saved."))
        return back(report, "notes")
    return show(request, report, failed=form)


@require_POST
@about_report(Permission.REPORT_CLOSE)
def approval(request: HttpRequest, report: Report, pk: uuid.UUID) -> HttpResponse:
    """The second reader's answer: agreeing carries out what was asked, refusing leaves everything as it
    was."""
    asked = get_object_or_404(
        report.approvals.select_related("report__desk__parent__parent", "report__district", "asked_by"),
        uuid=pk,
    )
    form = ApprovalForm(request.POST, prefix=f"approval-{asked.pk}")
    if form.is_valid():
        agree = request.POST.get("agree") == "yes"
        try:
            decisions.answer_approval(
                actor=current_person(request), approval=asked, agree=agree, answer=form.cleaned_data["answer"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("You agreed, and it is done.")
                if agree
                else _("You did not agree. Nothing was changed; your answer is kept."),
            )
            return back(report)
    return show(request, report, failed=form, at=asked.pk)


def refuse(request: HttpRequest, report: Report, refusal: Refusal) -> HttpResponse:
    """An act without a form was refused: say so on the page of the report."""
    tell(request, refusal)
    return back(report)
