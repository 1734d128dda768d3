"""Students who come from other schools: what was asked of those, who there answered, and what still rings."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.foundation.organizations.views.lookups import in_zone_of
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.queries.team import who_may_join
from security_center.threat_assessment.views.lookups import current_person

from .. import content_loader as content
from ..actions import records_request as acts
from ..forms_records_request import CaseOfTransferForm, ItemForm, TransferForm
from ..models import Transfer
from ..queries import records_request as reads


def _trail() -> list[tuple[str, str]]:
    return [
        (_("Cases"), reverse("threat_assessment:cases")),
        (_("Students from other schools"), reverse("student_transfers:transfers")),
    ]


@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    if not reads.schools_to_expect_at(current_person(request)):
        raise NotAllowed(Permission.CASE_OPEN)
    return render(
        request,
        "student_transfers/transfers.html",
        {"rows": reads.transfers(current_person(request)), "trail": _trail()[:1]},
    )


@require_http_methods(["GET", "POST"])
def transfer_new(request: HttpRequest) -> HttpResponse:
    schools = reads.schools_to_expect_at(current_person(request))
    if not schools:
        raise NotAllowed(Permission.CASE_OPEN)
    by_slug = {school.slug: school for school in schools}
    school = by_slug.get(request.GET.get("school", "")) or (schools[0] if len(schools) == 1 else None)
    if school is None:
        return render(
            request, "threat_assessment/choose_school.html", {"schools": schools, "trail": _trail()}
        )
    form = TransferForm(form_data(request))
    if form.is_valid():
        try:
            row = acts.begin_transfer(actor=current_person(request), school=school, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("The checklist is there. Ask the other school now; what is not answered rings.")
            )
            return redirect(row.path)
    context = {"form": form, "school": school, "several": len(schools) > 1, "trail": _trail()}
    return render(request, "student_transfers/transfer_new.html", context)


def _about(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def checked(request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponse:
        try:
            row = reads.known_transfer(current_person(request), pk)
        except reads.TransferUnknown:
            raise Http404 from None
        with in_zone_of(row.school):
            return view(request, row, **kwargs)

    return checked


@require_GET
@_about
def transfer(request: HttpRequest, row: Transfer) -> HttpResponse:
    mark_read_about(actor=current_person(request), path=row.path)
    return _page(request, row)


@require_http_methods(["GET", "POST"])
@_about
def transfer_item(request: HttpRequest, row: Transfer, key: str) -> HttpResponse:
    """One thing that is asked. Duties lead here."""
    if key not in content.transfer_items():
        raise Http404
    mark_read_about(actor=current_person(request), path=f"{row.path}{key}/")
    text, answers = acts.look_at_transfer(actor=current_person(request), transfer=row)
    item = row.items.get(key=key)
    form = ItemForm(form_data(request), initial={"answer": item.answer, **answers[key]})
    if form.is_valid():
        try:
            acts.answer_item(actor=current_person(request), transfer=row, key=key, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(row.path)
    asked = content.transfer_items()[key]
    context = {
        "row": row,
        "form": form,
        "asked": asked,
        "item": item,
        "text": text,
        "trail": [*_trail(), (row.number, row.path)],
    }
    return render(request, "student_transfers/transfer_item.html", context)


@require_POST
@_about
def transfer_complete(request: HttpRequest, row: Transfer) -> HttpResponse:
    try:
        acts.complete_transfer(actor=current_person(request), transfer=row)
    except acts.SafetyUnanswered as refusal:
        missing = ", ".join(str(content.transfer_items()[key].label) for key in refusal.missing)
        messages.error(request, f"{refusal} {missing}.")
    else:
        messages.success(request, _("Complete: every safety record is answered for."))
    return redirect(row.path)


@require_POST
@_about
def transfer_open(request: HttpRequest, row: Transfer) -> HttpResponse:
    form = CaseOfTransferForm(request.POST, people=who_may_join(row.school))
    if form.is_valid():
        try:
            case = acts.open_from_transfer(actor=current_person(request), transfer=row, **form.given)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The case is open. Only its team reads it."))
            return redirect(
                case.path
                if case_policies.can(current_person(request), Permission.CASE_READ, case)
                else row.path
            )
    return _page(request, row, form)


def _page(request: HttpRequest, row: Transfer, form: forms.Form | None = None) -> HttpResponse:
    text, answers = acts.look_at_transfer(actor=current_person(request), transfer=row)
    labels = content.transfer_answers()
    by_key = {item.key: item for item in row.items.select_related("answered_by")}
    lines = [
        (key, one, by_key[key], labels.get(by_key[key].answer, ""), answers[key])
        for key, one in content.transfer_items().items()
    ]
    context = {
        "row": row,
        "text": text,
        "wanted": [line for line in lines if line[1].safety and not line[2].settled],
        "others": [line for line in lines if not (line[1].safety and not line[2].settled)],
        "expelled": [line for line in lines if line[1].expulsion and line[2].answer in {"yes", "no"}],
        "known_here": reads.knows_a_case(current_person(request), row.district, text["student"]),
        "may_open": has(current_person(request), Permission.CASE_OPEN, row.school) and row.case_id is None,
        "case_form": form
        or CaseOfTransferForm(
            people=who_may_join(row.school), initial={"lead": str(current_person(request).pk)}
        ),
        "form": form,
        "trail": _trail(),
    }
    return render(request, "student_transfers/transfer.html", context)
