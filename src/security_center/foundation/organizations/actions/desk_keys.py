"""A new key pair for a desk, when the present one may have been read by somebody else."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.actors import ledger_name
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.vault import actions as vault

from .. import policies
from ..identity import desk_recipient
from ..models import Organization, Person
from ..permissions import Permission


@transaction.atomic
def rotate_desk_key(*, actor: Person | None, organization: Organization) -> int:
    """Seal what comes in from now on to a new key pair of this desk; what it can read already stays readable.
    Returns the new key's version.

    `None` is the person at the machine. Raises NotAllowed, `VaultLocked`, `UnknownRecipient`.
    """
    if actor is not None:
        policies.require(actor, Permission.ORGANIZATION_EDIT, organization)
    ledger.take_turn()
    fresh = vault.rotate_recipient(actor=ledger_name(actor), name=desk_recipient(organization))
    ledger.record(
        actor=actor,
        verb="organization.desk_key_rotated",
        about=f"organization:{organization.pk}",
        organization_id=organization.pk,
        detail={"version": fresh.version},
    )
    return fresh.version
