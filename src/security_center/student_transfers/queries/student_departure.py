"""When the student left, how contact is kept, and what the team made of it."""

from __future__ import annotations

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case

from ..models import Departure


def departures(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    """The newest first."""
    rows = (
        Departure.objects.filter(case=case)
        .select_related("by", "contact_owner", "contact_backup", "looked_again_by")
        .order_by("-at", "-pk")
    )
    return open_rows(opened, rows, "note", "contact", "looked_again")
