"""Microsoft School Data Sync, format v2.1: users.csv, with school, role and grade in roles.csv."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from .tables import Files, Guardian, RosterStudent, grade_of, is_over, name_of, school_names


def is_mine(files: Files) -> bool:
    if "users.csv" not in files or "orgs.csv" not in files:
        return False
    headings = files.headings("roles.csv")
    return "usersourcedid" in headings and "roletype" not in headings


def has_births(files: Files) -> bool:
    return "demographics.csv" in files


def has_guardians(files: Files) -> bool:
    return "relationships.csv" in files


def students(files: Files, schools: Mapping[str, int], today: date) -> Iterator[RosterStudent | None]:
    names = school_names(files.rows("orgs.csv"), schools, key="sourcedid", words=("sourcedid", "name"))
    learning: dict[str, tuple[str, str]] = {}  # user → (organization, grade)
    for row in files.rows("roles.csv"):
        user = row.get("usersourcedid", "")
        if row.get("role", "").lower() != "student" or is_over(row.get("roleenddate", ""), today):
            continue
        if user not in learning or row.get("isprimary", "").lower() == "true":
            learning[user] = row.get("orgsourcedid", ""), row.get("grade", "")
    born = {row.get("usersourcedid", ""): row.get("birthdate", "") for row in files.rows("demographics.csv")}
    beside: dict[str, list[tuple[str, str]]] = {}
    for row in files.rows("relationships.csv"):
        beside.setdefault(row.get("usersourcedid", ""), []).append(
            (row.get("relationshipusersourcedid", ""), row.get("relationshiprole", ""))
        )
    wanted = {one for pairs in beside.values() for one, _role in pairs}
    family = {
        row.get("sourcedid", ""): (
            name_of(row, "givenname", "familyname"),
            row.get("phone") or row.get("sms", ""),
        )
        for row in files.rows("users.csv")
        if row.get("sourcedid", "") in wanted
    }
    for row in files.rows("users.csv"):
        key = row.get("sourcedid", "")
        if key not in learning:
            yield None
            continue
        school, grade = learning[key]
        guardians = tuple(
            Guardian(family[one][0], role, family[one][1])
            for one, role in beside.get(key, [])
            if one in family
        )
        yield RosterStudent(
            key,
            row.get("givenname", ""),
            "",
            row.get("familyname", ""),
            born.get(key, ""),
            grade_of(grade),
            names.get(school, school),
            guardians,
        )
