"""What the pages of a case's privacy read: openings in an emergency, requests, disclosures, how long it is kept."""

from __future__ import annotations

from functools import cached_property

from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.said import Said, said

from ..models import BreakGlass
from .requests import amendments_of, inspections_of


def glasses_of(case: Case, opened: OpenRecord) -> list[Said]:
    rows = BreakGlass.objects.filter(case=case).select_related("person", "acknowledged_by").order_by("-opened_at")
    return said(opened, rows, "reason")


class PrivacyPage:
    """What stands on the first page of a case's privacy. Each part is read when the page asks for it."""

    def __init__(self, case: Case, opened: OpenRecord) -> None:
        self.case, self.opened = case, opened

    @cached_property
    def glasses(self) -> list[Said]:
        return glasses_of(self.case, self.opened)

    @cached_property
    def inspections(self) -> list[Said]:
        return inspections_of(self.case, self.opened)

    @cached_property
    def amendments(self) -> list[Said]:
        return amendments_of(self.case, self.opened)
