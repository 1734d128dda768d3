"""What a team lacks to work by its plan: a meeting this month, practice this half-year. Each is asked of many places in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.prevention import readiness
from security_center.prevention.queries import adopted_plans

from .models import Case, Meeting, Rhythm


def no_meeting_this_month(places: Sequence[Organization]) -> set[int]:
    """Ids of those whose team has neither met this month nor planned to. A school that leaves it to its district lacks what the district lacks."""
    met = _with_a_meeting(places)
    with_district = set(Rhythm.objects.filter(place__in=[place.pk for place in places], with_district=True).values_list("place_id", flat=True))
    relied_on = set(Rhythm.objects.filter(district__in=[place.district.pk for place in places]).values_list("district_id", flat=True))
    plans = adopted_plans(places)
    lacking = set()
    for place in places:
        if place.kind == Organization.Kind.STATE or plans[place.pk] is None:
            continue
        if place.kind == Organization.Kind.DISTRICT and place.pk not in relied_on:
            continue
        if (place.district.pk if place.pk in with_district else place.pk) not in met:
            lacking.add(place.pk)
    return lacking


def _with_a_meeting(places: Sequence[Organization]) -> set[int]:
    """Ids of places, and of their districts, with a meeting in the month that it is there."""
    asked = {one.pk: one for place in places for one in (place, place.district)}
    earliest = min((_start(place, place.today().replace(day=1)) for place in asked.values()), default=now())
    rows = Meeting.objects.filter(place__in=asked, starts_at__gte=earliest).exclude(state=Meeting.State.DROPPED)
    found = set()
    for place_id, starts_at in rows.values_list("place_id", "starts_at"):
        place = asked[place_id]
        day, today = starts_at.astimezone(place.zone).date(), place.today()
        if (day.year, day.month) == (today.year, today.month):
            found.add(place_id)
    return found


def no_practice_this_half_year(places: Sequence[Organization]) -> set[int]:
    """Ids of the schools whose team has worked through no made-up case since July, or since January."""
    schools = {place.pk: place for place in places if place.kind == Organization.Kind.SCHOOL}
    plans = adopted_plans(schools.values())
    begins = {pk: _start(school, school.today().replace(month=1 if school.today().month < 7 else 7, day=1)) for pk, school in schools.items()}
    practiced = set()
    rows = Case.objects.filter(school__in=schools, practice=True, opened_at__gte=min(begins.values(), default=now()))
    for school_id, opened_at in rows.order_by().values_list("school_id", "opened_at"):
        if opened_at >= begins[school_id]:
            practiced.add(school_id)
    return {pk for pk in schools if plans[pk] is not None and pk not in practiced}


def _start(place: Organization, day: date) -> datetime:
    return datetime.combine(day, time(0), place.zone)


def register_all() -> None:
    sentence = _("The team has neither met this month nor planned to.")
    readiness.register(
        "no_meeting",
        sentence,
        _("Plan a meeting"),
        no_meeting_this_month,
        link="threat_assessment:meetings_of",
        needs=Permission.MEETING_VIEW,
        order=50,
    )
    sentence = _("The team has practiced with no made-up case this half-year.")
    readiness.register(
        "no_practice", sentence, _("Practice"), no_practice_this_half_year, link="threat_assessment:practice_at", needs=Permission.CASE_OPEN, order=70
    )
