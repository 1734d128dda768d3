"""Many schools at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from security_center.foundation.refusals import Refusal

from .. import policies, signals
from ..models import Organization, Person
from ..pasted_rows import RowFault
from ..permissions import Permission
from ..school_rows import SchoolRow, parse
from .organizations import WrongParent, create_organization


class FaultyRows(Refusal):
    """At least one row cannot be used, so none was stored. `faults` names each with its line."""

    fields = ("rows",)

    def __init__(self, faults: list[RowFault]) -> None:
        self.faults = faults
        super().__init__()

    def __str__(self) -> str:
        return _("Nothing was stored yet. Fix the lines named below and send again.")


@dataclass(frozen=True)
class WouldEnter:
    """What the rows of a state would enter."""

    districts: int
    schools: int
    there: int  # schools that are entered already, and stay as they are


def check_districts(*, actor: Person, state: Organization, text: str) -> WouldEnter:
    """What `import_districts` would enter; nothing is stored. Raises NotAllowed, WrongParent, FaultyRows."""
    groups, districts, schools = _districts_of(actor, state, text)
    rows = [(name, row) for name, group in groups.items() for row in group if row.name]
    there = sum(1 for name, row in rows if (name, row.name.casefold()) in schools)
    return WouldEnter(sum(1 for name in groups if name not in districts), len(rows) - there, there)


def import_districts(*, actor: Person, state: Organization, text: str) -> WouldEnter:
    """Create the districts and schools of the rows of a whole state (see school_rows.parse). All rows are
    checked before the first is stored; then each district is entered in one transaction of its own, so that
    reports and readers need not wait for a state. What is there already stays as it is: the same rows may be
    sent again. Raises NotAllowed, WrongParent, FaultyRows."""
    groups, districts, schools = _districts_of(actor, state, text)
    schools_entered, there, new = 0, 0, list[Organization]()
    try:
        for name, group in groups.items():
            with transaction.atomic():
                district = districts.get(name)
                if district is None:
                    district = create_organization(
                        actor=actor,
                        kind=Organization.Kind.DISTRICT,
                        parent=state,
                        name=group[0].district,
                        city=_first(row.city for row in group),
                        time_zone=_first(row.time_zone for row in group),
                        dispatch_number=_first(row.dispatch_number for row in group),
                        announce=False,
                    )
                added = []
                for row in group:
                    if not row.name:
                        continue
                    if (name, row.name.casefold()) in schools:
                        there += 1
                        continue
                    added.append(_enter_school(actor, district, row))
                schools_entered += len(added)
                signals.organizations_added.send(sender=Organization, organizations=added, actor=actor)
            if name not in districts:
                new.append(district)
    finally:  # one message for a whole state; what fails half-way has entered some
        with transaction.atomic():
            signals.organizations_added.send(sender=Organization, organizations=new, actor=actor)
    return WouldEnter(len(new), schools_entered, there)


def _first(cells: Iterable[str]) -> str:
    """What the first row that says anything says."""
    return next((cell for cell in cells if cell), "")


Groups = dict[str, list[SchoolRow]]


def _districts_of(
    actor: Person, state: Organization, text: str
) -> tuple[Groups, dict[str, Organization], set[tuple[str, str]]]:
    """The rows by the folded name of their district, the districts that are there by the same, and the
    schools that are."""
    policies.require(actor, Permission.ORGANIZATION_EDIT, state)
    if state.kind != Organization.Kind.STATE:
        raise WrongParent
    parsed = parse(text, of_a_state=True)
    if parsed.faults:
        raise FaultyRows(sorted(parsed.faults, key=lambda fault: fault.line))
    groups: Groups = {}
    for row in parsed.rows:
        groups.setdefault(row.district.casefold(), []).append(row)
    districts = {
        one.name.casefold(): one for one in Organization.objects.filter(parent=state).select_related("parent")
    }
    schools = Organization.objects.filter(parent__in=districts.values()).values_list("parent__name", "name")
    return groups, districts, {(district.casefold(), name.casefold()) for district, name in schools}


def import_schools(*, actor: Person, district: Organization, text: str) -> list[Organization]:
    """Create the schools of pasted or uploaded rows (see school_rows.parse) under `district`: all of them, or
    none.

    Raises NotAllowed, WrongParent, FaultyRows.
    """
    with transaction.atomic():
        policies.require(actor, Permission.ORGANIZATION_EDIT, district)
        if district.kind != Organization.Kind.DISTRICT:
            raise WrongParent
        parsed = parse(text)
        faults = list(parsed.faults)
        existing = {
            name.casefold()
            for name in Organization.objects.filter(parent=district).values_list("name", flat=True)
        }
        faults += [
            RowFault(
                row.line,
                _("“%(name)s” is already there. Delete this line, or change the school on its own page.")
                % {"name": row.name},
            )
            for row in parsed.rows
            if row.name.casefold() in existing
        ]
        if faults:
            raise FaultyRows(sorted(faults, key=lambda fault: fault.line))
        added = [_enter_school(actor, district, row) for row in parsed.rows]
        signals.organizations_added.send(sender=Organization, organizations=added, actor=actor)
        return added


def _enter_school(actor: Person, district: Organization, row: SchoolRow) -> Organization:
    return create_organization(
        actor=actor,
        kind=Organization.Kind.SCHOOL,
        parent=district,
        name=row.name,
        level=row.level,
        city=row.city,
        time_zone=row.time_zone,
        enrollment=row.enrollment,
        external_id=row.external_id,
        announce=False,
    )
