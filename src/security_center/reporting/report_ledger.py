"""What is done about a report, in the ledger."""

from __future__ import annotations

from security_center.foundation.actors import Actor
from security_center.foundation.ledger.actions import Value, record

from .models import Report


def to_ledger(report: Report, actor: Actor, verb: str, /, **detail: Value) -> None:
    """One entry about the report, at the desk that has it. Raises as `record` does."""
    record(actor=actor, verb=verb, about=report, organization_id=report.desk_id, detail=detail)
