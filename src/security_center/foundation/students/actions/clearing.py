"""What an import kept aside and nobody needs any more is destroyed: student by student, in small
transactions, by the worker."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.timekeeping.queries import sure_moment
from security_center.foundation.vault.actions import shred_records

from ..models import Revision, Student, StudentImport, StudentToken

BATCH = 1000
UNDO_WITHIN = timedelta(days=30)
State = StudentImport.State


def clear_district(*, district: Organization) -> None:
    """Clear everything kept aside that is not in force: of imports that were undone or thrown away, and of
    checks that never ended."""
    for row in (
        StudentImport.objects.filter(district=district)
        .exclude(state__in=[State.READY, State.APPLIED])
        .order_by("pk")
    ):
        clear_import(row=row)


def clear_import(*, row: StudentImport) -> int:
    """Destroy whom the import kept aside, with their keys, and what it would have changed. Returns how many
    students that were."""
    cleared = 0
    while batch := list(
        Student.everyone.filter(came_by=row, staged=True).values_list("pk", "record")[:BATCH]
    ):
        with transaction.atomic():
            shred_records(records=[record for _pk, record in batch], actor="worker")
            StudentToken.objects.filter(student__in=[pk for pk, _record in batch]).delete()
            cleared += Student.everyone.filter(pk__in=[pk for pk, _record in batch], staged=True).delete()[0]
    with transaction.atomic():
        StudentToken.objects.filter(gone_by=row).update(gone_by=None)
    _delete_in_batches(StudentToken.objects.filter(came_by=row))
    _delete_in_batches(Revision.objects.filter(student_import=row))
    return cleared


def settle_old_imports() -> int:
    """An import in force for a month stays: what was before it is forgotten. Returns how many were
    settled."""
    settled, at = 0, sure_moment()
    if at is None:
        return 0
    for row in StudentImport.objects.filter(
        state=State.APPLIED, settled_at__isnull=True, applied_at__lt=at - UNDO_WITHIN
    ):
        with transaction.atomic():
            StudentImport.objects.filter(pk=row.pk, state=State.APPLIED).update(settled_at=now())
        _delete_in_batches(StudentToken.objects.filter(gone_by=row))
        _delete_in_batches(Revision.objects.filter(student_import=row))
        settled += 1
    return settled


def _delete_in_batches(rows: QuerySet[StudentToken] | QuerySet[Revision]) -> None:
    while batch := list(rows.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            rows.filter(pk__in=batch).delete()
