"""What the worker does for this room. It may run twice and does the work once."""

from __future__ import annotations

from datetime import time, timedelta

from django.tasks import task
from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import tenants
from security_center.foundation.timekeeping.queries import MARKED_BEFORE, sure_moment
from security_center.foundation.vault.queries import records_on_hold
from security_center.prevention.queries import calendar_of

from . import content_loader as doctrine
from .actions import files, holding, managing, meeting_ending, meetings, removing
from .actions.privacy import ending
from .models import Action, Case, Decision, Meeting, Removal

ENDED_AT_ONCE = 200
# Local. Early enough for whoever searches a bag at the door, and nobody's phone rings for it at midnight.
MORNING = time(6, 0)


@task(queue_name="files")
def clean_file(district_id: int, file_id: int) -> str:
    """Make the clean copy of one file of a case. Returns the state it ended in."""
    with scope(district=[district_id]):
        return files.make_clean_copy(file_id=file_id)


def ask_for_daily_steps() -> int:
    """On a school morning, each open daily step of an open case gets its duty for today
    (threat-assessment.md F11: silence rings). Returns how many did.

    A step of a case in imminent response is asked for too: nobody stops searching a bag because the danger has grown.
    """
    asked = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            daily = Action.objects.filter(daily=True, state=Action.State.OPEN).values("plan__case")
            for case in Case.objects.filter(pk__in=daily, closed_at__isnull=True).select_related("school__parent__parent", "lead"):
                if _school_is_near(case):
                    asked += managing.ask_for_daily_steps(case=case)
    return asked


def watch_removals() -> int:
    """A removal without an end grows by itself: count again, and raise what the count asks for. Returns how many questions were raised."""
    raised = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            removed = Removal.objects.filter(case__closed_at__isnull=True).values("case")
            for case in Case.objects.filter(pk__in=removed).select_related("school__parent__parent", "lead"):
                raised += removing.watch_days(case=case)
    return raised


def end_cases() -> int:
    """Once a day: tell whoever led a case that its end is near, and destroy those whose day has come, a week after that at the earliest. Nothing
    while the time is not believed. Returns how many were destroyed."""
    at = sure_moment()
    if at is None:
        return 0
    destroyed = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            # A day either side of the server's own: each case is asked by the day at its school.
            near = at.date() + timedelta(days=doctrine.privacy_clocks()["told_before_end"].days)
            closed = Case.objects.filter(closed_at__isnull=False, expunged_at__isnull=True).select_related("school__parent__parent", "lead")
            for case in closed.filter(keep_until__lte=near, end_told_at__isnull=True)[:ENDED_AT_ONCE]:
                ending.tell_of_end(case=case, at=at)
            # Those that something keeps are not asked at all: else a few hundred of them would stand before all others for ever.
            over = closed.filter(keep_until__lte=at.date() + timedelta(days=1), end_told_at__lte=at - MARKED_BEFORE)
            for case in over.exclude(record__in=records_on_hold()).order_by("keep_until", "pk")[:ENDED_AT_ONCE]:
                if case.keep_until is not None and case.keep_until <= at.astimezone(case.zone).date():
                    destroyed += ending.expunge(case=case) is not None
    return destroyed


def end_meetings() -> int:
    """Once a day: mark the minutes of meetings whose time is over in a week, destroy those that were marked a week ago. Nothing while the time is not
    believed. Returns how many were destroyed."""
    at = sure_moment()
    if at is None:
        return 0
    ended = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            old = Meeting.objects.filter(ended_at__isnull=True, starts_at__lt=at).select_related("place__parent__parent")
            undone = Decision.objects.filter(case__isnull=True, state=Decision.State.OPEN).values("meeting")
            over = old.exclude(record__in=records_on_hold()).exclude(pk__in=undone)  # as above: what is kept stands before nobody
            for meeting in over.filter(end_told_at__isnull=True).order_by("starts_at", "pk")[:ENDED_AT_ONCE]:
                meeting_ending.tell_of_end(meeting=meeting, at=at)
            for meeting in over.filter(end_told_at__lte=at - MARKED_BEFORE).order_by("end_told_at", "pk")[:ENDED_AT_ONCE]:
                ended += meeting_ending.end_meeting(meeting=meeting, at=at)
    return ended


def _school_is_near(case: Case) -> bool:
    """From the morning of a school day until school is out. (A worker that was down in the morning asks late rather than not at all.)"""
    at = now()
    local = at.astimezone(case.zone)
    hours = calendar_of(case.school).school_day(local.date())
    return hours is not None and local.time() >= MORNING and at < hours[1]


def ask_for_meetings() -> int:
    """Each team that has to meet and was not asked yet gets its duty for the next meeting. Returns how many did."""
    asked = 0
    places = Organization.objects.filter(active=True).exclude(kind=Organization.Kind.STATE).select_related("parent__parent")
    for place in places.order_by("pk"):
        with scope(district=[place.district.pk]):
            asked += meetings.owe_meeting(place=place)
    return asked


def end_holds() -> int:
    """Cases whose days of waiting are over go on where they stood. Returns how many did."""
    ended = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            for case in Case.objects.filter(held_until__lte=now()):
                ended += holding.lapse(case=case)
    return ended
