"""What the pages of the connectedness check read. A student's name is opened on a page of one grade, and on
the list of those who have nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has, organizations_with, roles_at
from security_center.foundation.students.models import Grade
from security_center.foundation.students.queries import (
    counts_by_grade,
    identities_of,
    students_by_id,
    students_in,
    students_there,
)
from security_center.foundation.students.queries.classes import PAGE

from .actions.connecting import half_of, without_adult
from .models import Check, TrustedAdult

MOST_SCHOOLS = 400
MOST_SHOWN = 200


# Whom the duty about students without an adult reaches at last.
RUNG_LAST = frozenset({Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT})


class CheckUnknown(LookupError):
    """No check that this person may know of."""


def schools_seen_by(person: Person) -> list[Organization]:
    found = organizations_with(person, Permission.CONNECTEDNESS_MARK).filter(
        active=True, kind=Organization.Kind.SCHOOL
    )
    return list(found.select_related("parent__parent").order_by("name")[:MOST_SCHOOLS])


def known_check(person: Person, pk: UUID) -> Check:
    schools = organizations_with(person, Permission.CONNECTEDNESS_MARK).values("pk")
    found = (
        Check.objects.filter(uuid=pk, school__in=schools)
        .select_related("school__parent__parent", "district", "begun_by", "ended_by")
        .first()
    )
    if found is None:
        raise CheckUnknown(pk)
    return found


def rung_check(person: Person, pk: UUID) -> tuple[Check, bool]:
    """The check whose duty rings the person, and whether they may read names: above the school they see how
    many there are, and whom to ask."""
    found = Check.objects.filter(uuid=pk).select_related("school__parent__parent", "district").first()
    if found is not None and has(person, Permission.CONNECTEDNESS_LEAD, found.school):
        return found, True
    if found is not None and RUNG_LAST & roles_at(person, found.school):
        return found, False
    return known_check(person, pk), True


@dataclass(frozen=True)
class SchoolLine:
    school: Organization
    students: int
    now: Check | None
    last: Check | None  # the latest that was ended


def school_lines(schools: Sequence[Organization]) -> list[SchoolLine]:
    counts = counts_by_grade(schools)
    rows = list(
        Check.objects.filter(school__in=[school.pk for school in schools])
        .select_related("school")
        .order_by("half")
    )
    lines = []
    for school in schools:
        own = [row for row in rows if row.school_id == school.pk]
        current = next((row for row in own if row.half == half_of(school.today())), None)
        last = next((row for row in reversed(own) if row.ended_at is not None), None)
        lines.append(SchoolLine(school, sum(counts[school.pk].values()), current, last))
    return lines


@dataclass(frozen=True)
class GradeLine:
    grade: str
    label: Any
    students: int
    named: int

    @property
    def alone(self) -> int:
        return self.students - self.named


def grade_lines(check: Check) -> list[GradeLine]:
    """By grade: how many there are, and how many have an adult. Nothing else is counted."""
    named = set(TrustedAdult.objects.filter(check_round=check).values_list("student_id", flat=True))
    there = students_there(check.school)
    total, with_adult = (
        Counter(grade for _pk, grade in there),
        Counter(grade for pk, grade in there if pk in named),
    )
    return [
        GradeLine(grade, Grade(grade).label, total[grade], with_adult[grade])
        for grade in Grade.values
        if total[grade]
    ]


@dataclass(frozen=True)
class StudentLine:
    pk: int
    name: str
    identifier: str
    grade: Any
    mine: bool = False
    others: bool = False


def sheet(person: Person, check: Check, grade: str, after: int) -> tuple[list[StudentLine], int]:
    """A page of a grade, and the id to go on after; 0 at its end."""
    students = students_in(check.school, grade, after)
    names = identities_of(students)
    rows = TrustedAdult.objects.filter(
        check_round=check, student__in=[student.pk for student in students]
    ).values_list("student_id", "person_id")
    mine = {student for student, adult in rows if adult == person.pk}
    others = {student for student, adult in rows if adult != person.pk}
    lines = [
        StudentLine(
            one.pk,
            names[one.pk].name,
            names[one.pk].identifier,
            Grade(one.grade).label,
            one.pk in mine,
            one.pk in others,
        )
        for one in students
        if one.pk in names
    ]
    return lines, students[-1].pk if len(students) == PAGE else 0


def alone(check: Check) -> tuple[list[StudentLine], int]:
    """Those who have nobody: up to 200 with their names, and how many they are."""
    ids = without_adult(check)
    students = students_by_id(check.school, ids[:MOST_SHOWN])
    names = identities_of(students)
    lines = [
        StudentLine(one.pk, names[one.pk].name, names[one.pk].identifier, Grade(one.grade).label)
        for one in students
        if one.pk in names
    ]
    return sorted(lines, key=lambda line: line.name.casefold()), len(ids)
