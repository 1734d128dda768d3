"""What is done about a case, in the ledger."""

from __future__ import annotations

from security_center.foundation.actors import Actor
from security_center.foundation.ledger.actions import Value, record

from .models import Case


def to_ledger(case: Case, actor: Actor, verb: str, /, **detail: Value) -> None:
    """One entry about the case, at its school. Raises as `record` does."""
    record(actor=actor, verb=verb, about=case, organization_id=case.school_id, detail=detail)
