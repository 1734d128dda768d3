"""Whom a report is about: name, compare, tell apart, confirm by a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame

from .. import queries
from ..actions import subjects as acts
from ..forms_staff import ComparedForm, SubjectForm
from ..models import Report
from .lookups import about_report, current_person
from .page import show
from .report import back, refuse


@require_POST
@about_report(Permission.REPORT_WRITE)
def name(request: HttpRequest, report: Report) -> HttpResponse:
    form = SubjectForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            acts.name_subject(
                actor=current_person(request),
                report=report,
                name=given["full_name"],
                identifiers=given["identifiers"],
                tokens=form.tokens(),
                unknown=given["unknown"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _(
                    "Written down, sealed. If earlier reports may be about the same person, they "
                    "are listed below."
                ),
            )
            return back(report, "subjects")
    return show(request, report, failed=form)


@require_POST
@about_report(Permission.REPORT_WRITE)
def match(request: HttpRequest, report: Report, subject: int) -> HttpResponse:
    """The same person, or someone else."""
    earlier = get_object_or_404(queries.subjects_seen_by(current_person(request)), pk=subject)
    form = ComparedForm(request.POST, prefix=f"compared-{subject}")
    same = request.POST.get("same") == "yes"
    if form.is_valid():
        try:
            acts.match_subject(
                actor=current_person(request),
                report=report,
                subject=earlier,
                same=same,
                compared=form.cleaned_data["compared"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("Noted as the same person. Earlier reports raise its priority.")
                if same
                else _("Noted as someone else."),
            )
            return back(report, "subjects")
    return show(request, report, failed=form, at=subject)


@require_POST
@about_report(Permission.REPORT_WRITE)
def check(request: HttpRequest, report: Report, subject: int) -> HttpResponse:
    """Which identifiers were compared for a subject that this report names."""
    mention = get_object_or_404(
        report.mentions.select_related("report__desk__parent__parent"), subject=subject
    )
    form = ComparedForm(request.POST, prefix=f"compared-{subject}")
    if form.is_valid():
        try:
            acts.check_identifiers(
                actor=current_person(request), mention=mention, compared=form.cleaned_data["compared"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("Noted. In danger, a second person confirms before anybody approaches the student."),
            )
            return back(report, "subjects")
    return show(request, report, failed=form, at=subject)


@require_POST
@about_report(Permission.REPORT_WRITE)
def second(request: HttpRequest, report: Report, subject: int) -> HttpResponse:
    """The second person confirms who it is."""
    mention = get_object_or_404(
        report.mentions.select_related("report__desk__parent__parent"), subject=subject
    )
    try:
        acts.confirm_identity(actor=current_person(request), mention=mention)
    except Refusal as refusal:
        return refuse(request, report, refusal)
    messages.success(request, _("Confirmed by two people."))
    return back(report, "subjects")


@require_POST
@about_report(Permission.REPORT_WRITE)
def pattern_seen(request: HttpRequest, report: Report) -> HttpResponse:
    """Somebody of the district has seen that several reports may be about one person."""
    acts.district_has_seen_pattern(actor=current_person(request), report=report)
    messages.success(request, _("Noted: the district has seen it."))
    return back(report, "subjects")
