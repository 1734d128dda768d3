"""A disk that is full: what cannot be stored fails at once and is said as what it is. It is no busy table,
after which to try again."""

from __future__ import annotations

from django.db import DatabaseError

_OF_POSTGRESQL = "53100"  # disk_full


def is_full(error: BaseException | None) -> bool:
    """Whether the database could not store something because its disk has no room."""
    if not isinstance(error, DatabaseError):
        return False
    return "disk is full" in str(error) or getattr(error.__cause__, "sqlstate", "") == _OF_POSTGRESQL
