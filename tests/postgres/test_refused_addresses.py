"""A name, a password or a database that the server refuses stops each program at once with a sentence:
waiting mends none of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.postgres.cluster import Cluster
from tests.programs.start import free_port

from security_center.project import cli, database_server

pytestmark = pytest.mark.postgres
SAID = "refuses the name or the password of DATABASE_URL"


@pytest.fixture
def wrong(cluster: Cluster) -> str:
    """An address with the wrong password."""
    rules = cluster.folder / "data" / "pg_hba.conf"
    if "shut" not in rules.read_text():
        rules.write_text("local all shut scram-sha-256\n" + rules.read_text())
        cluster.psql("postgres", "SELECT pg_reload_conf()")
        cluster.psql("postgres", "CREATE ROLE shut LOGIN PASSWORD 'right'")
    return cluster.url("postgres", "shut:Marker-Wrong")


def started(data: Path, module: str, program: str, url: str, *words: str) -> str:
    """What one program said before it ended by itself, within ten seconds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SSC_", "DJANGO_"))}
    given = {
        "PYTHONPATH": str(cli.REPOSITORY / "src"),
        "SSC_DATA": str(data),
        "SSC_PROGRAM": program,
        "DATABASE_URL": url,
    }
    given |= {
        "SSC_PORT": str(free_port()),
        "SSC_STAFF_PORT": str(free_port()),
        "DJANGO_SETTINGS_MODULE": "security_center.project.settings",
    }
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"security_center.project.{module}", *words],
        env={**kept, **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert time.monotonic() - began < 15, said
    assert done.returncode, said
    assert "Traceback" not in said
    assert "psycopg.pool" not in said
    assert "Marker-Wrong" not in said
    return said


@pytest.mark.parametrize(
    ("module", "program"),
    [("preparation", "manage"), ("worker", "worker"), ("server", "staff"), ("server", "public")],
    ids=lambda word: word,
)
def test_a_wrong_password_stops_each_program_at_once_and_is_said(
    wrong: str, tmp_path: Path, module: str, program: str
) -> None:
    """It was half a minute of the pool's warnings; the worker said nothing and did not end; the form answered
    with an error."""
    said = started(tmp_path, module, program, wrong)
    assert (SAID if module != "server" else f"{SAID} of the {program} program") in said


def test_a_wrong_password_of_the_database_to_move_to_is_said(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "center.sqlite3").touch()
    said = started(tmp_path, "cli", "manage", wrong, "manage", "move_to_postgresql", "--data", str(tmp_path))
    assert f"{SAID}. Nothing was carried over." in said


def test_a_database_that_is_not_there_is_told_from_a_wrong_password(cluster: Cluster, tmp_path: Path) -> None:
    said = started(tmp_path, "preparation", "manage", cluster.url("mistyped"))
    assert "has no database of the name that stands in DATABASE_URL" in said


def test_a_server_that_is_not_up_yet_is_waited_for() -> None:
    """After a loss of power the database may come up later than the programs."""
    assert database_server.refusal(f"postgresql://ssc:secret@127.0.0.1:{free_port()}/ssc") == ""
    with pytest.raises(database_server.NoAnswer):
        database_server.ask(f"postgresql://ssc:secret@127.0.0.1:{free_port()}/ssc")


@pytest.mark.parametrize("password", ["Marker@Wrong", "Marker/Wrong", "a@Marker:Wrong"])
def test_no_part_of_a_password_is_said(password: str) -> None:
    with pytest.raises(database_server.NoAnswer) as refused:
        database_server.ask(f"postgresql://ssc:{password}@127.0.0.1:{free_port()}/ssc")
    assert "Marker" not in str(refused.value)
    assert "Wrong" not in str(refused.value)
    assert "write @ as %40" in str(refused.value)
