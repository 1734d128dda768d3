"""How an organization's desk is named in the vault."""

from __future__ import annotations

from .models import Organization


def desk_recipient(organization: Organization) -> str:
    """The vault's name of an organization's desk."""
    return f"desk:{organization.pk}"
