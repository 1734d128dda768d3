"""Find your school."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from security_center.prevention.queries import schools_matching

FEW = 12  # so many schools are listed without a search
LONGEST_SEARCH = 200


def _kept(request: HttpRequest, path: str, **more: str) -> HttpResponse:
    lang = request.GET.get("lang", "")
    query = urlencode({**more, **({"lang": lang[:20]} if lang else {})})
    return HttpResponseRedirect(f"{path}?{query}" if query else path)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return _kept(request, reverse("reporting:find"))


@require_safe
def short_link(request: HttpRequest, slug: str) -> HttpResponse:
    """What the poster's QR code leads to. The form is told so by its address, since no cookie is kept."""
    return _kept(request, reverse("reporting:form", args=[slug]), via="qr")


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    schools = schools_matching(words, limit=51 if words else FEW + 1)
    many = len(schools) > (50 if words else FEW)
    shown = [] if many and not words else schools[:50]
    return render(request, "reporting/public/find.html", {"words": words, "schools": shown, "more": many and bool(words)})
