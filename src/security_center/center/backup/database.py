"""One consistent copy of the database while reports keep arriving, and back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from security_center.foundation.refusals import Refusal

SQLITE_NAME = "center.sqlite3"
POSTGRES_NAME = "center.pgdump"


class DatabaseToolMissing(Exception):
    """PostgreSQL is dumped and restored by its own programs, which are not on this machine."""


class DatabaseNotCopied(Exception):
    """The copy failed or is not whole."""


class OtherDatabase(Refusal):
    """The copy is of the embedded database and the settings name PostgreSQL, or the other way round."""

    sentence = (
        "The backup holds a database of the other kind: one of PostgreSQL is restored with "
        "DATABASE_URL set, one of the embedded database without."
    )


def dump(folder: Path) -> tuple[Path, bool]:
    """Write a copy of the database into `folder`; returns its path, and whether it is whole. A damaged one is
    copied as it is: it may be the last that there will be."""
    if connection.vendor == "sqlite":
        target = folder / SQLITE_NAME
        source = sqlite3.connect(_name()[0], timeout=60)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)  # one moment, and writers go on meanwhile
            whole = copy.execute("PRAGMA quick_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            whole = False
        finally:
            copy.close()
            source.close()
        if not target.exists() or not target.stat().st_size:
            shutil.copyfile(_name()[0], target)
        return target, whole
    target = folder / POSTGRES_NAME
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}", *_name()])
    return target, True


def has_tables() -> bool:
    """Whether the database of the settings holds anything yet."""
    return bool(connection.introspection.table_names())


def require_same_kind(dumped: Path) -> None:
    """Raises `OtherDatabase` when the copy cannot go into the database of the settings."""
    if (dumped.name == SQLITE_NAME) != (connection.vendor == "sqlite"):
        raise OtherDatabase


def restore(dumped: Path) -> None:
    """Put the copy in the place of the (empty) database of the settings."""
    if dumped.name == SQLITE_NAME:
        connections.close_all()
        place = Path(_name()[0])
        for leftover in ("", "-wal", "-shm"):
            Path(f"{place}{leftover}").unlink(missing_ok=True)
        shutil.move(dumped, place)
        place.chmod(0o600)
        return
    _run(
        "pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", "--dbname", *_name(), str(dumped)]
    )


def _name() -> list[str]:
    return [str(settings.DATABASES["default"]["NAME"])]


def _run(program: str, arguments: list[str]) -> None:
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{program}"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    # Debian keeps them off the PATH
    found = shutil.which(program) or (str(installed[-1]) if installed else None)
    if found is None:
        raise DatabaseToolMissing(program)
    database = settings.DATABASES["default"]
    environment = {**os.environ}
    for variable, name in (
        ("PGHOST", "HOST"),
        ("PGPORT", "PORT"),
        ("PGUSER", "USER"),
        ("PGPASSWORD", "PASSWORD"),
    ):
        if database.get(name):
            environment[variable] = str(database[name])
    ended = subprocess.run([found, *arguments], env=environment, check=False, capture_output=True)  # noqa: S603
    if ended.returncode != 0:
        lines = ended.stderr.decode(errors="replace").strip().splitlines()
        raise DatabaseNotCopied(lines[-1] if lines else program)
