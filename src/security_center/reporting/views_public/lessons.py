"""The lessons, for everybody: on the public side, per school."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from security_center.foundation.organizations.models import Organization
from security_center.prevention.queries import desk_by_slug

from .. import lesson_pages


def _place(slug: str) -> Organization:
    place = desk_by_slug(slug)
    if place is None:
        raise Http404
    return place


@require_safe
def school(request: HttpRequest, slug: str) -> HttpResponse:
    return render(
        request,
        "reporting/lessons/public_school.html",
        {"place": _place(slug), "lines": lesson_pages.lesson_lines()},
    )


@require_safe
def lesson(request: HttpRequest, slug: str, audience: str) -> HttpResponse:
    place, found = _place(slug), lesson_pages.lesson_at(audience)
    if found is None:
        raise Http404
    context = {
        "place": place,
        "lesson": found,
        "code": lesson_pages.language_of(getattr(request, "LANGUAGE_CODE", "en")),
        "qr": lesson_pages.qr_code(place, _("QR code: the report form of %(name)s") % {"name": place.name}),
        "address": lesson_pages.form_address(place),
        "spoken": lesson_pages.spoken_address(place),
    }
    return render(request, "reporting/lessons/public_lesson.html", context)
