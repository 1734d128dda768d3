"""Find your school: to report, or to see what it publishes."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from security_center.foundation.web.navigation import public_menu
from security_center.prevention.queries import desk_by_slug, schools_matching

FEW = 12  # so many schools are listed without a search
LONGEST_SEARCH = 200


def _kept(request: HttpRequest, path: str, **more: str) -> HttpResponse:
    lang = request.GET.get("lang", "")
    query = urlencode({**more, **({"lang": lang[:20]} if lang else {})})
    return HttpResponseRedirect(f"{path}?{query}" if query else path)


@require_safe
def short_link(request: HttpRequest, slug: str) -> HttpResponse:
    """What the poster's QR code leads to. The form is told so by its address, since no cookie is kept."""
    return _kept(request, reverse("reporting:form", args=[slug]), via="qr")


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    return _search(request, "reporting/public/find.html")


@require_safe
def schools(request: HttpRequest) -> HttpResponse:
    """To the page of a school, not to its form."""
    return _search(request, "reporting/public/schools.html")


@require_safe
def school(request: HttpRequest, slug: str) -> HttpResponse:
    """What there is of one school: whatever the rooms have registered."""
    organization = desk_by_slug(slug)
    if organization is None:
        raise Http404
    context = {"organization": organization, "entries": public_menu(organization)}
    return render(request, "reporting/public/school.html", context)


def _search(request: HttpRequest, template: str) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    schools = schools_matching(words, limit=51 if words else FEW + 1)
    many = len(schools) > (50 if words else FEW)
    shown = [] if many and not words else schools[:50]
    return render(request, template, {"words": words, "schools": shown, "more": many and bool(words)})
