"""Who may do what with the meetings of a place's team."""

from __future__ import annotations

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has


def may_meet(person: Person, permission: Permission, place: Organization) -> bool:
    """What belongs to the team of a place and to no single case: its meetings. Texts about a case stay with
    the case."""
    return has(person, permission, place)


def require_meeting(person: Person | None, permission: Permission, place: Organization) -> None:
    if person is not None and not may_meet(person, permission, place):
        raise NotAllowed(f"{permission} at organization {place.pk}")
