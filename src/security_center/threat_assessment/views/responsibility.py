"""Who leads a case, and whether it waits: the lead is asked and taken on, a hold is begun, agreed to and
ended."""

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
from .. import gate_rules, policies
from ..actions import case_holds, case_lead
from ..actions.case_access import look
from ..forms_responsibility import DeclineForm, HoldForm, LeadForm
from ..models import Case, Hold
from ..queries import responsibility
from .lookups import about_case, act_page, back, current_person, refused
from .sentences import refuse


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_LIST)
def lead(request: HttpRequest, case: Case) -> HttpResponse:
    """For the team, and for whoever sees to the teams here and may have to name a lead in an emergency; these
    read no word of the case."""
    if not _may_reach(request, case):
        return refused(request, case)
    return _lead_page(request, case, None)


@require_POST
@about_case(Permission.CASE_WRITE)
def lead_take(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        case_lead.take_lead(actor=current_person(request), case=case)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(request, _("You lead the case now. What it owes has come to you."))
    return back(case)


@require_POST
@about_case(Permission.CASE_WRITE)
def lead_decline(request: HttpRequest, case: Case) -> HttpResponse:
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            case_lead.decline_lead(
                actor=current_person(request), case=case, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Noted. %(name)s goes on leading and is told.") % {"name": case.lead.name}
            )
            return redirect("threat_assessment:lead", number=case.number)
    return _lead_page(request, case, form)


def _may_reach(request: HttpRequest, case: Case) -> bool:
    return policies.can(current_person(request), Permission.CASE_WRITE, case) or policies.can(
        current_person(request), Permission.CASE_TEAM, case
    )


def _lead_page(request: HttpRequest, case: Case, declined: DeclineForm | None) -> HttpResponse:
    person = current_person(request)
    reads = policies.can(person, Permission.CASE_READ, case)
    emergency = case.lead_id != person.pk
    people = responsibility.who_may_lead(person, case) if case.open else []
    posted = request.method == "POST" and declined is None
    rule_set = doctrine.team_rule_sets()[case.rule_set]
    form = LeadForm(request.POST if posted else None, people=people, rule_set=rule_set, emergency=emergency)
    if posted and form.is_valid():
        try:
            case_lead.offer_lead(actor=person, case=case, to=form.chosen, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            blame(form, refusal)
        else:
            asked = _("%(name)s is asked. Until they take it on, %(lead)s stays responsible.")
            messages.success(request, asked % {"name": form.chosen.name, "lead": case.lead.name})
            return redirect("threat_assessment:lead", number=case.number)
    offer = responsibility.open_offer(case)
    mine = offer is not None and offer.to_id == person.pk
    offers = responsibility.lead_offers(case, look(actor=person, case=case)) if reads else []
    return act_page(
        request,
        case,
        "lead",
        declined or form,
        offer=offer,
        mine=mine,
        offers=offers,
        lead_form=form if people else None,
        decline_form=(declined or DeclineForm()) if mine else None,
        emergency=emergency,
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def hold(request: HttpRequest, case: Case) -> HttpResponse:
    form = HoldForm(form_data(request))
    if form.is_valid():
        try:
            row = case_holds.hold(actor=current_person(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            waits = _("The case waits. Somebody is told before the days are over.")
            asks = _("It was on hold just before. A member of another discipline is asked to agree first.")
            messages.success(request, waits if row.began_at is not None else asks)
            return redirect("threat_assessment:hold", number=case.number)
    rows = responsibility.holds(case, look(actor=current_person(request), case=case))
    asked = next(
        (
            said
            for said in rows
            if said.row.began_at is None
            and said.row.ended_at is None
            and said.row.asked_at >= case.state_since
        ),
        None,
    )
    member = policies.member_of(current_person(request), case)
    others = member is not None and asked is not None and asked.row.asked_by_id != current_person(request).pk
    return act_page(
        request,
        case,
        "hold",
        form,
        rows=rows,
        asked=asked,
        may_answer=others
        and member is not None
        and asked is not None
        and gate_rules.two_disciplines(asked.row.asked_as, member.disciplines),
        may_hold=case.state not in case_holds.NEVER_HELD and case.held_until is None,
        again=case_holds.is_second_in_a_row(case),
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def hold_answer(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Hold, case=case, uuid=pk)
    agree = request.POST.get("agree") == "yes"
    try:
        case_holds.answer_hold(actor=current_person(request), case=case, hold=row, agree=agree)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(
        request, _("The case waits once more.") if agree else _("You did not agree. The case goes on.")
    )
    return redirect("threat_assessment:hold", number=case.number)


@require_POST
@about_case(Permission.CASE_WRITE)
def hold_end(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        case_holds.end_hold(actor=current_person(request), case=case)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(request, _("The hold has ended. The case goes on where it stood."))
    return back(case)
