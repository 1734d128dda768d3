"""Danger now: the page for the first minutes. Contain first; each press is kept with its time and its
name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown

from .. import gates
from ..actions import imminent_response
from ..actions.case_access import look
from ..forms_case import ResumeForm
from ..models import Case, ContainmentStep, State
from ..queries.police import containment_steps_of
from .lookups import about_case, back, current_person
from .sentences import gate_lines, refuse

LOCKDOWN_ANSWERS = ("yes", "no")


@require_GET
@about_case(Permission.CASE_WRITE)
def imminent(request: HttpRequest, case: Case) -> HttpResponse:
    return _page(request, case, ResumeForm())


@require_POST
@about_case(Permission.CASE_WRITE)
def imminent_declare(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        imminent_response.declare_imminent(actor=current_person(request), case=case)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    return redirect("threat_assessment:imminent", number=case.number)


@require_POST
@about_case(Permission.CASE_WRITE)
def imminent_press(request: HttpRequest, case: Case) -> HttpResponse:
    kind, answer = request.POST.get("kind", ""), request.POST.get("answer", "")
    note = answer if kind == ContainmentStep.Kind.LOCKDOWN and answer in LOCKDOWN_ANSWERS else ""
    try:
        imminent_response.record_step(actor=current_person(request), case=case, kind=kind, note=note)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    return redirect("threat_assessment:imminent", number=case.number)


@require_POST
@about_case(Permission.CASE_WRITE)
def imminent_resume(request: HttpRequest, case: Case) -> HttpResponse:
    """The danger is over: the case goes on where it stood, when it is contained."""
    form = ResumeForm(request.POST)
    if form.is_valid():
        try:
            imminent_response.resume(
                actor=current_person(request), case=case, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The danger is over. The case goes on where it stood."))
            return back(case)
    return _page(request, case, form)


def _page(request: HttpRequest, case: Case, form: ResumeForm) -> HttpResponse:
    if not case.open:
        return back(case)
    opened = look(actor=current_person(request), case=case)
    running = case.state == State.IMMINENT
    presses = containment_steps_of(case, opened) if running else []
    last = {said.row.kind: said for said in presses}
    context = {
        "case": case,
        "form": form,
        "running": running,
        "presses": presses,
        "steps": [(kind, last.get(kind)) for kind in ContainmentStep.Kind],
        "lockdown": ContainmentStep.Kind.LOCKDOWN,
        "missing": gate_lines(gates.unmet(case, case.before_imminent)) if running else [],
        "subject_name": shown(opened, case, "subject_name"),
        "subject_facts": shown(opened, case, "subject_facts"),
        "concern": shown(opened, case, "concern"),
        "police_open": case.law_enforcement.filter(outcome="").exists(),
    }
    return render(request, "threat_assessment/imminent.html", context)
