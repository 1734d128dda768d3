"""The desk's rows where a page of the database's file is damaged: read range by range, without what cannot be
read."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from security_center.foundation.sqlite.damage import readable

from ..models import Report

LOOKED_AT = 5000  # of the newest reports: more would hold the page up
TOGETHER = 64


def salvaged(found: QuerySet[Report], most: int) -> list[Report]:
    """The first `most` of `found` that can be read, in the order of the desk, looked for among the newest
    reports."""
    newest = readable(_newest, 0)
    rows: list[Report] = []
    for high in range(newest, max(0, newest - LOOKED_AT), -TOGETHER):
        rows += _between(found, max(0, high - TOGETHER), high)
    return sorted(
        rows, key=lambda row: (row.urgency, row.taken, row.decided_at is not None, row.received_at, row.pk)
    )[:most]


def _newest() -> int:
    """The highest id that was ever given. The table itself is not asked: its last page may be the damaged
    one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [Report._meta.db_table])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _between(found: QuerySet[Report], low: int, high: int) -> list[Report]:
    """Rows with low < id ≤ high; a range that cannot be read is halved until one row is left, and that one is
    left out."""
    from .desk import SEALED, join

    def read() -> list[Report]:
        rows = list(found.order_by().filter(pk__gt=low, pk__lte=high).defer(*SEALED))
        join(rows)
        return rows

    rows = readable(read, None)
    if rows is not None:
        return rows
    if high - low <= 1:
        return []
    middle = (low + high) // 2
    return _between(found, middle, high) + _between(found, low, middle)
