"""How this room seals and blinds: keys of its own, so that its tables cannot be laid over the register, over
reports or over cases."""

from __future__ import annotations

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.queries import open_record
from security_center.foundation.vault.records import OpenRecord
from security_center.foundation.vault.tokens import blind

from .models import Import

REALM = "equity"


def opened(source: Import) -> OpenRecord:
    """The record of one import. Raises `VaultLocked`, and `NoSealedKey` once it was shredded."""
    return open_record(source.record, desk_recipient(source.district))


def blinded(district: Organization, identifier: str) -> bytes:
    return blind(district_id=district.pk, kind="identifier", value=identifier, realm=REALM)
