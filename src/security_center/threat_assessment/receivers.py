"""What this room does when a person's work ends somewhere below: no case is led by somebody who has gone."""

from __future__ import annotations

from typing import Any

from security_center.foundation.organizations import signals
from security_center.foundation.organizations.models import Person, RoleAssignment

from .actions import staff_departure


def release_cases_of_leaving(person: Person, actor: Person | None, **_signal: Any) -> None:
    staff_departure.release(person=person, actor=actor)


def release_cases_of_ended_role(assignment: RoleAssignment, actor: Person | None, **_signal: Any) -> None:
    # Read anew: the object at hand may still remember the role.
    staff_departure.release(person=Person.objects.get(pk=assignment.person_id), actor=actor)


def connect() -> None:
    signals.person_leaving.connect(release_cases_of_leaving, dispatch_uid="cases_of_leaving")
    signals.role_ended.connect(release_cases_of_ended_role, dispatch_uid="cases_of_ended_role")
