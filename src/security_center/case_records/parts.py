"""What this room shows on the page of a case."""

from __future__ import annotations

from security_center.foundation.vault.opened_rows import OpenedRow
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case

from .queries.overview import glasses_of


def glasses(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    """Openings by somebody who is not on the team."""
    return glasses_of(case, opened)
