"""Microsoft School Data Sync, format v1: School.csv and Student.csv; parents in User.csv and
GuardianRelationship.csv. Teacher.csv is not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from .tables import Files, Guardian, RosterStudent, grade_of, is_gone, name_of, school_names


def is_mine(files: Files) -> bool:
    return "student.csv" in files and "school.csv" in files and "schoolsisid" in files.headings("student.csv")


def has_births(files: Files) -> bool:
    return "birthdate" in files.headings("student.csv")


def has_guardians(files: Files) -> bool:
    return "guardianrelationship.csv" in files


def students(files: Files, schools: Mapping[str, int], _today: date) -> Iterator[RosterStudent | None]:
    names = school_names(
        files.rows("school.csv"),
        schools,
        key="sisid",
        words=("schoolnumber", "schoolncesid", "stateid", "sisid", "name"),
    )
    beside: dict[str, list[tuple[str, str]]] = {}
    for row in files.rows("guardianrelationship.csv"):
        beside.setdefault(row.get("sisid", ""), []).append(
            (row.get("email", "").lower(), row.get("role", ""))
        )
    family = {
        row.get("email", "").lower(): (name_of(row, "firstname", "lastname"), row.get("phone", ""))
        for row in files.rows("user.csv")
    }
    for row in files.rows("student.csv"):
        if not any(row.values()) or is_gone(row):
            yield None
            continue
        key, school = row.get("sisid", ""), row.get("schoolsisid", "")
        yield RosterStudent(
            row.get("studentnumber") or key,
            row.get("firstname", ""),
            row.get("middlename", ""),
            row.get("lastname", ""),
            row.get("birthdate", ""),
            grade_of(row.get("grade", "")),
            names.get(school, school),
            tuple(
                Guardian(family[mail][0], role, family[mail][1])
                for mail, role in beside.get(key, [])
                if mail in family
            ),
        )
