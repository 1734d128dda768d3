"""Incident rooms: many reports of one thing, answered with one line, closed together, each thread kept."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of, has, require
from security_center.foundation.refusals import Refusal, blame, tell
from security_center.foundation.web.staff_forms import form_data

from ..actions import decisions
from ..actions import groups as acts
from ..forms_staff import ApprovalForm, DispositionForm, GroupForm, LineForm
from ..models import IncidentGroup, Report
from ..queries import groups as reads
from .desk import home_desk
from .lookups import current_person, found, in_zone_of


def _place(request: HttpRequest) -> Any:
    place = home_desk(current_person(request))
    if place is None:
        raise NotAllowed(Permission.REPORT_LIST)
    return in_zone_of(place)


def _group(
    request: HttpRequest, pk: uuid.UUID, permission: Permission = Permission.REPORT_LIST
) -> IncidentGroup:
    group = reads.group_for(current_person(request), pk)
    if group is None:
        raise Http404
    require(current_person(request), permission, group.desk)
    return group


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    closed = request.GET.get("closed") == "1"
    with _place(request):
        context = {
            "rooms": reads.rooms(current_person(request), closed),
            "closed": closed,
            "trail": [(_("Desk"), reverse("reporting:desk"))],
        }
        return render(request, "reporting/desk/groups.html", context)


@require_http_methods(["GET", "POST"])
def group_new(request: HttpRequest) -> HttpResponse:
    """Open a room with the reports that were ticked, on the desk's list or among those that came in a
    burst."""
    person = current_person(request)
    if not any_of(person, [Permission.REPORT_ASSIGN]):
        raise NotAllowed(Permission.REPORT_ASSIGN)
    around = (
        found(request, request.GET.get("around") or request.POST.get("around", ""))
        if request.GET.get("around") or request.POST.get("around")
        else None
    )
    rows = reads.candidates(person, around) if around is not None else []
    numbers = request.POST.getlist("report")
    form = GroupForm(form_data(request))
    if request.method == "POST":
        chosen = reads.chosen_reports(person, numbers)
        rows = rows or chosen
        if not chosen:
            form.add_error(None, _("Tick at least one report."))
        elif len({report.desk_id for report in chosen}) > 1 and not has(
            person, Permission.REPORT_ASSIGN, chosen[0].district
        ):
            form.add_error(None, _("Tick reports of one desk."))
        if form.is_valid():
            try:
                group = acts.open_group(
                    actor=person, desk=_desk_of(chosen), title=form.cleaned_data["title"], reports=chosen
                )
            except Refusal as refusal:
                blame(form, refusal)
            else:
                messages.success(request, _("The room is open. Give all reporters one accurate line."))
                return redirect("reporting:group", pk=group.uuid)
    with _place(request):
        ticked = set(numbers) if request.method == "POST" else {report.number for report in rows}
        context = {
            "form": form,
            "rows": [(r, r.number in ticked) for r in rows],
            "around": around,
            "trail": [(_("Desk"), reverse("reporting:desk"))],
        }
        return render(request, "reporting/desk/group_new.html", context)


def _desk_of(reports: list[Report]) -> Any:
    """The desk all of them lie at, else that of their district."""
    return reports[0].desk if len({report.desk_id for report in reports}) == 1 else reports[0].desk.district


@require_GET
def group(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _show(request, _group(request, pk))


def _show(request: HttpRequest, group: IncidentGroup, failed: forms.Form | None = None) -> HttpResponse:
    person = current_person(request)
    chosen = {type(failed): failed} if failed is not None else {}
    with in_zone_of(group.desk):
        waiting = acts.waiting_to_close(group)
        mine = [approval for approval in waiting if decisions.may_second(person, approval)]
        # Asked for in one act, so one reason stands for all that the same colleague asked.
        asked = {approval.asked_by_id: approval for approval in reversed(mine)}
        reasons = [decisions.reason_of(approval) for approval in asked.values()]
        context = {
            "room": reads.room(person, group),
            "reports": reads.reports_in(person, group),
            "may_write": has(person, Permission.REPORT_WRITE, group.desk),
            "line_form": chosen.get(LineForm) or LineForm(),
            "close_form": chosen.get(DispositionForm) or DispositionForm(),
            "approval_form": (chosen.get(ApprovalForm) or ApprovalForm()) if mine else None,
            "waiting": waiting,
            "mine": mine,
            "reasons": reasons,
            "failed": failed,
            "trail": [
                (_("Desk"), reverse("reporting:desk")),
                (_("Incident rooms"), reverse("reporting:groups")),
            ],
        }
        return render(request, "reporting/desk/group.html", context)


@require_POST
def group_line(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One line to every reporter of the room, each in their own thread."""
    group = _group(request, pk, Permission.REPORT_WRITE)
    form = LineForm(request.POST)
    if form.is_valid():
        try:
            count = acts.answer_group(
                actor=current_person(request), group=group, line=form.cleaned_data["line"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                ngettext("%(count)d reporter was written to.", "%(count)d reporters were written to.", count)
                % {"count": count},
            )
            return redirect("reporting:group", pk=pk)
    return _show(request, group, form)


@require_POST
def group_add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a report by its number."""
    group = _group(request, pk, Permission.REPORT_ASSIGN)
    numbers = [word.replace("-", "") for word in request.POST.get("numbers", "").replace(",", " ").split()]
    chosen = reads.chosen_reports(current_person(request), numbers)
    if not chosen:
        messages.error(request, _("You see no report with this number. Check it letter by letter."))
        return redirect("reporting:group", pk=pk)
    try:
        acts.add_to_group(actor=current_person(request), group=group, reports=chosen)
    except Refusal as refusal:
        tell(request, refusal)
    else:
        messages.success(request, _("Added."))
    return redirect("reporting:group", pk=pk)


@require_POST
def group_remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a report out again; its thread and its clocks are its own as before."""
    group = _group(request, pk, Permission.REPORT_ASSIGN)
    report = found(request, request.POST.get("report", ""))
    if report.group_id != group.pk:
        raise Http404
    acts.remove_from_group(actor=current_person(request), report=report)
    messages.success(request, _("Taken out."))
    return redirect("reporting:group", pk=pk)


@require_POST
def group_close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decide and close all on one written basis; those that need it wait for a second reader."""
    group = _group(request, pk, Permission.REPORT_CLOSE)
    form = DispositionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            closed, waiting = acts.close_group(
                actor=current_person(request),
                group=group,
                actions=given["actions"],
                validity=given["validity"],
                considered=given["considered"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("%(closed)d closed, %(waiting)d wait for a second reader.")
                % {"closed": closed, "waiting": waiting},
            )
            return redirect("reporting:group", pk=pk)
    return _show(request, group, form)


@require_POST
def group_answer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second reader answers for all that wait."""
    group = _group(request, pk, Permission.REPORT_CLOSE)
    form = ApprovalForm(request.POST)
    if form.is_valid():
        try:
            answered, left = acts.answer_group_closing(
                actor=current_person(request),
                group=group,
                agree=request.POST.get("agree") == "yes",
                answer=form.cleaned_data["answer"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            text = _("%(count)d answered.") % {"count": answered}
            messages.success(
                request,
                text
                if not left
                else text
                + " "
                + _("%(count)d still wait: read each of them on its own page.") % {"count": left},
            )
            return redirect("reporting:group", pk=pk)
    return _show(request, group, form)
