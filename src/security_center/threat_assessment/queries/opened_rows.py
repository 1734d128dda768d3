"""A row of a case with its texts opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from security_center.foundation.vault.records import OpenRecord

from ..sealing import shown_all


@dataclass(frozen=True)
class OpenedRow:
    """A row with its opened texts, by column."""

    row: Any
    text: dict[str, str]


def open_rows(opened: OpenRecord, rows: Iterable[Any], *columns: str) -> list[OpenedRow]:
    return [OpenedRow(row, shown_all(opened, row, columns)) for row in rows]
