"""Every look into the register is recorded: who looked, by what, and how many were found; never for whom."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed

from .. import policies, queries
from ..models import Student, StudentImport
from ..queries import ImportPage, Match


@transaction.atomic
def look_up(
    *, actor: Person, organization: Organization, name: str = "", identifier: str = "", birth_date: str = ""
) -> list[Match]:
    """Students of the district that fit, each with whoever is easily taken for them. Raises NotAllowed,
    NothingToLookFor, VaultLocked."""
    policies.require(actor, Permission.STUDENT_VIEW, organization)
    found = queries.look_up(organization, name=name, identifier=identifier, birth_date=birth_date)
    by = [
        kind
        for kind, given in (("name", name), ("identifier", identifier), ("birth_date", birth_date))
        if given.strip()
    ]
    record(
        actor=actor,
        verb="student.looked_up",
        about=found[0].student.thing if len(found) == 1 else "",
        organization_id=organization.pk,
        detail={"by": ",".join(by), "found": len(found)},
    )
    return found


@transaction.atomic
def open_student(*, actor: Person, organization: Organization, student: Student) -> Match:
    """One student who was found, with whoever is easily taken for them. Raises NotAllowed, NoSealedKey,
    VaultLocked."""
    policies.require(actor, Permission.STUDENT_VIEW, organization)
    if student.district_id != organization.district.pk:
        raise NotAllowed(student.thing)
    record(actor=actor, verb="student.opened", about=student, organization_id=organization.pk)
    return queries.match_of(student)


@transaction.atomic
def look_at_import(*, actor: Person, student_import: StudentImport) -> ImportPage:
    """What a file says, with the first students of each kind opened. Raises NotAllowed, VaultLocked."""
    policies.require(actor, Permission.STUDENT_IMPORT, student_import.district)
    page = queries.import_page(student_import)
    opened = sum(map(len, page.shown.values()))
    if opened:
        record(
            actor=actor,
            verb="student_import.read",
            about=student_import,
            organization_id=student_import.district_id,
            detail={"opened": opened},
        )
    return page
