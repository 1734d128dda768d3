"""Practice with made-up cases (step 1 of the plan): opened with one press, worked on like any other, ended
with one press."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.threat_assessment.actions.case_opening import open_case
from security_center.threat_assessment.actions.state_transitions import NotATransition, enter, locked_for
from security_center.threat_assessment.models import Case, State

from .. import content_loader as content

OVER = (
    "practice_over"  # the only reason for which a practice case ends, and no reason for which any other does
)


@transaction.atomic
def begin_practice(*, actor: Person, school: Organization, key: str, disciplines: Sequence[str]) -> Case:
    """Open a ready-made case, led by whoever presses. Raises NotAllowed; KeyError for a case that is not in
    the content."""
    chosen = content.practice_cases()[key]
    return open_case(
        actor=actor,
        school=school,
        lead=actor,
        disciplines=disciplines,
        concern=str(chosen.concern),
        subject_name=str(chosen.student),
        subject_facts=str(chosen.facts),
        known_subject=True,
        practice=True,
    )


@transaction.atomic
def end_practice(*, actor: Person, case: Case) -> Case:
    """The team has practiced enough. No gate stands before it. Raises NotAllowed, NotATransition (for a real
    case, or one that is over)."""
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    if not fresh.practice or not fresh.open:
        raise NotATransition(fresh, State.CLOSED)
    fresh.closed_at, fresh.closed_by, fresh.close_reason = now(), actor, OVER
    enter(case=fresh, to=State.CLOSED, actor=actor)
    return fresh
