"""The meetings that grave answers called, and the decisions about class."""

from __future__ import annotations

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord

from ..models import Case, ClassReturn, Convening


def convenings(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        Convening.objects.filter(case=case)
        .select_related("called_by", "held_by")
        .prefetch_related("present")
        .order_by("-called_at", "-pk")
    )
    return open_rows(opened, rows, "note")


def class_returns(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    people = ("raised_by", "searched_by", "administrator", "officer", "decided_by")
    return open_rows(
        opened,
        ClassReturn.objects.filter(case=case).select_related(*people).order_by("-raised_at", "-pk"),
        "note",
        "reason",
    )
