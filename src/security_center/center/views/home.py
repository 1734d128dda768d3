"""The first page, the schools side by side, and how to mend what a page cannot."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.clock import now
from security_center.foundation.notifications import queries as notifications
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.places import NoSuchDistrict, Wanted
from security_center.foundation.organizations.policies import NotAllowed, any_of, held
from security_center.foundation.organizations.views.lookups import current_person, listed
from security_center.foundation.sqlite.damage import readable

from .. import actions
from ..mending import ways_to_mend
from ..queries import alerts as alert_queries
from ..queries import home as home_queries
from ..queries import rollups


def zone_of(person: Person) -> ZoneInfo:
    """The wall clock of the person's first place."""
    place = next((assignment.organization for assignment in held(person)), person.organization)
    return ZoneInfo(place.time_zone if place is not None else settings.TIME_ZONE)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    person = current_person(request)
    with timezone.override(zone_of(person)):
        context = {
            "home": home_queries.home(person),
            "alert_waits": readable(lambda: notifications.alert_waits_on_screen(person), False),
        }
        return render(request, "center/home.html", context)


@require_GET
def schools(request: HttpRequest) -> HttpResponse:
    """The roll-up: of a district's desks, or of a state's districts (`?district=` opens one)."""
    person = current_person(request)
    if not any_of(person, [Permission.STATISTICS_VIEW]):
        raise NotAllowed(Permission.STATISTICS_VIEW)
    together = rollups.RollUp(person)
    page = listed(together.desks, request, **together.orders)
    context = {
        "list": page,
        "rows": together.desk_rows(page.desks),
        "districts": together.district_rows(page.districts),
        "title": page.chosen.name if page.chosen is not None else _("Schools"),
    }
    return render(request, "center/schools.html", context)


@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """How many alerts of which kind each school had in a month (`?month=2026-11`)."""
    person = current_person(request)
    if not any_of(person, [Permission.STATISTICS_VIEW]):
        raise NotAllowed(Permission.STATISTICS_VIEW)
    zone = zone_of(person)
    months = alert_queries.months_until(now().astimezone(zone).date())
    chosen = next(
        (month for month in months if month.strftime("%Y-%m") == request.GET.get("month", "")), months[0]
    )
    try:
        page = alert_queries.alerts_of(person, chosen, zone, Wanted.from_query(request.GET))
    except NoSuchDistrict:
        raise Http404 from None
    return render(
        request,
        "center/alerts.html",
        {"page": page, "list": page.list, "months": months, "month": chosen.strftime("%Y-%m")},
    )


@require_http_methods(["GET", "POST"])
def mend(request: HttpRequest, key: str) -> HttpResponse:
    """What only whoever runs the machine can mend, in steps. Of the clock a person says here that it is
    right."""
    if not any_of(current_person(request), [Permission.ORGANIZATION_EDIT]):
        raise NotAllowed(Permission.ORGANIZATION_EDIT)
    way = ways_to_mend().get(key)
    if way is None:
        raise Http404
    if request.method == "POST" and way.confirms:
        actions.confirm_time(actor=current_person(request))
        messages.success(request, _("Thank you. The system looks at the clock again within a few seconds."))
        return redirect("center:home")
    return render(request, "center/mend.html", {"way": way})
