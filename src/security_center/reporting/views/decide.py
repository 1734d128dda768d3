"""What is decided about a report, each on a page of its own: urgency, disposition, closing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data
from security_center.prevention.content_loader import categories

from .. import queries
from ..actions import decisions
from ..actions import desk as acts
from ..forms_staff import CloseForm, DispositionForm, UrgencyForm
from ..models import Approval, Report, Urgency
from .lookups import about_report, current_person
from .report import back


def act_page(
    request: HttpRequest, report: Report, template: str, form: forms.Form | None, /, **more: Any
) -> HttpResponse:
    """A page for one act about a report: its number and urgency above, the form, the way back."""
    trail = [
        (_("Desk"), reverse("reporting:desk")),
        (report.number, reverse("reporting:report", args=[report.number])),
    ]
    return render(
        request, f"reporting/desk/{template}.html", {"report": report, "form": form, "trail": trail, **more}
    )


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_WRITE)
def urgency(request: HttpRequest, report: Report) -> HttpResponse:
    """Raise at will; lowering from "now" waits for a second reader."""
    category = categories().get(report.category)
    form = UrgencyForm(
        form_data(request),
        current=report.urgency,
        often_lowered_to=category.often_lowered_to if category is not None else None,
    )
    if form.is_valid():
        wanted, reason = form.cleaned_data["urgency"], form.cleaned_data["reason"]
        try:
            if form.raises:
                done: Report | Approval = acts.raise_urgency(
                    actor=current_person(request), report=report, urgency=wanted, reason=reason
                )
            else:
                done = decisions.ask_to_lower(
                    actor=current_person(request), report=report, urgency=wanted, reason=reason
                )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            asked = isinstance(done, Approval)
            text = (
                _("A second reader is asked. Until then it stays as urgent as it is.")
                if asked
                else _("The urgency is now: %(word)s.")
            )
            messages.success(request, text if asked else text % {"word": Urgency(wanted).label})
            return back(report)
    return act_page(request, report, "urgency", form, two_readers=report.urgency == Urgency.U1)


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_WRITE)
def decide(request: HttpRequest, report: Report) -> HttpResponse:
    """Write a disposition, with the report's words and its history in view."""
    form = DispositionForm(form_data(request))
    if form.is_valid():
        try:
            decisions.decide(actor=current_person(request), report=report, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The decision is saved."))
            return back(report)
    opened = acts.look(actor=current_person(request), report=report)
    return act_page(
        request, report, "decide", form, page=queries.report_page(current_person(request), report, opened)
    )


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_CLOSE)
def close(request: HttpRequest, report: Report) -> HttpResponse:
    two_readers = report.needs_second_reader or Urgency.U1 in {report.urgency, report.first_urgency}
    form = CloseForm(form_data(request), two_readers=two_readers)
    if form.is_valid():
        try:
            done = decisions.close(
                actor=current_person(request), report=report, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("A second reader is asked to agree.")
                if isinstance(done, Approval)
                else _("The report is closed. The reporter sees “finished”."),
            )
            return back(report)
    return act_page(request, report, "close", form, two_readers=two_readers)
