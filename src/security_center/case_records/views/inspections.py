"""A family asks to see the record: the request, who they are, what they would be shown, the copy, the
answer."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.web.staff_forms import form_data
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person
from security_center.threat_assessment.views.sentences import refuse

from .. import content_loader as content
from ..actions import inspections
from ..forms_requests import AnswerAskerForm, CheckForm, InspectionForm
from ..models import Inspection
from ..queries.disclosures import log_of
from ..queries.requests import copy_of, releases_of
from ..queries.texts import parts_of, sections
from . import papers

RULES = ("education_record", "several_students")


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def inspection_new(request: HttpRequest, case: Case) -> HttpResponse:
    case_policies.require_keeper(current_person(request), case)
    form = InspectionForm(form_data(request), initial={"received_on": case.today()})
    if form.is_valid():
        try:
            row = inspections.ask_to_see(actor=current_person(request), case=case, **form.given)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Noted. Until it is answered, nothing of this case can be destroyed.")
            )
            return redirect("case_records:inspection", number=case.number, pk=row.uuid)
    rules = [doctrine.privacy_rules()[key] for key in RULES]
    return act_page(
        request, case, "case_records/inspection_new", form, rules=rules, note=doctrine.counsel_note()
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def inspection(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """GET: where it stands. POST with `act`: check (who they are), copy (the paper), answer (how it
    ended)."""
    case_policies.require_keeper(current_person(request), case)
    row = get_object_or_404(
        Inspection.objects.select_related("asked_by", "checked_by", "ended_by"), case=case, uuid=pk
    )
    act = request.POST.get("act", "")
    if act == "copy":
        return _copy(request, case, row)
    check = CheckForm(
        request.POST if act == "check" else None, initial={"identity": row.identity, "custody": row.custody}
    )
    answer = AnswerAskerForm(request.POST if act == "answer" else None)
    form: Any = check if act == "check" else answer
    if act and form.is_valid():
        try:
            if act == "check":
                inspections.check_asker(
                    actor=current_person(request), case=case, inspection=row, **form.cleaned_data
                )
            else:
                inspections.answer_asker(
                    actor=current_person(request), case=case, inspection=row, **form.cleaned_data
                )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("case_records:inspection", number=case.number, pk=row.uuid)
    return _page(request, case, row, check, answer, form if act else None)


def _page(
    request: HttpRequest,
    case: Case,
    row: Inspection,
    check: forms.Form,
    answer: forms.Form,
    failed: forms.Form | None,
) -> HttpResponse:
    opened = look(actor=current_person(request), case=case)
    copy = copy_of(parts_of(current_person(request), case, opened))
    custody = content.custody_answers().get(row.custody)
    return act_page(
        request,
        case,
        "case_records/inspection",
        failed,
        row=row,
        text=shown_all(opened, row, ("name", "checked_note", "answer")),
        relation=content.relations()[row.relation],
        identity=content.identity_checks().get(row.identity, ""),
        custody=custody.label if custody is not None else "",
        may=bool(row.identity) and custody is not None and custody.may,
        kept=inspections.is_kept_from(case, row),
        forbidden=custody is not None and not custody.may,
        open=row.state == Inspection.State.OPEN,
        check_form=check,
        answer_form=answer,
        copy=copy,
        shown=sections(copy.shown),
        releases=releases_of(row),
    )


def _copy(request: HttpRequest, case: Case, row: Inspection) -> HttpResponse:
    """The paper for the family. It is drawn first: what cannot be drawn was shown to nobody."""
    person = current_person(request)
    opened = look(actor=person, case=case)
    copy = copy_of(parts_of(person, case, opened))
    try:
        inspections.require_may_see(case, row)
        text = shown_all(opened, row, ("name",))
        drawn = papers.copy_for_family(
            person, case, opened, row, text["name"], copy.shown, log_of(case, opened)
        )
        inspections.show(actor=person, case=case, inspection=row, parts=copy.shown, withheld=copy.counts)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    return papers.pdf(drawn, f"{case.number}-copy")
