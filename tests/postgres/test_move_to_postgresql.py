"""The embedded database goes into PostgreSQL by one command: everything is there, opens, and goes on; a
cut-off move goes on too."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests import prepared
from tests.postgres.cluster import Cluster
from tests.postgres.test_backup_on_postgresql import OPEN, SEND
from tests.running import make_district, run, ssc

from benchmarks import system

pytestmark = [pytest.mark.postgres, pytest.mark.programs]


def environment(data: Path, **more: str) -> dict[str, str]:
    return system.environment(data, SSC_PROGRAM="manage", SSC_DEMO="yes", PYTHONWARNINGS="ignore", **more)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with one report, and its receipt."""
    data = tmp_path_factory.mktemp("embedded") / "data"
    make_district(data)
    return data, run(data, SEND).strip()


@pytest.fixture
def place(original: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    shutil.copytree(original[0], tmp_path / "data")
    return tmp_path / "data", original[1]


def test_everything_is_there_opens_and_goes_on(cluster: Cluster, place: tuple[Path, str]) -> None:
    data, words = place
    url = cluster.create("demo_moved_whole")
    done = ssc(data, "manage", "move_to_postgresql", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert "each compared" in done.stdout
    assert (
        run(data, OPEN.format(words=words), DATABASE_URL=url).splitlines()
        == ["Marker-Olive is being bullied."] * 2
    )
    # The next row's number is free, and its receipt its own
    assert run(data, SEND, DATABASE_URL=url).strip() != words
    verified = ssc(data, "verify-ledger", DATABASE_URL=url)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    with pytest.raises(RuntimeError, match="append-only"):
        cluster.psql("demo_moved_whole", "DELETE FROM ledger_entry")
    started = subprocess.run(
        [sys.executable, "-m", "security_center.project.preparation"],
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 2
    assert "moved to PostgreSQL: set DATABASE_URL" in started.stdout


def test_a_move_that_was_killed_goes_on_and_a_start_meanwhile_is_refused(
    cluster: Cluster, place: tuple[Path, str]
) -> None:
    data, words = place
    url = cluster.create("demo_moved_twice", like=prepared.TABLES)
    env = environment(data, DATABASE_URL=url, PYTHONUNBUFFERED="1")
    moving = subprocess.Popen(
        [sys.executable, "-m", "django", "move_to_postgresql"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert moving.stdout is not None
    for line in moving.stdout:
        if "organizations.Person " in line:
            os.kill(moving.pid, signal.SIGKILL)
            break
    moving.wait()
    assert (data / "center.sqlite3").exists()
    started = subprocess.run(
        [sys.executable, "-m", "security_center.project.preparation"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "move to PostgreSQL was cut off" in started.stdout
    done = ssc(data, "manage", "move_to_postgresql", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert "organizations.Person " not in done.stdout  # carried by the first try
    assert (
        run(data, OPEN.format(words=words), DATABASE_URL=url).splitlines()
        == ["Marker-Olive is being bullied."] * 2
    )


def test_a_start_with_an_empty_postgresql_beside_data_that_was_not_moved_is_refused_and_makes_nothing(
    cluster: Cluster, place: tuple[Path, str]
) -> None:
    """It began an empty second system: every printed address answered 404, and nobody was told of a
    report."""
    data, _words = place
    env = environment(data, DATABASE_URL=cluster.create("demo_not_moved"))
    started = subprocess.run(
        [sys.executable, "-m", "security_center.project.preparation"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 2
    assert "the one that DATABASE_URL names is empty" in started.stdout
    done = ssc(data, "manage", "move_to_postgresql", DATABASE_URL=env["DATABASE_URL"])
    assert done.returncode == 0, done.stderr


def test_a_server_that_refuses_or_is_not_there_is_told_and_not_to_be_tried_again_for_ever(
    place: tuple[Path, str],
) -> None:
    refused = ssc(
        place[0], "manage", "move_to_postgresql", DATABASE_URL="postgresql://ssc:Marker@127.0.0.1:9/demo"
    )
    assert refused.returncode == 1
    assert "127.0.0.1:9 does not answer. Nothing was carried over." in refused.stderr
    assert "Marker" not in refused.stderr + refused.stdout


def test_a_value_that_differs_is_found_and_the_old_database_stays(
    cluster: Cluster, place: tuple[Path, str]
) -> None:
    data, _words = place
    url = cluster.create("demo_moved_wrong", like=prepared.TABLES)
    assert ssc(data, "manage", "move_to_postgresql", DATABASE_URL=url).returncode == 0
    (data / "center.sqlite3.moved").rename(data / "center.sqlite3")
    (data / "move-unfinished").write_text(
        '{"NAME": "demo_moved_wrong", "HOST": "' + str(cluster.folder) + '", "PORT": ""}', encoding="utf-8"
    )
    cluster.psql(
        "demo_moved_wrong",
        (
            "UPDATE organizations_person SET name = 'Somebody Else' WHERE id = (SELECT min(id) FROM "
            "organizations_person)"
        ),
    )
    done = ssc(data, "manage", "move_to_postgresql", DATABASE_URL=url)
    assert done.returncode == 1
    assert "A row of organizations.Person is not the same" in done.stderr
    assert (data / "center.sqlite3").exists()


def test_a_database_that_holds_something_is_refused(cluster: Cluster, place: tuple[Path, str]) -> None:
    data, _words = place
    url = cluster.create("demo_moved_onto", like=prepared.TABLES)
    assert ssc(data, "manage", "move_to_postgresql", DATABASE_URL=url).returncode == 0
    (data / "center.sqlite3.moved").rename(data / "center.sqlite3")
    done = ssc(data, "manage", "move_to_postgresql", DATABASE_URL=url)
    assert done.returncode == 1
    assert "not empty" in done.stderr


def test_without_the_address_of_postgresql_it_is_told(place: tuple[Path, str]) -> None:
    done = ssc(place[0], "manage", "move_to_postgresql")
    assert done.returncode == 1
    assert "DATABASE_URL must name the PostgreSQL database" in done.stderr
