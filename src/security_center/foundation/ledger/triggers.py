"""Database triggers that refuse to change or delete what the ledger holds, for each database the system runs
on.

A migration calls `sql(vendor)` through RunPython; `install` does the same after a migrate run, for tables
that were made without migrations and for triggers that somebody dropped."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("ledger_entry", "ledger_signedhead")
_FUNCTION = "ledger_refuse_change"
_REFUSAL = "the ledger is append-only"
_BODY = f" BEGIN RAISE EXCEPTION '{_REFUSAL}'; END "


class UnknownVendor(Exception):
    """The database is neither SQLite nor PostgreSQL, so the ledger could not be protected on it."""


def names(vendor: str) -> list[tuple[str, str]]:
    """(table, trigger) of every trigger that must exist on this database."""
    # TRUNCATE passes by row triggers; SQLite's INSERT OR REPLACE deletes a row without its delete trigger.
    acts = ["update", "delete", "replace"] if vendor == "sqlite" else ["update", "delete", "truncate"]
    return [(table, f"{table}_refuses_{act}") for table in TABLES for act in acts]


def sql(vendor: str) -> tuple[list[str], list[str]]:
    """(forward, backward) statements for `vendor`. Both may run twice without harm."""
    if vendor == "sqlite":
        return [_sqlite(table, trigger) for table, trigger in names(vendor)], [
            f"DROP TRIGGER IF EXISTS {trigger}" for _, trigger in names(vendor)
        ]
    if vendor == "postgresql":
        forward = [
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$"
        ]
        backward = []
        made = _postgresql()
        for table, trigger in names(vendor):
            drop = f"DROP TRIGGER IF EXISTS {trigger} ON {table}"
            forward += [drop, made[trigger]]
            backward.append(drop)
        return forward, [*backward, f"DROP FUNCTION IF EXISTS {_FUNCTION}()"]
    raise UnknownVendor(vendor)


def _postgresql() -> dict[str, str]:
    """In the words that the database itself gives them back in."""
    made = {}
    for table, trigger in names("postgresql"):
        event = trigger.rsplit("_", 1)[1].upper()
        level = "STATEMENT" if event == "TRUNCATE" else "ROW"
        made[trigger] = (
            f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH {level} EXECUTE FUNCTION "
            f"{_FUNCTION}()"
        )
    return made


def _sqlite(table: str, trigger: str) -> str:
    act = trigger.rsplit("_", 1)[1].upper()
    event, when = f"{act} ON {table}", ""
    if act == "REPLACE":
        event, when = (
            f"INSERT ON {table}",
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE sequence = NEW.sequence) ",  # noqa: S608 - constants only
        )
    return (
        f"CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {event} {when}BEGIN SELECT RAISE(ABORT, "
        f"'{_REFUSAL}'); END"
    )


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Triggers that should be there and are not. Empty when the ledger is protected."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            # A trigger that was switched off ('D') protects as little as one that was dropped.
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        present = {row[0] for row in cursor.fetchall()}
    return [trigger for _, trigger in names(connection.vendor) if trigger not in present]


def changed(connection: BaseDatabaseWrapper) -> list[str]:
    """Triggers on the ledger's tables that are not as `sql` makes them: of the same name and another body, or
    of a name that is none of ours."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            ours = {trigger: _plain(_sqlite(table, trigger)) for table, trigger in names("sqlite")}
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)",
                list(TABLES),
            )
            return sorted(name for name, made in cursor.fetchall() if ours.get(name) != _plain(str(made)))
        ours = {trigger: _plain(made) for trigger, made in _postgresql().items()}
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid), p.prosrc, t.tgenabled FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgrelid IN (%s::regclass, %s::regclass)",
            list(TABLES),
        )
        found = cursor.fetchall()
    body = _plain(_BODY)
    return sorted(
        name
        for name, made, source, enabled in found
        if ours.get(name) != _plain(made).replace(" public.", " ") or _plain(source) != body or enabled != "O"
    )


def _plain(statement: str) -> str:
    """SQLite keeps a statement as it was written, without IF NOT EXISTS; PostgreSQL writes it anew."""
    return " ".join(statement.replace("IF NOT EXISTS ", "").split())


def run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers where they are missing, or not ours, and the tables exist."""
    if not set(TABLES) <= set(connection.introspection.table_names()):
        return
    others = changed(connection)
    if connection.vendor == "sqlite":
        run(connection, [f"DROP TRIGGER {connection.ops.quote_name(name)}" for name in others])
    if others or missing(connection):
        run(connection, sql(connection.vendor)[0])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Only for the reverse of a migration, and for tests that empty their tables."""
    run(
        connection,
        sql(connection.vendor)[1] if set(TABLES) <= set(connection.introspection.table_names()) else [],
    )


def install_after_migrate(using: str, **_signal: Any) -> None:
    install(connections[using])
