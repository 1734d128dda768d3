"""What an organization works by: the list of desks, the plan in force and its earlier versions, and what has
changed between two of them."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations import places
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of, has
from security_center.foundation.organizations.queries import organizations_for
from security_center.foundation.organizations.views.lookups import (
    current_person,
    listed,
    organization_by_slug,
)

from .. import pages, paper, plan_pages, plan_words, queries, readiness
from ..models import Plan
from .shared import pdf, trail

LINES_SHOWN = 40  # of readiness: each may have a dozen links


def _places(request: HttpRequest) -> QuerySet[Organization]:
    """The desks whose plan the person may see."""
    if not any_of(current_person(request), [Permission.PLAN_VIEW]):
        raise NotAllowed(Permission.PLAN_VIEW)
    return (
        organizations_for(current_person(request), Permission.PLAN_VIEW)
        .filter(active=True)
        .exclude(kind=Organization.Kind.STATE)
    )


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every desk the person sees: its plan, its hours without a reader, whether its form is open."""
    found = _places(request)
    desks = places.light(found)
    published = pages.published(found)
    closed = {desk.pk for desk in desks} - published.open

    def order(district: places.District) -> tuple[int, int, str]:
        return -district.count(closed), -district.count(published.gap), district.name

    page = listed(
        desks,
        request,
        desk_order=lambda desk: (
            desk.parent_name if desk.kind == "school" else desk.name,
            desk.kind,
            desk.name,
        ),
        district_order=order,
    )
    context = {
        "list": page,
        "lines": pages.desk_lines(places.whole(page.desks)),
        "districts": [(one, one.count(closed), one.count(published.gap)) for one in page.districts],
        "may_mark": any_of(current_person(request), [Permission.CONNECTEDNESS_MARK]),
        "may_see_training": any_of(current_person(request), [Permission.TRAINING_VIEW]),
    }
    return render(request, "prevention/index.html", context)


@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """What each school still lacks to work by its plan, and how many lack nothing."""
    found = _places(request)
    desks, missing = places.light(found), readiness.missing(found)
    lacks = Counter(pk for lacking in missing.values() for pk in lacking)
    ready = {desk.pk for desk in desks if not lacks[desk.pk]}
    page = listed(
        desks,
        request,
        desk_order=lambda desk: (-lacks[desk.pk], desk.name),
        district_order=lambda district: (district.count(ready) - len(district.places), district.name),
        most=LINES_SHOWN,
    )
    context = {
        "list": page,
        "lines": readiness.lines(places.whole(page.desks), current_person(request), missing),
        "ready": len(ready),
        "items": [(item, len(lacking)) for item, lacking in missing.items() if lacking],
        "districts": [(one, one.count(ready)) for one in page.districts],
        "trail": trail(),
    }
    return render(request, "prevention/readiness.html", context)


def _version(place: Organization, asked: str) -> Plan | None:
    return plan_pages.version_of(place, int(asked)) if asked.isdecimal() and len(asked) < 6 else None


@require_GET
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    place = organization_by_slug(request, slug, Permission.PLAN_VIEW)
    adopted, own = queries.adopted_plan(place), plan_pages.own_plan(place)
    asked = request.GET.get("version", "")
    shown = _version(place, asked) if asked else (own or adopted)
    if asked and shown is None:
        raise Http404
    read = shown or queries.begun(place)
    context = {
        "place": place,
        "adopted": adopted,
        "own": own,
        "shown": shown,
        "said": plan_pages.said(read),
        "promises": plan_words.promises(),
        "versions": plan_pages.versions(place),
        "holidays": pages.holidays_of(place),
        "public_url": f"{settings.SSC_PUBLIC_URL}/report/{place.slug}/plan/",
        "lacking": readiness.lines([place], current_person(request))[0].lacking,
        "draft": queries.stored_draft(place) is not None,
        "may_edit": has(current_person(request), Permission.PLAN_EDIT, place),
        "trail": trail(),
    }
    return render(request, "prevention/plan.html", context)


@require_GET
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two versions side by side: the two newest, or those in the address. Of a place without a plan of its
    own, those of the one it works by."""
    place = organization_by_slug(request, slug, Permission.PLAN_VIEW)
    adopted = queries.adopted_plan(place)
    of = adopted.organization if adopted is not None else place
    versions = plan_pages.versions(of)
    if len(versions) < 2:
        raise Http404
    mark_read_about(actor=current_person(request), path=request.get_full_path())
    after = _version(of, request.GET.get("to", "")) or versions[0]
    before = _version(of, request.GET.get("from", "")) or next(
        (one for one in versions if one.version < after.version), versions[-1]
    )
    context = {
        "place": place,
        "before": before,
        "after": after,
        "changes": plan_pages.changes(before, after),
        "versions": versions,
        "trail": [*trail(place)],
        "here": _("What has changed"),
    }
    return render(request, "prevention/compare.html", context)


@require_GET
def plan_paper(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan in force, or an earlier version, as a PDF."""
    place = organization_by_slug(request, slug, Permission.PLAN_VIEW)
    asked = request.GET.get("version", "")
    version = _version(place, asked) if asked else queries.adopted_plan(place)
    if version is None:
        raise Http404
    return pdf(paper.paper(version, plan_pages.page_language()), f"plan-{place.slug}-{version.version}.pdf")
