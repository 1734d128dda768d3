"""Who may do what with a student who leaves or comes (over threat_assessment.policies)."""

from __future__ import annotations

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.policies import is_given
from security_center.threat_assessment.queries.team import is_on_team

from .models import Departure, Handoff, Transfer


def keeps_contact(person: Person, departure: Departure, case: Case) -> bool:
    """Whether this is whoever keeps contact with a student who left."""
    return departure.contact_at is not None and is_given(
        person, case, {departure.contact_owner_id, departure.contact_backup_id}
    )


def receives(person: Person, handoff: Handoff) -> bool:
    """At the school to which a case is handed: whoever sees to its teams; once it is taken on, the team that
    has it as well."""
    if handoff.to_school is None or not handoff.sent:
        return False
    if handoff.acknowledged:
        taken = handoff.successor_id or handoff.case_id
        return is_on_team(person, taken) and has(person, Permission.CASE_READ, handoff.to_school)
    return handoff.ended_at is None and has(person, Permission.CASE_TEAM, handoff.to_school)


def require_receiver(person: Person, handoff: Handoff) -> None:
    if not receives(person, handoff):
        raise NotAllowed(f"read what is handed to organization {handoff.to_school_id}")


def may_see_transfer(person: Person, row: Transfer) -> bool:
    """Whoever began it, and whoever sees to the teams of the school: a safety record is for those who need it
    (threat-assessment.md 10.9)."""
    if has(person, Permission.CASE_TEAM, row.school):
        return True
    return row.began_by_id == person.pk and has(person, Permission.CASE_OPEN, row.school)
