"""What the worker does for this room. It may run twice and does the work once."""

from __future__ import annotations

from datetime import time

from django.tasks import task
from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.queries import tenants
from security_center.prevention.queries import calendar_of

from .actions import case_holds, files, management_plan, school_removals
from .models import Action, Case, Removal

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

    A step of a case in imminent response is asked for too: nobody stops searching a bag because the danger
    has grown."""
    asked = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            daily = Action.objects.filter(daily=True, state=Action.State.OPEN).values("plan__case")
            for case in Case.objects.filter(pk__in=daily, closed_at__isnull=True).select_related(
                "school__parent__parent", "lead"
            ):
                if _school_is_near(case):
                    asked += management_plan.ask_for_daily_steps(case=case)
    return asked


def watch_removals() -> int:
    """A removal without an end grows by itself: count again, and raise what the count asks for. Returns how
    many questions were raised."""
    raised = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            removed = Removal.objects.filter(case__closed_at__isnull=True).values("case")
            for case in Case.objects.filter(pk__in=removed).select_related("school__parent__parent", "lead"):
                raised += school_removals.watch_days(case=case)
    return raised


def _school_is_near(case: Case) -> bool:
    """From the morning of a school day until school is out. (A worker that was down in the morning asks late
    rather than not at all.)"""
    at = now()
    local = at.astimezone(case.zone)
    hours = calendar_of(case.school).school_day(local.date())
    return hours is not None and local.time() >= MORNING and at < hours[1]


def end_holds() -> int:
    """Cases whose days of waiting are over go on where they stood. Returns how many did."""
    ended = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            for case in Case.objects.filter(held_until__lte=now()):
                ended += case_holds.lapse(case=case)
    return ended
