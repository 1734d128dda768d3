"""OneRoster 1.1 and 1.2 as CSV (1EdTech): users.csv with a role (1.1), or with roles.csv beside it (1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ..csv_rows import UnreadableFile
from .tables import Files, Guardian, RosterStudent, Row, grade_of, is_gone, is_over, name_of, school_names

FAMILY = {"guardian", "parent", "relative"}


def is_mine(files: Files) -> bool:
    if "users.csv" not in files or "orgs.csv" not in files:
        return False
    return "orgsourcedids" in files.headings("users.csv") or "roletype" in files.headings("roles.csv")


def has_births(files: Files) -> bool:
    return "demographics.csv" in files


def has_guardians(files: Files) -> bool:
    return any(row.get("agentsourcedids") for row in files.rows("users.csv"))


def students(files: Files, schools: Mapping[str, int], today: date) -> Iterator[RosterStudent | None]:
    for row in files.rows("manifest.csv"):
        if (
            row.get("propertyname", "").lower()
            in {"file.users", "file.orgs", "file.roles", "file.demographics"}
            and row.get("value", "").lower() == "delta"
        ):
            raise UnreadableFile("roster_delta")
    names = school_names(
        files.rows("orgs.csv"), schools, key="sourcedid", words=("identifier", "sourcedid", "name")
    )
    roles = _roles(files, today)
    born = {row.get("sourcedid", ""): row.get("birthdate", "") for row in files.rows("demographics.csv")}
    family = {
        row.get("sourcedid", ""): Guardian(
            name_of(row, "givenname", "familyname"),
            _role(row, roles) if _role(row, roles) != "relative" else "",
            row.get("phone") or row.get("sms", ""),
        )
        for row in files.rows("users.csv")
        if _role(row, roles) in FAMILY and not is_gone(row)
    }
    # A relation may be named by either of its two users.
    beside: dict[str, list[str]] = {}
    for row in files.rows("users.csv"):
        if row.get("sourcedid", "") in family:
            for child in _list(row.get("agentsourcedids", "")):
                beside.setdefault(child, []).append(row["sourcedid"])
    for row in files.rows("users.csv"):
        if _role(row, roles) != "student" or is_gone(row):
            yield None
            continue
        key = row.get("sourcedid", "")
        agents = dict.fromkeys(
            one for one in [*_list(row.get("agentsourcedids", "")), *beside.get(key, [])] if one in family
        )
        yield RosterStudent(
            row.get("identifier") or key,
            row.get("givenname", ""),
            row.get("middlename", ""),
            row.get("familyname", ""),
            born.get(key, ""),
            # The first version of School Data Sync's v2 calls it so
            grade_of(row.get("grades") or row.get("grade", "")),
            _school(row, roles, names),
            tuple(family[one] for one in agents),
        )


def _roles(files: Files, today: date) -> dict[str, tuple[str, str]] | None:
    """Of 1.2: user → (role, organization), the primary one; None for 1.1. Whoever is a student anywhere is
    one, until that role has ended."""
    if "roles.csv" not in files:
        return None
    found: dict[str, tuple[str, str]] = {}
    for row in files.rows("roles.csv"):
        user, role = row.get("usersourcedid", ""), row.get("role", "").lower()
        if is_gone(row) or is_over(row.get("enddate", ""), today):
            continue
        before = found.get(user, ("", ""))[0]
        primary = row.get("roletype", "").lower() == "primary"
        if (
            not before
            or (role == "student" != before)
            or (primary and (role == "student" or before != "student"))
        ):
            found[user] = role, row.get("orgsourcedid", "")
    return found


def _role(row: Row, roles: dict[str, tuple[str, str]] | None) -> str:
    return row.get("role", "").lower() if roles is None else roles.get(row.get("sourcedid", ""), ("", ""))[0]


def _school(row: Row, roles: dict[str, tuple[str, str]] | None, names: dict[str, str]) -> str:
    asked = (
        _list(row.get("orgsourcedids", ""))
        if roles is None
        else [row.get("primaryorgsourcedid", ""), roles[row.get("sourcedid", "")][1]]
    )
    return next((names[one] for one in asked if one in names), next(filter(None, asked), ""))


def _list(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",") if one.strip()]
