"""Every look at a case is recorded."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.vault.records import OpenRecord

from .. import policies
from ..case_ledger import to_ledger
from ..models import Case
from ..sealing import unsealed


@transaction.atomic
def look(*, actor: Person, case: Case) -> OpenRecord:
    """Open a case to be read. Raises NotAllowed, VaultLocked."""
    policies.require(actor, Permission.CASE_READ, case)
    opened = unsealed(case)
    to_ledger(case, actor, "case.read")
    return opened


@transaction.atomic
def print_out(*, actor: Person, case: Case) -> OpenRecord:
    """Open a case for its summary on paper. Raises NotAllowed, VaultLocked."""
    policies.require(actor, Permission.CASE_READ, case)
    opened = unsealed(case)
    to_ledger(case, actor, "case.printed")
    return opened
