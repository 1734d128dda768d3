"""Days out of school: what was recorded, how many school days it makes, and what the count asks for."""

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
from .. import policies
from ..actions import school_removals
from ..actions.case_access import look
from ..forms_removals import EndRemovalForm, PlacementForm, RemovalForm
from ..models import Case, PlacementQuestion, Removal
from ..queries.removals import days_of, placement_questions_of, removals_of
from .lookups import about_case, act_page, current_person
from .sentences import refuse


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def removals(request: HttpRequest, case: Case) -> HttpResponse:
    # Discipline and disability are of the school's records: an officer does not see them
    policies.require_keeper(current_person(request), case)
    form = RemovalForm(form_data(request))
    if form.is_valid():
        try:
            school_removals.add_removal(actor=current_person(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Recorded. The days are counted from now on."))
            return redirect("threat_assessment:removals", number=case.number)
    return _page(request, case, form=form)


@require_POST
@about_case(Permission.CASE_WRITE)
def removal_end(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    policies.require_keeper(current_person(request), case)
    row = get_object_or_404(Removal, case=case, uuid=pk)
    form = EndRemovalForm(request.POST, prefix=_prefix(row))
    if form.is_valid():
        try:
            school_removals.end_removal(
                actor=current_person(request), case=case, removal=row, last_day=form.cleaned_data["last_day"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The last day is recorded."))
            return redirect("threat_assessment:removals", number=case.number)
    return _page(request, case, end=form, at=row.pk)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def placement(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """One question that the days raised, and its answer."""
    policies.require_keeper(current_person(request), case)
    row = get_object_or_404(PlacementQuestion.objects.select_related("answered_by"), case=case, uuid=pk)
    form = PlacementForm(form_data(request), case=case, question=row)
    if form.is_valid():
        try:
            school_removals.answer_placement(
                actor=current_person(request), case=case, question=row, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The answer is kept, with your name."))
            return redirect("threat_assessment:removals", number=case.number)
    kind = doctrine.placement_questions()[row.kind]
    opened = look(actor=current_person(request), case=case)
    said = next(one for one in placement_questions_of(case, opened) if one.row.pk == row.pk)
    return act_page(
        request,
        case,
        "placement",
        form,
        said=said,
        kind=kind,
        answer=kind.answers.get(row.answer),
        law=_law(),
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def special_education(request: HttpRequest, case: Case) -> HttpResponse:
    policies.require_keeper(current_person(request), case)
    has_plan = request.POST.get("has_plan") == "yes"
    try:
        school_removals.set_special_education(actor=current_person(request), case=case, has_plan=has_plan)
    except school_removals.RegisterSaysSo as refusal:
        return refuse(request, case, refusal)
    messages.success(
        request,
        _("Noted. Somebody of special education has to be on the team before it judges.")
        if has_plan
        else _("Noted: no IEP and no 504 plan."),
    )
    return redirect("threat_assessment:removals", number=case.number)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    form: RemovalForm | None = None,
    end: EndRemovalForm | None = None,
    at: int = 0,
) -> HttpResponse:
    opened = look(actor=current_person(request), case=case)
    kinds, grounds, questions = (
        doctrine.removal_kinds(),
        doctrine.removal_grounds(),
        doctrine.placement_questions(),
    )
    rows = [
        (said, kinds[said.row.kind], grounds.get(said.row.ground), _end_form(said.row, end, at))
        for said in removals_of(case, opened)
    ]
    asked = [
        (said, questions[said.row.kind], questions[said.row.kind].answers.get(said.row.answer))
        for said in placement_questions_of(case, opened)
    ]
    return act_page(
        request,
        case,
        "removals",
        end or form,
        add_form=form or RemovalForm(),
        rows=rows,
        asked=asked,
        open_questions=[one for one in asked if one[2] is None],
        days=days_of(case),
        limit=doctrine.removal_limit(),
        warning=doctrine.removal_warning().number,
        law=_law(),
    )


def _end_form(row: Removal, failed: EndRemovalForm | None, at: int) -> EndRemovalForm | None:
    if row.pk == at:
        return failed
    return EndRemovalForm(prefix=_prefix(row)) if row.last_day is None else None


def _prefix(row: Removal) -> str:
    return f"end-{row.pk}"


def _law() -> object:
    return doctrine.privacy_rules()["removals"]
