"""Whether the police were told, and what was pressed while danger was at hand."""

from __future__ import annotations

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord

from ..models import Case, ContainmentStep, LawEnforcementDecision

TEXTS = ("reason", "agency", "officer", "incident_number")


def police_decisions(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        LawEnforcementDecision.objects.filter(case=case)
        .select_related("decided_by")
        .order_by("raised_at", "pk")
    )
    return open_rows(opened, rows, *TEXTS)


def containment_steps_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    """Since this danger began, the first press first."""
    if case.imminent_since is None:
        return []
    rows = (
        ContainmentStep.objects.filter(case=case, at__gte=case.imminent_since)
        .select_related("by")
        .order_by("at", "pk")
    )
    return open_rows(opened, rows, "note")
