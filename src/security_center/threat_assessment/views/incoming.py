"""What a school is told about a student: entered with a number for its teller, taken by a clock, and put into
a case by a person."""

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

from security_center.foundation.clock import now
from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.foundation.organizations.views.lookups import in_zone_of
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from .. import policies
from ..actions import repeated_warnings
from ..actions import reported_concerns as acts
from ..forms_case import ReasonForm
from ..forms_incoming import ConcernForm, NoticeOfPoliceForm, OpenFromForm, PlaceForm
from ..models import Case, Incoming
from ..queries import incoming as reads
from ..queries.team import usual_disciplines, who_may_join
from .lookups import about_case, act_page, current_person, refused

FORMS: dict[str, type[ConcernForm] | type[NoticeOfPoliceForm]] = {
    "concern": ConcernForm,
    "law_enforcement": NoticeOfPoliceForm,
}


def _trail() -> list[tuple[str, str]]:
    return [
        (_("Cases"), reverse("threat_assessment:cases")),
        (_("What we were told"), reverse("threat_assessment:incoming")),
    ]


@require_GET
def incoming(request: HttpRequest) -> HttpResponse:
    """The live list of a principal and of the district: nothing stays untaken unseen. What each says is
    behind its link."""
    if not reads.schools_to_enter_at(current_person(request)):
        raise NotAllowed(Permission.CASE_NOTICE)
    return render(
        request,
        "threat_assessment/incoming.html",
        {"page": reads.incoming_list(current_person(request)), "at": now(), "trail": _trail()[:1]},
    )


@require_http_methods(["GET", "POST"])
def incoming_new(request: HttpRequest, kind: str) -> HttpResponse:
    schools = reads.schools_to_enter_at(current_person(request))
    if not schools:
        raise NotAllowed(Permission.CASE_NOTICE)
    if kind not in FORMS:
        raise Http404
    by_slug = {school.slug: school for school in schools}
    school = by_slug.get(request.GET.get("school", "")) or (schools[0] if len(schools) == 1 else None)
    police = kind == Incoming.Kind.LAW_ENFORCEMENT
    if school is None:
        return render(
            request, "threat_assessment/choose_school.html", {"schools": schools, "trail": _trail()}
        )
    with in_zone_of(school):
        form = FORMS[kind](form_data(request), initial={"told_at": now()})
        if form.is_valid():
            try:
                row = acts.enter_incoming(
                    actor=current_person(request), school=school, kind=kind, **form.cleaned_data
                )
            except Refusal as refusal:
                blame(form, refusal)
            else:
                messages.success(request, _("It is written down. Give its number to whoever told it."))
                return redirect(row.path)
        rule = doctrine.law_enforcement_rules()["e"] if police else None
        context = {
            "form": form,
            "school": school,
            "several": len(schools) > 1,
            "police": police,
            "rule": rule,
            "trail": _trail(),
        }
        return render(request, "threat_assessment/incoming_new.html", context)


def _about(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def checked(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        try:
            row = reads.known_incoming(current_person(request), pk)
        except reads.IncomingUnknown:
            raise Http404 from None
        with in_zone_of(row.school):
            return view(request, row)

    return checked


@require_GET
@_about
def incoming_one(request: HttpRequest, row: Incoming) -> HttpResponse:
    mark_read_about(actor=current_person(request), path=row.path)
    return _page(request, row, None)


@require_POST
@_about
def incoming_take(request: HttpRequest, row: Incoming) -> HttpResponse:
    acts.take_incoming(actor=current_person(request), incoming=row)
    messages.success(request, _("You have it. Put it into a case before school is out."))
    return redirect(row.path)


@require_POST
@_about
def incoming_place(request: HttpRequest, row: Incoming) -> HttpResponse:
    form = PlaceForm(request.POST, cases=reads.candidates(current_person(request), row))
    return _act(
        request,
        row,
        form,
        lambda: acts.put_into_case(actor=current_person(request), incoming=row, **form.given),
    )


@require_POST
@_about
def incoming_open(request: HttpRequest, row: Incoming) -> HttpResponse:
    form = OpenFromForm(request.POST, people=who_may_join(row.school))
    return _act(
        request,
        row,
        form,
        lambda: acts.open_from_incoming(actor=current_person(request), incoming=row, **form.given),
    )


@require_POST
@_about
def incoming_no_case(request: HttpRequest, row: Incoming) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _act(
        request,
        row,
        form,
        lambda: acts.no_case(actor=current_person(request), incoming=row, **form.cleaned_data),
    )


@require_POST
@_about
def incoming_heard(request: HttpRequest, row: Incoming) -> HttpResponse:
    acts.has_heard_warning(actor=current_person(request), incoming=row)
    messages.success(request, _("Noted: you know that it is not the only warning today."))
    return redirect(row.path)


def _act(request: HttpRequest, row: Incoming, form: forms.Form, act: Callable[[], object]) -> HttpResponse:
    policies.require_at(current_person(request), Permission.CASE_TEAM, row.school)
    if form.is_valid():
        try:
            done = act()
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Saved."))
            member = isinstance(done, Case) and policies.can(
                current_person(request), Permission.CASE_READ, done
            )
            return redirect(done.path) if isinstance(done, Case) and member else redirect(row.path)
    return _page(request, row, form)


def _page(request: HttpRequest, row: Incoming, failed: forms.Form | None) -> HttpResponse:
    person = current_person(request)
    reads_it = policies.may_read_incoming(person, row)
    places = has(person, Permission.CASE_TEAM, row.school) and row.settled_at is None
    context: dict[str, Any] = {
        "row": row,
        "text": acts.look_at_incoming(actor=person, incoming=row) if reads_it else {},
        "reads_it": reads_it,
        "places": places,
        "oversees": has(person, Permission.CASE_TEAM, row.school),
        "late": row.taken_at is None and row.settled_at is None and row.due_at < now(),
        "warned": acts.warning_is_open(person, row),
        "form": failed,
        "trail": _trail(),
    }
    if places:
        context |= _placing(request, row, failed)
    return render(request, "threat_assessment/incoming_one.html", context)


def _placing(request: HttpRequest, row: Incoming, failed: forms.Form | None) -> dict[str, Any]:
    found = reads.candidates(current_person(request), row)
    people = who_may_join(row.school)
    initial = {
        "lead": str(current_person(request).pk),
        "disciplines": usual_disciplines(current_person(request), _school(row)),
    }
    place = failed if isinstance(failed, PlaceForm) else PlaceForm(cases=found) if found else None
    return {
        "place_form": place,
        "open_form": failed
        if isinstance(failed, OpenFromForm)
        else OpenFromForm(people=people, initial=initial),
        "reason_form": failed if isinstance(failed, ReasonForm) else ReasonForm(),
        "may_drop": row.kind == Incoming.Kind.CONCERN and row.entered_by_id != current_person(request).pk,
    }


def _school(row: Incoming) -> Organization:
    return row.school


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_LIST)
def case_warned(request: HttpRequest, case: Case) -> HttpResponse:
    """Several warnings about one case on one day: for whoever sees to cases here and does not lead this one.
    No word of the case."""
    if not policies.can(current_person(request), Permission.CASE_TEAM, case):
        return refused(request, case)
    if request.method == "POST":
        repeated_warnings.has_heard_case_warned(actor=current_person(request), case=case)
        messages.success(request, _("Noted: you know that it is not the only warning today."))
        return redirect("threat_assessment:cases")
    return act_page(
        request,
        case,
        "warned",
        None,
        leads=case.lead_id == current_person(request).pk,
        numbers=reads.came_in_today(case),
    )
