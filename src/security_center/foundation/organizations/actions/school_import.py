"""Many schools at once."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from .. import policies
from ..models import Organization, Person
from ..pasted_rows import RowFault
from ..permissions import Permission
from ..school_rows import parse
from .faults import Fault
from .organizations import WrongParent, create_organization


class FaultyRows(Fault):
    """At least one row cannot be used, so none was stored. `faults` names each with its line."""

    field = "rows"

    def __init__(self, faults: list[RowFault]) -> None:
        self.faults = faults
        super().__init__()

    def __str__(self) -> str:
        return _("Nothing was stored yet. Fix the lines named below and send again.")


def import_schools(*, actor: Person, district: Organization, text: str) -> list[Organization]:
    """Create the schools of pasted or uploaded rows (see school_rows.parse) under `district`: all of them, or none.

    Raises NotAllowed, WrongParent, FaultyRows.
    """
    with transaction.atomic():
        policies.require(actor, Permission.ORGANIZATION_EDIT, district)
        if district.kind != Organization.Kind.DISTRICT:
            raise WrongParent
        parsed = parse(text)
        faults = list(parsed.faults)
        existing = {name.casefold() for name in Organization.objects.filter(parent=district).values_list("name", flat=True)}
        faults += [
            RowFault(row.line, _("“%(name)s” is already there. Delete this line, or change the school on its own page.") % {"name": row.name})
            for row in parsed.rows
            if row.name.casefold() in existing
        ]
        if faults:
            raise FaultyRows(sorted(faults, key=lambda fault: fault.line))
        return [
            create_organization(
                actor=actor,
                kind=Organization.Kind.SCHOOL,
                parent=district,
                name=row.name,
                level=row.level,
                city=row.city,
                enrollment=row.enrollment,
                external_id=row.external_id,
            )
            for row in parsed.rows
        ]
