from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from security_center.project import cli, data_folder, supervisor


def test_a_word_that_is_no_command_is_answered_with_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["start"]) == 2
    assert capsys.readouterr().err.startswith("ssc: there is no command “start”. The commands are up, demo, ")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"./ssc {command}" in shown for command in cli.COMMANDS)


@pytest.fixture
def wish(monkeypatch: pytest.MonkeyPatch) -> list[supervisor.Wish]:
    """What the supervisor would have been asked for."""
    asked: list[supervisor.Wish] = []
    monkeypatch.setattr(supervisor, "up", lambda given: asked.append(given) or 0)
    monkeypatch.setenv("SSC_DATA", "")
    for name in ("SSC_PORT", "SSC_STAFF_PORT", "SSC_BIND"):
        monkeypatch.delenv(name, raising=False)
    return asked


def test_a_start_without_options_uses_the_folder_beside_the_code(wish: list[supervisor.Wish]) -> None:
    cli.main(["up"])
    assert wish == [
        supervisor.Wish(data=cli.REPOSITORY / "data", port=8000, staff_port=8001, bind="0.0.0.0", demo=False)
    ]


@pytest.mark.parametrize("words", [["demo"], ["up", "--demo"]])
def test_the_demo_listens_on_this_machine_only_whatever_the_environment_says(
    wish: list[supervisor.Wish], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_BIND", "0.0.0.0")
    cli.main(words)
    assert wish == [
        supervisor.Wish(
            data=cli.REPOSITORY / "demo-data", port=8000, staff_port=8001, bind="127.0.0.1", demo=True
        )
    ]


def test_a_relative_data_folder_with_blanks_is_meant_from_where_the_person_stands(
    wish: list[supervisor.Wish], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cli.main(["up", "--data", "our data", "--port", "9000", "--staff-port=9001"])
    assert (wish[0].data, wish[0].port, wish[0].staff_port) == (tmp_path / "our data", 9000, 9001)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused_in_one_sentence(
    wish: list[supervisor.Wish], port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["up", f"--port={port}"])
    assert ended.value.code == 2
    assert "is not a port from 1 to 65535" in capsys.readouterr().err
    assert wish == []


def test_verifying_a_folder_that_is_not_there_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_DATA", "")
    assert cli.main(["verify-ledger", "--data", str(tmp_path / "absent")]) == 2
    assert "there is no data folder at" in capsys.readouterr().err
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize(
    ("words", "demo", "folder"), [(["demo_code", "rosa"], "yes", "demo-data"), (["migrate"], "no", "data")]
)
def test_a_command_about_the_sample_district_finds_it_without_being_told_where(
    words: list[str], demo: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "REPOSITORY", tmp_path)
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "center.sqlite3").touch()
    monkeypatch.setenv("SSC_DATA", "")
    monkeypatch.setenv("SSC_DEMO", "no")
    ran: list[list[str]] = []
    monkeypatch.setattr(cli, "run_django", lambda _command, arguments: ran.append(arguments) or 0)
    monkeypatch.setattr(os, "umask", lambda _mask: 0)
    assert cli.main(["manage", *words]) == 0
    assert ran == [words]
    assert (os.environ["SSC_DEMO"], os.environ["SSC_DATA"]) == (demo, str(tmp_path / folder))


def test_a_code_asked_for_where_no_sample_district_is_leaves_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_DATA", "")
    monkeypatch.setenv("SSC_DEMO", "no")
    monkeypatch.setattr(cli, "REPOSITORY", tmp_path)
    assert cli.main(["manage", "demo_code", "rosa"]) == 2
    assert "Give the right one with --data" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_data_folder_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    data_folder.make(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_place_of_the_data_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(data_folder.DataFolderUnusable, match="is a file, not a folder"):
        data_folder.make(tmp_path / "data")


def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence() -> None:
    with pytest.raises(
        data_folder.DataFolderUnusable, match=r"cannot be written to \(.+\)\. Give another with --data"
    ):
        data_folder.make(Path("/proc/nowhere/data"))


def test_only_one_start_holds_a_data_folder(tmp_path: Path) -> None:
    with (
        data_folder.held(tmp_path),
        pytest.raises(data_folder.DataFolderInUse, match=f"process {os.getpid()}"),
        data_folder.held(tmp_path),
    ):
        pytest.fail("both hold it")
    with data_folder.held(tmp_path):
        assert (tmp_path / data_folder.LOCK_FILE).is_file()


def test_two_programs_cannot_have_one_port() -> None:
    with pytest.raises(supervisor.CannotStart, match="cannot share port 8000"):
        supervisor.wait_for_ports(supervisor.Wish(Path(), 8000, 8000, "127.0.0.1", demo=False))


def test_root_takes_the_settings_of_the_installed_units_for_their_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """./ssc doctor as root made a second, embedded database in the folder of a PostgreSQL installation."""
    (tmp_path / "common.env").write_text(
        f"# for all\nSSC_DATA={tmp_path}\nSSC_STAFF_URL=https://desk.example.org\n", encoding="utf-8"
    )
    (tmp_path / "staff.env").write_text(
        '#DATABASE_URL=no\nDATABASE_URL="postgresql://ssc:p=w@localhost/ssc"\n', encoding="utf-8"
    )
    for name in ("DATABASE_URL", "SSC_STAFF_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    cli.as_installed(tmp_path / "another", tmp_path)
    assert "DATABASE_URL" not in os.environ
    became: list[int] = []
    for name in ("initgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda *given: became.append(given[-1]))
    cli.as_installed(tmp_path, tmp_path)
    assert os.environ["DATABASE_URL"] == "postgresql://ssc:p=w@localhost/ssc"
    assert os.environ["SSC_STAFF_URL"] == "https://desk.example.org"
    owner = tmp_path.stat()
    assert became == ([] if owner.st_uid == 0 else [owner.st_gid, owner.st_gid, owner.st_uid])


def test_a_command_of_roots_with_its_own_database_takes_the_rest_from_the_units_and_leaves_no_trace() -> None:
    """The move to PostgreSQL by the guide left root's signing secret in the folder, and no backup could be
    made from the next night on."""
    with tempfile.TemporaryDirectory(prefix="ssc-move-", dir="/tmp") as top:
        data, etc = Path(top) / "data", Path(top) / "etc"
        for folder in (data, etc):
            folder.mkdir()
        (etc / "common.env").write_text(f"SSC_DATA={data}\nSSC_SIGNING_SECRET={'s' * 50}\n", encoding="utf-8")
        if os.geteuid() == 0:
            Path(top).chmod(0o755)
            os.chown(data, 65534, 65534)
        start = (
            "import pathlib, sys; from security_center.project import cli; cli.INSTALLED = "
            f"pathlib.Path({str(etc)!r}); cli.main(sys.argv[1:])"
        )
        says = (
            "import os; from django.conf import settings as s; open(s.SSC_DATA / 'made', 'w'); "
            "print(s.DATABASE_URL, s.SECRET_KEY, os.geteuid())"
        )
        words = ["manage", "shell", "--no-imports", "-c", says, "--data", str(data)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SSC_", "DJANGO_"))}
        given = {
            **kept,
            "DATABASE_URL": "postgresql://ssc@localhost/new",
            "PYTHONPATH": str(cli.REPOSITORY / "src"),
        }
        ended = subprocess.run(
            [sys.executable, "-c", start, *words], env=given, capture_output=True, text=True, check=False
        )
        if os.geteuid() == 0:
            assert ended.stdout.split() == ["postgresql://ssc@localhost/new", "s" * 50, "65534"], ended.stderr
        assert {entry.stat().st_uid for entry in data.iterdir()} == {data.stat().st_uid}
        assert [entry.name for entry in data.iterdir()] == ["made"] or os.geteuid() != 0


def test_a_folder_without_a_database_is_told_and_gets_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_DATA", "")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert cli.main(["doctor", "--data", str(tmp_path)]) == 2
    assert "there is no database in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_root_starts_nothing_on_a_folder_of_somebody_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside installed units it shut their public program out and locked the nightly backup out of root's new
    files."""
    monkeypatch.setenv("SSC_DATA", "")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(
        Path, "stat", lambda path, **_more: os.stat_result((0o40700, 0, 0, 1, 65534, 65534, 0, 0, 0, 0))
    )
    monkeypatch.setattr(Path, "owner", lambda _path: "ssc")
    assert cli.main(["up", "--data", str(tmp_path)]) == 2
    assert "belongs to ssc" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_command_by_a_user_who_may_not_reach_the_data_says_whose_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_command: str, _arguments: list[str]) -> int:
        raise PermissionError(13, "Permission denied", str(tmp_path / "center.sqlite3"))

    (tmp_path / "center.sqlite3").touch()
    monkeypatch.setattr(cli, "run_django", refused)
    monkeypatch.setattr(os, "umask", lambda _mask: 0)
    monkeypatch.setenv("SSC_DATA", "")
    assert cli.main(["doctor", "--data", str(tmp_path)]) == 2
    owner = (tmp_path / "center.sqlite3").owner()
    assert f"belongs to {owner}. Give this command as root or as {owner}." in capsys.readouterr().err
