"""Who may look a student up, and who may change the register. Nobody leafs through it: a look names whom it
is for."""

from __future__ import annotations

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has


def require(person: Person | None, permission: Permission, organization: Organization) -> None:
    """`None` is the system (worker, sample district). Raises `NotAllowed`."""
    if person is not None and not has(person, permission, organization):
        raise NotAllowed(f"{permission} at organization {organization.pk}")
