"""Who may do what. Rooms above build their own `can` on `has`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from security_center.foundation.clock import now

from .models import Organization, Person, Role, RoleAssignment
from .permissions import ROLE_PERMISSIONS, Permission


class NotAllowed(Exception):
    """The person may not do this here. Pages answer 404 for another tenant's things, 403 for their own organization's."""


def open_assignments(person: Person) -> QuerySet[RoleAssignment]:
    moment = now()
    if not person.is_active:
        return RoleAssignment.objects.none()
    return RoleAssignment.objects.filter(person=person, starts_at__lte=moment).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))


def held(person: Person) -> list[RoleAssignment]:
    """The person's open roles, read once and remembered on the object for the length of a request."""
    cached = getattr(person, "_held_roles", None)
    if cached is None:
        cached = list(open_assignments(person).select_related("organization"))
        person._held_roles = cached  # type: ignore[attr-defined]
    return cached


def forget(person: Person) -> None:
    """Called by the actions that change roles, so that a remembered answer never outlives the change."""
    if hasattr(person, "_held_roles"):
        del person._held_roles


def roles_at(person: Person, organization: Organization) -> set[Role]:
    """Roles that count at `organization`: those given there and those given above it (a district's reader reads its schools' desks)."""
    above = {ancestor.pk for ancestor in organization.line()}
    return {Role(assignment.role) for assignment in held(person) if assignment.organization_id in above}


def has(person: Person, permission: Permission, organization: Organization) -> bool:
    return any(permission in ROLE_PERMISSIONS[role] for role in roles_at(person, organization))


def require(person: Person, permission: Permission, organization: Organization) -> None:
    if not has(person, permission, organization):
        raise NotAllowed(f"{permission} at organization {organization.pk}")


def organizations_with(person: Person, permission: Permission) -> QuerySet[Organization]:
    """Organizations where the person holds `permission`, those below included. Fails to nothing for strangers."""
    roots = [a.organization_id for a in held(person) if permission in ROLE_PERMISSIONS[Role(a.role)]]
    return Organization.objects.filter(Q(pk__in=roots) | Q(parent__in=roots) | Q(parent__parent__in=roots))


def any_of(person: Person, permissions: Iterable[Permission]) -> bool:
    wanted = set(permissions)
    return any(wanted & ROLE_PERMISSIONS[Role(a.role)] for a in held(person))
