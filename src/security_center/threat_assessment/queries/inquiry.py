"""Which sources and interviews a member sees: what law enforcement made and keeps stays with its officers,
students' records stay with the school (threat-assessment.md 10.4, 10.5)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord

from .. import content_loader as doctrine
from ..models import Case, Interview, InterviewVersion, Source, SourceFile
from ..policies import is_officer, sees_police_records

RECORDS = "records"


def visible_sources(person: Person, case: Case) -> QuerySet[Source]:
    """Other rows are as good as absent for this person: no page lists them, none opens."""
    rows = Source.objects.filter(case=case).select_related("added_by").order_by("pk")
    own = Q(law_enforcement_only=True)
    if not sees_police_records(person, case):
        rows = rows.exclude(own)
    if is_officer(person, case):
        records = [kind for kind, one in doctrine.sources().items() if one.group == RECORDS]
        rows = rows.filter(own | ~Q(kind__in=records))
    return rows


def visible_files(person: Person, case: Case) -> QuerySet[SourceFile]:
    """Of the sources that the person sees."""
    rows = SourceFile.objects.filter(source__in=visible_sources(person, case).order_by()).select_related(
        "added_by", "source"
    )
    return rows.order_by("added_at", "pk")


def visible_interviews(person: Person, case: Case) -> QuerySet[Interview]:
    """Of the sources that the person sees; a note taken for a criminal purpose is law enforcement's, and
    whoever wrote it."""
    rows = Interview.objects.filter(
        case=case, source__in=visible_sources(person, case).order_by()
    ).select_related("interviewer", "source")
    if not sees_police_records(person, case):
        rows = rows.filter(Q(law_enforcement_purpose=False) | Q(interviewer=person))
    return rows.order_by("started_at", "pk")


def earlier_versions(interview: Interview, opened: OpenRecord) -> list[OpenedRow]:
    """What stood in the interview before, the latest first. Whoever sees the interview sees them."""
    rows = InterviewVersion.objects.filter(interview=interview).select_related("by").order_by("-number")
    return open_rows(opened, rows, "quotes", "notes")
