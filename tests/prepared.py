"""What many tests begin with, made once for a whole run and copied from there: the tables as a first start
makes them (90 migrations), on either database, and the small sample district.

The first start itself, from an empty folder, is tests/programs, tests/journeys/test_set_up.py and
tests/postgres/test_migrations.py.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import school, system

TABLES = "prepared"  # the database of a prepared cluster that has the tables


def tables(data: Path) -> None:
    """Put the embedded database into a data folder: all tables, no row of ours."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in _once("tables", _make_tables).iterdir():
        shutil.copy(file, data)


def in_memory(name: str) -> sqlite3.Connection:
    """A connection to the database in memory of this name (SQLite's `file:…?mode=memory&cache=shared`), with
    all tables. It is gone when the last connection ends."""
    found = sqlite3.connect(name, uri=True, check_same_thread=False)
    with closing(sqlite3.connect(_once("tables", _make_tables) / "center.sqlite3")) as lying:
        lying.backup(found)
    return found


def database(request: pytest.FixtureRequest, name: str, data: Path) -> str:
    """The DATABASE_URL of a database with all tables, of the kind that the fixture is asked for: "" for the
    embedded one, which is put into `data`."""
    if request.param == "sqlite":
        tables(data)
        return ""
    return str(request.getfixturevalue("cluster").create(name, like=TABLES))


def district(data: Path) -> None:
    """A data folder with tables, key, style, the sample district and how to sign in to it, without its months
    of reports."""
    shutil.copytree(_once("district", _make_district), data, dirs_exist_ok=True)
    data.chmod(0o700)


def postgresql() -> Path:
    """The data of a cluster that was ended, with the tables in its database `TABLES`."""
    return _once("postgresql", _make_postgresql)


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, shared by the processes of a run: whoever comes first makes it, the others
    wait."""
    shared = Path(os.environ["SSC_TEST_PREPARED"])
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = shared / name
        if not made.is_dir():
            begun = shared / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            make(begun)
            begun.rename(made)
    return made


def _make_tables(data: Path, database: str = "") -> None:
    data.mkdir(mode=0o700)
    settings = system.environment(data, SSC_PROGRAM="manage", DATABASE_URL=database)
    code = (
        "import django; django.setup(); from security_center.project import preparation as p; p.make_tables()"
    )
    subprocess.run([sys.executable, "-c", code], env=settings, check=True, stdout=subprocess.DEVNULL)


def _make_district(data: Path) -> None:
    tables(data)
    school.prepare(data, DATABASE_URL="", PYTHONWARNINGS="ignore")
    school.fill(data, DATABASE_URL="", PYTHONWARNINGS="ignore")


def _make_postgresql(folder: Path) -> None:
    from tests.postgres.cluster import Cluster

    cluster = Cluster(begun_with=None)
    try:
        _make_tables(folder.with_suffix(".files"), cluster.create(TABLES))
        cluster.end()
        shutil.move(cluster.folder / "data", folder)
    finally:
        cluster.stop()
        shutil.rmtree(folder.with_suffix(".files"))
