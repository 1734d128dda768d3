"""The figures of a district: what a board sees, and who is referred and what comes of it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.organizations.views.lookups import current_person, in_zone_of
from security_center.threat_assessment import content_loader as doctrine

from ..actions import publishing
from ..models import Figures
from ..queries import pages, statistics_page
from ..tables import axis_keys, fewest
from .districts import district_asked_for


def _published(request: HttpRequest, kind: str) -> tuple[pages.PublishedFigures, dict[str, object]]:
    district, districts = district_asked_for(request, Permission.STATISTICS_VIEW)
    try:
        found = pages.published_figures(district, kind, request.GET.get("period", "")[:10])
    except pages.NoSuchFigures:
        raise Http404 from None
    return found, {
        "published": found,
        "district": district,
        "districts": districts if len(districts) > 1 else [],
        "fewest": fewest(),
        "may_export": has(current_person(request), Permission.STATISTICS_EXPORT, district),
        "may_import": has(current_person(request), Permission.EQUITY_IMPORT, district),
    }


def _address(published: pages.PublishedFigures, **more: str) -> str:
    return "?" + urlencode(
        {
            "district": published.district.slug,
            **({"period": published.chosen.period} if published.chosen else {}),
            **more,
        }
    )


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """What a board may see."""
    published, context = _published(request, Figures.Kind.STATISTICS)
    with in_zone_of(published.district):
        if published.chosen is not None:
            context["page"] = statistics_page.page(published.chosen)
        return render(request, "equity/statistics.html", context)


@require_GET
def equity(request: HttpRequest) -> HttpResponse:
    """The metrics by one kind of group."""
    published, context = _published(request, Figures.Kind.EQUITY)
    axes = [
        axis
        for axis in axis_keys()
        if axis != "school" or (published.period is not None and not published.period.half)
    ]
    axis = request.GET.get("by", "") if request.GET.get("by", "") in axes else axes[0]
    with in_zone_of(published.district):
        if published.chosen is not None:
            context["tables"] = pages.equity_tables(published.chosen, axis)
            context["kept_back"] = [table for table in context["tables"] if table.total is None]  # type: ignore[attr-defined]
            context["others"] = pages.other_metrics(published.chosen)
        context |= {
            "axis": axis,
            "tabs": [
                {
                    "label": pages.axis_label(one),
                    "url": _address(published, by=one),
                    "current": one == axis,
                    "count": "",
                }
                for one in axes
            ],
            "reading": pages.open_reading(published.district)
            if has(current_person(request), Permission.CASE_LIST, published.district)
            else None,
            "rules": doctrine.equity_rules(),
            "trail": [(_("Figures"), reverse("equity:statistics"))],
        }
        return render(request, "equity/equity.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """The month's figures were read."""
    district, _districts = district_asked_for(request, Permission.CASE_LIST)
    publishing.have_read(actor=current_person(request), district=district)
    messages.success(request, _("Noted: the figures were read."))
    return redirect(reverse("equity:equity") + f"?district={district.slug}")
