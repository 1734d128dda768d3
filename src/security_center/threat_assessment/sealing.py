"""How this room opens and seals a case. Every look is recorded by `actions.case_access.look`; here is only
the key."""

from __future__ import annotations

from django.db import models

from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.vault import columns, damage
from security_center.foundation.vault.queries import open_even_damaged
from security_center.foundation.vault.records import OpenRecord, SealBroken

from .models import Case, Incoming


def seal(opened: OpenRecord, row: models.Model, **texts: str | None) -> None:
    """As the vault's. The sentence that stands for a damaged text in a form is not kept in its place: a
    backup may still have what was written."""
    if any(damage.is_sentence(text) for text in texts.values()):
        raise SealBroken("What stands there is damaged.")
    columns.seal(opened, row, **texts)


def recipients(case: Case) -> list[str]:
    """The vault's names of the desks that a case is sealed to: the school's and the district's, so that the
    district can help or take over."""
    return desk_recipients(case.school, case.district)


def unsealed(case: Case) -> OpenRecord:
    """The case's record. Callers have asked the policy. Raises `VaultLocked` when the key file is missing."""
    return open_even_damaged(case.record, *recipients(case))


def unsealed_incoming(row: Incoming) -> OpenRecord:
    """The record of what was told. Callers have asked the policy."""
    return open_even_damaged(row.record, *desk_recipients(row.school, row.district))
