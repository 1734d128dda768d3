"""`import_roster`, the command of a nightly job: past a bad row, beside the worker, and after a death."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from tests.students.people import Register
from tests.students.roster_files import ONE_ROSTER_11, ONE_ROSTER_12, packed

from security_center.foundation.clock import wall
from security_center.foundation.duties import queue
from security_center.foundation.students.actions import checking
from security_center.foundation.students.management.commands import import_students
from security_center.foundation.students.models import Student, StudentImport

pytestmark = pytest.mark.django_db
State = StudentImport.State


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
