"""The first migration of a room makes the tables that its operations would make one by one."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.db import connection, connections, migrations
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from security_center.foundation.tables import FirstTables

Tables = dict[str, frozenset[str]]  # name → its columns, constraints and indexes, in whatever order


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def tables(loader: MigrationLoader, migration: Any, apply: Any) -> Tables:
    """What `apply` leaves in an empty database."""
    empty = DatabaseWrapper(
        {**copy.deepcopy(connection.settings_dict), "NAME": ":memory:", "OPTIONS": {}}, alias="empty"
    )
    state = loader.project_state(
        [key for key in migration.dependencies if key[1] != "__first__"] or None, at_end=True
    )
    connections["empty"] = empty
    try:
        with empty.schema_editor() as editor:
            apply(migration, state, editor)
        with empty.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            return {
                name: frozenset(part.strip(" )") for part in sql.split(", "))
                for name, sql in cursor.fetchall()
            }
    finally:
        empty.close()
        del connections["empty"]


@pytest.mark.parametrize("room", ["duties", "organizations", "students"])
def test_tables_at_once_are_the_tables_one_by_one(db: None, loader: MigrationLoader, room: str) -> None:
    migration = next(
        one for (app, name), one in loader.disk_migrations.items() if app == room and name.startswith("0001_")
    )
    assert isinstance(migration, FirstTables)
    at_once = tables(loader, migration, FirstTables.apply)
    assert len(at_once) > len(migration.operations)
    assert at_once == tables(loader, migration, migrations.Migration.apply)


def test_what_makes_no_table_is_refused_by_name(loader: MigrationLoader) -> None:
    class Other(FirstTables):
        operations = (migrations.RunPython(migrations.RunPython.noop),)

    with pytest.raises(TypeError, match="RunPython"):
        Other("0002_other", "duties").apply(loader.project_state(None), None)  # type: ignore[arg-type]
