"""What an organization works by: the list of desks, the plan in force and its earlier versions, and what has changed between two of them."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of, has
from security_center.foundation.organizations.queries import organizations_for
from security_center.foundation.organizations.views.lookups import me, organization_by_slug

from .. import pages, paper, plan_pages, plan_words, queries, readiness
from ..models import Plan
from .shared import pdf, trail

DESKS_SHOWN = 200


def _desks(request: HttpRequest) -> list[Organization]:
    """The desks whose plan the person may see."""
    if not any_of(me(request), [Permission.PLAN_VIEW]):
        raise NotAllowed(Permission.PLAN_VIEW)
    places = organizations_for(me(request), Permission.PLAN_VIEW).filter(active=True).exclude(kind=Organization.Kind.STATE)
    return list(places.select_related("parent__parent").order_by("parent__name", "kind", "name")[:DESKS_SHOWN])


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every desk the person sees: its plan, its hours without a reader, whether its form is open."""
    context = {
        "lines": pages.desk_lines(_desks(request)),
        "may_mark": any_of(me(request), [Permission.CONNECTEDNESS_MARK]),
        "may_see_training": any_of(me(request), [Permission.TRAINING_VIEW]),
    }
    return render(request, "prevention/index.html", context)


@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """What each school still lacks to work by its plan, and how many lack nothing."""
    lines = readiness.lines(_desks(request), me(request))
    counts = Counter(one.item for line in lines for one in line.lacking)
    districts = {line.organization.district.pk: line.organization.district for line in lines}
    context = {
        "lines": sorted(lines, key=lambda line: (-len(line.lacking), line.organization.name)),
        "ready": sum(1 for line in lines if line.ready),
        "items": [(item, counts[item]) for item in readiness.items() if counts[item]],
        "districts": [(one, *_counted([line for line in lines if line.organization.district.pk == pk])) for pk, one in districts.items()],
        "trail": trail(),
    }
    return render(request, "prevention/readiness.html", context)


def _counted(lines: list[readiness.Line]) -> tuple[int, int]:
    return sum(1 for line in lines if line.ready), len(lines)


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
        "lacking": readiness.lines([place], me(request))[0].lacking,
        "draft": queries.stored_draft(place) is not None,
        "may_edit": has(me(request), Permission.PLAN_EDIT, place),
        "trail": trail(),
    }
    return render(request, "prevention/plan.html", context)


@require_GET
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two versions side by side: the two newest, or those in the address."""
    place = organization_by_slug(request, slug, Permission.PLAN_VIEW)
    versions = plan_pages.versions(place)
    if len(versions) < 2:
        raise Http404
    after = _version(place, request.GET.get("to", "")) or versions[0]
    before = _version(place, request.GET.get("from", "")) or next((one for one in versions if one.version < after.version), versions[-1])
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
