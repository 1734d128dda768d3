"""How long a case is kept, who may ask to end it early, and the certificate that stays."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment import retention
from security_center.threat_assessment.actions import files
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person, in_zone_of
from security_center.threat_assessment.views.sentences import refuse

from ..actions import destruction
from ..forms_records import EarlyEndForm, ReleasedForm
from ..queries.destruction import (
    CertificateUnknown,
    certificate_of,
    early_ends_of,
    isolated_by,
    keeps_for_law_enforcement,
    released_of,
)
from . import papers


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def end(request: HttpRequest, case: Case) -> HttpResponse:
    """The day on which it is destroyed and by which rule; POST asks to end an unfounded case earlier."""
    form = EarlyEndForm(form_data(request))
    if form.is_valid():
        try:
            destruction.ask_early_end(
                actor=current_person(request), case=case, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Asked. A second member of the team answers."))
            return redirect("case_records:end", number=case.number)
    return _page(request, case, form)


def _page(request: HttpRequest, case: Case, form: EarlyEndForm | ReleasedForm) -> HttpResponse:
    """The page, with the form that was sent as it came back."""
    opened = look(actor=current_person(request), case=case)
    asked = early_ends_of(case, opened)
    waiting = next((said for said in asked if said.row.answered_at is None), None)
    keeps = case_policies.keeps_record(current_person(request), case)
    return act_page(
        request,
        case,
        "case_records/end",
        form,
        rule=retention.kept_by(case),
        rules=doctrine.kept_for().values(),
        held=destruction.kept_back(case),
        isolated=keeps and keeps_for_law_enforcement(case),
        isolated_by_me=keeps and isolated_by(current_person(request), case),
        early_form=form if isinstance(form, EarlyEndForm) else EarlyEndForm(),
        release_form=form if isinstance(form, ReleasedForm) else ReleasedForm(),
        released=released_of(case, opened) if keeps else [],
        asked=asked,
        waiting=waiting,
        may_ask=keeps and waiting is None and retention.may_end_early(case),
        waits_for_its_day=not case.open and not retention.may_end_early(case),
        may_answer=keeps and waiting is not None and waiting.row.asked_by_id != current_person(request).pk,
    )


@require_http_methods(["POST"])
@about_case(Permission.CASE_WRITE)
def end_release(request: HttpRequest, case: Case) -> HttpResponse:
    """Law enforcement needs the isolated files no more."""
    form = ReleasedForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form)
    try:
        files.release_isolated(actor=current_person(request), case=case, **form.cleaned_data)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(request, _("Noted. The file stays shut, and is destroyed with the case on its day."))
    return redirect("case_records:end", number=case.number)


@require_http_methods(["POST"])
@about_case(Permission.CASE_WRITE)
def end_answer(request: HttpRequest, case: Case) -> HttpResponse:
    """The second person's answer to the wish that waits."""
    waiting = case.early_ends.filter(answered_at__isnull=True).first()
    if waiting is None:
        return redirect("case_records:end", number=case.number)
    try:
        destruction.answer_early_end(
            actor=current_person(request), case=case, row=waiting, agree=request.POST.get("agree") == "yes"
        )
    except Refusal as refusal:
        return refuse(request, case, refusal)
    if request.POST.get("agree") == "yes":
        messages.success(
            request,
            _(
                "Your answer is saved. The case is destroyed in a week. Until then a hold or a new "
                "report keeps it."
            ),
        )
    else:
        messages.success(request, _("Your answer is saved."))
    return redirect("case_records:end", number=case.number)


@login_required
@require_GET
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """What was destroyed, when and by which rule: for whoever may know of the case, and for those who audit.
    It holds no content."""
    try:
        found = certificate_of(current_person(request), number)
    except CertificateUnknown:
        raise Http404 from None
    with in_zone_of(found.case.school):
        if request.GET.get("as") == "paper":
            return papers.pdf(
                papers.certificate(current_person(request), found), f"{found.case.number}-certificate"
            )
        return render(
            request,
            "case_records/certificate.html",
            {
                "certificate": found,
                "case": found.case,
                "rule": doctrine.kept_for()[found.rule],
                "reason": doctrine.close_reasons()[found.case.close_reason],
            },
        )
