"""Organizations: the tree, one organization, schools by rows, access sessions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.provider import VaultLocked

from .. import actions, places, policies, queries, uploads
from ..forms import AccessSessionForm, NewOrganizationForm, OrganizationForm, SchoolRowsForm, StateRowsForm
from ..models import AccessSession, Organization
from ..permissions import Permission
from .lookups import current_person, listed, organization_for

SESSIONS_SHOWN = 50
CHILDREN_SHOWN = 50


@require_GET
def organizations(request: HttpRequest) -> HttpResponse:
    viewer = current_person(request)
    first = viewer.is_first_administrator and not queries.any_organization_exists()
    if not first and not policies.any_of(viewer, [Permission.ORGANIZATION_VIEW]):
        raise policies.NotAllowed(Permission.ORGANIZATION_VIEW)
    seen = places.light(queries.visible_organizations(viewer))
    page = listed(seen, request, desk_order=lambda place: (place.district[1], place.kind, place.name))
    context = {
        "list": page,
        # A tree where it fits on a page; else districts, each with its schools behind it.
        "rows": [(place, 0) for place in places.whole(page.desks)]
        if page.searchable
        else queries.tree(viewer),
        "may_add": first or policies.any_of(viewer, [Permission.ORGANIZATION_EDIT]),
        "first": first,
    }
    return render(request, "organizations/organizations.html", context)


@require_http_methods(["GET", "POST"])
def organization_add(request: HttpRequest) -> HttpResponse:
    viewer = current_person(request)
    first = viewer.is_first_administrator and not queries.any_organization_exists()
    if not first and not policies.any_of(viewer, [Permission.ORGANIZATION_EDIT]):
        raise policies.NotAllowed(Permission.ORGANIZATION_EDIT)
    form = NewOrganizationForm(
        request.POST or None,
        actor=viewer,
        initial={"parent": request.GET.get("parent"), "kind": request.GET.get("kind")},
    )
    if form.is_valid():
        try:
            organization = actions.create_organization(actor=viewer, **form.cleaned_data)
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(request, _("%(name)s is entered.") % {"name": organization.name})
            return redirect("organizations:organization", pk=organization.pk)
    return render(request, "organizations/organization_add.html", {"form": form, "first": first})


@require_http_methods(["GET", "POST"])
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = current_person(request)
    permission = Permission.ORGANIZATION_EDIT if request.method == "POST" else Permission.ORGANIZATION_VIEW
    place = organization_for(request, pk, permission)
    may_edit = policies.has(viewer, Permission.ORGANIZATION_EDIT, place)
    form = OrganizationForm(request.POST or None, organization=place) if may_edit else None
    if form is not None and form.is_valid():
        try:
            actions.change_organization(actor=viewer, organization=place, **form.cleaned_data)
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("organizations:organization", pk=place.pk)
    children = (
        places.light(queries.visible_organizations(viewer).filter(parent=place))
        if place.kind != place.Kind.SCHOOL
        else []
    )
    return render(
        request,
        "organizations/organization.html",
        {
            "place": place,
            "form": form,
            "may_edit": may_edit,
            "children": children[:CHILDREN_SHOWN],
            "children_count": len(children),
            "staff_count": queries.people_of(place, include_below=False).count(),
            "may_see_people": policies.has(viewer, Permission.PEOPLE_VIEW, place),
            "may_see_sessions": policies.has(viewer, Permission.ACCESS_SESSION_VIEW, place),
            "facts": [
                (_("Kind"), place.get_kind_display()),
                (_("Level"), place.get_level_display() or "—"),
                (_("City"), place.city or "—"),
                (_("Time zone"), place.time_zone),
                (_("Police dispatch number"), place.dispatch_number or "—"),
                (_("Number of students"), place.enrollment if place.enrollment is not None else "—"),
            ],
            "trail": [(_("Organizations"), reverse("organizations:organizations"))],
        },
    )


@require_http_methods(["GET", "POST"])
def schools_import(request: HttpRequest, pk: int) -> HttpResponse:
    place = organization_for(request, pk, Permission.ORGANIZATION_EDIT)
    faults: list[object] = []
    would: actions.WouldEnter | None = None
    rows_form = StateRowsForm if place.kind == place.Kind.STATE else SchoolRowsForm
    form: SchoolRowsForm = rows_form(request.POST or None, request.FILES or None)
    if request.method == "POST":
        text, sentence = uploads.rows_text(request.FILES.get("file"), request.POST.get("rows", ""))
        # The rows of a file are put into the field, so that a fault can be mended there and nothing has to be
        # sent twice.
        form = rows_form({"rows": text})
        form.full_clean()
        if sentence:
            form.add_error("file", sentence)
        else:
            try:
                if place.kind == place.Kind.STATE and request.POST.get("act") == "check":
                    would = actions.check_districts(actor=current_person(request), state=place, text=text)
                else:
                    _enter(request, place, text)
                    return redirect("organizations:organization", pk=place.pk)
            except actions.FaultyRows as fault:
                faults = list(fault.faults)
                form.add_error("rows", str(fault))
            except Refusal as fault:
                blame(form, fault)
    return render(
        request,
        "organizations/schools_import.html",
        {
            "form": form,
            "place": place,
            "faults": faults,
            "would": would,
            "trail": [
                (_("Organizations"), reverse("organizations:organizations")),
                (place.name, reverse("organizations:organization", args=[place.pk])),
            ],
        },
        status=422 if form.errors else 200,
    )


def _enter(request: HttpRequest, place: Organization, text: str) -> None:
    """The rows of a state or a district, and what was entered of them."""
    schools = 0
    if place.kind == place.Kind.STATE:
        entered = actions.import_districts(actor=current_person(request), state=place, text=text)
        schools, count = entered.schools, entered.districts
        messages.success(
            request,
            ngettext("%(count)d district is entered.", "%(count)d districts are entered.", count)
            % {"count": count},
        )
    else:
        schools = len(actions.import_schools(actor=current_person(request), district=place, text=text))
    messages.success(
        request,
        ngettext("%(count)d school is entered.", "%(count)d schools are entered.", schools)
        % {"count": schools},
    )


@require_http_methods(["GET", "POST"])
def access_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = current_person(request)
    permission = (
        Permission.ACCESS_SESSION_START if request.method == "POST" else Permission.ACCESS_SESSION_VIEW
    )
    place = organization_for(request, pk, permission)
    may_start = policies.has(viewer, Permission.ACCESS_SESSION_START, place)
    form = AccessSessionForm(request.POST or None) if may_start else None
    if form is not None and form.is_valid():
        try:
            actions.start_access_session(actor=viewer, organization=place, **form.cleaned_data)
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(request, _("The access session is open. The desk has been told."))
            return redirect("organizations:access_sessions", pk=place.pk)
    sessions = list(queries.access_sessions_at(place)[:SESSIONS_SHOWN])
    return render(
        request,
        "organizations/access_sessions.html",
        {
            "place": place,
            "form": form,
            "own": policies.access_session(viewer, place),
            "rows": [(session, _reason(request, session)) for session in sessions],
            "trail": [
                (_("Organizations"), reverse("organizations:organizations")),
                (place.name, reverse("organizations:organization", args=[place.pk])),
            ],
        },
    )


@require_POST
def access_session_end(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(queries.access_sessions_visible_to(current_person(request)), pk=pk)
    actions.end_access_session(actor=current_person(request), session=session)
    messages.success(request, _("The access session has ended."))
    return redirect("organizations:access_sessions", pk=session.organization_id)


def _reason(request: HttpRequest, session: AccessSession) -> str | None:
    """None when the vault is locked: the list of sessions is shown all the same."""
    try:
        return queries.access_reason(current_person(request), session)
    except VaultLocked:
        return None
