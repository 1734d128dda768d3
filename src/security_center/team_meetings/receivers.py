"""What this room does when a person's work on a case ends, and when a case changes hands or is destroyed:
what was decided stays somebody's."""

from __future__ import annotations

from typing import Any

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.threat_assessment import signals
from security_center.threat_assessment.actions.staff_departure import OF_A_PLACE, DutyOfPlace
from security_center.threat_assessment.models import Case

from .actions import decisions
from .models import Decision


def pass_decisions_on(
    case: Case, left: Person | None, to: Person, actor: Person | None, **_signal: Any
) -> dict[str, Person]:
    if left is None or left.pk != to.pk:
        decisions.pass_on(case=case, to=to, actor=actor, left=left)
    return {}


def is_owed(case: Case, **_signal: Any) -> bool:
    return Decision.objects.filter(case=case, state=Decision.State.OPEN).exists()


def end_decisions(case: Case, actor: str, **_signal: Any) -> int:
    decisions.end_with(case=case)
    return 0


def connect() -> None:
    OF_A_PLACE[decisions.DECISION] = DutyOfPlace(Permission.MEETING_VIEW, then=decisions.give_to)
    signals.work_passes_on.connect(pass_decisions_on, dispatch_uid="decisions_pass_on")
    signals.still_owed.connect(is_owed, dispatch_uid="decisions_owed")
    signals.case_destroyed.connect(end_decisions, dispatch_uid="decisions_destroyed")
