"""Entries as the database holds them, each checked against its own hash.

Columns are read raw, not through the models: a byte that was changed may have left a value that no model
could load, and the entry must still be named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from .chain import canonical, entry_hash

PAGE = 2000


@dataclass(frozen=True)
class Row:
    """One entry. `whole` is false when a column does not hold what the ledger wrote there; `at` is then
    unknown."""

    sequence: int
    hash: str
    previous_hash: str
    whole: bool
    at: datetime | None = None


_COLUMNS = ("sequence", "at", "actor", "verb", "thing", "organization_id", "detail", "previous_hash", "hash")


def rows(after: int | None = None) -> Iterator[Row]:
    """Every entry past `after` in order of its sequence, in pages, so that memory stays constant and no
    reader's snapshot is held for long."""
    # SQLite gives bytes, so that text which is no longer UTF-8 is a changed entry and not an error of the
    # driver.
    columns = ", ".join(
        f"CAST({name} AS BLOB)" if connection.vendor == "sqlite" and name != "sequence" else name
        for name in _COLUMNS
    )
    while True:
        where = "" if after is None else "WHERE sequence > %s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM ledger_entry {where} ORDER BY sequence LIMIT {PAGE}",  # noqa: S608 - constants only
                [] if after is None else [after],
            )
            page = cursor.fetchall()
        for held in page:
            yield _checked(held)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def _checked(held: tuple[Any, ...]) -> Row:
    sequence = held[0]
    try:
        columns = dict(zip(_COLUMNS, held, strict=True))
        if connection.vendor == "sqlite":
            columns = _from_sqlite(columns)
        elif not isinstance(columns["detail"], str):
            columns["detail"] = json.loads(canonical(columns["detail"]))
        else:
            columns["detail"] = json.loads(columns["detail"])
        stored = str(columns.pop("hash"))
        whole = entry_hash(**columns) == stored
        return Row(sequence, stored, str(columns["previous_hash"]), whole, columns["at"])
    except (ValueError, TypeError, AttributeError):
        return Row(sequence, _lenient(held[8]), _lenient(held[7]), whole=False)


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?\Z")


def _from_sqlite(columns: dict[str, Any]) -> dict[str, Any]:
    """Bytes back into values. Raises ValueError where the bytes are not exactly those that Django writes for
    the value."""
    texts: dict[str, Any] = {
        name: value.decode("utf-8") if value is not None else None
        for name, value in columns.items()
        if name != "sequence"
    }
    if not _MOMENT.match(texts["at"]):
        raise ValueError("at")
    detail = json.loads(texts["detail"])
    if canonical(detail) != texts["detail"]:
        raise ValueError("detail")
    organization = texts["organization_id"]
    if organization is not None and str(int(organization)) != organization:
        raise ValueError("organization_id")
    return {
        **texts,
        "sequence": columns["sequence"],
        "at": datetime.fromisoformat(texts["at"]).replace(tzinfo=UTC),
        "detail": detail,
        "organization_id": None if organization is None else int(organization),
    }


def _lenient(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
