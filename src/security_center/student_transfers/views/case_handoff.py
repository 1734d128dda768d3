"""The handing over of a case to another school, as the giver sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.web.staff_forms import form_data
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.forms_case import ReasonForm
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person

from .. import content_loader as content
from ..actions import case_handoff
from ..forms_departure import HandOverForm, OutsideAnswerForm, PacketForm
from ..models import Handoff
from ..queries import case_handoff as handed
from ..queries.handoff_packet import packet
from ..sealing import unsealed_handoff


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def handoff(request: HttpRequest, case: Case) -> HttpResponse:
    """POST: to which school; `q` finds one by name. From there on the page asks for what comes next."""
    schools = handed.schools_to_hand_to(
        case, request.GET.get("q", ""), request.POST.get(f"{HandOverForm.name}-to", "")
    )
    form = HandOverForm(form_data(request), near=schools.near, far=schools.far)
    if request.method == "POST":
        return _handoff_act(
            request,
            case,
            form,
            lambda: case_handoff.begin_handoff(actor=current_person(request), case=case, **form.given),
        )
    return _handoff_page(request, case, form, searched=schools.searched)


@require_POST
@about_case(Permission.CASE_WRITE)
def handoff_send(request: HttpRequest, case: Case) -> HttpResponse:
    form = PacketForm(request.POST)
    return _handoff_act(
        request,
        case,
        form,
        lambda: case_handoff.send_handoff(actor=current_person(request), case=case, **form.cleaned_data),
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def handoff_back(request: HttpRequest, case: Case) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _handoff_act(
        request,
        case,
        form,
        lambda: case_handoff.take_back(actor=current_person(request), case=case, **form.cleaned_data),
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def handoff_outside(request: HttpRequest, case: Case) -> HttpResponse:
    form = OutsideAnswerForm(request.POST)
    return _handoff_act(
        request,
        case,
        form,
        lambda: case_handoff.note_outside_answer(
            actor=current_person(request), case=case, **form.cleaned_data
        ),
    )


def _handoff_act(
    request: HttpRequest, case: Case, form: forms.Form, act: Callable[[], object]
) -> HttpResponse:
    if form.is_valid():
        try:
            act()
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("student_transfers:handoff", number=case.number)
    return _handoff_page(request, case, form)


def _handoff_page(
    request: HttpRequest, case: Case, form: forms.Form, *, searched: bool = False
) -> HttpResponse:
    opened = look(actor=current_person(request), case=case)
    row = handed.handoff_of(case)
    running = row is not None and case.state == State.HANDOFF
    text = (
        shown_all(unsealed_handoff(row), row, ("outside_school", "note", "packet", "answer"))
        if row is not None
        else {}
    )
    forms_by_name: dict[str, Any] = {}
    if running and row is not None and not row.sent:
        forms_by_name["packet_form"] = form if isinstance(form, PacketForm) else PacketForm()
    if running and row is not None and row.sent and row.ended_at is None and row.to_school_id is None:
        forms_by_name["outside_form"] = form if isinstance(form, OutsideAnswerForm) else OutsideAnswerForm()
    if running:
        forms_by_name["back_form"] = form if isinstance(form, ReasonForm) else ReasonForm()
    elif case.state in Case.HANDED_OVER_FROM:
        forms_by_name["begin_form"] = form if isinstance(form, HandOverForm) else None
    return act_page(
        request,
        case,
        "student_transfers/handoff",
        form,
        row=row,
        running=running,
        text=text,
        parts=[
            one.label for key, one in content.handoff_parts().items() if row is not None and key in row.parts
        ],
        preview=packet(case, opened, content.handoff_parts())
        if running and row is not None and not row.sent
        else "",
        withheld=[one.rule for one in content.handoff_withheld().values()],
        to_name=_to_name(row, text),
        searched=searched,
        **forms_by_name,
    )


def _to_name(row: Handoff | None, text: dict[str, str]) -> str:
    if row is None:
        return ""
    return row.to_school.name if row.to_school is not None else text.get("outside_school", "")


def trail() -> list[tuple[str, str]]:
    return [(_("Cases"), reverse("threat_assessment:cases"))]


def given_page(request: HttpRequest, row: Handoff) -> HttpResponse:
    """What the giving school keeps: that it handed the case on, which parts, when, and who took it on. No
    word of what is in them."""
    parts = [one.label for key, one in content.handoff_parts().items() if key in row.parts]
    return render(
        request, "student_transfers/handed_given.html", {"row": row, "parts": parts, "trail": trail()}
    )
