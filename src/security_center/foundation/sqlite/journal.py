"""What was destroyed must leave the disk: until the write-ahead log is brought into the file and cut, it
still holds the pages from before."""

from __future__ import annotations

import os

from django.db import connection

from .turns import turn_of

PATIENCE_MS = 500  # writers wait meanwhile


def empty_journal() -> bool:
    """Bring the log into the database's file and cut it to nothing. False when a reader of an older moment
    stood in the way: try again.

    Nothing to do on PostgreSQL, nor in memory.
    """
    if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]
        return True
    options = connection.settings_dict["OPTIONS"]
    turn = turn_of(
        os.fspath(connection.settings_dict["NAME"]),
        float(options.get("timeout", 20)),
        float(connection.settings_dict.get("RESTS", 0.0)),
    )
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")  # the bulk of it, while others write
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        turn.take()
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, *_pages) = cursor.fetchone()
        finally:
            turn.give()
            cursor.execute(f"PRAGMA busy_timeout={int(float(options.get('timeout', 20)) * 1000)}")
    return not busy
