"""The meeting that a grave answer calls, and the decision whether the student goes back to class
(threat-assessment.md F1)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from .. import gates, policies
from ..actions import called_meetings
from ..actions.case_access import look
from ..forms_convening import DecideClassForm, MeetForm, SearchForm
from ..gate_checks import ADMINISTRATION
from ..models import Case, ClassReturn
from ..queries.convening import class_returns, convenings
from .lookups import about_case, act_page, current_person, seen_page
from .sentences import gate_lines, refuse


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def called(request: HttpRequest, case: Case) -> HttpResponse:
    """Who was there, and what came of it."""
    page = seen_page(request, case)
    form = MeetForm(form_data(request), members=page.members)
    if form.is_valid():
        try:
            called_meetings.hold_meeting(
                actor=current_person(request), case=case, present=form.chosen, note=form.cleaned_data["note"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Written down: the team has met."))
            return redirect("threat_assessment:case", number=case.number)
    rows = [(said, doctrine.triggers()[said.row.trigger]) for said in convenings(case, page.opened)]
    return act_page(request, case, "called", form, waiting=page.convening, rows=rows)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def class_return(request: HttpRequest, case: Case) -> HttpResponse:
    """POST: what the search found."""
    form = SearchForm(form_data(request))
    if form.is_valid():
        try:
            called_meetings.answer_search(actor=current_person(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Answered. Now an administrator and the officer look at it."))
            return redirect("threat_assessment:class_return", number=case.number)
    return _page(request, case, search=form)


@require_POST
@about_case(Permission.CASE_WRITE)
def class_hold(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        called_meetings.hold_from_class(actor=current_person(request), case=case)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(request, _("The student stays with an adult until it is decided."))
    return redirect("threat_assessment:class_return", number=case.number)


@require_POST
@about_case(Permission.CASE_WRITE)
def class_agree(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        called_meetings.agree_to_return(
            actor=current_person(request), case=case, stands_for=request.POST.get("stands_for", "")
        )
    except Refusal as refusal:
        form = DecideClassForm({})
        form.errors.clear()
        blame(form, refusal)
        return _page(request, case, decide=form)
    messages.success(request, _("Your agreement is kept."))
    return redirect("threat_assessment:class_return", number=case.number)


@require_POST
@about_case(Permission.CASE_WRITE)
def class_decide(request: HttpRequest, case: Case) -> HttpResponse:
    form = DecideClassForm(request.POST)
    if form.is_valid():
        decide = (
            called_meetings.return_to_class if request.POST.get("go") == "back" else called_meetings.keep_out
        )
        try:
            decide(actor=current_person(request), case=case, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The decision is kept, with your name."))
            return redirect("threat_assessment:class_return", number=case.number)
    return _page(request, case, decide=form)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    search: SearchForm | None = None,
    decide: DecideClassForm | None = None,
) -> HttpResponse:
    opened = look(actor=current_person(request), case=case)
    rows = [
        (said, doctrine.triggers()[said.row.trigger], doctrine.searches().get(said.row.search))
        for said in class_returns(case, opened)
    ]
    waiting = next((one for one in rows if not one[0].row.outcome), None)
    member = policies.member_of(current_person(request), case)
    row = waiting[0].row if waiting is not None else None

    def stands_for(what: str) -> bool:
        return member is not None and called_meetings.stands_for_it(case, member, what)

    failed: forms.Form | None = decide if decide is not None else search
    return act_page(
        request,
        case,
        "class_return",
        failed,
        waiting=waiting,
        kept_out=bool(rows) and waiting is None and rows[0][0].row.outcome == ClassReturn.Outcome.KEPT_OUT,
        earlier=[one for one in rows if one[0].row.outcome],
        missing=gate_lines(gates.unmet_to_return(case))
        if waiting is not None and not hasattr(failed, "unmet")
        else [],
        search_form=search or SearchForm(),
        decide_form=decide or DecideClassForm(),
        may_administrator=row is not None and row.administrator_id is None and stands_for(ADMINISTRATION),
        may_officer=row is not None and row.officer_id is None and stands_for("law_enforcement"),
    )
