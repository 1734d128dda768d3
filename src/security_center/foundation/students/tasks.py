"""What the worker does for the register. It may run twice and does the work once."""

from __future__ import annotations

from django.tasks import task
from django_scopes import scope

from security_center.foundation.organizations.models import Organization

from .actions import checking, clearing
from .models import StudentImport


@task(queue_name="long")
def check_import(import_id: int, district_id: int) -> None:
    with scope(district=[district_id]):
        checking.check_import(import_id=import_id)


@task(queue_name="long")
def clear_import(import_id: int, district_id: int) -> None:
    """What was kept aside for an import that is undone or thrown away is destroyed."""
    with scope(district=[district_id]):
        row = StudentImport.objects.filter(
            pk=import_id, state__in=[StudentImport.State.UNDONE, StudentImport.State.DISCARDED]
        ).first()
        if row is not None:
            clearing.clear_import(row=row)


def settle_old_imports() -> int:
    """An import that has been in force for a month cannot be undone any more. Returns how many were
    settled."""
    settled = 0
    for district_id in Organization.objects.filter(kind=Organization.Kind.DISTRICT).values_list(
        "pk", flat=True
    ):
        with scope(district=[district_id]):
            settled += clearing.settle_old_imports()
    return settled
