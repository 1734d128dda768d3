"""The student leaves, and the case may go along: what each leaving asks for, and the handing over of a case, seen from both ends."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame

from .. import content_loader as doctrine
from ..actions import departing, handoffs
from ..actions.looking import look
from ..forms_moving_school import ContactForm, DepartureForm, HandOverForm, LookAgainForm, OutsideAnswerForm, PacketForm, ReasonForm
from ..models import Case, Departure, Handoff, State
from ..queries import handoffs as handed
from ..queries.departures import departures
from ..queries.packet import packet
from ..queries.team import who_may_join
from ..sealing import shown_all, unsealed_handoff
from .instructions import for_whoever_keeps_contact
from .lookups import about_case, act_page, me

# --- the student left ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def student_left(request: HttpRequest, case: Case) -> HttpResponse:
    form = DepartureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = departing.note_departure(actor=me(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Noted. The case stays open: plan how contact is kept, and look at it again."))
            return redirect("threat_assessment:departure", number=case.number, pk=row.uuid)
    rows = departures(case, look(actor=me(request), case=case))
    kinds = doctrine.plan_rules().departures
    rules = [doctrine.plan_rules().rules[key].rule for key in ("departure", "keep_talking")]
    return act_page(request, case, "student_left", form, rows=[(said, kinds[said.row.kind]) for said in rows], rules=rules)


@require_http_methods(["GET", "POST"])
@for_whoever_keeps_contact
@about_case(Permission.CASE_WRITE)
def departure(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """How contact is kept, and what the team makes of it. POST: how contact is kept."""
    form = ContactForm(request.POST if request.method == "POST" else None, people=who_may_join(case.school))
    if request.method == "POST":
        return _departure_act(request, case, pk, form, lambda row: departing.plan_contact(actor=me(request), case=case, departure=row, **form.given))
    return _departure_page(request, case, pk, form)


@require_POST
@about_case(Permission.CASE_WRITE)
def departure_look_again(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    form = LookAgainForm(request.POST)
    return _departure_act(
        request, case, pk, form, lambda row: departing.look_again(actor=me(request), case=case, departure=row, text=form.cleaned_data["text"])
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def departure_contact_made(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    departing.first_contact_made(actor=me(request), case=case, departure=get_object_or_404(Departure, case=case, uuid=pk))
    messages.success(request, _("Noted: somebody has spoken with the student."))
    return redirect("threat_assessment:departure", number=case.number, pk=pk)


def _departure_act(request: HttpRequest, case: Case, pk: uuid.UUID, form: forms.Form, act: Callable[[Departure], object]) -> HttpResponse:
    row = get_object_or_404(Departure, case=case, uuid=pk)
    if form.is_valid():
        try:
            act(row)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("threat_assessment:departure", number=case.number, pk=pk)
    return _departure_page(request, case, pk, form)


def _departure_page(request: HttpRequest, case: Case, pk: uuid.UUID, form: forms.Form) -> HttpResponse:
    rows = departures(case, look(actor=me(request), case=case))
    said = next((one for one in rows if one.row.uuid == pk), None)
    if said is None:
        raise Http404
    again = form if isinstance(form, LookAgainForm) else LookAgainForm()
    contact = form if isinstance(form, ContactForm) else ContactForm(people=who_may_join(case.school))
    label = doctrine.plan_rules().departures[said.row.kind]
    waits = departing.contact_is_owed(case, said.row)
    return act_page(request, case, "departure", form, said=said, label=label, contact_form=contact, again_form=again, waits=waits)


# --- the giver's end -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def handoff(request: HttpRequest, case: Case) -> HttpResponse:
    """POST: to which school; `q` finds one by name. From there on the page asks for what comes next."""
    schools = handed.schools_to_hand_to(case, request.GET.get("q", ""), request.POST.get(f"{HandOverForm.name}-to", ""))
    form = HandOverForm(request.POST if request.method == "POST" else None, near=schools.near, far=schools.far)
    if request.method == "POST":
        return _handoff_act(request, case, form, lambda: handoffs.begin_handoff(actor=me(request), case=case, **form.given))
    return _handoff_page(request, case, form, searched=schools.searched)


@require_POST
@about_case(Permission.CASE_WRITE)
def handoff_send(request: HttpRequest, case: Case) -> HttpResponse:
    form = PacketForm(request.POST)
    return _handoff_act(request, case, form, lambda: handoffs.send_handoff(actor=me(request), case=case, **form.cleaned_data))


@require_POST
@about_case(Permission.CASE_WRITE)
def handoff_back(request: HttpRequest, case: Case) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _handoff_act(request, case, form, lambda: handoffs.take_back(actor=me(request), case=case, **form.cleaned_data))


@require_POST
@about_case(Permission.CASE_WRITE)
def handoff_outside(request: HttpRequest, case: Case) -> HttpResponse:
    form = OutsideAnswerForm(request.POST)
    return _handoff_act(request, case, form, lambda: handoffs.note_outside_answer(actor=me(request), case=case, **form.cleaned_data))


def _handoff_act(request: HttpRequest, case: Case, form: forms.Form, act: Callable[[], object]) -> HttpResponse:
    if form.is_valid():
        try:
            act()
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("threat_assessment:handoff", number=case.number)
    return _handoff_page(request, case, form)


def _handoff_page(request: HttpRequest, case: Case, form: forms.Form, *, searched: bool = False) -> HttpResponse:
    opened = look(actor=me(request), case=case)
    row = handed.handoff_of(case)
    running = row is not None and case.state == State.HANDOFF
    text = shown_all(unsealed_handoff(row), row, ("outside_school", "note", "packet", "answer")) if row is not None else {}
    forms_by_name: dict[str, Any] = {}
    if running and row is not None and not row.sent:
        forms_by_name["packet_form"] = form if isinstance(form, PacketForm) else PacketForm()
    if running and row is not None and row.sent and row.ended_at is None and row.to_school_id is None:
        forms_by_name["outside_form"] = form if isinstance(form, OutsideAnswerForm) else OutsideAnswerForm()
    if running:
        forms_by_name["back_form"] = form if isinstance(form, ReasonForm) else ReasonForm()
    elif case.state in handoffs.FROM:
        forms_by_name["begin_form"] = form if isinstance(form, HandOverForm) else None
    return act_page(
        request,
        case,
        "handoff",
        form,
        row=row,
        running=running,
        text=text,
        parts=[one.label for key, one in doctrine.handoff_parts().items() if row is not None and key in row.parts],
        preview=packet(case, opened, doctrine.handoff_parts()) if running and row is not None and not row.sent else "",
        withheld=[one.rule for one in doctrine.handoff_withheld().values()],
        to_name=_to_name(row, text),
        searched=searched,
        **forms_by_name,
    )


def _to_name(row: Handoff | None, text: dict[str, str]) -> str:
    if row is None:
        return ""
    return row.to_school.name if row.to_school is not None else text.get("outside_school", "")


# --- both ends, by the handover itself -------------------------------------------------------------------------------


def trail() -> list[tuple[str, str]]:
    return [(_("Cases"), reverse("threat_assessment:cases"))]


def given_page(request: HttpRequest, row: Handoff) -> HttpResponse:
    """What the giving school keeps: that it handed the case on, which parts, when, and who took it on. No word of what is in them."""
    parts = [one.label for key, one in doctrine.handoff_parts().items() if key in row.parts]
    return render(request, "threat_assessment/handed_given.html", {"row": row, "parts": parts, "trail": trail()})
