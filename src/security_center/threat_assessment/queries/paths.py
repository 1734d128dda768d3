"""The steps of the special paths with their opened texts."""

from __future__ import annotations

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord

from ..models import AgencyAnswer, Case, PathStep


def path_steps_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        PathStep.objects.filter(case=case)
        .select_related("person", "raised_by", "answered_by")
        .order_by("raised_at", "pk")
    )
    return open_rows(opened, rows, "agency", "called_when", "reference", "note")


def agency_answers_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        AgencyAnswer.objects.filter(case=case)
        .select_related("noted_by", "answered_by")
        .order_by("noted_at", "pk")
    )
    return open_rows(opened, rows, "who", "text")
