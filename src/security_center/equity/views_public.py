"""The yearly table, for everybody. It reads the published row and nothing else."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from security_center.foundation.school_years import period_of
from security_center.prevention.queries import desk_by_slug

from .queries import pages, statistics_page
from .tables import fewest


@require_safe
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """The last school year of the district; of a school, its district's."""
    place = desk_by_slug(slug)
    if place is None:
        raise Http404
    statistics, equity = pages.published_year(place.district)
    context = {
        "place": place.district,
        "period": period_of(statistics.period) if statistics is not None else None,
        "page": statistics_page.page(statistics) if statistics is not None else None,
        "equity": equity,
        "axes": pages.all_tables(equity) if equity is not None else [],
        "fewest": fewest(),
    }
    return render(request, "equity/public_figures.html", context)
