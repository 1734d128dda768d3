"""How the rows that this room adds to a case are read as its texts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from security_center.threat_assessment.record_texts import TextKind, moment, name_of, of_group

from . import content_loader as content


def _safety_record(row: Any, _unit: str) -> str:
    found = content.transfer_items().get(row.key)
    return str(found.label) if found is not None else _("Asked of the school before")


KINDS = (
    TextKind(
        "departure",
        "more",
        {"text": ("note", "contact", "looked_again")},
        lambda row, unit: _("The student left"),
        of_group(""),
        related=("by",),
    ),
    TextKind(
        "transferitem",
        "more",
        {"text": ("who", "note")},
        _safety_record,
        of_group(""),
        at=moment("answered_at"),
        by=name_of("answered_by"),
        related=("answered_by",),
    ),
)
