"""What many tests begin with, made once by the real actions and put back as rows the next time.

`kept("team.judged", build)` runs `build` and remembers which rows it added, changed and took away. Where the
tables stand exactly as they stood before, with the same clock and settings, those rows are written and a copy
of what `build` returned is handed out. In every other case (another statement was carried out in between, of
whatever kind) `build` runs."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

READS = ("SELECT", "SAVEPOINT", "RELEASE", "EXPLAIN")
Table = dict[Any, tuple[Any, ...]]  # primary key → row


@dataclass(frozen=True)
class Difference:
    """What a build did to one table."""

    table: str
    columns: tuple[str, ...]
    gone: tuple[Any, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Made:
    differences: tuple[Difference, ...]
    value: bytes


class Keeper:
    """Knows how the tables stand, as long as nothing but `kept` wrote to them."""

    def __init__(self) -> None:
        self.writes, self._trusts = 0, False
        self._standing: tuple[int, Any] | None = None
        self._made: dict[Any, Made] = {}

    def count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """An execute wrapper of Django's connection."""
        if not sql.lstrip().startswith(READS):
            self.writes += 1
        return execute(sql, params, many, context)

    def begin(self, *, trusts: bool) -> None:
        self._standing, self._trusts = None, trusts

    def stand(self, state: Any) -> None:
        """From here on the tables are known to be in this state."""
        if self._trusts:
            self._standing = (self.writes, state)

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Around a transaction that is rolled back: the tables stand afterwards as they stood before."""
        state = self._standing[1] if self._standing is not None and self._standing[0] == self.writes else None
        yield
        if state is not None:
            self.stand(state)

    def kept(self, name: Any, build: Callable[[], Any]) -> Any:
        surroundings = _surroundings()
        if self._standing is None or self._standing[0] != self.writes or surroundings is None:
            return build()
        following = (self._standing[1], name, surroundings)
        if following not in self._made:
            self._made[following] = self._watched(build)
        else:
            put_back(self._made[following].differences)
        self.stand(following)
        return pickle.loads(self._made[following].value)  # noqa: S301 - made in this process

    def _watched(self, build: Callable[[], Any]) -> Made:
        before = dump()
        value = build()
        after = dump()
        differences = tuple(_differences(before, after))
        return Made(differences, pickle.dumps(value))


keeper = Keeper()


def kept(name: Any, build: Callable[[], Any]) -> Any:
    return keeper.kept(name, build)


def _surroundings() -> str | None:
    """What else a build depends on. None where the clock runs, or where threads with connections of their own
    may write (no transaction is open)."""
    from django.conf import settings
    from django.db import connection
    from django.utils import translation

    from security_center.foundation import clock

    moment = clock.now()
    if clock.now() != moment or not connection.in_atomic_block:
        return None
    ours = {name: getattr(settings, name) for name in sorted(dir(settings)) if name.startswith("SSC_")}
    return f"{moment} {translation.get_language()} {ours}"


def _models() -> Iterable[Any]:
    from django.apps import apps

    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def dump() -> dict[str, tuple[tuple[str, ...], Table]]:
    """All rows of all models' tables, as the database itself holds them."""
    from django.db import connection

    quote, found = connection.ops.quote_name, {}
    # On SQLite a plus before a name takes its declared type away, so that the value comes back as it lies
    # there.
    plain = "+" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        for model in _models():
            columns = tuple(one.column for one in model._meta.local_concrete_fields)
            place = columns.index(model._meta.pk.column)
            names = ", ".join(f"{plain}{quote(column)}" for column in columns)
            cursor.execute(f"SELECT {names} FROM {quote(model._meta.db_table)}")  # noqa: S608 - the models' own names
            rows = [
                tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                for row in cursor.fetchall()
            ]
            found[model._meta.label] = (columns, {row[place]: row for row in rows})
    return found


def _differences(
    before: dict[str, tuple[tuple[str, ...], Table]], after: dict[str, tuple[tuple[str, ...], Table]]
) -> Iterable[Difference]:
    for label, (columns, rows) in after.items():
        was = before[label][1]
        new = tuple(row for key, row in rows.items() if was.get(key) != row)
        gone = tuple(key for key, row in was.items() if rows.get(key) != row)
        if new or gone:
            yield Difference(label, columns, gone, new)


def put_back(differences: Iterable[Difference]) -> None:
    from django.apps import apps
    from django.core.management.color import no_style
    from django.db import connection

    quote, written = connection.ops.quote_name, []
    with connection.cursor() as cursor:
        for one in differences:
            meta = apps.get_model(one.table)._meta
            table = quote(meta.db_table)
            if one.gone:
                cursor.executemany(
                    f"DELETE FROM {table} WHERE {quote(meta.pk.column)} = %s",  # noqa: S608
                    [(key,) for key in one.gone],
                )
            if one.rows:
                names, marks = ", ".join(map(quote, one.columns)), ", ".join(["%s"] * len(one.columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", one.rows)  # noqa: S608
                written.append(apps.get_model(one.table))
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)


@pytest.fixture(autouse=True, scope="session")
def _writes_are_counted(request: pytest.FixtureRequest) -> Any:
    from django.db.backends.signals import connection_created

    def count(connection: Any, **_more: Any) -> None:
        if keeper.count not in connection.execute_wrappers:
            connection.execute_wrappers.append(keeper.count)

    connection_created.connect(count)
    yield
    connection_created.disconnect(count)


@pytest.fixture(autouse=True)
def _how_the_tables_stand_is_known_to_this_test_alone(request: pytest.FixtureRequest) -> Any:
    """And to none that changes the code under the builds."""
    known = request.node._fixtureinfo
    ours = [
        one
        for found in known.name2fixturedefs.values()
        for one in found
        if one.func.__module__.startswith("tests.")
    ]
    keeper.begin(
        trusts="monkeypatch" not in {*known.argnames, *(name for one in ours for name in one.argnames)}
    )
    yield
    keeper.begin(trusts=False)
