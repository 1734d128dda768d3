"""What the worker does for this room. It may run twice and does the work once."""

from __future__ import annotations

from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.school_years import Period, last_school_years

from .actions import publishing


def periods_over(district: Organization) -> list[Period]:
    """Of this school year and the last one, the first half before its year: the year keeps back what the half
    has told."""
    at, zone = now(), district.zone
    years = reversed(last_school_years(at, zone, 2))
    return [period for year in years for period in (year.halves[0], year) if period.is_over(at, zone)]


def publish_what_is_over() -> int:
    """Returns how many figures were made."""
    made = 0
    for district in Organization.objects.filter(kind=Organization.Kind.DISTRICT, active=True).select_related(
        "parent"
    ):
        with scope(district=[district.pk]):
            for period in periods_over(district):
                made += len(publishing.publish(district=district, period=period))
    return made


def ask_to_read() -> int:
    """Returns how many districts were asked."""
    asked = 0
    for district in Organization.objects.filter(kind=Organization.Kind.DISTRICT, active=True).select_related(
        "parent"
    ):
        with scope(district=[district.pk]):
            asked += publishing.ask_to_read(district=district) is not None
    return asked
