"""The team's judgement, each member's own view of it, and who has to be told."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.queries import is_id
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.opened_rows import OpenedRow
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from .. import gate_checks, gates, queries
from ..actions import judgement_signing
from ..actions.case_access import look
from ..forms_judging import JudgeForm, NoticeForm, SignForm
from ..forms_outside import EvaluationForm, StepForm
from ..models import Case, Judgement, Notice, State
from . import beside
from .lookups import about_case, act_page, current_person, seen_page
from .sentences import gate_lines

TEXTS = ("facts_for", "facts_against", "unknowns", "would_change")


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def judgement(request: HttpRequest, case: Case) -> HttpResponse:
    """Write a judgement, on an empty page; below it stand the earlier ones."""
    form = JudgeForm(form_data(request), case=case)
    if form.is_valid():
        try:
            judgement_signing.judge(actor=current_person(request), case=case, **form.given)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The judgement is written. Each member is asked for their own view."))
            return redirect("threat_assessment:judgement", number=case.number)
    return judgement_page(request, case, judge=form)


@require_POST
@about_case(Permission.CASE_WRITE)
def judgement_sign(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Judgement, case=case, uuid=pk)
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            judgement_signing.sign(
                actor=current_person(request), case=case, judgement=row, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Your view is kept beside the judgement."))
            return redirect("threat_assessment:judgement", number=case.number)
    return judgement_page(request, case, sign=form, at=row.pk)


def judgement_page(
    request: HttpRequest,
    case: Case,
    *,
    judge: JudgeForm | None = None,
    sign: SignForm | None = None,
    at: int = 0,
    step: tuple[str, StepForm] | None = None,
    evaluation: EvaluationForm | None = None,
) -> HttpResponse:
    person = current_person(request)
    page = queries.CasePage(person, case, look(actor=person, case=case))
    shown = [
        _Shown(said, page.signatures.get(said.row.pk, []), person.pk, sign if said.row.pk == at else None)
        for said in reversed(page.judgements)
    ]
    waits = any(one.said.row.complete_at is None for one in shown)
    may = case.state in judgement_signing.JUDGED_IN and not waits
    missing = gates.GATES["signed"].missing(case) if shown else []
    failed: forms.Form | None = (
        judge
        if judge is not None and judge.is_bound
        else sign or evaluation or (step[1] if step is not None else None)
    )
    return act_page(
        request,
        case,
        "judgement",
        failed,
        judge_form=(judge or JudgeForm(case=case)) if may or (judge is not None and judge.is_bound) else None,
        judgements=shown,
        unmet=gate_lines(gates.unmet_before_judging(case)),
        unsigned=[doctrine.expertise()[key].label for key in missing if key in doctrine.expertise()],
        settled=bool(shown)
        and not missing
        and case.state != State.MONITORING,  # nothing is asked for: a new one is offered, not urged
        question=doctrine.judgement_question(),
        steps=beside.steps(case, page.opened, step),
        evaluations=beside.evaluations(case, page.opened, evaluation),
        reviews=beside.reviews(case, page.opened),
        review_missing=[doctrine.outside_reviews()[key] for key in gate_checks.looked_at(case)]
        if case.open and page.judgements
        else [],
    )


class _Shown:
    """A judgement as the page shows it, with a form for whoever has not signed yet."""

    def __init__(
        self, said: OpenedRow, signatures: list[OpenedRow], person: int, failed: SignForm | None
    ) -> None:
        row: Any = said.row
        self.said, self.signatures = said, signatures
        self.conclusion = doctrine.conclusions().get(row.conclusion)
        self.level = doctrine.schemes()[row.case.scheme].levels.get(row.level)
        labels = JudgeForm.base_fields
        self.texts = [(labels[name].label, said.text[name]) for name in TEXTS]
        signed = any(one.row.person_id == person for one in signatures)
        self.sign_form = failed or (None if signed or not row.case.open else SignForm())


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def notices(request: HttpRequest, case: Case) -> HttpResponse:
    """Who has to be told, and each attempt."""
    posted = request.POST.get("notice", "")
    failed: NoticeForm | None = None
    if request.method == "POST":
        row = get_object_or_404(case.notices, pk=int(posted) if is_id(posted) else 0)
        failed = NoticeForm(request.POST, prefix=f"notice-{row.pk}")
        if failed.is_valid():
            try:
                judgement_signing.settle_notice(
                    actor=current_person(request), case=case, notice=row, **failed.cleaned_data
                )
            except Refusal as refusal:
                blame(failed, refusal)
            else:
                messages.success(
                    request, _("Noted: %(who)s.") % {"who": doctrine.notice_parties()[row.party]}
                )
                return redirect("threat_assessment:notices", number=case.number)
    page = seen_page(request, case)
    rows = [
        (
            said,
            doctrine.notice_parties()[said.row.party],
            failed if failed is not None and str(said.row.pk) == posted else _notice_form(said.row),
        )
        for said in page.notices
    ]
    return act_page(request, case, "notices", failed, rows=rows, held=gate_checks.parent_suspected(case))


def _notice_form(row: Notice) -> NoticeForm | None:
    return NoticeForm(prefix=f"notice-{row.pk}") if row.settled_at is None else None
