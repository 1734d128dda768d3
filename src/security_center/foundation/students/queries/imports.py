"""What an administrator sees of the register: how many students there are, and what a file would change.
Never a list of students."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, QuerySet
from django_scopes import scopes_disabled

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import organizations_with
from security_center.foundation.organizations.queries import schools_of
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.queries import open_record

from ..csv_rows import Fault
from ..models import Grade, Revision, Student, StudentImport, StudentToken
from .classes import counts_by_grade
from .look_ups import Identity, LookAlike, identities_of, look_alikes_of

SHOWN = 12
IMPORTS_SHOWN = 20


def files_named(file_ids: set[UUID]) -> set[UUID]:
    """Those of `file_ids` that wait to be checked."""
    with scopes_disabled():  # ids only, of all tenants; nothing is opened
        return {
            one
            for one in StudentImport.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True)
            if one is not None
        }


def districts_to_import_at(person: Person) -> list[Organization]:
    found = organizations_with(person, Permission.STUDENT_IMPORT).filter(
        kind=Organization.Kind.DISTRICT, active=True
    )
    return list(found.select_related("parent__parent").order_by("name"))


def imports_visible_to(person: Person) -> QuerySet[StudentImport]:
    districts = organizations_with(person, Permission.STUDENT_IMPORT).values("pk")
    return StudentImport.objects.filter(district__in=districts).select_related(
        "district__parent", "school", "uploaded_by", "applied_by", "undone_by"
    )


@dataclass(frozen=True)
class SchoolCount:
    school: Organization
    # (label, how many), in the order of grades; those without anybody are left out
    grades: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _label, number in self.grades)


@dataclass(frozen=True)
class RegisterPage:
    district: Organization
    schools: list[SchoolCount]
    imports: list[StudentImport]

    @property
    def total(self) -> int:
        return sum(one.total for one in self.schools)

    @property
    def open_import(self) -> StudentImport | None:
        waiting = {StudentImport.State.CHECKING, StudentImport.State.READY}
        return next((one for one in self.imports if one.state in waiting), None)


def register_page(district: Organization) -> RegisterPage:
    """Counts by school and grade, and the files that came."""
    schools = list(schools_of(district))
    counted = counts_by_grade(schools)
    counts = [
        SchoolCount(
            school, [(str(Grade(grade).label), number) for grade, number in counted[school.pk].items()]
        )
        for school in schools
    ]
    imports = (
        StudentImport.objects.filter(district=district)
        .select_related("uploaded_by", "applied_by", "school")
        .order_by("-pk")
    )
    return RegisterPage(district, counts, list(imports[:IMPORTS_SHOWN]))


@dataclass(frozen=True)
class Changed:
    """One student whom the file changes, opened: `columns` names what is new, `before` and `after` are the
    clear facts."""

    identity: Identity
    kind: str
    columns: list[str]
    before: Revision | None
    after: Revision | Student


@dataclass(frozen=True)
class NewAlike:
    student: Student
    identity: Identity
    alike: list[LookAlike]


@dataclass
class ImportPage:
    row: StudentImport
    faults: list[Fault] = field(default_factory=list)
    shown: dict[str, list[Changed]] = field(default_factory=dict)  # by kind, the first of each
    new_by_school: list[tuple[str, int]] = field(default_factory=list)
    alike: list[NewAlike] = field(default_factory=list)


def import_page(row: StudentImport) -> ImportPage:
    """What the file says, with the first of each kind opened. The caller has recorded the look
    (`actions.looking.look_at_import`)."""
    page = ImportPage(row, _faults(row))
    if row.state not in {StudentImport.State.READY, StudentImport.State.APPLIED}:
        return page
    new = Student.everyone.filter(came_by=row).select_related("school", "district")
    page.new_by_school = list(
        new.order_by("school__name").values_list("school__name").annotate(number=Count("pk"))
    )
    if row.state != StudentImport.State.READY:
        return page
    first = list(new.order_by("pk")[:SHOWN])
    revisions = {kind: _first(row, kind) for kind in Revision.Kind}
    students = {student.pk: student for student in first} | {
        one.student_id: one.student for pair in revisions.values() for one, _old in pair
    }
    identities = identities_of(students.values())
    page.shown["new"] = [
        Changed(identities[student.pk], "new", [], None, student)
        for student in first
        if student.pk in identities
    ]
    for kind, pairs in revisions.items():
        page.shown[kind] = [
            Changed(identities[after.student_id], kind, after.columns, before, after)
            for after, before in pairs
            if after.student_id in identities
        ]
    if row.alike:
        page.alike = _alike(row)
    return page


def _first(row: StudentImport, kind: str) -> list[tuple[Revision, Revision | None]]:
    """(after, before) of the first students of this kind."""
    found = Revision.objects.filter(student_import=row, kind=kind).select_related(
        "student__district", "school"
    )
    after = list(found.filter(after=True).order_by("student")[:SHOWN])
    before = {
        one.student_id: one
        for one in found.filter(after=False, student__in=[one.student_id for one in after])
    }
    return [(one, before.get(one.student_id)) for one in after]


def _alike(row: StudentImport) -> list[NewAlike]:
    new = StudentToken.objects.filter(student__came_by=row, kind="name")
    shared = (
        StudentToken.objects.filter(token__in=new.values("token"), kind="name")
        .values("token")
        .annotate(many=Count("student", distinct=True))
    )
    tokens = list(shared.filter(many__gt=1).values_list("token", flat=True)[:SHOWN])
    named = (
        new.filter(token__in=tokens).order_by("student").values_list("student", flat=True).distinct()[:SHOWN]
    )
    students = list(
        Student.everyone.filter(pk__in=list(named)).select_related("school", "district").order_by("pk")
    )
    identities = identities_of(students)
    alike = look_alikes_of(students, identities, staged_too=True)
    return [
        NewAlike(student, identities[student.pk], alike[student.pk])
        for student in students
        if alike.get(student.pk)
    ]


def _faults(row: StudentImport) -> list[Fault]:
    if not row.faults:
        return []
    text = unseal(open_record(row.record, desk_recipient(row.district)), row, "faults")
    return [Fault(*one) for one in json.loads(text)]
