"""What a team lacks to work by its plan: a meeting this month, practice this half-year. Each is asked of many
places in a fixed number of queries."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.prevention import readiness
from security_center.prevention.plan_gaps import with_plan
from security_center.threat_assessment.queries.list import practice_cases

from .models import Meeting, Rhythm


def no_meeting_this_month(places: QuerySet[Organization]) -> set[int]:
    """Ids of those whose team has neither met this month nor planned to. A school that leaves it to its
    district lacks what the district lacks."""
    with_district = Rhythm.objects.filter(place=OuterRef("pk"), with_district=True)
    relied_on = Rhythm.objects.filter(district=OuterRef("pk"))
    found = (
        places.exclude(kind=Organization.Kind.STATE)
        .exclude(Q(~Exists(relied_on), kind=Organization.Kind.DISTRICT))
        .order_by()
    )
    for name, zone in (("own", "time_zone"), ("above", "parent__time_zone")):
        begins = readiness.by_zone(lambda day, zone: _start(day.replace(day=1), zone), DateTimeField(), zone)
        ends = readiness.by_zone(
            lambda day, zone: _start((day.replace(day=1) + timedelta(days=32)).replace(day=1), zone),
            DateTimeField(),
            zone,
        )
        found = found.annotate(**{f"{name}_begins": begins, f"{name}_ends": ends})
    left_to_the_district = Q(Exists(with_district), kind=Organization.Kind.SCHOOL)
    own, above = ~Exists(_meetings("pk", "own")), ~Exists(_meetings("parent", "above"))
    lacking = found.filter((left_to_the_district & Q(above)) | (~left_to_the_district & Q(own)))
    return set(lacking.values_list("pk", flat=True)) & with_plan(places)


def _meetings(place: str, month: str) -> QuerySet[Meeting]:
    held = Meeting.objects.filter(
        place=OuterRef(place),
        starts_at__gte=OuterRef(f"{month}_begins"),
        starts_at__lt=OuterRef(f"{month}_ends"),
    )
    return held.exclude(state=Meeting.State.DROPPED)


def no_practice_this_half_year(places: QuerySet[Organization]) -> set[int]:
    """Ids of the schools whose team has worked through no made-up case since July, or since January."""
    begins = readiness.by_zone(
        lambda day, zone: _start(day.replace(month=1 if day.month < 7 else 7, day=1), zone), DateTimeField()
    )
    practiced = practice_cases().filter(school=OuterRef("pk"), opened_at__gte=OuterRef("half_year"))
    schools = places.filter(kind=Organization.Kind.SCHOOL).order_by().annotate(half_year=begins)
    return set(schools.filter(~Exists(practiced)).values_list("pk", flat=True)) & with_plan(places)


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)


def register_all() -> None:
    sentence = _("The team has neither met this month nor planned to.")
    readiness.register(
        "no_meeting",
        sentence,
        _("Plan a meeting"),
        no_meeting_this_month,
        link="team_meetings:meetings_of",
        needs=Permission.MEETING_VIEW,
        order=50,
    )
    sentence = _("The team has practiced with no made-up case this half-year.")
    readiness.register(
        "no_practice",
        sentence,
        _("Practice"),
        no_practice_this_half_year,
        link="team_meetings:practice_at",
        needs=Permission.CASE_OPEN,
        order=70,
    )
