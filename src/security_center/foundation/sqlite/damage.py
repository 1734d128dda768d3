"""The embedded database's file may have a damaged page: what can be read is served, and everybody is told so
in words.

A read that meets the damage is noted in a file beside the database (the database may be what cannot be
written), and so is what the worker's own look at the whole file finds. Whether somebody may see a thing is
never asked through `readable`: that must fail closed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from security_center.foundation.clock import now

log = logging.getLogger("security_center.database")

FILE_NAME = "damaged.json"
_SAID = ("malformed", "is not a database", "disk i/o error", "could not decode to utf-8")


class DatabaseDamaged(Exception):
    """The worker's look at the file found damage. It fails until the file is repaired, so that the job counts
    as failing."""


def is_damage(error: BaseException | None) -> bool:
    return isinstance(error, DatabaseError) and any(words in str(error).lower() for words in _SAID)


def readable[Found](read: Callable[[], Found], otherwise: Found) -> Found:
    """What `read` gives, or `otherwise` where a damaged page stands in the way. `read` must not be lazy."""
    try:
        return read()
    except DatabaseError as error:
        if not is_damage(error):
            raise
        note()
        return otherwise


def note() -> None:
    """Remember that damage was met."""
    if since() is not None:
        return
    log.error("the database's file is damaged")
    write_note(FILE_NAME)


def since() -> datetime | None:
    """When damage was first met, None while none is known."""
    return noted(FILE_NAME)


def write_note(name: str) -> None:
    try:
        _file(name).write_text(json.dumps({"at": now().isoformat()}), encoding="ascii")
    except OSError as error:
        log.error("the damage could not be noted: %s", type(error).__name__)


def noted(name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(_file(name).read_text(encoding="ascii"))["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def look() -> None:
    """SQLite's own check of the whole file. Raises DatabaseDamaged; forgets a note when all is whole."""
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            whole = cursor.fetchone() == ("ok",)
    except DatabaseError as error:
        if not is_damage(error):
            raise
        whole = False
    if not whole:
        note()
        raise DatabaseDamaged
    _file(FILE_NAME).unlink(missing_ok=True)


def _file(name: str) -> Path:
    return Path(settings.SSC_DATA) / name
