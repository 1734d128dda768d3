"""Somebody says that a text is wrong or misleading: the request, the answer, the hearing, the statement that
stays with the text."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown_all
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person
from security_center.threat_assessment.views.sentences import refuse

from .. import content_loader as content
from ..actions import amendments
from ..forms_requests import AmendmentForm, DecideForm, StatementForm
from ..models import Amendment
from ..queries.texts import Part, parts_of

TEXTS = ("name", "what", "answer", "hearing", "statement")


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def amendment_new(request: HttpRequest, case: Case) -> HttpResponse:
    """About one text (`part` in the address), or about the record as a whole."""
    case_policies.require_keeper(current_person(request), case)
    posted = request.method == "POST"
    name = request.POST.get("amendment-part", "") if posted else request.GET.get("part", "")
    part = _part(request, case, name)
    form = AmendmentForm(
        request.POST if posted else None, initial={"received_on": case.today(), "part": name}
    )
    if posted and form.is_valid():
        try:
            row = amendments.ask_to_amend(
                actor=current_person(request), case=case, **{**form.given, "part": part}
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Noted. Until it is answered, nothing of this case can be destroyed.")
            )
            return redirect("case_records:amendment", number=case.number, pk=row.uuid)
    return act_page(
        request,
        case,
        "case_records/amendment_new",
        form,
        part=part,
        rule=doctrine.privacy_rules()["amendment"],
        note=doctrine.counsel_note(),
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def amendment(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """GET: where it stands. POST with `act`: answer, hearing, decide, statement or withdraw."""
    case_policies.require_keeper(current_person(request), case)
    row = get_object_or_404(
        Amendment.objects.select_related("asked_by", "answered_by", "heard_by"), case=case, uuid=pk
    )
    act = request.POST.get("act", "")
    decide = DecideForm(request.POST if act in {"answer", "decide"} else None)
    statement = StatementForm(request.POST if act == "statement" else None)
    given: dict[str, Any] = {"actor": current_person(request), "case": case, "amendment": row}
    plain: dict[str, Callable[..., Any]] = {
        "hearing": amendments.ask_hearing,
        "withdraw": amendments.withdraw_amendment,
    }
    try:
        if act in plain:
            plain[act](**given)
            return _done(request, case, row)
        if act in {"answer", "decide"} and decide.is_valid():
            verb = amendments.answer_amendment if act == "answer" else amendments.decide_hearing
            verb(**given, agree=decide.agrees, text=decide.cleaned_data["text"])
            return _done(request, case, row)
        if act == "statement" and statement.is_valid():
            amendments.leave_statement(**given, text=statement.cleaned_data["text"])
            return _done(request, case, row)
    except Refusal as refusal:
        if act in plain:
            return refuse(request, case, refusal)
        blame(statement if act == "statement" else decide, refusal)
    opened = look(actor=current_person(request), case=case)
    return act_page(
        request,
        case,
        "case_records/amendment",
        (statement if act == "statement" else decide) if act else None,
        row=row,
        text=shown_all(opened, row, TEXTS),
        relation=content.relations()[row.relation],
        part=_part(request, case, row.part) if row.part else None,
        decide_form=decide if row.state in {Amendment.State.ASKED, Amendment.State.HEARING} else None,
        statement_form=statement if row.state in amendments.REFUSED and row.statement_at is None else None,
        rule=doctrine.privacy_rules()["amendment"],
    )


def _done(request: HttpRequest, case: Case, row: Amendment) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("case_records:amendment", number=case.number, pk=row.uuid)


def _part(request: HttpRequest, case: Case, name: str) -> Part | None:
    """The text that it is about; None for the record as a whole, and where the text is there no more. A name
    that never was one is 404."""
    if not name:
        return None
    parts = parts_of(current_person(request), case, look(actor=current_person(request), case=case))
    found = next((part for part in parts if part.name == name and not part.compartment), None)
    if found is None and not Amendment.objects.filter(case=case, part=name).exists():
        raise Http404
    return found
