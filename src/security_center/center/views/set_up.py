"""The set-up: seven steps, each of which can be left and taken up again, in any order. Step 1 to 3: district,
schools, people."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.notifications.queries import mail_is_set_up
from security_center.foundation.organizations import actions as organizations
from security_center.foundation.organizations import queries as people_queries
from security_center.foundation.organizations import uploads
from security_center.foundation.organizations.forms import ROLE_LINES
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.places import Place, light, whole
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.organizations.views.lookups import (
    current_person,
    listed,
    organization_by_slug,
)
from security_center.foundation.refusals import Refusal, blame
from security_center.prevention import pages

from .. import actions
from ..forms import DistrictForm, PeopleRowsForm, SchoolsForm
from ..queries import set_up

NAMES_SHOWN, ABSENT_SHOWN = 20, 500


def district_of(request: HttpRequest, slug: str) -> Organization:
    """The district that is set up: 404 for another tenant's, 403 for one's own without the administrator's
    role."""
    place = organization_by_slug(request, slug, Permission.ORGANIZATION_EDIT)
    if place.kind != Organization.Kind.DISTRICT:
        raise NotAllowed(f"set-up of organization {place.pk}, which is no district")
    return place


def page(
    request: HttpRequest, key: str, district: Organization | None, status: int = 200, **context: Any
) -> HttpResponse:
    """One step in its frame: where one stands, and the way on."""
    progress = set_up.progress(district)
    place = set_up.STEPS.index(key)
    following = set_up.STEPS[place + 1] if place + 1 < len(set_up.STEPS) else ""
    frame = {
        "district": district,
        "progress": progress,
        "step": progress.steps[place],
        "number": place + 1,
        "of": len(set_up.STEPS),
        "steps": [
            {
                "label": step.label,
                "state": "current" if step.key == key else "done" if step.done else "",
                "note": step.note,
                "url": _url(district, step.key),
            }
            for step in progress.steps
        ],
        "next_url": _url(district, following) if following else "",
        "next_label": progress.steps[place + 1].label if following else "",
    }
    return render(request, f"center/set_up/{key}.html", {**frame, **context}, status=status)


def _url(district: Organization | None, key: str) -> str:
    return reverse(f"center:set_up_{key}", args=[district.slug]) if district is not None else ""


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first page of all: where one stopped, or the first step."""
    person = current_person(request)
    districts, states = set_up.districts_of(person), set_up.states_of(person)
    if request.method == "POST" or set_up.may_begin(person) or (states and request.GET.get("new") == "1"):
        return _begin(request, states)
    if not districts and not states:
        raise NotAllowed("set-up")
    if len(districts) == 1 and not states:
        return redirect("center:set_up_overview", slug=districts[0].slug)
    return _districts(request, districts, may_add=bool(states))


def _districts(request: HttpRequest, districts: list[Place], *, may_add: bool) -> HttpResponse:
    """Those first whose forms are closed."""
    person = current_person(request)
    desks = (
        people_queries.organizations_for(person, Permission.ORGANIZATION_EDIT)
        .filter(active=True)
        .exclude(kind=Organization.Kind.STATE)
    )
    published = pages.published(desks)
    closed = Counter(desk.district[0] for desk in light(desks) if desk.pk not in published.open)
    page = listed(
        districts,
        request,
        desk_order=lambda district: (-closed[district.pk], district.name),
        district_order=lambda district: (-closed[district.pk], district.name),
    )
    shown = page.desks or [district.places[0] for district in page.districts]
    progress = set_up.progress_of_each(shown, published)
    lines = [
        (district, progress[district.pk], closed[district.pk])
        for district in shown
        if district.pk in progress
    ]
    return render(request, "center/set_up/districts.html", {"list": page, "lines": lines, "may_add": may_add})


def _begin(request: HttpRequest, states: list[Organization]) -> HttpResponse:
    person = current_person(request)
    if not set_up.may_begin(person) and not states:
        raise NotAllowed("set-up")
    form = DistrictForm(request.POST or None, actor=person, states=states)
    if form.is_valid():
        try:
            district = actions.begin(actor=person, **form.cleaned_data)
        except Refusal as fault:
            blame(form, fault)
        else:
            return redirect("center:set_up_schools", slug=district.slug)
    return page(request, "district", None, status=422 if form.errors else 200, form=form, first=not states)


@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    district = district_of(request, slug)
    progress = set_up.progress(district)
    steps = [
        {
            "label": step.label,
            "state": "done" if step.done else "current" if step == progress.next else "",
            "note": step.note,
            "url": _url(district, step.key),
        }
        for step in progress.steps
    ]
    context = {
        "district": district,
        "progress": progress,
        "steps": steps,
        "next_url": _url(district, progress.next.key),
    }
    return render(request, "center/set_up/overview.html", context)


@require_http_methods(["GET", "POST"])
def district(request: HttpRequest, slug: str) -> HttpResponse:
    place = district_of(request, slug)
    form = DistrictForm(request.POST or None, actor=current_person(request), states=[], organization=place)
    if form.is_valid():
        try:
            organizations.change_organization(
                actor=current_person(request), organization=place, **form.cleaned_data
            )
        except Refusal as fault:
            blame(form, fault)
        else:
            return redirect("center:set_up_schools", slug=place.slug)
    return page(request, "district", place, status=422 if form.errors else 200, form=form)


@require_http_methods(["GET", "POST"])
def schools(request: HttpRequest, slug: str) -> HttpResponse:
    place = district_of(request, slug)
    form, faults = SchoolsForm(), []
    if request.method == "POST":
        text, sentence = uploads.rows_text(request.FILES.get("file"), request.POST.get("rows", ""))
        # The rows of a file are put into the field, so that a fault can be mended there and nothing has to be
        # sent twice.
        form = SchoolsForm({"rows": text})
        form.full_clean()
        if sentence:
            form.add_error("file", sentence)
        else:
            try:
                created = organizations.import_schools(
                    actor=current_person(request), district=place, text=text
                )
            except organizations.FaultyRows as fault:
                faults = list(fault.faults)
                form.add_error("rows", str(fault))
            except Refusal as fault:
                blame(form, fault)
            else:
                entered = ngettext(
                    "%(count)d school is entered.", "%(count)d schools are entered.", len(created)
                ) % {"count": len(created)}
                messages.success(request, entered)
                return redirect("center:set_up_schools", slug=place.slug)
    found = listed(light(people_queries.schools_of(place)), request)
    shown = {"list": found, "schools": whole(found.desks)}
    return page(
        request, "schools", place, status=422 if form.errors else 200, form=form, faults=faults, **shown
    )


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    place = district_of(request, slug)
    form = PeopleRowsForm()
    faults: list[Any] = []
    if request.method == "POST":
        text, sentence = uploads.rows_text(request.FILES.get("file"), request.POST.get("rows", ""))
        form = PeopleRowsForm({"rows": text})
        form.full_clean()
        if sentence:
            form.add_error("file", sentence)
        elif "compare" in request.POST:
            if emails := set_up.addresses_in(text):
                return _people(
                    request,
                    place,
                    form,
                    faults,
                    absent=set_up.not_among(current_person(request), place, emails),
                )
            form.add_error(
                "rows", _("There is no e-mail address in it. Paste the list of everybody who works here.")
            )
        else:
            try:
                entered = organizations.import_people(
                    actor=current_person(request), district=place, text=text
                )
            except organizations.FaultyRows as fault:
                faults = list(fault.faults)
                form.add_error("rows", str(fault))
            else:
                told = ngettext("%(count)d role is given.", "%(count)d roles are given.", entered.roles) % {
                    "count": entered.roles
                }
                messages.success(request, told)
                return redirect("center:set_up_people", slug=place.slug)
    return _people(request, place, form, faults)


def _people(
    request: HttpRequest,
    place: Organization,
    form: PeopleRowsForm,
    faults: list[Any],
    absent: list[Person] | None = None,
) -> HttpResponse:
    waiting = set_up.without_password(current_person(request), place)
    return page(
        request,
        "people",
        place,
        status=422 if form.errors else 200,
        form=form,
        faults=faults,
        absent=absent and absent[:ABSENT_SHOWN],
        absent_count=len(absent or []),
        people=people_queries.people_page(current_person(request), organization=str(place.pk)),
        missing=set_up.people_missing(place),
        waiting=waiting[:NAMES_SHOWN],
        waiting_count=waiting.count(),
        mail_is_set_up=mail_is_set_up(),
        role_lines=[(str(Role(role).label), str(line)) for role, line in ROLE_LINES.items()],
        school=people_queries.schools_of(place).filter(active=True).first(),
    )


@require_POST
def people_links(request: HttpRequest, slug: str) -> HttpResponse:
    """The links stand on this one answer only: they are stored nowhere, so they cannot be shown again."""
    place = district_of(request, slug)
    waiting = set_up.without_password(current_person(request), place)
    made = [
        (person, settings.SSC_STAFF_URL + path)
        for person, path in organizations.invite_all(actor=current_person(request), people=waiting)
    ]
    return page(request, "people", place, links=made, days=organizations.INVITATION_DAYS)


@require_POST
def people_mail(request: HttpRequest, slug: str) -> HttpResponse:
    place = district_of(request, slug)
    waiting = set_up.without_password(current_person(request), place)
    sent = (
        organizations.send_invitations(actor=current_person(request), people=waiting)
        if mail_is_set_up()
        else 0
    )
    if sent:
        messages.success(
            request,
            ngettext("%(count)d link is on its way.", "%(count)d links are on their way.", sent)
            % {"count": sent},
        )
    else:
        messages.info(request, _("Nobody is waiting for a link, or no mail server is set up."))
    return redirect("center:set_up_people", slug=place.slug)
