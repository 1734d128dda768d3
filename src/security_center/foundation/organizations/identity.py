"""How an organization's desk is named in the vault."""

from __future__ import annotations

from .models import Organization


def desk_recipient(organization: Organization) -> str:
    """The vault's name of an organization's desk."""
    return f"desk:{organization.pk}"


def desk_recipients(*organizations: Organization) -> list[str]:
    """The vault's names of several desks, in this order, each once."""
    return list(dict.fromkeys(map(desk_recipient, organizations)))
