"""What the worker does for this room. It may run twice and does the work once."""

from __future__ import annotations

from datetime import timedelta

from django_scopes import scope

from security_center.foundation.organizations.queries import tenants
from security_center.foundation.timekeeping.queries import MARKED_BEFORE, sure_moment
from security_center.foundation.vault.queries import records_on_hold
from security_center.threat_assessment.queries.list import closed_cases

from . import content_loader as content
from .actions import destruction

ENDED_AT_ONCE = 200


def end_cases() -> int:
    """Once a day: tell whoever led a case that its end is near, and destroy those whose day has come, a week
    after that at the earliest. Nothing while the time is not believed. Returns how many were destroyed."""
    at = sure_moment()
    if at is None:
        return 0
    destroyed = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            # A day either side of the server's own: each case is asked by the day at its school.
            near = at.date() + timedelta(days=content.privacy_clocks()["told_before_end"].days)
            closed = closed_cases()
            for case in closed.filter(keep_until__lte=near, end_told_at__isnull=True)[:ENDED_AT_ONCE]:
                destruction.tell_of_end(case=case, at=at)
            # Those that something keeps are not asked at all: else a few hundred of them would stand before
            # all others for ever.
            over = closed.filter(
                keep_until__lte=at.date() + timedelta(days=1), end_told_at__lte=at - MARKED_BEFORE
            )
            for case in over.exclude(record__in=records_on_hold()).order_by("keep_until", "pk")[
                :ENDED_AT_ONCE
            ]:
                if case.keep_until is not None and case.keep_until <= at.astimezone(case.zone).date():
                    destroyed += destruction.expunge(case=case) is not None
    return destroyed
