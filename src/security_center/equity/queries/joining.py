"""The only place where protected fields and cases meet: they go in one by one and come out as counts
(docs/decisions/0019)."""

from __future__ import annotations

import json

from django.db.models import Sum

from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Organization
from security_center.foundation.school_time import SchoolCalendar
from security_center.foundation.school_years import Period
from security_center.foundation.students.models import Student
from security_center.foundation.students.queries import Identity, identities_of
from security_center.foundation.vault.columns import unseal
from security_center.prevention.queries import calendar_of
from security_center.threat_assessment import removal_days
from security_center.threat_assessment.queries.case_facts import CaseFacts, facts_of, students_of
from security_center.threat_assessment.queries.list import cases_opened_in

from .. import sealing
from ..content_loader import GRADES, SCHOOL, axes, protected
from ..counts import Counts, add
from ..models import Enrolment, Import, ProtectedRow


def import_in_use(district: Organization, kind: str, school_year: str = "") -> Import | None:
    return (
        Import.objects.filter(district=district, kind=kind, school_year=school_year, state=Import.State.USED)
        .select_related("district")
        .first()
    )


def counts_of(district: Organization, period: Period) -> Counts:
    """Everything that is counted of the cases opened in the period. A case whose student no file knows counts
    as of an unknown group."""
    cases = cases_opened_in(district, *period.bounds(district.zone))
    students = students_of(cases)
    apart = _protected_of(
        district, {case: identity.identifier for case, identity in _identifiers(students).items()}
    )
    counts = Counts(
        levels={school.slug: school.level for school in organizations.schools_of(district)},
        taught=_taught(district, period),
    )
    for axis in [*axes(), SCHOOL]:
        counts.axes[axis].enrolment.update(_enrolment(district, Period(period.year), axis))
    second = period.halves[0].bounds(district.zone)[1]
    counts.first_half = None if period.half else Counts(levels=counts.levels)
    calendars: dict[int, SchoolCalendar] = {}
    for facts in facts_of(cases, questions=False):
        groups = dict(apart.get(facts.case.pk, {}))
        student = students.get(facts.case.pk)
        if student is not None and student.grade in GRADES:
            groups["grade"] = GRADES[student.grade]
        days_out = _days_out(facts, calendars)
        add(counts, facts, groups, list(axes()), days_out)
        if counts.first_half is not None and facts.case.opened_at < second:
            add(counts.first_half, facts, groups, list(axes()), days_out)
    return counts


def _days_out(facts: CaseFacts, calendars: dict[int, SchoolCalendar]) -> int:
    """School days by the school's own calendar, which is read once."""
    if not facts.removals:
        return 0
    school = facts.case.school
    if school.pk not in calendars:
        calendars[school.pk] = calendar_of(school)
    return removal_days.count(
        calendars[school.pk],
        facts.removals,
        min(first for first, _last in facts.removals),
        facts.case.today(),
    ).so_far


def _identifiers(students: dict[int, Student]) -> dict[int, Identity]:
    known = identities_of(students.values())
    return {case: known[student.pk] for case, student in students.items() if student.pk in known}


def _protected_of(district: Organization, identifiers: dict[int, str]) -> dict[int, dict[str, str]]:
    source = import_in_use(district, Import.Kind.PROTECTED)
    if source is None or not identifiers:
        return {}
    opened = sealing.opened(source)
    tokens = {case: sealing.blinded(district, identifier) for case, identifier in identifiers.items()}
    wanted = list(set(tokens.values()))
    rows: dict[bytes, dict[str, str]] = {}
    for begin in range(0, len(wanted), 500):  # SQLite takes only so many values at once
        for row in ProtectedRow.objects.filter(source=source, token__in=wanted[begin : begin + 500]):
            rows[row.token] = {
                axis: group
                for axis, group in json.loads(unseal(opened, row, "values")).items()
                if axis in protected()
            }
    return {case: rows[token] for case, token in tokens.items() if token in rows}


def _taught(district: Organization, period: Period) -> dict[str, set[str]]:
    """By school, the groups of grades of which it has students."""
    source = import_in_use(district, Import.Kind.ENROLMENT, Period(period.year).key)
    found: dict[str, set[str]] = {}
    if source is not None:
        rows = Enrolment.objects.filter(source=source, axis="grade", students__gt=0)
        for school, group in rows.order_by().values_list("school__slug", "group"):
            found.setdefault(school, set()).add(group)
    return found


def _enrolment(district: Organization, year: Period, axis: str) -> dict[str, int]:
    """Students by group; by school, the largest sum that any axis gives (a school may not know a field of
    everybody)."""
    source = import_in_use(district, Import.Kind.ENROLMENT, year.key)
    if source is None:
        return {}
    rows = (
        Enrolment.objects.filter(source=source)
        .values("axis", "group", "school__slug")
        .annotate(total=Sum("students"))
    )
    found: dict[str, int] = {}
    if axis != SCHOOL:
        for row in rows.filter(axis=axis):
            found[row["group"]] = found.get(row["group"], 0) + row["total"]
        return found
    by_school: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["school__slug"], row["axis"])
        by_school[key] = by_school.get(key, 0) + row["total"]
    for (school, _axis), total in by_school.items():
        found[school] = max(found.get(school, 0), total)
    return found
