"""Statements of disagreement: they stand beside the text that they are about, and go wherever it goes (34 CFR
99.21)."""

from __future__ import annotations

from collections import defaultdict

from security_center.foundation.vault.columns import shown
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case

from ..models import Amendment


def statements_of(case: Case, opened: OpenRecord) -> dict[str, list[str]]:
    """Name of a part → statements about it; "" holds those about the record as a whole."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in Amendment.objects.filter(case=case, statement_at__isnull=False).order_by("statement_at"):
        found[row.part].append(shown(opened, row, "statement"))
    return dict(found)
