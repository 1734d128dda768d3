"""What this room does when a person's work ends, and when a case changes hands or is destroyed: what was decided stays somebody's."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django_scopes import scopes_disabled

from security_center.foundation.organizations import signals as organization_signals
from security_center.foundation.organizations.models import Person, RoleAssignment
from security_center.threat_assessment import signals
from security_center.threat_assessment.models import Case

from .actions import decisions
from .models import Decision


def pass_decisions_on(case: Case, left: Person | None, to: Person, actor: Person | None, **_signal: Any) -> dict[str, Person]:
    if left is None or left.pk != to.pk:
        decisions.pass_on(case=case, to=to, actor=actor, left=left)
    return {}


def is_owed(case: Case, **_signal: Any) -> bool:
    return Decision.objects.filter(case=case, state=Decision.State.OPEN).exists()


def end_decisions(case: Case, actor: str, **_signal: Any) -> int:
    decisions.end_with(case=case)
    return 0


def hand_decisions_on(person: Person, actor: Person | None, **_signal: Any) -> None:
    with transaction.atomic(), scopes_disabled():  # of whatever district
        decisions.hand_on_of_places(person=person, actor=actor)


def hand_decisions_of_role_on(assignment: RoleAssignment, actor: Person | None, **_signal: Any) -> None:
    # Read anew: the object at hand may still remember the role.
    hand_decisions_on(person=Person.objects.get(pk=assignment.person_id), actor=actor)


def connect() -> None:
    signals.work_passes_on.connect(pass_decisions_on, dispatch_uid="decisions_pass_on")
    signals.still_owed.connect(is_owed, dispatch_uid="decisions_owed")
    signals.case_destroyed.connect(end_decisions, dispatch_uid="decisions_destroyed")
    organization_signals.person_leaving.connect(hand_decisions_on, dispatch_uid="decisions_of_leaving")
    organization_signals.role_ended.connect(hand_decisions_of_role_on, dispatch_uid="decisions_of_ended_role")
