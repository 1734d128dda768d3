"""What was before about the same student, found by itself (threat-assessment.md F4): earlier cases, the
reports they rest on, and days out of school.

It rests on the student whom a person has confirmed, never on a name. Of each earlier case stands here that it
is there and how it ended; its texts stay with its team. An earlier closure lowers nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from security_center.foundation.organizations.models import Person

from .. import content_loader as doctrine
from ..models import Case, CaseReport, Removal
from ..policies import keeps_record

MOST = 50


@dataclass(frozen=True)
class Prior:
    cases: list[tuple[Case, Any]]  # with the reason that closed it, in words
    reports: list[CaseReport]
    removals: list[tuple[Removal, Any]]

    def __bool__(self) -> bool:
        return bool(self.cases)


def prior_of(person: Person, case: Case) -> Prior:
    """Empty while nobody has confirmed who the student is, and for whoever is not a member of the team, or of
    it for law enforcement: earlier assessments, reports and discipline are the school's records
    (threat-assessment.md 6.1), which an officer does not see (threat-assessment.md 10)."""
    if case.student_id is None or not keeps_record(person, case):
        return Prior([], [], [])
    others = (
        Case.objects.filter(student=case.student_id, practice=False)
        .exclude(pk=case.pk)
        .select_related("school", "lead")
    )
    cases = list(others.order_by("-opened_at", "-pk")[:MOST])
    if not cases:
        return Prior([], [], [])
    ids = [one.pk for one in cases]
    reasons, kinds = doctrine.close_reasons(), doctrine.removal_kinds()
    return Prior(
        [(one, reasons.get(one.close_reason)) for one in cases],
        list(CaseReport.objects.filter(case__in=ids).order_by("-added_at", "-pk")[:MOST]),
        [
            (row, kinds[row.kind])
            for row in Removal.objects.filter(case__in=ids).order_by("-first_day", "-pk")[:MOST]
        ],
    )
