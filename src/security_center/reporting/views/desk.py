"""The desk: what waits for this person, in the order in which it matters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from security_center.foundation.clock import now
from security_center.foundation.notifications.queries import alerts_of
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import ROLE_PERMISSIONS, Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of, held, organizations_with
from security_center.foundation.web.page_words import capped
from security_center.prevention import content_loader as plan
from security_center.prevention.queries import coverage_from

from .. import queries
from ..models import Report, Urgency
from .desk_lines import line_of
from .lookups import current_person, in_zone_of

DAYS_LOOKED_AHEAD = 3


@dataclass(frozen=True)
class Coverage:
    """Who reads at the person's desk now and until when (None: around the clock); nobody is said as
    plainly."""

    place: Organization
    readers: list[Person]
    until: datetime | None
    next_at: datetime | None


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    person = current_person(request)
    place = home_desk(person)
    if place is None:
        raise NotAllowed(Permission.REPORT_LIST)
    filters = queries.Filters.from_query(request.GET)
    with in_zone_of(place):
        page = queries.desk_page(person, filters)
        if filters.number and len(page.rows) == 1:
            return redirect("reporting:report", number=page.rows[0].number)
        return render(
            request,
            "reporting/desk/desk.html",
            _context(person, place, page, choosing=request.GET.get("choose") == "1"),
        )


def home_desk(person: Person) -> Organization | None:
    """The desk whose coverage the person cares for first: that of their first role which lists reports, or of
    an open access session."""
    listing = [
        a.organization for a in held(person) if Permission.REPORT_LIST in ROLE_PERMISSIONS[Role(a.role)]
    ]
    return (
        listing[0]
        if listing
        else organizations_with(person, Permission.REPORT_LIST).select_related("parent").first()
    )


def _context(person: Person, place: Organization, page: queries.Desk, choosing: bool) -> dict[str, object]:
    filters = page.filters
    may_read = any_of(person, [Permission.REPORT_WRITE])
    _sent, confirmed = alerts_of([person]).get(person.pk, (None, None))
    return {
        "page": page,
        "lines": [
            line_of(row, page.marks[row.pk], reader=person.pk if may_read else None) for row in page.rows
        ],
        "tabs": _tabs(page),
        "coverage": _coverage(place),
        "next_url": address(filters, keep_after=True, after=page.next_after) if page.next_after else "",
        "first_url": address(filters) if filters.after else "",
        "urgencies": Urgency.choices,
        "categories": plan.categories().values(),
        "states": Report.State.choices,
        "filtered": bool(
            filters.urgency
            or filters.category
            or filters.school
            or filters.state
            or filters.waiting
            or filters.number
        ),
        "clear_url": address(
            replace(filters, urgency="", category="", school="", state="", waiting="", number="")
        ),
        "choosing": choosing and may_read,
        "choose_url": address(filters) + "&choose=1",
        "may_take": may_read,
        "burst": page.burst if may_read else None,
        "line_tested": confirmed.confirmed_at if confirmed is not None else None,
    }


def _tabs(page: queries.Desk) -> list[dict[str, object]]:
    filters = page.filters
    labels = (
        ("mine", _("Mine")),
        ("unassigned", _("Unassigned")),
        ("late", pgettext("tab", "Late")),
        ("all", pgettext("tab", "All open")),
    )
    tabs: list[dict[str, object]] = [
        {
            "label": label,
            "url": address(filters, tab=tab, closed=False),
            "current": tab == filters.tab and not filters.closed,
            "count": capped(page.counts[tab]),
        }
        for tab, label in labels
    ]
    return [
        *tabs,
        {
            "label": pgettext("tab", "Closed"),
            "url": address(filters, closed=True, tab="all"),
            "current": filters.closed,
        },
    ]


def address(filters: queries.Filters, *, keep_after: bool = False, **changes: object) -> str:
    """The desk's address for these filters: what is left out has its usual value. A new filter begins at the
    first page."""
    changed = replace(filters, **{"after": "", **changes} if not keep_after else changes)  # type: ignore[arg-type]
    given = {
        "tab": changed.tab,
        "urgency": changed.urgency,
        "category": changed.category,
        "school": changed.school,
        "state": changed.state,
    }
    given |= {"waiting": changed.waiting, "closed": "1" if changed.closed else "", "after": changed.after}
    return "?" + urlencode({name: value for name, value in given.items() if value})


def _coverage(place: Organization) -> Coverage:
    at = now()
    readers, stretches = coverage_from(place, at, days=DAYS_LOOKED_AHEAD)
    until = next((s.ends_at for s in stretches if s.starts_at <= at < s.ends_at), None)
    if until is not None and until >= at + timedelta(days=DAYS_LOOKED_AHEAD):
        return Coverage(place, readers, None, None)
    upcoming = next((s.starts_at for s in stretches if s.starts_at > at), None)
    return Coverage(place, readers, until, None if until else upcoming)


@require_GET
def next_one(request: HttpRequest) -> HttpResponse:
    """The report this person should take next, without choosing."""
    if home_desk(current_person(request)) is None:
        raise NotAllowed(Permission.REPORT_LIST)
    report = queries.next_in_queue(current_person(request))
    return (
        redirect("reporting:report", number=report.number)
        if report is not None
        else redirect("reporting:desk")
    )
