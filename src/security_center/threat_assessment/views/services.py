"""Where the district can refer somebody: whom to call, how many places are free, how long one waits."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.opened_rows import OpenedRow
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from .. import policies
from ..actions import services as acts
from ..forms_services import CheckServiceForm, ServiceForm
from ..queries import services as reads
from .lookups import current_person, in_zone_of


def _district(request: HttpRequest) -> tuple[Organization, list[Organization]]:
    """Of the person's own district; those with several choose one (`?district=`)."""
    districts = reads.districts_of(current_person(request))
    if not districts:
        raise NotAllowed(Permission.CASE_JOIN)
    return next(
        (one for one in districts if one.slug == request.GET.get("district", "")), districts[0]
    ), districts


def _trail() -> list[tuple[str, str]]:
    return [
        (_("Cases"), reverse("threat_assessment:cases")),
        (_("Services"), reverse("threat_assessment:services")),
    ]


def referable(found: list[OpenedRow]) -> list[tuple[str, str]]:
    """Each service as a plan's form lists it, and as the step says it."""
    lines = []
    for said in found:
        kind, row = doctrine.service_kinds().get(said.row.kind, said.row.kind), said.row
        places = (
            _("places free: not known")
            if row.places_free is None
            else _("%(count)d places free") % {"count": row.places_free}
        )
        wait = (
            _("wait: not known")
            if row.wait_days is None
            else _("%(count)d days to wait") % {"count": row.wait_days}
        )
        contact = said.text["contact"]
        lines.append(
            (
                f"{kind}: {said.text['name']} ({places}, {wait})",
                f"{said.text['name']}, {contact}" if contact else said.text["name"],
            )
        )
    return lines


@require_GET
def services(request: HttpRequest) -> HttpResponse:
    district, districts = _district(request)
    with in_zone_of(district):
        context = {
            "district": district,
            "districts": districts if len(districts) > 1 else [],
            "rows": [
                (said, doctrine.service_kinds().get(said.row.kind, said.row.kind))
                for said in reads.services_in(current_person(request), district)
            ],
            "may_edit": policies.may_edit_services(current_person(request), district),
            "trail": _trail()[:1],
        }
        return render(request, "threat_assessment/services.html", context)


@require_http_methods(["GET", "POST"])
def service_new(request: HttpRequest) -> HttpResponse:
    district, _districts = _district(request)
    policies.require_services(current_person(request), district)
    form = ServiceForm(form_data(request))
    if form.is_valid():
        acts.enter_service(actor=current_person(request), district=district, **form.given)
        messages.success(request, _("Entered. In a quarter of a year somebody is asked to check it."))
        return redirect("threat_assessment:services")
    return render(
        request, "threat_assessment/service_new.html", {"district": district, "form": form, "trail": _trail()}
    )


@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One service: read it; with the right to, note what they say today, or that it is gone. Duties lead
    here."""
    try:
        said = reads.known_service(current_person(request), pk)
    except reads.ServiceUnknown:
        raise Http404 from None
    row = said.row
    may_edit = policies.may_edit_services(current_person(request), row.district)
    if request.method == "POST":
        policies.require_services(current_person(request), row.district)
    if request.method == "POST" and "end" in request.POST:
        acts.end_service(actor=current_person(request), service=row)
        messages.success(request, _("It is taken out of the list."))
        return redirect("threat_assessment:services")
    initial: dict[str, Any] = {**said.text, "places_free": row.places_free, "wait_days": row.wait_days}
    form = CheckServiceForm(form_data(request), initial=initial)
    if form.is_valid():
        acts.check_service(actor=current_person(request), service=row, **form.cleaned_data)
        messages.success(request, _("Checked today. The next check is asked for in a quarter of a year."))
        return redirect("threat_assessment:services")
    with in_zone_of(row.district):
        kind = doctrine.service_kinds().get(row.kind, row.kind)
        return render(
            request,
            "threat_assessment/service.html",
            {"said": said, "kind": kind, "form": form, "may_edit": may_edit, "trail": _trail()},
        )
