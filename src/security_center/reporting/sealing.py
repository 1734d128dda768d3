"""How this room seals: the desk that a record is sealed to, and which files a row names. Columns are sealed by the vault's own rules."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.vault.columns import seal, seal_file, unseal, unseal_all, unseal_file

__all__ = ["attachment_known", "desk_recipient", "seal", "seal_file", "unseal", "unseal_all", "unseal_file"]


def attachment_known(file_ids: set[UUID]) -> set[UUID]:
    """Those of `file_ids` that a row names: the rest are orphans of forms that never ended."""
    from django_scopes import scopes_disabled

    from .models import Attachment

    with scopes_disabled():  # ids only, of all tenants; nothing is opened
        rows = Attachment.objects.filter(models.Q(file_id__in=file_ids) | models.Q(cleaned_file_id__in=file_ids))
        return {value for pair in rows.values_list("file_id", "cleaned_file_id") for value in pair if value is not None}
