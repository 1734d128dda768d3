"""The file for the state: which year, which layout, and the download."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.views.lookups import current_person
from security_center.foundation.school_years import Period, last_school_years

from ..actions import exporting
from ..content_loader import layouts
from .districts import district_asked_for


def _years(district: Organization) -> list[Period]:
    """Those that are over: the action makes no file of a running one."""
    return last_school_years(now(), district.zone, 4)[1:]


@require_GET
def state_export(request: HttpRequest) -> HttpResponse:
    district, districts = district_asked_for(request, Permission.STATISTICS_EXPORT)
    context = {
        "district": district,
        "districts": districts if len(districts) > 1 else [],
        "years": _years(district),
        "layouts": layouts().values(),
        "trail": [(_("Figures"), reverse("equity:statistics") + f"?district={district.slug}")],
    }
    return render(request, "equity/state_export.html", context)


@require_POST
def state_file(request: HttpRequest) -> HttpResponse:
    """The file itself."""
    district, _districts = district_asked_for(request, Permission.STATISTICS_EXPORT)
    year = next((one for one in _years(district) if one.key == request.POST.get("year")), None)
    layout = layouts().get(request.POST.get("layout", ""))
    if year is None or layout is None:
        raise Http404
    text = exporting.export(actor=current_person(request), district=district, period=year, layout=layout.key)
    answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{district.slug}-{year.key}-{layout.key}.csv"'
    return answer
