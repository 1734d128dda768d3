"""Students of a school by grade: how many there are, and, for one purpose, who. Looking up one student is the
usual way (`look_ups`); a grade is listed only where each student of it has to be thought of, and the caller
records that somebody reads the names."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, F

from security_center.foundation.organizations.models import Organization

from ..models import Grade, Student

PAGE = 60
ORDER = {value: place for place, value in enumerate(Grade.values)}


def counts_by_grade(schools: Iterable[Organization]) -> dict[int, dict[str, int]]:
    """By school: how many students there are now in each grade, the youngest first. One query."""
    places = [school.pk for school in schools]
    rows = (
        Student.objects.filter(school__in=places, active=True)
        .order_by()
        .values_list("school_id", "grade")
        .annotate(number=Count("pk"))
    )
    found: dict[int, dict[str, int]] = {pk: {} for pk in places}
    for school, grade, number in sorted(rows, key=lambda row: ORDER[row[1]]):
        found[school][grade] = number
    return found


def has_students(school: F, district: F) -> Exists:
    """For a list of schools: whether the register has anybody at the one that `school` names in the outer
    query, with its district."""
    return Exists(Student.objects.filter(school=school, district=district, active=True))


def students_in(school: Organization, grade: str, after: int = 0) -> list[Student]:
    """Up to 60 students who are there now, in a fixed order; `after`: the id of the last one of the page
    before."""
    rows = Student.objects.filter(school=school, grade=grade, active=True, pk__gt=after).select_related(
        "district", "school"
    )
    return list(rows.order_by("pk")[:PAGE])


def students_there(school: Organization) -> list[tuple[int, str]]:
    """Ids and grades of all who are there now."""
    return list(Student.objects.filter(school=school, active=True).order_by("pk").values_list("pk", "grade"))


def students_by_id(school: Organization, ids: Iterable[int]) -> list[Student]:
    """Those of these students who are at this school now."""
    return list(
        Student.objects.filter(school=school, active=True, pk__in=list(ids))
        .select_related("district", "school")
        .order_by("pk")
    )
