"""A case that another school hands over: what the receiver may know before taking it on, and what goes along
when they have."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.views.lookups import in_zone_of
from security_center.foundation.refusals import Refusal, blame, tell
from security_center.threat_assessment.forms_case import ReasonForm
from security_center.threat_assessment.queries.team import who_may_join
from security_center.threat_assessment.views.lookups import current_person

from .. import content_loader as content
from ..actions import case_handoff, handoff_acceptance
from ..forms_departure import TakeOnForm
from ..models import Handoff
from ..queries import case_handoff as handed
from .case_handoff import given_page, trail


def _found(request: HttpRequest, pk: uuid.UUID) -> tuple[Handoff, bool]:
    try:
        return handed.handoff_for(current_person(request), pk)
    except handed.HandoffUnknown:
        raise Http404 from None


@require_GET
def handed_case(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row, receives = _found(request, pk)
    with in_zone_of(row.to_school or row.from_school):
        mark_read_about(actor=current_person(request), path=row.path)
        return _page(request, row) if receives else given_page(request, row)


@require_POST
def handed_take(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row, receives = _found(request, pk)
    if not receives or row.to_school is None:
        raise Http404
    with in_zone_of(row.to_school):
        form = TakeOnForm(request.POST, people=who_may_join(row.to_school))
        if form.is_valid():
            try:
                case = handoff_acceptance.take_on(actor=current_person(request), handoff=row, **form.given)
            except case_handoff.OfferGone as refusal:
                tell(request, refusal)
                return redirect("threat_assessment:cases")
            except Refusal as refusal:
                blame(form, refusal)
            else:
                messages.success(request, _("The case is your school’s now."))
                mine = (
                    form.given["lead"].pk == current_person(request).pk
                    or form.given["second"].pk == current_person(request).pk
                )
                return (
                    redirect("threat_assessment:case", number=case.number)
                    if mine
                    else redirect("threat_assessment:cases")
                )
        return _page(request, row, take=form)


@require_POST
def handed_decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row, receives = _found(request, pk)
    if not receives or row.to_school is None:
        raise Http404
    with in_zone_of(row.to_school):
        form = ReasonForm(request.POST)
        if form.is_valid():
            try:
                case_handoff.decline(
                    actor=current_person(request), handoff=row, reason=form.cleaned_data["reason"]
                )
            except case_handoff.OfferGone as refusal:
                tell(request, refusal)
            else:
                messages.success(request, _("Declined. The other school keeps the case and is told why."))
            return redirect("threat_assessment:cases")
        return _page(request, row, decline=form)


def _page(
    request: HttpRequest, row: Handoff, *, take: TakeOnForm | None = None, decline: ReasonForm | None = None
) -> HttpResponse:
    assert row.to_school is not None  # noqa: S101 - only a school inside the system has people who receive
    text = case_handoff.look_at_offer(actor=current_person(request), handoff=row)
    name, _newline, facts = text["student"].partition("\n")
    context = {
        "row": row,
        "text": text,
        "student": name,
        "facts": facts,
        "parts": [one.label for key, one in content.handoff_parts().items() if key in row.parts],
        "take_form": None if row.acknowledged else take or TakeOnForm(people=who_may_join(row.to_school)),
        "decline_form": decline or ReasonForm(),
        "form": take or decline or ReasonForm(),
        "case": row.successor or row.case,
        "trail": trail(),
    }
    return render(request, "student_transfers/handed.html", context)
