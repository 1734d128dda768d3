"""What this room does when a person's work ends somewhere below, or a clock was off. In the same transaction:
nobody is gone while a report still rests with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from security_center.foundation.duties.models import Duty
from security_center.foundation.duties.signals import ladder_moved
from security_center.foundation.organizations import signals
from security_center.foundation.organizations.models import Person, RoleAssignment

from .actions import follow_up, forgotten


def release_reports_of_leaving(person: Person, actor: Person | None, **_signal: Any) -> None:
    forgotten.release_held(person=person, actor=actor)


def release_reports_of_ended_role(assignment: RoleAssignment, actor: Person | None, **_signal: Any) -> None:
    # Read anew: the object at hand may still remember the role.
    forgotten.release_held(person=Person.objects.get(pk=assignment.person_id), actor=actor)


def move_dates_of_report(duty: Duty, by: timedelta, **_signal: Any) -> None:
    if duty.kind in follow_up.CLOCKS:
        follow_up.move_clock(thing=duty.thing, kind=duty.kind, by=by)


def connect() -> None:
    signals.person_leaving.connect(release_reports_of_leaving, dispatch_uid="reports_of_leaving")
    signals.role_ended.connect(release_reports_of_ended_role, dispatch_uid="reports_of_ended_role")
    ladder_moved.connect(move_dates_of_report, dispatch_uid="dates_of_report")
