"""Rosters in the formats of their standards: students come in, nobody else does, and a file made to hurt is
refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from tests.students.people import Register

from security_center.foundation.clock import wall
from security_center.foundation.duties import queue
from security_center.foundation.students import actions, queries, rosters
from security_center.foundation.students.actions import checking
from security_center.foundation.students.csv_rows import UnreadableFile
from security_center.foundation.students.management.commands import import_students
from security_center.foundation.students.models import Student, StudentImport
from security_center.foundation.students.rosters.tables import in_zip

pytestmark = pytest.mark.django_db
State = StudentImport.State
MANIFEST = (
    "propertyName,value\nmanifest.version,1.0\noneroster.version,1.{minor}\n"
    "file.orgs,bulk\nfile.users,{mode}\nfile.demographics,bulk\n"
)
ONE_ORGS = (
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nd1,,,Maple "
    "Valley,district,,\ns1,,,Maple High School,school,4711,d1\n"
)
DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex\nu1,,,2011-05-30,female\n"
ONE_ROSTER_11 = {
    "manifest.csv": MANIFEST.format(minor=1, mode="bulk"),
    "orgs.csv": ONE_ORGS,
    "users.csv": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
        "agentSourcedIds,grades,password\n"
        "t1,,,true,s1,teacher,tt,,Tim,Teach,,900,tt@x.example,,,,09,\n"
        "u1,,,true,s1,student,al,,Ann,Lee,May,100,al@x.example,,,g1,09,\n"
        "g1,,,true,s1,parent,dl,,Dee,Lee,,,dl@x.example,,555-0101,u1,,\n"
        'u2,,,true,"s1,d1",student,br,,Bo,Roe,,200,,,,,"10,11",\n'
        "u3,tobedeleted,,true,s1,student,gg,,Gil,Gone,,300,,,,,10,\n"
    ),
    "demographics.csv": DEMOGRAPHICS,
}
ONE_ROSTER_12 = {
    "manifest.csv": MANIFEST.format(minor=2, mode="bulk"),
    "orgs.csv": ONE_ORGS,
    "users.csv": (
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,"
        "grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,"
        "pronouns\n"
        "t1,,,true,tt,,Tim,Teach,,900,,,,,,,,,,,,s1,\n"
        "u1,,,true,al,,Ann,Lee,May,100,,,,g1,09,,,,,,,s1,\n"
        "g1,,,true,dl,,Dee,Lee,,,,,555-0101,u1,,,,,,,,,\n"
        "u2,,,true,br,,Bo,Roe,,200,,,,,10,,,,,,,,\n"
    ),
    "roles.csv": (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
        "r1,,,t1,primary,teacher,,,s1,\nr2,,,u1,primary,student,,,s1,\nr3,,,g1,primary,guardian,,,s1,\nr4,,,u2,primary,student,,,s1,\n"
    ),
    "demographics.csv": DEMOGRAPHICS,
}
SDS_V1 = {
    "School.csv": "SIS ID,Name,School Number\n55,Maple High School,1\n",
    "Student.csv": (
        "SIS ID,School SIS ID,Username,First Name,Last Name,Middle Name,Student "
        "Number,Grade,Status,Birthdate\n"
        "9001,55,al,Ann,Lee,May,100,9,Active,2011-05-30\n9002,55,br,Bo,Roe,,200,10,Active,2010-05-30\n"
    ),
    "Teacher.csv": "SIS ID,School SIS ID,Username,First Name,Last Name,Grade\n77,55,tt,Tim,Teach,9\n",
    "Section.csv": "SIS ID,School SIS ID,Section Name\n1,55,Math\n",
    "StudentEnrollment.csv": "Section SIS ID,SIS ID\n1,9001\n",
    "User.csv": "Email,First Name,Last Name,Phone,SIS ID\ndl@x.example,Dee,Lee,555-0101,\n",
    "GuardianRelationship.csv": "SIS ID,Email,Role\n9001,dl@x.example,Parent\n",
}
SDS_V2 = {
    "orgs.csv": (
        "sourcedId,name,type,parentSourcedId\nd1,Maple Valley,district,\ns1,Maple High School,school,d1\n"
    ),
    "users.csv": (
        "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n"
        "900,tt,Tim,Teach,,,,,\n100,al,Ann,Lee,,,,,\n200,br,Bo,Roe,,,,,\ng1,dl,Dee,Lee,,,dl@x.example,555-0101,\n"
    ),
    "roles.csv": (
        "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n"
        "900,s1,teacher,,,true,,\n100,s1,student,,09,true,,\n200,s1,student,,10,true,,\n"
    ),
    "relationships.csv": "userSourcedId,relationshipUserSourcedId,relationshipRole\n100,g1,parent\n",
    "demographics.csv": "userSourcedId,sex,birthDate\n100,female,2011-05-30\n",
}
ROSTERS = {
    "OneRoster 1.1": ONE_ROSTER_11,
    "OneRoster 1.2": ONE_ROSTER_12,
    "School Data Sync v1": SDS_V1,
    "School Data Sync v2.1": SDS_V2,
}


def packed(roster: Mapping[str, str | bytes], folder: str = "") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in roster.items():
            archive.writestr(folder + name, text)
    return written.getvalue()


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


def test_the_folder_of_a_nightly_job_is_tried_dry_and_then_put_in_force(
    register: Register, tmp_path: Path, capsys: Any
) -> None:
    for name, text in ONE_ROSTER_12.items():
        (tmp_path / name).write_text(text)
    district = register.valley.cast.district
    call_command("import_roster", str(tmp_path), "--district", district.slug, "--dry-run")
    assert "2 new" in capsys.readouterr().out
    assert not Student.objects.filter(district=district).exists()
    call_command("import_roster", str(tmp_path), "--district", district.slug)
    assert Student.objects.filter(district=district).count() == 2
    (tmp_path / "orgs.csv").unlink()
    with pytest.raises(CommandError, match="no roster"):
        call_command("import_roster", str(tmp_path), "--district", district.slug)


def test_a_nightly_job_goes_on_with_leave_out_past_a_bad_row_and_the_next_nights_file_replaces_it(
    register: Register, tmp_path: Path
) -> None:
    """It once stayed stuck, night after night, and the advice that it printed could not be followed."""
    district = register.valley.cast.district
    elsewhere = ONE_ROSTER_11["orgs.csv"] + "s9,,,Riverside Alternative,school,4799,d1\n"
    wrong = {
        **ONE_ROSTER_11,
        "orgs.csv": elsewhere,
        "users.csv": ONE_ROSTER_11["users.csv"].replace('"s1,d1"', "s9"),
    }
    for name, text in wrong.items():
        (tmp_path / name).write_text(text)
    command = ("import_roster", str(tmp_path), "--district", district.slug)
    for _night in range(2):
        with pytest.raises(CommandError, match="Some rows"):
            call_command(*command)
    call_command(*command, "--leave-out")
    assert Student.objects.filter(district=district).count() == 1
    with pytest.raises(CommandError, match="Some rows"):
        call_command(*command)
    for name, text in ONE_ROSTER_11.items():
        (tmp_path / name).write_text(text)
    call_command(*command)
    assert Student.objects.filter(district=district).count() == 2


def test_a_worker_that_runs_beside_a_nightly_job_leaves_its_file_alone_and_takes_it_when_the_job_has_died(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker once took it between two steps of the job, which then ended with 1, some nights."""
    for name, text in ONE_ROSTER_12.items():
        (tmp_path / name).write_text(text)
    district = register.valley.cast.district

    def after_a_second_of_the_worker(*, import_id: int) -> StudentImport | None:
        while queue.run_one():
            pass
        return checking.check_import(import_id=import_id)

    monkeypatch.setattr(import_students, "check_import", after_a_second_of_the_worker)
    with time_machine.travel(wall(), tick=False):  # the queue goes by the machine's clock
        call_command("import_roster", str(tmp_path), "--district", district.slug)
    assert Student.objects.filter(district=district).count() == 2

    def killed(*, import_id: int) -> StudentImport | None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_students, "check_import", killed)
    with pytest.raises(KeyboardInterrupt):
        call_command("import_roster", str(tmp_path), "--district", district.slug)
    row = StudentImport.objects.get(district=district, state=State.CHECKING)
    with time_machine.travel(wall() + timedelta(minutes=15), tick=False):
        while queue.run_one():
            pass
    row.refresh_from_db()
    assert row.state == State.READY


def test_a_command_that_was_killed_does_not_hold_up_the_next(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a quarter of an hour each next one was told that another file waits."""
    for name, text in ONE_ROSTER_12.items():
        (tmp_path / name).write_text(text)
    command = ("import_roster", str(tmp_path), "--district", register.valley.cast.district.slug)

    def killed(*, import_id: int) -> StudentImport | None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(import_students, "check_import", killed)
        with pytest.raises(KeyboardInterrupt):
            call_command(*command)
    call_command(*command)
    assert Student.objects.filter(district=register.valley.cast.district).count() == 2


def test_a_command_whose_place_another_took_says_so(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in ONE_ROSTER_12.items():
        (tmp_path / name).write_text(text)
    command = ("import_roster", str(tmp_path), "--district", register.valley.cast.district.slug)

    def beside_another(*, import_id: int) -> StudentImport | None:
        monkeypatch.setattr(import_students, "check_import", checking.check_import)
        lines = checking._lines

        def meanwhile(*words: Any) -> Any:
            monkeypatch.setattr(checking, "_lines", lines)
            call_command(*command)
            raise checking.files.FileGone  # once the other's transaction has ended

        monkeypatch.setattr(checking, "_lines", meanwhile)
        return checking.check_import(import_id=import_id)

    monkeypatch.setattr(import_students, "check_import", beside_another)
    with pytest.raises(CommandError, match="took its place"):
        call_command(*command)
    assert Student.objects.filter(district=register.valley.cast.district).count() == 2


def test_a_dry_run_beside_a_waiting_file_of_a_command_says_where_that_one_is_seen_and_what_takes_its_place(
    register: Register, tmp_path: Path
) -> None:
    """It asked to put that one in force or to throw it away, though the same command without --dry-run takes
    its place."""
    elsewhere = ONE_ROSTER_11["orgs.csv"] + "s9,,,Riverside Alternative,school,4799,d1\n"
    wrong = {
        **ONE_ROSTER_11,
        "orgs.csv": elsewhere,
        "users.csv": ONE_ROSTER_11["users.csv"].replace('"s1,d1"', "s9"),
    }
    for name, text in wrong.items():
        (tmp_path / name).write_text(text)
    command = (
        "import_roster",
        str(tmp_path),
        "--district",
        register.valley.cast.district.slug,
        "--leave-out",
    )
    with pytest.raises(CommandError, match="Some rows"):
        call_command(*command[:-1])
    waits = StudentImport.objects.get(state=State.READY)
    with pytest.raises(
        CommandError, match=r"waits on the page of the students with what it would change.*without --dry-run"
    ):
        call_command(*command, "--dry-run")
    waits.refresh_from_db()
    assert waits.state == State.READY
    call_command(*command)


def test_a_nightly_job_does_not_throw_away_what_a_person_sent_in(register: Register, tmp_path: Path) -> None:
    for name, text in ONE_ROSTER_12.items():
        (tmp_path / name).write_text(text)
    waits = register.send(packed(ONE_ROSTER_11))
    with pytest.raises(CommandError, match="Another file of this district waits"):
        call_command("import_roster", str(tmp_path), "--district", register.valley.cast.district.slug)
    waits.refresh_from_db()
    assert waits.state == State.READY


# --- held against the published columns
# ------------------------------------------------------------------------------------------------


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
