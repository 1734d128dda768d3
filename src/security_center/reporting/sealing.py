"""How this room seals: the desk that a record is sealed to. Columns are sealed by the vault's own rules."""

from __future__ import annotations

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.vault.columns import seal, seal_file, shown, shown_all, unseal, unseal_file

__all__ = ["desk_recipient", "seal", "seal_file", "shown", "shown_all", "unseal", "unseal_file"]
