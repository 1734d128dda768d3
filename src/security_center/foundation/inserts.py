"""Storing new rows with the statement kept from the time before.

Every submission passes a few INSERTs while all other writers wait, and Django takes longer to write such a
statement than the database to run it. The values go through the fields as they do in `save()`; signals of
models are not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


@cache
def _statement(model: type[models.Model], vendor: str) -> tuple[str, list[models.Field[Any, Any]], bool]:
    """The INSERT, the fields in its order, and whether the database gives the key."""
    options = model._meta
    key = options.pk
    given = isinstance(key, models.AutoField)
    fields: list[models.Field[Any, Any]] = [
        field for field in options.local_concrete_fields if not (given and field is key)
    ]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    sql = f"INSERT INTO {quoted(options.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 - names of our own models
    return f"{sql} RETURNING {quoted(str(key.column))}" if given else sql, fields, given


def insert_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store many rows of which only some columns hold anything, without making an object of each. The others
    must allow nothing."""
    fields: list[models.Field[Any, Any]] = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    table = quoted(model._meta.db_table)
    database = connections[connection.alias]  # asked for once: the shared name looks it up for each value
    writers = [_writer(field, database) for field in fields]
    values = [[writer(value) for writer, value in zip(writers, row, strict=True)] for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})",  # noqa: S608 - our own names
                values,
            )


def count_anew(*grown: type[models.Model]) -> None:
    """Tell PostgreSQL how large these tables have grown: after a hundred thousand rows at once it would plan
    for the empty table that it knew, until its own housekeeping comes by. Outside of a transaction, which
    would hold the lock on the statistics. SQLite plans without."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in grown:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _writer(field: models.Field[Any, Any], database: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """What the field makes of a value on its way to the database. Of a hundred thousand rows most columns
    repeat a few values."""
    if isinstance(field, models.BinaryField):
        return field.get_prep_value  # the field's own check; both drivers take bytes as they are
    known: dict[Any, Any] = {}

    def written(value: Any) -> Any:
        try:
            return known[value]
        except TypeError:  # a list: nothing to be known by
            return field.get_db_prep_save(value, database)
        except KeyError:
            known[value] = prepared = field.get_db_prep_save(value, database)
            return prepared

    return written


def insert(row: models.Model) -> None:
    """Store `row`, which is new, in the caller's transaction. Raises IntegrityError as
    `save(force_insert=True)` does."""
    sql, fields, given = _statement(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(row, fields))
        if given:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


def insert_all(rows: Sequence[models.Model]) -> None:
    """The same for rows of one model whose keys the caller gives."""
    if len(rows) == 1:
        return insert(rows[0])
    if rows:
        sql, fields, _given = _statement(type(rows[0]), connection.vendor)
        with connection.cursor() as cursor:
            cursor.executemany(sql, [_values(row, fields) for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return None


def _values(row: models.Model, fields: Sequence[models.Field[Any, Any]]) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
