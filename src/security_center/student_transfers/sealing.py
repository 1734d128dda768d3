"""How this room opens what is handed on, and what is asked of another school."""

from __future__ import annotations

from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.vault.queries import open_even_damaged
from security_center.foundation.vault.records import OpenRecord

from .models import Handoff, Transfer


def unsealed_handoff(handoff: Handoff) -> OpenRecord:
    """The record of what is handed on: sealed to the desks of both ends. Callers have asked the policy."""
    ends = [handoff.from_school, handoff.from_school.district]
    ends += [handoff.to_school, handoff.to_school.district] if handoff.to_school is not None else []
    return open_even_damaged(handoff.record, *desk_recipients(*ends))


def unsealed_transfer(row: Transfer) -> OpenRecord:
    """The record of a student who comes from another school. Callers have asked the policy."""
    return open_even_damaged(row.record, *desk_recipients(row.school, row.district))
