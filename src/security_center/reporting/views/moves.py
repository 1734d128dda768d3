"""Acts that move a report or bind it to others, each on a page of its own: hand over, staff conflict, link,
holds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.queries import HOLD_KINDS, holds_on
from security_center.foundation.web.staff_forms import form_data

from .. import policies, queries
from ..actions import conflicts, handoffs
from ..actions import desk as acts
from ..forms_staff import ConflictForm, HandoffForm, LinkForm
from ..models import Report
from .decide import act_page
from .lookups import about_report, current_person
from .report import back, refuse


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_ASSIGN)
def hand_over(request: HttpRequest, report: Report) -> HttpResponse:
    """Offer it to another desk, in this district or another. `q` finds desks by name."""
    words = request.GET.get("q", "") or request.POST.get("q", "")
    form = HandoffForm(form_data(request), desks=queries.desks_to_hand_to(report, words))
    if form.is_valid():
        try:
            handoffs.hand_to_desk(
                actor=current_person(request),
                report=report,
                to_desk=form.chosen,
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("%(name)s is alerted. It stays yours until they take it over.")
                % {"name": form.chosen.name},
            )
            return back(report)
    return act_page(request, report, "hand_over", form, words=words, offered=report.handoff_to)


@require_POST
@about_report(Permission.REPORT_ASSIGN)
def take_back(request: HttpRequest, report: Report) -> HttpResponse:
    try:
        handoffs.take_back(actor=current_person(request), report=report)
    except Refusal as refusal:
        return refuse(request, report, refusal)
    messages.success(request, _("Taken back. It stays at this desk."))
    return back(report)


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_WRITE)
def conflict(request: HttpRequest, report: Report) -> HttpResponse:
    """It is about a member of staff: keep it from them and from those they direct. The one who says so may
    lose sight of it."""
    words = request.GET.get("q", "") or request.POST.get("q", "")
    form = ConflictForm(form_data(request), people=queries.staff_near(report, words))
    if form.is_valid():
        moved = conflicts.set_conflict(actor=current_person(request), report=report, about=form.chosen)
        messages.success(
            request,
            _("It is kept from %(name)s and those they direct. The district has it now.")
            % {"name": form.chosen.name},
        )
        if policies.can(current_person(request), Permission.REPORT_READ, moved):
            return back(report)
        return redirect("reporting:desk")
    return act_page(request, report, "conflict", form, words=words)


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_WRITE)
def link(request: HttpRequest, report: Report) -> HttpResponse:
    form = LinkForm(form_data(request), initial={"number": request.GET.get("to", "")})
    if form.is_valid():
        try:
            first = queries.known_report(current_person(request), form.cleaned_data["number"])
            acts.link_duplicate(
                actor=current_person(request),
                report=report,
                first=first,
                new_facts=form.cleaned_data["new_facts"],
            )
        except (queries.ReportUnknown, NotAllowed):
            form.add_error("number", _("You see no report with this number. Check it letter by letter."))
        except acts.NotATransition:
            form.add_error("number", _("A report cannot be linked to itself."))
        else:
            messages.success(request, _("Linked. Its thread stays its own, and what it adds is marked."))
            return back(report, "linked")
    return act_page(request, report, "link", form)


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_HOLD)
def hold(request: HttpRequest, report: Report) -> HttpResponse:
    kind, on = request.POST.get("kind", HOLD_KINDS[0].value), request.POST.get("on") == "yes"
    if request.method == "POST" and kind in HOLD_KINDS:
        acts.set_hold(actor=current_person(request), report=report, on=on, kind=kind)
        messages.success(request, _("The report is kept.") if on else _("The hold is released."))
        return back(report)
    standing = holds_on(report.record)
    return act_page(request, report, "hold", None, holds=[(one, one in standing) for one in HOLD_KINDS])
