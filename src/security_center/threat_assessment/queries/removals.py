"""The days out of school of a case's student, counted by the school's calendar."""

from __future__ import annotations

from datetime import date

from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.prevention.queries import calendar_of

from .. import content_loader as doctrine
from ..models import Case, PlacementQuestion, Removal
from ..removal_days import RemovalDays, count, school_year_of


def school_year(case: Case) -> date:
    """The day on which the school year began."""
    begins = doctrine.school_year_start()
    return school_year_of(case.today(), begins.month, begins.day)


def days_of(case: Case) -> RemovalDays:
    """This school year's. Discipline elsewhere is not known here."""
    counted = [key for key, kind in doctrine.removal_kinds().items() if kind.counts]
    rows = Removal.objects.filter(case=case, kind__in=counted).exclude(last_day__lt=school_year(case))
    stretches = list(rows.values_list("first_day", "last_day"))
    return (
        count(calendar_of(case.school), stretches, school_year(case), case.today())
        if stretches
        else RemovalDays()
    )


def removals_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    return open_rows(
        opened,
        Removal.objects.filter(case=case).select_related("added_by").order_by("-first_day", "-pk"),
        "reason",
    )


def placement_questions_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    rows = (
        PlacementQuestion.objects.filter(case=case)
        .select_related("answered_by")
        .order_by("-raised_at", "-pk")
    )
    return open_rows(opened, rows, "note")
