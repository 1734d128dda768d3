"""Opening a case in an emergency, reading it for an hour, and the lead's acknowledgement. And who has looked
at it at all."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.organizations.looking import made_for
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import any_of
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown
from security_center.foundation.web.staff_forms import form_data
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.case_access import look, print_out
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries import case_by_number
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person, in_zone_of
from security_center.threat_assessment.views.sentences import refuse

from .. import policies
from ..actions import break_glass as acts
from ..forms_records import GlassForm, LooksForm
from ..models import BreakGlass
from ..queries.looks import LooksUnknown, case_with_looks, looks_at
from ..queries.overview import PrivacyPage
from ..queries.statements import statements_of
from ..queries.texts import parts_of, sections
from . import papers


@require_GET
@about_case(Permission.CASE_READ)
def privacy(request: HttpRequest, case: Case) -> HttpResponse:
    """Everything about who may see and keep this case, for its members."""
    opened = look(actor=current_person(request), case=case)
    page = PrivacyPage(case, opened)
    return act_page(
        request,
        case,
        "case_records/index",
        None,
        page=page,
        keeps=case_policies.keeps_record(current_person(request), case),
        rules=_rules(),
    )


@require_GET
@about_case(Permission.CASE_READ)
def summary(request: HttpRequest, case: Case) -> HttpResponse:
    """The whole case on paper, as this member may read it. Printing is recorded by itself."""
    drawn = papers.summary(current_person(request), case, print_out(actor=current_person(request), case=case))
    return papers.pdf(drawn, f"{case.number}-summary")


def _rules() -> list[object]:
    return list(doctrine.own_privacy_rules().values())


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_BREAK_GLASS)
def glass(request: HttpRequest, case: Case) -> HttpResponse:
    """Why it is opened; and while it is open, the whole case on one page, to be read only."""
    person = current_person(request)
    if case_policies.member_of(person, case) is not None:
        return redirect("threat_assessment:case", number=case.number)
    form = GlassForm(form_data(request))
    if form.is_valid():
        try:
            acts.break_glass(actor=person, case=case, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("The case is open to you for an hour. The lead and the team have been told.")
            )
            return redirect("case_records:glass", number=case.number)
    standing = policies.glass_of(person, case)
    if standing is None:
        return act_page(request, case, "case_records/glass", form)
    opened = acts.look_through(actor=person, case=case)
    found = sections(parts_of(person, case, opened))
    name, statements = shown(opened, case, "subject_name"), statements_of(case, opened)
    return act_page(
        request,
        case,
        "case_records/glass_open",
        None,
        glass=standing,
        name=name,
        sections=found,
        statements=statements,
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def glass_one(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """Who opened it, when, until when and why. The lead acknowledges."""
    row = get_object_or_404(
        BreakGlass.objects.select_related("person", "acknowledged_by"), case=case, uuid=pk
    )
    if request.method == "POST":
        try:
            acts.acknowledge_glass(actor=current_person(request), case=case, glass=row)
        except Refusal as refusal:
            return refuse(request, case, refusal)
        messages.success(request, _("Noted: you have read who opened the case and why."))
        return redirect("case_records:privacy", number=case.number)
    opened = look(actor=current_person(request), case=case)
    return act_page(
        request,
        case,
        "case_records/glass_one",
        None,
        glass=row,
        reason=shown(opened, row, "reason"),
        leads=case.lead_id == current_person(request).pk,
    )


@login_required
@require_GET
def looks_find(request: HttpRequest) -> HttpResponse:
    """Whoever audits types the number of a case."""
    if not any_of(current_person(request), [Permission.LEDGER_VERIFY, Permission.CASE_JOIN]):
        raise PermissionDenied
    form = LooksForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        try:
            case = case_with_looks(current_person(request), form.cleaned_data["number"])
        except LooksUnknown:
            form.add_error("number", _("You see no case with this number. Check it letter by letter."))
        else:
            return redirect("case_records:looks", number=case.number)
    return render(request, "case_records/looks_find.html", {"form": form})


@login_required
@require_GET
def looks(request: HttpRequest, number: str) -> HttpResponse:
    """Names, times and kinds of look; nothing of what was read."""
    person, case = current_person(request), case_by_number(number)
    if case is None:
        raise Http404
    with made_for(case_policies.looking_at(person, case)), in_zone_of(case.school):
        if not case_policies.may_see_looks(person, case):
            raise Http404
        member = case_policies.can(person, Permission.CASE_READ, case)
        return render(
            request, "case_records/looks.html", {"case": case, "looks": looks_at(case), "member": member}
        )
