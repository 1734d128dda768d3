"""Who may do what with a case. Need to know: only its members read it, whatever role somebody has; a district's safety lead and the school's own
leaders know that it is there (its number, state and clocks), since somebody has to see that it moves."""

from __future__ import annotations

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has

from .models import Case, Member

__all__ = ["NotAllowed", "can", "may_know", "may_meet", "member_of", "require", "require_meeting", "require_open"]


def member_of(person: Person, case: Case) -> Member | None:
    """The membership, asked once for a request and remembered on the case."""
    known: dict[int, Member | None] = case.__dict__.setdefault("_memberships", {})
    if person.pk not in known:
        known[person.pk] = Member.objects.filter(case=case, person=person, removed_at__isnull=True).first()
    return known[person.pk]


def can(person: Person, permission: Permission, case: Case) -> bool:
    """By role at the case's school; to read and to write it, only on its team as well. Its members know of it too."""
    if permission in {Permission.CASE_READ, Permission.CASE_WRITE}:
        return member_of(person, case) is not None and has(person, permission, case.school)
    if permission is Permission.CASE_LIST and member_of(person, case) is not None:
        return has(person, Permission.CASE_JOIN, case.school)
    return has(person, permission, case.school)


def may_know(person: Person, case: Case) -> bool:
    return can(person, Permission.CASE_LIST, case)


def require(person: Person | None, permission: Permission, case: Case) -> None:
    """`None` is the system (worker, sample district). Raises `NotAllowed`."""
    if person is not None and not can(person, permission, case):
        raise NotAllowed(f"{permission} on {case.thing}")


def require_open(person: Person | None, school: Organization) -> None:
    if person is not None and not has(person, Permission.CASE_OPEN, school):
        raise NotAllowed(f"{Permission.CASE_OPEN} at organization {school.pk}")


def may_meet(person: Person, permission: Permission, place: Organization) -> bool:
    """What belongs to the team of a place and to no single case: its meetings. Texts about a case stay with the case."""
    return has(person, permission, place)


def require_meeting(person: Person | None, permission: Permission, place: Organization) -> None:
    if person is not None and not may_meet(person, permission, place):
        raise NotAllowed(f"{permission} at organization {place.pk}")
