"""Settings that cannot work stop the start with a sentence: what passed them was found out by the first alert
that reached nobody."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from security_center.project import checks, cli, system_users


def settings_read(tmp_path: Path, **given: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SSC_", "DJANGO_"))}
    environment = {
        **kept,
        "PYTHONPATH": str(cli.REPOSITORY / "src"),
        "SSC_PROGRAM": "manage",
        "SSC_DATA": str(tmp_path),
        **given,
    }
    words = [sys.executable, "-c", "import security_center.project.settings"]
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "sender", ["School Security <no-reply", "School Security", "no-reply@example.org>", "a b@example.org"]
)
def test_a_sender_that_is_no_address_stops_the_start(tmp_path: Path, sender: str) -> None:
    done = settings_read(tmp_path, SSC_EMAIL_FROM=sender)
    assert done.returncode == 2
    assert "SSC_EMAIL_FROM is" in done.stderr


@pytest.mark.parametrize(
    "sender", ["no-reply@localhost", "Escuela “Río” <no-reply@example.org>", "<no-reply@example.org>"]
)
def test_a_sender_with_or_without_a_name_is_taken(tmp_path: Path, sender: str) -> None:
    assert settings_read(tmp_path, SSC_EMAIL_FROM=sender).returncode == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SSC_BIND": "localhots"}, "SSC_BIND is “localhots”, but it must be an address of this machine"),
        ({"SSC_STAFF_PORT": "8100", "SSC_PORT": "8100"}, "the two programs cannot share a port"),
        (
            {"SSC_PUBLIC_URL": "https://a.example.org", "SSC_STAFF_URL": "https://a.example.org:443/"},
            "SSC_STAFF_URL is",
        ),
        ({"SSC_PUBLIC_URL": "https://a.example.org/report/"}, "nothing may follow the host's name"),
        ({"SSC_PUBLIC_URL": "https://a.example.org?"}, "nothing may follow the host's name"),
        ({"SSC_PUBLIC_URL": "https://a example.org"}, "it must be an address"),
        ({"SSC_PUBLIC_URL": "https://*.example.org"}, "it must be an address"),
        (
            {"SSC_PUBLIC_URL": "https://user:word@a.example.org"},
            "SSC_PUBLIC_URL holds a name or password before an @",
        ),
        ({"SSC_STAFF_URL": "https://a.example.org?from=mail"}, "nothing may follow the host's name"),
        ({"SSC_STAFF_URL": "https://a.example.org:80x"}, "it must be an address such as"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, dict) else "",
)
def test_an_address_that_cannot_work_stops_the_start(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    """Both programs on one port, links of the staff that lead to the reporters' program, posters with a path
    that is not there."""
    done = settings_read(tmp_path, **given)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    "given",
    [
        {"SSC_BIND": "localhost"},
        {"SSC_BIND": "::1"},
        {"SSC_PUBLIC_URL": "https://a.example.org/", "SSC_STAFF_URL": "https://a.example.org:8443"},
        # The other's port may stand in a file that only the staff program has
        {"SSC_PROGRAM": "public", "SSC_PORT": "8001"},
    ],
    ids=" ".join,
)
def test_an_address_that_works_is_taken(tmp_path: Path, given: dict[str, str]) -> None:
    done = settings_read(tmp_path, **given)
    assert done.returncode == 0, done.stderr


def started(tmp_path: Path, module: str, user: str = "", **given: str) -> str:
    """What one program said before it ended by itself."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SSC_", "DJANGO_")) and name != "DATABASE_URL"
    }
    given = {
        "PYTHONPATH": str(cli.REPOSITORY / "src"),
        "SSC_DATA": str(tmp_path),
        "SSC_SIGNING_SECRET": "x" * 40,
        **given,
    }
    who: dict[str, Any] = (
        {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    )
    words = [sys.executable, "-m", f"security_center.project.{module}"]
    done = subprocess.run(
        words, env={**kept, **given}, capture_output=True, text=True, timeout=60, check=False, **who
    )
    said = str(done.stdout) + str(done.stderr)
    assert done.returncode, said
    assert "Traceback" not in said
    return said


@pytest.mark.skipif(
    os.geteuid() != 0 or not system_users.reachable_by_others(cli.REPOSITORY),
    reason="only root becomes somebody else, who must reach us",
)
@pytest.mark.parametrize(("module", "program"), [("preparation", "manage"), ("worker", "worker")])
def test_a_data_folder_of_somebody_else_is_said_with_whose_it_is(module: str, program: str) -> None:
    """As after a copy by hand: a traceback named a file that is not there."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        Path(folder).chmod(0o755)
        said = started(data, module, user="nobody", SSC_PROGRAM=program)
        assert f"{data} belongs to root, not to nobody. Run ./ssc install" in said
        said = started(Path(folder) / "mistyped", module, user="nobody", SSC_PROGRAM=program)
        assert (
            f"the data folder {folder}/mistyped can be neither reached nor made (Permission denied)" in said
        )


@pytest.mark.parametrize(
    ("program", "given"), [("public", {"SSC_BIND": "here"}), ("staff", {"SSC_STAFF_PORT": "https"})]
)
def test_a_web_program_that_a_unit_starts_says_what_is_wrong_too(
    tmp_path: Path, program: str, given: dict[str, str]
) -> None:
    [name] = given
    assert f"ssc: {name} is “{given[name]}”, but it must be" in started(
        tmp_path, "server", SSC_PROGRAM=program, **given
    )


def test_a_setting_that_is_mistyped_is_named_with_what_may_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a start nor ./ssc doctor said a word, and no alert went out."""
    monkeypatch.setenv("SSC_EMAIL_HSOT", "mail.example.org")
    monkeypatch.setenv("SSC_EMAIL_PASWORD_FILE", "/run/Marker-Secret")
    monkeypatch.setenv("SSC_METRICS_TOKEN_FILE", "/run/token")
    found = {message.msg: message.hint for message in checks.settings_that_are_none()}
    assert found["SSC_EMAIL_HSOT is no setting of this program."] == "Is SSC_EMAIL_HOST meant?"
    assert (
        found["SSC_EMAIL_PASWORD_FILE is no setting of this program."] == "Is SSC_EMAIL_PASSWORD_FILE meant?"
    )
    assert not [message for message in found if "METRICS" in message]
    assert "Marker-Secret" not in str(found)
