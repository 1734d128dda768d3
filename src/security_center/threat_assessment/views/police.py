"""Whether the police are told: each row of the threshold that is met waits for a named person's decision and
its reason."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from ..actions import imminent_response
from ..actions.case_access import look
from ..forms_case import PoliceForm, ThresholdForm
from ..models import Case, LawEnforcementDecision
from ..queries.police import police_decisions
from .lookups import about_case, act_page, current_person, seen_page


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def law_enforcement(request: HttpRequest, case: Case) -> HttpResponse:
    """What was decided and what waits. POST: a row of the threshold is met."""
    asked = set(
        LawEnforcementDecision.objects.filter(case=case, outcome="").values_list("threshold", flat=True)
    )
    rows = [row for key, row in case.rules.thresholds.items() if key not in asked]
    form = ThresholdForm(form_data(request), rows=rows)
    if form.is_valid():
        try:
            decision = imminent_response.meet_threshold(
                actor=current_person(request), case=case, threshold=form.cleaned_data["threshold"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Noted. Somebody has to decide now whether the police are told; it may be you.")
            )
            return redirect("threat_assessment:law_enforcement_decide", number=case.number, pk=decision.uuid)
    decisions = police_decisions(case, look(actor=current_person(request), case=case))
    told = [(said, case.rules.thresholds[said.row.threshold]) for said in reversed(decisions)]
    return act_page(request, case, "law_enforcement", form, decisions=told, rules=_rules())


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def law_enforcement_decide(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    decision = get_object_or_404(
        LawEnforcementDecision.objects.select_related("decided_by"), case=case, uuid=pk
    )
    form = PoliceForm(form_data(request))
    if form.is_valid():
        try:
            imminent_response.decide_threshold(
                actor=current_person(request), case=case, decision=decision, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The decision is saved, with your name and your reason."))
            return redirect("threat_assessment:law_enforcement", number=case.number)
    row = case.rules.thresholds[decision.threshold]
    actions = [doctrine.law_enforcement_actions()[key] for key in row.actions]
    page = seen_page(request, case)
    screenings = [said for said in page.screenings if said.row.round == case.round]
    asks = row.screen_first and not imminent_response.screened(case)
    return act_page(
        request,
        case,
        "law_enforcement_decide",
        form,
        decision=decision,
        row=row,
        actions=actions,
        rules=_rules(),
        screenings=screenings,
        screen_first=asks,
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def law_enforcement_acknowledged(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    decision = get_object_or_404(LawEnforcementDecision, case=case, uuid=pk)
    imminent_response.acknowledged_by_police(actor=current_person(request), case=case, decision=decision)
    messages.success(request, _("Noted: the police have said that they have it."))
    return redirect("threat_assessment:law_enforcement", number=case.number)


def _rules() -> list[object]:
    """The sentences that hold in every state of the country: a to d. (e is the law of one state.)"""
    return [rule.rule for key, rule in doctrine.law_enforcement_rules().items() if key != "e"]
