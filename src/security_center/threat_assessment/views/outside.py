"""What a judgement needs beside its signatures: the steps of a decision, evaluations, and who looks from
outside the team."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from .. import policies, queries
from ..actions import case_closing, decision_steps, outside_reviews
from ..forms_outside import EvaluationForm, OutsideForm, StepForm, SummaryForm
from ..models import Case, OutsideReview
from .closing import close_page
from .judging import judgement_page
from .lookups import about_case, back, current_person, refused
from .sentences import refuse


@require_POST
@about_case(Permission.CASE_WRITE)
def decision_step(request: HttpRequest, case: Case, step: str) -> HttpResponse:
    """Answer one step of the decision."""
    if step not in doctrine.cstag_steps():
        raise Http404
    form = StepForm(request.POST, step=step, prefix=f"step-{step}")
    if form.is_valid():
        try:
            decision_steps.answer_step(
                actor=current_person(request), case=case, step=step, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The answer is kept. The next step follows from it."))
            return redirect(reverse("threat_assessment:judgement", args=[case.number]) + "#steps")
    return judgement_page(request, case, step=(step, form))


@require_POST
@about_case(Permission.CASE_WRITE)
def evaluation(request: HttpRequest, case: Case) -> HttpResponse:
    form = EvaluationForm(request.POST, kinds=list(doctrine.evaluations()))
    if form.is_valid():
        try:
            decision_steps.record_evaluation(actor=current_person(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Written down."))
            return redirect(reverse("threat_assessment:judgement", args=[case.number]) + "#evaluations")
    return judgement_page(request, case, evaluation=form)


@require_POST
@about_case(Permission.CASE_WRITE)
def ask(request: HttpRequest, case: Case) -> HttpResponse:
    """A member asks whoever has to look from outside."""
    try:
        outside_reviews.ask_outside(actor=current_person(request), case=case)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(request, _("Asked. They are told at once."))
    return back(case)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_LIST)
def review(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """For the one who has to look, and for nobody else: what the team saw and concluded, and the answer to
    it."""
    row = get_object_or_404(OutsideReview.objects.select_related("answered_by"), case=case, uuid=pk)
    person = current_person(request)
    if not policies.may_review(person, case, row.kind) or row.outcome:
        return refused(request, case)
    form = OutsideForm(form_data(request))
    if form.is_valid():
        try:
            outside_reviews.answer_outside(
                actor=person,
                case=case,
                review=row,
                agrees=request.POST.get("agrees") == "yes",
                note=form.cleaned_data["note"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Your answer is kept, and the team reads it."))
            return redirect("threat_assessment:cases")
    page = queries.CasePage(
        person, case, outside_reviews.look_from_outside(actor=person, case=case, review=row)
    )
    last = page.judgements[-1] if page.judgements and row.judgement_id is not None else None
    context = {
        "case": case,
        "form": form,
        "page": page,
        "row": row,
        "kind": doctrine.outside_reviews()[row.kind],
        "judgement": last,
        "conclusion": doctrine.conclusions()[last.row.conclusion] if last is not None else None,
        "level": doctrine.schemes()[case.scheme].levels.get(last.row.level) if last is not None else None,
        "signatures": page.signatures.get(last.row.pk, []) if last is not None else [],
        "found": [
            one
            for tile in page.board.tiles
            for one in tile.asked
            if one.finding is not None and one.prompt.mandatory
        ],
        "trail": [(_("Cases"), reverse("threat_assessment:cases"))],
    }
    return render(request, "threat_assessment/outside_review.html", context)


@require_POST
@about_case(Permission.CASE_WRITE)
def close_summarily(request: HttpRequest, case: Case) -> HttpResponse:
    form = SummaryForm(request.POST)
    if form.is_valid():
        try:
            case_closing.close_summarily(
                actor=current_person(request), case=case, text=form.cleaned_data["text"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The case is closed."))
            return back(case)
    return close_page(request, case, summary=form)
