"""What the pages of a case's privacy read: openings in an emergency, requests, disclosures, how long it is
kept."""

from __future__ import annotations

from functools import cached_property

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case

from ..models import BreakGlass
from .requests import amendments_of, inspections_of


def glasses_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        BreakGlass.objects.filter(case=case)
        .select_related("person", "acknowledged_by")
        .order_by("-opened_at")
    )
    return open_rows(opened, rows, "reason")


class PrivacyPage:
    """What stands on the first page of a case's privacy. Each part is read when the page asks for it."""

    def __init__(self, case: Case, opened: OpenRecord) -> None:
        self.case, self.opened = case, opened

    @cached_property
    def glasses(self) -> list[OpenedRow]:
        return glasses_of(self.case, self.opened)

    @cached_property
    def inspections(self) -> list[OpenedRow]:
        return inspections_of(self.case, self.opened)

    @cached_property
    def amendments(self) -> list[OpenedRow]:
        return amendments_of(self.case, self.opened)
