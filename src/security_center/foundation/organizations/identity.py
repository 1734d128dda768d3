"""How a person is named where no name may stand (in the ledger, in tasks, in logs), and an organization's desk in the vault."""

from __future__ import annotations

from .models import Organization, Person


def actor_string(person: Person | None) -> str:
    """`person:12`, or `system` when no person acted."""
    return "system" if person is None else f"person:{person.pk}"


def desk_recipient(organization: Organization) -> str:
    """The vault's name of an organization's desk."""
    return f"desk:{organization.pk}"
