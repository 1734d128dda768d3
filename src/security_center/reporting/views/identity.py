"""Opening the name of a confidential reporter: two custodians, a reason, half an hour."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.clock import now
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import blame
from security_center.foundation.web.staff_forms import form_data

from .. import queries
from ..actions import identity as acts
from ..actions.decisions import NoWrittenBasis
from ..forms_staff import ReasonForm
from ..models import Report
from .decide import act_page
from .lookups import about_report, current_person


@require_http_methods(["GET", "POST"])
@about_report(Permission.REPORT_LIST)
def identity(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask; read why a colleague asks; read the name once two have opened it."""
    if not queries.is_custodian(current_person(request), report):
        raise NotAllowed("identity")
    kept = queries.identity_of(report)
    if kept is None or kept.record == report.record:
        raise Http404
    form = ReasonForm(form_data(request))
    if form.is_valid():
        try:
            acts.ask_unlock(actor=current_person(request), report=report, reason=form.cleaned_data["reason"])
        except NoWrittenBasis as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The other custodian is told and reads your reason."))
            return redirect("reporting:report_identity", number=report.number)
    is_open = kept.unlocked_until is not None and kept.unlocked_until > now()
    asked = kept.unlock_asked_by is not None and kept.unlocked_by is None
    name = None
    if is_open and current_person(request).pk in {kept.unlock_asked_by_id, kept.unlocked_by_id}:
        name = acts.read_name(actor=current_person(request), report=report)
    return act_page(
        request,
        report,
        "identity",
        form,
        kept=kept,
        name=name,
        is_open=is_open,
        asked=asked,
        mine=asked and kept.unlock_asked_by_id == current_person(request).pk,
        why=acts.reason_of(actor=current_person(request), report=report) if asked else "",
        custodians=[
            person for person in queries.custodians_of(report) if person.pk != current_person(request).pk
        ],
    )


@require_POST
@about_report(Permission.REPORT_LIST)
def grant(request: HttpRequest, report: Report) -> HttpResponse:
    """The second custodian's answer."""
    agree = request.POST.get("agree") == "yes"
    try:
        acts.grant_unlock(actor=current_person(request), report=report, agree=agree)
    except (acts.NoIdentity, acts.NothingAsked):
        messages.error(request, _("Nobody asks for it now."))
    except acts.SecondCustodianNeeded:
        messages.error(request, _("You asked for it yourself. Another custodian has to agree."))
    else:
        messages.success(
            request,
            _("The name is open for 30 minutes, for the two of you.") if agree else _("It stays closed."),
        )
    return redirect("reporting:report_identity", number=report.number)
