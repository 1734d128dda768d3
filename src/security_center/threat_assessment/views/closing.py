"""Closing a case: the reason with what is still missing for it, and the answer of a second discipline."""

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
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from .. import gate_checks, gate_rules, gates, policies, queries
from ..actions import case_closing
from ..actions.case_access import look
from ..forms_judging import AnswerClosingForm, AskToCloseForm
from ..forms_outside import SummaryForm
from ..models import Case, State
from ..queries.case_page import CaseUnknown
from .lookups import about_case, act_page, back, current_person
from .sentences import GateLine, gate_lines


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def close(request: HttpRequest, case: Case) -> HttpResponse:
    form = AskToCloseForm(form_data(request))
    if form.is_valid():
        try:
            given = {**form.cleaned_data, "same_as": _same_as(request, form.cleaned_data["same_as"])}
            case_closing.ask_to_close(actor=current_person(request), case=case, **given)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("A member of another discipline is asked to answer."))
            return redirect("threat_assessment:close", number=case.number)
    return close_page(request, case, ask=form)


@require_POST
@about_case(Permission.CASE_WRITE)
def close_answer(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """Agreeing closes the case, when every gate is met; not agreeing leaves it open."""
    row = get_object_or_404(case.closures, uuid=pk)
    form, agree = AnswerClosingForm(request.POST), request.POST.get("agree") == "yes"
    if form.is_valid():
        try:
            case_closing.answer_closing(
                actor=current_person(request),
                case=case,
                closure=row,
                agree=agree,
                text=form.cleaned_data["text"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("The case is closed.")
                if agree
                else _("You did not agree. The case stays open; your answer is kept."),
            )
            return back(case)
    return close_page(request, case, answer=form)


def close_page(
    request: HttpRequest,
    case: Case,
    *,
    ask: AskToCloseForm | None = None,
    answer: AnswerClosingForm | None = None,
    summary: SummaryForm | None = None,
) -> HttpResponse:
    person = current_person(request)
    page = queries.CasePage(person, case, look(actor=person, case=case))
    waiting = next(
        (said for said in page.closures if said.row.agreed_at is None and not said.row.refused), None
    )
    may_close = State.CLOSED in Case.TRANSITIONS[case.state]
    member = policies.member_of(person, case)
    may_answer = waiting is not None and waiting.row.asked_by_id != person.pk and _adds(member, waiting.row)
    failed: forms.Form | None = ask if ask is not None and ask.is_bound else answer or summary
    return act_page(
        request,
        case,
        "close",
        failed,
        ask_form=(ask or AskToCloseForm())
        if may_close and (waiting is None or (ask is not None and ask.is_bound))
        else None,
        may_close=may_close,
        waiting=waiting,
        waiting_reason=_label(waiting.row.reason) if waiting is not None else "",
        answer_form=answer or (AnswerClosingForm() if may_answer else None),
        closures=[(said, _label(said.row.reason)) for said in page.closures],
        reasons=_reasons(case) if may_close else [],
        never=doctrine.never_close_reasons().values(),
        reopening=doctrine.reopening_rules().values(),
        summary_form=summary
        or (SummaryForm() if case_closing.may_close_summarily(case=case, actor=person) else None),
        look_first=[doctrine.outside_reviews()[key] for key in gate_checks.looked_at(case)]
        if may_close
        else [],
    )


def _adds(member: Any, row: Any) -> bool:
    """Two disciplines between them: the answer of the same one adds nothing."""
    return member is not None and gate_rules.two_disciplines(row.asked_as, member.disciplines)


def _same_as(request: HttpRequest, number: str) -> Case | None:
    """None for a number that this person knows nothing of: whether there is such a case is not said."""
    try:
        return queries.known_case(current_person(request), number.strip()) if number.strip() else None
    except CaseUnknown:
        return None


def _label(reason: str) -> Any:
    found = doctrine.close_reasons().get(reason)
    return found.label if found is not None else reason


def _reasons(case: Case) -> list[tuple[Any, list[GateLine]]]:
    """Each reason with what still stands before it, apart from the answer that closing itself asks for."""
    unmet = gates.unmet_to_close(case)
    return [
        (reason, gate_lines(one for one in unmet[reason.key] if one.gate.key not in gates.BY_ANSWER))
        for reason in doctrine.close_reasons().values()
    ]
