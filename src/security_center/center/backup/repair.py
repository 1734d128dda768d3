"""A copy of a damaged database with all that can be read of it. The file that is there is only read.

Each table is read range by range, and a range that cannot be read is halved until the rows are left that are
truly gone; indexes are built anew. SQLite copies from file to file, so that no value passes through another
form."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

MOST_NAMED = 20


class NothingReadable(Exception):
    """Not even the list of tables can be read."""


@dataclass
class Repaired:
    """lost: per table, rows that could not be read (at most that many: a number may never have been given)
    and the first of their numbers. orphans: per table, rows that were left out because they belong to lost
    ones. unfinished: indexes and guards that could not be made."""

    kept: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    orphans: dict[str, int] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)


def repair(source: Path, target: Path) -> Repaired:
    """Write what can be read of `source` to `target`. Raises NothingReadable."""
    work = target.with_name(target.name + ".damaged")
    try:
        _copy(source, work)
        return _read_over(work, target)
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{work}{ending}").unlink(missing_ok=True)


def _copy(source: Path, work: Path) -> None:
    """File and log as they are, while no writer of ours may begin."""
    holder = sqlite3.connect(source, timeout=20, isolation_level=None)
    try:
        # Too damaged to be held: the programs cannot write to it either
        with contextlib.suppress(sqlite3.DatabaseError):
            holder.execute("BEGIN IMMEDIATE")
        for ending in ("", "-wal"):
            if Path(f"{source}{ending}").exists():
                shutil.copyfile(f"{source}{ending}", f"{work}{ending}")
    finally:
        holder.close()


def _read_over(work: Path, target: Path) -> Repaired:
    done = Repaired()
    database = sqlite3.connect(target, isolation_level=None)
    try:
        database.execute("PRAGMA secure_delete=ON")
        database.execute("PRAGMA journal_mode=MEMORY")  # a range that fails half-way is taken back
        database.execute("PRAGMA synchronous=OFF")
        try:
            database.execute("ATTACH ? AS old", [str(work)])
            schema = database.execute(
                "SELECT type, name, sql FROM old.sqlite_master WHERE sql IS NOT NULL ORDER BY rootpage"
            ).fetchall()
        except sqlite3.DatabaseError as error:
            raise NothingReadable from error
        tables = [
            (name, sql) for kind, name, sql in schema if kind == "table" and not name.startswith("sqlite_")
        ]
        for name, sql in tables:
            database.execute(sql)
            _Table(database, name, done).read()
        if highest := _sequences(database):
            database.execute("DELETE FROM main.sqlite_sequence")
            database.executemany("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)", highest)
        _without_orphans(database, done)
        for kind, name, sql in schema:
            if kind != "table":
                try:
                    database.execute(sql)
                except sqlite3.DatabaseError:
                    done.unfinished.append(name)
        database.execute("DETACH old")
        database.execute("PRAGMA journal_mode=DELETE")
        if database.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise NothingReadable
    finally:
        database.close()
    target.chmod(0o600)
    return done


def _sequences(database: sqlite3.Connection) -> list[tuple[str, int]]:
    """The highest number that was ever given in each table: a number that is lost must not be given again."""
    try:
        return database.execute("SELECT name, seq FROM old.sqlite_sequence").fetchall()
    except sqlite3.DatabaseError:
        return []


def _without_orphans(database: sqlite3.Connection, done: Repaired) -> None:
    """A row whose owner is lost would be an error of every page that meets it."""
    while found := database.execute("PRAGMA main.foreign_key_check").fetchall():
        for table, row, _owner, _key in found:
            done.orphans[table] = done.orphans.get(table, 0) + _gone(database, table, row)


def _gone(database: sqlite3.Connection, table: str, row: int) -> int:
    return database.execute(f'DELETE FROM main."{table}" WHERE rowid = ?', [row]).rowcount  # noqa: S608 - the database's own name


class _Table:
    def __init__(self, database: sqlite3.Connection, name: str, done: Repaired) -> None:
        self._database, self._name, self._done = database, name, done

    def read(self) -> None:
        ends = self._end("min"), self._end("max")
        low, high = (
            end if end is not None else guess
            for end, guess in zip(ends, (1, self._highest_given()), strict=True)
        )
        if low is not None and high is not None and high >= low:
            self._range(low, high)

    def _end(self, which: str) -> int | None:
        try:
            found = self._database.execute(f'SELECT {which}(rowid) FROM old."{self._name}"').fetchone()[0]  # noqa: S608 - the database's own name
        except sqlite3.DatabaseError:
            return self._by_an_index(which)
        return 0 if found is None else int(found)

    def _by_an_index(self, which: str) -> int | None:
        """An index holds each row's number too, and may be whole where the table's own end is not."""
        for (index,) in self._database.execute(
            "SELECT name FROM old.sqlite_master WHERE type = 'index' AND tbl_name = ?", [self._name]
        ).fetchall():
            try:
                asked = f'SELECT {which}(rowid) FROM old."{self._name}" INDEXED BY "{index}"'  # noqa: S608 - the database's own names
                return int(self._database.execute(asked).fetchone()[0])
            except (sqlite3.DatabaseError, TypeError):
                continue
        return None

    def _highest_given(self) -> int | None:
        return next((seq for name, seq in _sequences(self._database) if name == self._name), None)

    def _range(self, low: int, high: int) -> None:
        """Rows from `low` to `high`, both included. A statement that fails leaves nothing behind."""
        name = self._name
        statement = (
            f'INSERT INTO main."{name}" SELECT * FROM old."{name}" NOT INDEXED WHERE rowid BETWEEN ? AND ?'  # noqa: S608 - the same
        )
        try:
            self._done.kept += max(0, self._database.execute(statement, [low, high]).rowcount)
        except sqlite3.DatabaseError:
            if low == high:
                self._done.lost[self._name] = self._done.lost.get(self._name, 0) + 1
                numbers = self._done.numbers.setdefault(self._name, [])
                if len(numbers) < MOST_NAMED:
                    numbers.append(low)
                return
            middle = low + (high - low) // 2
            self._range(low, middle)
            self._range(middle + 1, high)
