"""A family's requests, and what would be shown to it: only what a person has tagged as about its own
child."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.models import Case

from .. import content_loader as content
from ..models import Amendment, Inspection, Release
from .texts import Part

UNTAGGED, OTHERS, PROTECTED = "untagged", "about_others", "protected"


@dataclass(frozen=True)
class Copy:
    """`shown` goes to the family; `kept` is listed for the team alone, by reason."""

    shown: list[Part]
    kept: dict[str, list[Part]]

    @property
    def counts(self) -> dict[str, int]:
        return {reason: len(parts) for reason, parts in self.kept.items()}

    @property
    def lines(self) -> list[tuple[str, str, list[Part]]]:
        return [(reason, words_of(reason), parts) for reason, parts in self.kept.items()]


def copy_of(parts: list[Part]) -> Copy:
    """Law enforcement's own texts are not even listed: for the team they are not there."""
    shown: list[Part] = []
    kept: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        if part.compartment:
            continue
        if part.shared:
            shown.append(part)
        else:
            kept[_reason(part)].append(part)
    return Copy(shown, dict(kept))


def _reason(part: Part) -> str:
    if not part.about:
        return UNTAGGED
    if part.withheld:
        return part.withheld
    subject = content.segment_subjects()[part.about]
    return PROTECTED if subject.shared else OTHERS


def words_of(reason: str) -> str:
    if reason in content.withheld_reasons():
        return str(content.withheld_reasons()[reason])
    return {
        UNTAGGED: _("Not yet tagged"),
        OTHERS: _("About somebody else"),
        PROTECTED: _("Said by somebody who is protected; no wording for the family yet"),
    }[reason]


def inspections_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        Inspection.objects.filter(case=case)
        .select_related("asked_by", "ended_by", "checked_by")
        .order_by("-asked_at")
    )
    return open_rows(opened, rows, "name", "answer", "checked_note")


def amendments_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        Amendment.objects.filter(case=case)
        .select_related("asked_by", "answered_by", "heard_by")
        .order_by("-asked_at")
    )
    return open_rows(opened, rows, "name", "what", "answer", "hearing", "statement")


def releases_of(inspection: Inspection) -> list[Any]:
    return list(Release.objects.filter(inspection=inspection).select_related("by").order_by("-at"))
