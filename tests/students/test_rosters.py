"""Rosters in the formats of their standards: students come in, nobody else does, and a file made to hurt is
refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date

import pytest
from tests.students.people import Register
from tests.students.roster_files import (
    MANIFEST,
    ONE_ROSTER_11,
    ONE_ROSTER_12,
    ROSTERS,
    SDS_V1,
    SDS_V2,
    packed,
)

from security_center.foundation.students import actions, queries, rosters
from security_center.foundation.students.csv_rows import UnreadableFile
from security_center.foundation.students.models import Student, StudentImport
from security_center.foundation.students.rosters.tables import in_zip

pytestmark = pytest.mark.django_db
State = StudentImport.State


def refused(register: Register, content: bytes) -> str:
    row = register.send(content)
    assert row.state == State.REFUSED
    return register.faults(row)[0][1]


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS)
def test_a_roster_brings_its_students_with_school_grade_birth_and_guardian_and_nobody_else(
    register: Register, roster: dict[str, str]
) -> None:
    row = register.send(packed(roster, folder="export/"))
    assert (row.state, row.rows, row.came, row.faulty, register.faults(row)) == (State.READY, 2, 2, 0, [])
    actions.apply_import(actor=register.valley.cast.ada, student_import=row)
    ann = queries.student_of_identifier(register.valley.cast.district, "100")
    assert ann is not None
    assert (ann.grade, ann.school_id) == ("9", register.valley.school.pk)
    found = queries.file_of(ann)
    assert found is not None
    [home] = found.households
    assert (home.guardians[0].name, home.guardians[0].phone) == ("Dee Lee", "555-0101")
    assert queries.look_up(register.valley.cast.district, name="Tim Teach") == []
    assert queries.student_of_identifier(register.valley.cast.district, "900") is None, (
        "staff never become students"
    )
    actions.undo_import(
        actor=register.valley.cast.ada,
        student_import=StudentImport.objects.select_related("district").get(pk=row.pk),
    )
    assert not Student.objects.filter(district=register.valley.cast.district).exists()


def test_a_fault_names_the_row_of_the_roster(register: Register) -> None:
    users = ONE_ROSTER_11["users.csv"].replace('"10,11"', "UG")
    row = register.send(packed({**ONE_ROSTER_11, "users.csv": users}))
    assert register.faults(row) == [(5, "grade", "UG")]


def test_a_roster_without_guardians_leaves_those_that_are_known(register: Register) -> None:
    register.apply(packed(SDS_V2))
    row = register.send(
        packed(
            {
                name: text
                for name, text in SDS_V2.items()
                if name not in {"relationships.csv", "demographics.csv"}
            }
        )
    )
    assert (row.changed, row.unchanged) == (0, 2)


def test_a_roster_of_changes_only_is_refused_since_whoever_is_not_in_it_has_not_left(
    register: Register,
) -> None:
    assert (
        refused(register, packed({**ONE_ROSTER_11, "manifest.csv": MANIFEST.format(minor=1, mode="delta")}))
        == "roster_delta"
    )


def test_a_zip_file_made_to_hurt_is_refused_before_it_is_unpacked(register: Register) -> None:
    bomb = packed({**ONE_ROSTER_11, "users.csv": ONE_ROSTER_11["users.csv"] + "0" * (40 << 20)})
    assert len(bomb) < 1 << 20
    assert refused(register, bomb) == "roster_zip"
    assert refused(register, packed({f"{number}.csv": "" for number in range(101)})) == "roster_zip"
    assert refused(register, b"PK\x03\x04" + bytes(100)) == "roster_zip"
    assert refused(register, packed({"[Content_Types].xml": "<x/>"})) == "spreadsheet"
    assert refused(register, packed({"other.csv": "a,b\n"})) == "roster"
    assert (
        refused(register, packed({**ONE_ROSTER_11, "users.csv": ONE_ROSTER_11["users.csv"] + "x" * 70_000}))
        == "roster_file"
    )


def test_a_line_without_end_is_not_read_to_its_end() -> None:
    files = in_zip(io.BytesIO(packed({**SDS_V1, "Student.csv": "SIS ID,School SIS ID\n" + "x" * 70_000})))
    with pytest.raises(UnreadableFile):
        list(rosters.lines(files, {}, date(2026, 11, 24)))


# --- held against the published columns


def came(register: Register, roster: Mapping[str, str | bytes]) -> list[str]:
    """The numbers of those of the two invented students whom a roster brings; nothing in it may be a
    fault."""
    row = register.send(packed(roster))
    assert (row.state, register.faults(row)) == (State.READY, [])
    actions.apply_import(actor=register.valley.cast.ada, student_import=row, many_left=True)
    return [
        number
        for number in ("100", "200")
        if queries.student_of_identifier(register.valley.cast.district, number) is not None
    ]


@pytest.mark.parametrize(
    ("last_day", "there"),
    [("2026-11-23", ["200"]), ("11/23/2026", ["200"]), ("2026-11-24", ["100", "200"]), ("?", ["100", "200"])],
)
def test_whose_role_has_ended_is_no_student_any_more_and_an_unreadable_day_ends_nothing(
    register: Register, last_day: str, there: list[str]
) -> None:
    one = ONE_ROSTER_12["roles.csv"].replace(
        "r2,,,u1,primary,student,,,s1", f"r2,,,u1,primary,student,2026-08-01,{last_day},s1"
    )
    assert came(register, {**ONE_ROSTER_12, "roles.csv": one}) == there


def test_whose_role_has_ended_in_school_data_sync_is_no_student_any_more(register: Register) -> None:
    roles = SDS_V2["roles.csv"].replace(
        "100,s1,student,,09,true,,", "100,s1,student,SY25,08,TRUE,8/24/2025,6/11/2026"
    )
    assert came(register, {**SDS_V2, "roles.csv": roles}) == ["200"]


def test_who_is_to_be_deleted_or_inactive_is_no_student(register: Register) -> None:
    assert came(
        register, {**SDS_V1, "Student.csv": SDS_V1["Student.csv"].replace("100,9,Active", "100,9,Inactive")}
    ) == ["200"]


def test_a_proctor_an_aide_and_an_administrator_never_become_students(register: Register) -> None:
    roles = "".join(
        f"x{n},,,t1,{kind},{role},,,s1,\n"
        for n, (kind, role) in enumerate(
            [
                ("primary", "districtAdministrator"),
                ("secondary", "proctor"),
                ("secondary", "aide"),
                ("secondary", "siteAdministrator"),
            ]
        )
    )
    row = register.send(
        packed(
            {
                **ONE_ROSTER_12,
                "roles.csv": ONE_ROSTER_12["roles.csv"].replace("r1,,,t1,primary,teacher,,,s1,\n", roles),
            }
        )
    )
    assert row.came == 2


def test_school_data_sync_v2_names_role_and_grade_in_users(register: Register) -> None:
    users = "sourcedId,orgSourcedIds,givenName,familyName,username,password,role,grade\n"
    users += "100,s1,Ann,Lee,al,,Student,6\n200,s1,Bo,Roe,br,,Student,9\n9,s1,Tim,Teach,tt,,aide,6\n"
    assert came(register, {"orgs.csv": SDS_V2["orgs.csv"], "users.csv": users}) == ["100", "200"]


def test_a_guardian_whom_only_their_own_row_ties_to_a_child_is_kept(register: Register) -> None:
    users = ONE_ROSTER_11["users.csv"].replace(",,,g1,09,", ",,,,09,")
    register.apply(packed({**ONE_ROSTER_11, "users.csv": users}))
    ann = queries.student_of_identifier(register.valley.cast.district, "100")
    assert ann is not None
    found = queries.file_of(ann)
    assert found is not None
    assert [one.name for home in found.households for one in home.guardians] == ["Dee Lee"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_name_keeps_its_accents_however_the_files_are_written_and_whatever_ends_their_lines(
    register: Register, encoding: str
) -> None:
    roster = {
        name: text.replace("Ann,Lee", 'Ana,"Núñez"').replace("\n", "\r\n").encode(encoding)
        for name, text in SDS_V2.items()
    }
    register.apply(packed(roster))
    assert [
        found.identity.name for found in queries.look_up(register.valley.cast.district, name="Ana Núñez")
    ] == ["Ana Núñez"]


@pytest.mark.parametrize("cell", ["010000500870", "10000500870"])
def test_a_school_is_found_by_its_nces_number_with_or_without_the_zero_that_a_spreadsheet_eats(
    register: Register, cell: str
) -> None:
    register.valley.school.external_id = "010000500870"
    register.valley.school.save()
    schools = f"SIS ID,Name,School Number,School NCES_ID,State ID\n55,The Maple,9,{cell},AL\n"
    assert came(register, {**SDS_V1, "School.csv": schools}) == ["100", "200"]


def test_a_number_that_two_schools_bear_names_neither(register: Register) -> None:
    for school in (register.valley.cast.school_a, register.valley.cast.school_b):
        school.external_id = "77"
        school.save()
    row = register.send(packed({**SDS_V1, "School.csv": "SIS ID,Name,School Number\n55,The Maple,77\n"}))
    assert [code for _row, code, _cell in register.faults(row)] == ["school", "school"]


def test_births_that_are_only_changes_are_refused_too(register: Register) -> None:
    manifest = MANIFEST.format(minor=1, mode="bulk").replace("demographics,bulk", "demographics,delta")
    assert refused(register, packed({**ONE_ROSTER_11, "manifest.csv": manifest})) == "roster_delta"


def test_a_damaged_or_an_endless_file_within_the_zip_is_refused_and_not_a_fault_of_ours(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in ONE_ROSTER_11.items():
            archive.writestr(name, text)
    assert refused(register, written.getvalue().replace(b"Lee,May", b"Lee,Mac")) == "roster_zip"
    monkeypatch.setattr("security_center.foundation.students.rosters.tables.MOST_ROWS", 3)
    assert refused(register, packed(ONE_ROSTER_11)) == "roster_rows"
