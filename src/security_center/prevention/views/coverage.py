"""Who reads when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.views.lookups import current_person, organization_by_slug

from .. import actions, pages, presets, queries
from ..forms import AbsenceForm, AlternateForm, HolidayForm, PresetForm, ShiftForm
from .shared import blame, trail


@require_GET
def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    return _calendar(request, organization_by_slug(request, slug, Permission.PLAN_VIEW))


def _calendar(request: HttpRequest, place: Organization, **forms: Any) -> HttpResponse:
    """The calendar's page; `forms` are those that came back with errors."""
    person, page = current_person(request), pages.calendar_page(place)
    may_edit = has(person, Permission.COVERAGE_EDIT, place)
    context: dict[str, Any] = {
        "place": place,
        "page": page,
        "may_edit": may_edit,
        "removing": may_edit and request.GET.get("remove") == "1",
        "trail": trail(),
    }
    if may_edit:
        context["shift_form"] = forms.get("shift_form") or ShiftForm(readers=page.readers, prefix="shift")
        context["preset_form"] = forms.get("preset_form") or PresetForm(
            readers=page.readers, suggested=pages.suggested_readers(place), prefix="preset"
        )
        context["absence_form"] = forms.get("absence_form") or AbsenceForm(
            readers=page.readers, organization=place, prefix="absence"
        )
        context["holiday_form"] = forms.get("holiday_form") or HolidayForm(prefix="holiday")
    if place.kind == Organization.Kind.DISTRICT and has(person, Permission.PLAN_EDIT, place):
        context["alternate_form"] = forms.get("alternate_form") or AlternateForm(
            readers=page.readers, prefix="alternate", initial={"person": page.alternate}
        )
    context["failed"] = [form for form in forms.values() if form.errors]
    return render(request, "prevention/coverage.html", context, status=422 if context["failed"] else 200)


def _back(place: Organization) -> HttpResponse:
    return redirect("prevention:coverage", slug=place.slug)


@require_POST
def shift_add(request: HttpRequest, slug: str) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.COVERAGE_EDIT)
    form = ShiftForm(request.POST, readers=pages.possible_readers(place), prefix="shift")
    if form.is_valid():
        try:
            actions.add_shifts(actor=current_person(request), organization=place, rows=form.rows())
        except actions.PlanFault as fault:
            blame(form, fault)
        else:
            messages.success(request, _("The calendar is changed."))
            return _back(place)
    return _calendar(request, place, shift_form=form)


@require_POST
def shift_remove(request: HttpRequest, slug: str) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.COVERAGE_EDIT)
    ids = [int(pk) for pk in request.POST.getlist("shift") if pk.isdecimal() and len(pk) < 19]
    if actions.remove_shifts(actor=current_person(request), organization=place, ids=ids):
        messages.success(request, _("The calendar is changed."))
    else:
        messages.info(request, _("Mark somebody to remove first."))
    return _back(place)


@require_POST
def preset(request: HttpRequest, slug: str) -> HttpResponse:
    """Replace the calendar by a ready-made one."""
    place = organization_by_slug(request, slug, Permission.COVERAGE_EDIT)
    form = PresetForm(request.POST, readers=pages.possible_readers(place), suggested=[], prefix="preset")
    if form.is_valid():
        plan = queries.adopted_plan(place) or queries.begun(place)
        rows = presets.rows_of(form.cleaned_data["preset"], form.people(), plan.school_hours)
        try:
            actions.set_coverage(actor=current_person(request), organization=place, rows=rows)
        except actions.PlanFault as fault:
            blame(form, fault)
        else:
            messages.success(request, _("The calendar is replaced."))
            return _back(place)
    return _calendar(request, place, preset_form=form)


@require_POST
def absence_add(request: HttpRequest, slug: str) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.COVERAGE_EDIT)
    form = AbsenceForm(
        request.POST, readers=pages.possible_readers(place), organization=place, prefix="absence"
    )
    if form.is_valid():
        starts_at, ends_at = form.stretch()
        try:
            actions.add_absence(
                actor=current_person(request),
                organization=place,
                person=form.cleaned_data["person"],
                starts_at=starts_at,
                ends_at=ends_at,
            )
        except actions.PlanFault as fault:
            blame(form, fault)
        else:
            messages.success(request, _("Saved. Look at the hours without a reader above."))
            return _back(place)
    return _calendar(request, place, absence_form=form)


@require_POST
def absence_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.COVERAGE_EDIT)
    absence = pages.absence_at(place, pk)
    if absence is None:
        raise Http404
    actions.remove_absence(actor=current_person(request), organization=place, absence=absence)
    messages.success(request, _("The absence is removed."))
    return _back(place)


@require_POST
def holiday_add(request: HttpRequest, slug: str) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.COVERAGE_EDIT)
    form = HolidayForm(request.POST, prefix="holiday")
    if form.is_valid():
        actions.add_holiday(actor=current_person(request), organization=place, **form.cleaned_data)
        messages.success(request, _("The days are saved. Clocks that count school hours rest on them."))
        return _back(place)
    return _calendar(request, place, holiday_form=form)


@require_POST
def holiday_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.COVERAGE_EDIT)
    holiday = pages.holiday_at(place, pk)
    if holiday is None:
        raise Http404
    actions.remove_holiday(actor=current_person(request), holiday=holiday)
    messages.success(request, _("The days are removed."))
    return _back(place)


@require_POST
def alternate(request: HttpRequest, slug: str) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.PLAN_EDIT)
    form = AlternateForm(request.POST, readers=pages.possible_readers(place), prefix="alternate")
    if form.is_valid():
        try:
            actions.set_alternate(
                actor=current_person(request), organization=place, person=form.cleaned_data["person"]
            )
        except actions.PlanFault as fault:
            blame(form, fault)
        else:
            messages.success(
                request,
                _("Saved. Reports about the district itself go to %(name)s.")
                % {"name": form.cleaned_data["person"].name},
            )
            return _back(place)
    return _calendar(request, place, alternate_form=form)
