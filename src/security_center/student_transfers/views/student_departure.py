"""The student leaves: what each leaving asks for of the team, and the sheet of whoever keeps contact from
outside of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.team import who_may_join
from security_center.threat_assessment.views.lookups import about_case, act_page, current_person, in_zone_of

from .. import policies
from ..actions import student_departure
from ..forms_departure import ContactForm, DepartureForm, LookAgainForm
from ..models import Departure
from ..queries.student_departure import departures

View = Callable[..., HttpResponseBase]


def for_whoever_keeps_contact(view: View) -> View:
    """At the address of a leaving the same: members see its page, and whoever keeps contact from outside of
    the team sees the sheet."""

    @wraps(view)
    def chosen(request: HttpRequest, number: str, pk: uuid.UUID) -> HttpResponseBase:
        row = _contact_of(current_person(request), number, pk) if isinstance(request.user, Person) else None
        return view(request, number=number, pk=pk) if row is None else _contact_sheet(request, row)

    return chosen


def _contact_of(person: Person, number: str, pk: uuid.UUID) -> Departure | None:
    rows = Departure.objects.filter(uuid=pk, case__number=number.upper())
    row = rows.select_related(
        "case__lead", "case__district", "contact_owner", "contact_backup", "case__school__parent__parent"
    ).first()
    return row if row is not None and policies.keeps_contact(person, row, row.case) else None


def _contact_sheet(request: HttpRequest, row: Departure) -> HttpResponse:
    person, case = current_person(request), row.case
    with in_zone_of(case.school):
        if request.method == "POST":
            student_departure.first_contact_made(actor=person, case=case, departure=row)
            messages.success(request, _("Noted: somebody has spoken with the student."))
            return redirect("student_transfers:departure", number=case.number, pk=row.uuid)
        mark_read_about(actor=person, path=request.path)
        text = student_departure.read_contact(actor=person, case=case, departure=row)
        context = {
            "case": case,
            "row": row,
            "text": text,
            "waits": student_departure.contact_is_owed(case, row),
        }
        return render(request, "student_transfers/instructions_contact.html", context)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def student_left(request: HttpRequest, case: Case) -> HttpResponse:
    form = DepartureForm(form_data(request))
    if form.is_valid():
        try:
            row = student_departure.note_departure(
                actor=current_person(request), case=case, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Noted. The case stays open: plan how contact is kept, and look at it again.")
            )
            return redirect("student_transfers:departure", number=case.number, pk=row.uuid)
    rows = departures(case, look(actor=current_person(request), case=case))
    kinds = doctrine.plan_rules().departures
    rules = [doctrine.plan_rules().rules[key].rule for key in ("departure", "keep_talking")]
    return act_page(
        request,
        case,
        "student_transfers/student_left",
        form,
        rows=[(said, kinds[said.row.kind]) for said in rows],
        rules=rules,
    )


@require_http_methods(["GET", "POST"])
@for_whoever_keeps_contact
@about_case(Permission.CASE_WRITE)
def departure(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """How contact is kept, and what the team makes of it. POST: how contact is kept."""
    form = ContactForm(form_data(request), people=who_may_join(case.school))
    if request.method == "POST":
        return _departure_act(
            request,
            case,
            pk,
            form,
            lambda row: student_departure.plan_contact(
                actor=current_person(request), case=case, departure=row, **form.given
            ),
        )
    return _departure_page(request, case, pk, form)


@require_POST
@about_case(Permission.CASE_WRITE)
def departure_look_again(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    form = LookAgainForm(request.POST)
    return _departure_act(
        request,
        case,
        pk,
        form,
        lambda row: student_departure.look_again(
            actor=current_person(request), case=case, departure=row, text=form.cleaned_data["text"]
        ),
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def departure_contact_made(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    student_departure.first_contact_made(
        actor=current_person(request), case=case, departure=get_object_or_404(Departure, case=case, uuid=pk)
    )
    messages.success(request, _("Noted: somebody has spoken with the student."))
    return redirect("student_transfers:departure", number=case.number, pk=pk)


def _departure_act(
    request: HttpRequest, case: Case, pk: uuid.UUID, form: forms.Form, act: Callable[[Departure], object]
) -> HttpResponse:
    row = get_object_or_404(Departure, case=case, uuid=pk)
    if form.is_valid():
        try:
            act(row)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("student_transfers:departure", number=case.number, pk=pk)
    return _departure_page(request, case, pk, form)


def _departure_page(request: HttpRequest, case: Case, pk: uuid.UUID, form: forms.Form) -> HttpResponse:
    rows = departures(case, look(actor=current_person(request), case=case))
    said = next((one for one in rows if one.row.uuid == pk), None)
    if said is None:
        raise Http404
    again = form if isinstance(form, LookAgainForm) else LookAgainForm()
    contact = form if isinstance(form, ContactForm) else ContactForm(people=who_may_join(case.school))
    label = doctrine.plan_rules().departures[said.row.kind]
    waits = student_departure.contact_is_owed(case, said.row)
    return act_page(
        request,
        case,
        "student_transfers/departure",
        form,
        said=said,
        label=label,
        contact_form=contact,
        again_form=again,
        waits=waits,
    )
