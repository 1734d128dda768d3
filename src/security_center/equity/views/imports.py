"""The sealed import, for the data officer: send a file, see what it holds, use it, undo it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations import uploads
from security_center.foundation.organizations.pasted_rows import RowFault
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of
from security_center.foundation.organizations.views.lookups import current_person, in_zone_of

from ..actions import importing, publishing
from ..content_loader import axes, protected
from ..csv_rows import ENROLMENT_COLUMNS, IDENTIFIER
from ..forms import ImportForm
from ..models import Import
from ..queries import pages
from .districts import district_asked_for

LARGEST = 24 * 1024 * 1024


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The files so far, and the form for the next."""
    district, districts = district_asked_for(request, Permission.EQUITY_IMPORT)
    faults: list[RowFault] = []
    form = ImportForm()
    if request.method == "POST":
        text, sentence = uploads.rows_text(
            request.FILES.get("file"), request.POST.get("rows", ""), largest=LARGEST
        )
        form = ImportForm({"kind": request.POST.get("kind", ""), "rows": request.POST.get("rows", "")})
        if sentence:
            form.add_error("file", sentence)
        elif form.is_valid():
            try:
                source = importing.send(
                    actor=current_person(request),
                    district=district,
                    kind=form.cleaned_data["kind"],
                    text=text,
                )
            except importing.FaultyRows as fault:
                faults = fault.faults
                form.add_error(
                    None, _("Nothing was kept. Mend the lines named below and send the file again.")
                )
            else:
                return redirect("equity:import", pk=source.uuid)
    with in_zone_of(district):
        context = {
            "form": form,
            "faults": faults,
            "district": district,
            "districts": districts if len(districts) > 1 else [],
            "rows": pages.imports_of(district),
            "columns": [IDENTIFIER, *protected()],
            "enrolment_columns": ENROLMENT_COLUMNS,
            "axes": axes().values(),
            "trail": [(_("Figures"), reverse("equity:statistics"))],
        }
        return render(request, "equity/imports.html", context, status=422 if form.errors else 200)


def _source(request: HttpRequest, pk: uuid.UUID) -> Import:
    found = pages.import_at(current_person(request), pk)
    if found is None:
        if not any_of(current_person(request), [Permission.EQUITY_IMPORT]) and pages.is_import_of_own(
            current_person(request), pk
        ):
            raise NotAllowed(Permission.EQUITY_IMPORT)
        raise Http404
    return found


@require_GET
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What one file holds, in numbers, before it is used; and what it changes."""
    source = _source(request, pk)
    with in_zone_of(source.district):
        context = {
            "source": source,
            "preview": pages.preview(source),
            "look_over": publishing.DAYS_TO_LOOK_OVER,
            "trail": [
                (_("Figures"), reverse("equity:statistics")),
                (_("Imports"), reverse("equity:imports") + f"?district={source.district.slug}"),
            ],
        }
        return render(request, "equity/import.html", context)


@require_POST
def use(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    source = _source(request, pk)
    try:
        importing.use(actor=current_person(request), source=source)
    except importing.NotPossible:
        messages.error(request, _("This file was used or undone before. Look at where it stands."))
    else:
        messages.success(
            request,
            _(
                "The file is in use. Look it over: after a week figures are made of it, and they "
                "stay for good."
            ),
        )
    return redirect("equity:import", pk=source.uuid)


@require_POST
def undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    source = _source(request, pk)
    try:
        importing.undo(actor=current_person(request), source=source)
    except importing.NotPossible:
        messages.error(request, _("This file was used or undone before. Look at where it stands."))
    else:
        messages.success(request, _("The file is undone, all of it."))
    return redirect("equity:import", pk=source.uuid)
