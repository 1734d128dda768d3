"""What the worker does for this room. It may run twice and does the work once."""

from __future__ import annotations

from django_scopes import scope

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import tenants
from security_center.foundation.timekeeping.queries import MARKED_BEFORE, sure_moment
from security_center.foundation.vault.queries import records_on_hold

from .actions import meetings, minutes_destruction
from .models import Decision, Meeting

ENDED_AT_ONCE = 200


def end_meetings() -> int:
    """Once a day: mark the minutes of meetings whose time is over in a week, destroy those that were marked a
    week ago. Nothing while the time is not believed. Returns how many were destroyed."""
    at = sure_moment()
    if at is None:
        return 0
    ended = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            old = Meeting.objects.filter(ended_at__isnull=True, starts_at__lt=at).select_related(
                "place__parent__parent"
            )
            undone = Decision.objects.filter(case__isnull=True, state=Decision.State.OPEN).values("meeting")
            # As above: what is kept stands before nobody
            over = old.exclude(record__in=records_on_hold()).exclude(pk__in=undone)
            for meeting in over.filter(end_told_at__isnull=True).order_by("starts_at", "pk")[:ENDED_AT_ONCE]:
                minutes_destruction.tell_of_end(meeting=meeting, at=at)
            for meeting in over.filter(end_told_at__lte=at - MARKED_BEFORE).order_by("end_told_at", "pk")[
                :ENDED_AT_ONCE
            ]:
                ended += minutes_destruction.end_meeting(meeting=meeting, at=at)
    return ended


def ask_for_meetings() -> int:
    """Each team that has to meet and was not asked yet gets its duty for the next meeting. Returns how many
    did."""
    asked = 0
    places = (
        Organization.objects.filter(active=True)
        .exclude(kind=Organization.Kind.STATE)
        .select_related("parent__parent")
    )
    for place in places.order_by("pk"):
        with scope(district=[place.district.pk]):
            asked += meetings.raise_meeting_duty(place=place)
    return asked
