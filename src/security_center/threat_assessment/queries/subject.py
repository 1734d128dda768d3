"""The student of a case in the register: what tells them from a look-alike, and which open cases are about
them already."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.students.models import Student
from security_center.foundation.students.queries import Match, StudentFile, file_of, has_register
from security_center.foundation.vault.tokens import Blinder

from ..models import Case, StudentToken
from .list import visible_to

__all__ = ["StudentFile", "has_register", "named_by_cases", "open_cases_about", "student_file", "tells_apart"]

TOKENS = "cases"  # a realm of their own: a list of reports cannot be laid over a list of cases
# What no two students share, whoever they are.
ALWAYS_DIFFERENT = frozenset({"student_id", "photo", "schedule"})


def tells_apart(match: Match) -> set[str]:
    """What tells this student from each of their look-alikes: never the name, and a grade only when none of
    them is in it."""
    student, identity = match.student, match.identity
    told = set(ALWAYS_DIFFERENT)
    if all(other.student.grade != student.grade for other in match.look_alikes):
        told.add("grade")
    if all(other.student.school_id != student.school_id for other in match.look_alikes):
        told.add("school")
    if identity.birth_date and all(
        other.identity.birth_date not in {"", identity.birth_date} for other in match.look_alikes
    ):
        told.add("birth_date")
    return told


def open_cases_about(
    person: Person, students: Iterable[Student], *, apart_from: Case
) -> dict[int, list[str]]:
    """By student, the numbers of other open cases about them that this person may know of: looking up a
    student tells nobody who has a case. Once somebody has confirmed that the case is about them, what was
    before comes up by itself (queries.prior)."""
    found: dict[int, list[str]] = {}
    rows = (
        visible_to(person)
        .filter(student__in=list(students), closed_at__isnull=True)
        .exclude(pk=apart_from.pk)
        .order_by("pk")
    )
    for student_id, number in rows.values_list("student_id", "number"):
        if student_id is not None:
            found.setdefault(student_id, []).append(number)
    return found


def student_file(case: Case) -> StudentFile | None:
    """What the register holds of the student whom a person confirmed; None when nobody did."""
    return file_of(case.student) if case.student is not None else None


def named_by_cases(students: QuerySet[Student]) -> list[int]:
    """Ids of those whom a case names: they stay when the import that brought them is undone."""
    return [
        pk
        for pk in Case.objects.filter(student__in=students).values_list("student_id", flat=True)
        if pk is not None
    ]


def cases_named_like(district: Organization, name: str) -> QuerySet[Case]:
    """Cases of the whole district whose student is called the same, or sounds alike. A likeness, never an
    answer."""
    tokens = [token for _kind, token in Blinder(district.pk, realm=TOKENS).all_of({"name": name})]
    return Case.objects.filter(
        pk__in=StudentToken.objects.filter(token__in=tokens, case__isnull=False).values("case"),
        practice=False,
    )
