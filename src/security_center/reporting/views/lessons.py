"""Lessons, posters and ID-card strips of a school, for its staff to show and print."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from security_center.foundation import languages
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of
from security_center.foundation.organizations.queries import organizations_for
from security_center.foundation.organizations.views.lookups import current_person, organization_by_slug
from security_center.prevention.queries import public_state

from .. import lesson_pages
from ..content_loader import Lesson

SCHOOLS_SHOWN = 500


def _school(request: HttpRequest, slug: str) -> Organization:
    place = organization_by_slug(request, slug, Permission.ORGANIZATION_VIEW)
    if place.kind == Organization.Kind.STATE:
        raise Http404
    return place


def _lesson(address: str) -> Lesson:
    found = lesson_pages.lesson_at(address)
    if found is None:
        raise Http404
    return found


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    if not any_of(current_person(request), [Permission.ORGANIZATION_VIEW]):
        raise NotAllowed(Permission.ORGANIZATION_VIEW)
    places = organizations_for(current_person(request), Permission.ORGANIZATION_VIEW).filter(
        active=True, kind=Organization.Kind.SCHOOL
    )
    schools = list(places.select_related("parent").order_by("name")[:SCHOOLS_SHOWN])
    written_in = get_text_list([languages.in_a_sentence(code) for code in languages.codes()], _("and"))
    context = {"schools": schools, "written_in": written_in}
    return render(request, "reporting/lessons/index.html", context)


@require_safe
def school(request: HttpRequest, slug: str) -> HttpResponse:
    place = _school(request, slug)
    context = {"place": place, "lines": lesson_pages.lesson_lines(), "form_is_open": public_state(place).open}
    return render(request, "reporting/lessons/school.html", context)


@require_safe
def lesson(request: HttpRequest, slug: str, audience: str) -> HttpResponse:
    place = _school(request, slug)
    code = lesson_pages.language_of(request.GET.get("lang", request.LANGUAGE_CODE))
    return render(
        request,
        "reporting/lessons/lesson.html",
        {**_common(place, code), "lesson": _lesson(audience), "audience": audience},
    )


@require_safe
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """One sheet, A4 or Letter. `audience` and `lang` stand in the address."""
    place = _school(request, slug)
    code = lesson_pages.language_of(request.GET.get("lang", request.LANGUAGE_CODE))
    audience = request.GET.get("audience", "grades-6-12")
    context = {
        **_common(place, code),
        "lesson": _lesson(audience),
        "audience": audience,
        "lines": lesson_pages.lesson_lines(),
    }
    return render(request, "reporting/lessons/poster.html", context)


@require_safe
def cards(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet of strips for the back of ID cards."""
    place = _school(request, slug)
    code = lesson_pages.language_of(request.GET.get("lang", request.LANGUAGE_CODE))
    return render(
        request,
        "reporting/lessons/cards.html",
        {**_common(place, code), "cards": range(lesson_pages.CARDS_ON_A_PAGE)},
    )


def _common(place: Organization, code: str) -> dict[str, object]:
    with override(code):
        title = _("QR code: the report form of %(name)s") % {"name": place.name}
    return {
        "place": place,
        "code": code,
        "qr": lesson_pages.qr_code(place, title),
        "address": lesson_pages.form_address(place),
        "spoken": lesson_pages.spoken_address(place),
        "form_is_open": public_state(place).open,
        "other_languages": [pair for pair in lesson_pages.lesson_lines()[0].languages if pair[0] != code],
    }
