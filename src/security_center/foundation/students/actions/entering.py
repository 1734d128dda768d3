"""One student is entered by hand: somebody came today and the next file comes next week."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.vault.actions import new_record
from security_center.foundation.vault.columns import seal

from .. import policies, sealing
from ..households import Household, to_text
from ..models import Grade, Student, StudentToken
from ..queries import student_of_identifier


class IdentifierTaken(Exception):
    """The district calls another student by this number."""


@transaction.atomic
def enter_student(
    *,
    actor: Person | None,
    school: Organization,
    identifier: str,
    name: str,
    grade: str,
    birth_date: str = "",
    households: Sequence[Household] = (),
    custody_note: str = "",
    iep: bool | None = None,
    section_504: bool | None = None,
    recognize: str = "",
    schedule: str = "",
) -> Student:
    """Enter one student. `birth_date` as 2012-05-30. Raises NotAllowed, IdentifierTaken, ValueError for a
    grade or date that is none."""
    policies.require(actor, Permission.STUDENT_IMPORT, school)
    take_turn()
    district = school.district
    blind = sealing.blinder(district)
    token = blind.token("identifier", identifier)
    if not token or student_of_identifier(district, identifier) is not None:
        raise IdentifierTaken
    opened = new_record(recipients=[desk_recipient(district)])
    student = Student(
        record=opened.record,
        district=district,
        school=school,
        grade=Grade(grade),
        came_at=now(),
        identifier_token=token,
    )
    said = {True: "yes", False: "no", None: ""}
    seal(
        opened,
        student,
        identifier=identifier,
        name=name,
        birth_date=birth_date,
        guardians=to_text(list(households)),
        custody_note=custody_note,
        iep=said[iep],
        section_504=said[section_504],
        recognize=recognize,
        schedule=schedule,
    )
    student.save(force_insert=True)
    StudentToken.objects.bulk_create(
        [
            StudentToken(student=student, kind=kind, token=found)
            for kind, found in sealing.found_by(blind, name, birth_date)
        ]
    )
    record(actor=actor, verb="student.entered", about=student, organization_id=school.pk)
    return student
