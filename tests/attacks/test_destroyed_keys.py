"""B14: right after shredding, destroyed keys were in the write-ahead log and in the main file."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.sqlite3.base import Database
from tests.running import run

from security_center.foundation.duties import schedule
from security_center.foundation.sqlite.base import DatabaseWrapper

SHRED_AND_LOOK = """
import json, os, sqlite3
from django.conf import settings
from django.db import connection, transaction
from security_center.foundation.duties import schedule
from security_center.foundation.vault import actions
from security_center.foundation.vault.models import SealedKey, RecipientKey

file = settings.DATABASES["default"]["NAME"]
desk = RecipientKey.objects.filter(retired_at__isnull=True).first().name
other = sqlite3.connect(file)  # a second program: the log is not emptied because the last one closes the file
other.execute("SELECT count(*) FROM vault_sealedkey").fetchone()

records = []
for _group in range(10):
    with transaction.atomic():
        records += [actions.new_record(recipients=[desk]).record for _n in range(37)]
sealed = {row.record: bytes(row.sealed) for row in SealedKey.objects.filter(record__in=records)}
gone = records[::2]
for record in gone:
    actions.shred_record(record=record, actor="system")


def left():
    held = {name: open(file + name, "rb").read() for name in ("", "-wal") if os.path.exists(file + name)}
    return [sum(sealed[record] in content for record in gone) for content in held.values()]


before = left()
job = next(job for job in schedule.jobs() if job.name == "sqlite.empty_journal").job
reader = sqlite3.connect(file, isolation_level=None)
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM vault_sealedkey").fetchone()
with transaction.atomic():
    RecipientKey.objects.filter(name=desk).update(name=desk)
held_up = job()
reader.execute("COMMIT")
emptied = job()
print(
    json.dumps(
        {
            "destroyed": len(gone),
            "before": before,
            "held_up": held_up,
            "emptied": emptied,
            "after": left(),
            "kept": SealedKey.objects.filter(record__in=records).count(),
        }
    )
)
"""


@pytest.mark.long
def test_a_destroyed_key_is_neither_in_the_file_nor_in_the_log_after_the_workers_job(district: Path) -> None:
    seen = json.loads(run(district, SHRED_AND_LOOK))
    assert sum(seen["before"]) > 0, "the test must see what the job is there for"
    assert not seen["held_up"], "a reader of an older moment holds it up, and the next minute tries again"
    assert seen["emptied"]
    assert seen["after"] == [0, 0], seen
    assert seen["kept"] == seen["destroyed"]


def test_the_worker_empties_the_log_within_minutes() -> None:
    (job,) = [job for job in schedule.jobs() if job.name == "sqlite.empty_journal"]
    assert job.seconds <= 60


class PlainConnection(sqlite3.Connection):
    """As a SQLite that was built without overwriting gives it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        super().execute("PRAGMA secure_delete=OFF")


class StubbornConnection(PlainConnection):
    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return super().execute(statement.replace("secure_delete=ON", "secure_delete"), *values)


def wrapper(monkeypatch: pytest.MonkeyPatch, kind: type[sqlite3.Connection]) -> DatabaseWrapper:
    connect = Database.connect
    monkeypatch.setattr(Database, "connect", lambda **options: connect(**{**options, "factory": kind}))
    return DatabaseWrapper({**connections["default"].settings_dict, "NAME": ":memory:"}, "other")


def test_each_connection_overwrites_what_is_deleted_whatever_sqlite_was_built_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = wrapper(monkeypatch, PlainConnection)
    opened = made.get_new_connection(made.get_connection_params())
    try:
        assert opened.execute("PRAGMA secure_delete").fetchone() == (1,)
    finally:
        opened.close()


def test_a_sqlite_that_does_not_overwrite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = wrapper(monkeypatch, StubbornConnection)
    with pytest.raises(ImproperlyConfigured, match="secure_delete"):
        made.get_new_connection(made.get_connection_params())
