"""A row with its texts opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .columns import shown_all
from .records import OpenRecord


@dataclass(frozen=True)
class OpenedRow:
    """A row with its opened texts, by column."""

    row: Any
    text: dict[str, str]


def open_rows(opened: OpenRecord, rows: Iterable[Any], *columns: str) -> list[OpenedRow]:
    return [OpenedRow(row, shown_all(opened, row, columns)) for row in rows]
