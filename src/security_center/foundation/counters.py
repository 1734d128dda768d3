"""The cache of both web programs: short-lived rows in the database that count attempts and presses of a form.

Django's own stores pickles, so that whoever can write to the database runs code in the program that reads
them. Here a row is JSON, sealed and bound to its table, its key and its end; what was written by anybody else
is not there. Its key is a keyed digest: an address or a network does not stand in the table."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connection, transaction

from security_center.foundation.clock import now
from security_center.foundation.full_disk import is_full

_NONCE = 12
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class Counters(DatabaseCache):
    _table: str  # set by Django's own, whose stubs do not know it
    _cull: Any

    def make_key(self, key: str, version: int | None = None) -> str:
        return hmac.digest(
            _secret(settings.SECRET_KEY, "keys"), super().make_key(key, version).encode(), "sha256"
        ).hex()

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        asked = {self.make_key(key, version): key for key in keys}
        if not asked:
            return {}
        marks = ", ".join(["%s"] * len(asked))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT cache_key, value, expires FROM {self._quoted} WHERE cache_key IN ({marks})",  # noqa: S608
                list(asked),
            )
            rows = cursor.fetchall()
        found = {}
        for key, sealed, expires in rows:
            ends = _moment(expires)
            if ends.timestamp() < time.time():
                continue  # the worker forgets it (forget_expired)
            try:
                found[asked[key]] = self._open(key, ends, sealed)
            except (InvalidTag, ValueError, binascii.Error):
                continue  # not written by a program of ours: it is not there
        return found

    def has_key(self, key: str, version: int | None = None) -> bool:
        return key in self.get_many([key], version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        nothing = object()
        value = self.get(key, nothing, version)
        if value is nothing:
            return False
        self.set(key, value, timeout, version)
        return True

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Called by `set` and `add` with the key as it is stored. Like Django's: an error of the database is
        told by False, but for a full disk, after which nobody should wait for another's lock or be told that
        they tried too often."""
        seconds = self.get_backend_timeout(timeout)
        ends = (_FOR_EVER if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)).replace(
            microsecond=0
        )
        moment = datetime.fromtimestamp(int(time.time()), tz=UTC)
        adapt = connection.ops.adapt_datetimefield_value
        # `add` takes the place of what has ended, and of nothing else.
        only_ended = f" WHERE {self._quoted}.expires < %s" if mode == "add" else ""
        values = [key, self._seal(key, ends, value), adapt(ends), *([adapt(moment)] if mode == "add" else [])]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SELECT COUNT(*) FROM {self._quoted}")  # noqa: S608 - our own table's name, here and below
                if (count := cursor.fetchone()[0]) > self._max_entries:
                    self._cull("default", cursor, moment.replace(tzinfo=None), count)
                cursor.execute(
                    f"INSERT INTO {self._quoted} (cache_key, value, expires) VALUES (%s, %s, %s) "  # noqa: S608
                    "ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = "
                    f"EXCLUDED.expires{only_ended}",
                    values,
                )
                return bool(cursor.rowcount == 1)
        except DatabaseError as error:
            if is_full(error):
                raise
            return False

    @property
    def _quoted(self) -> str:
        return str(connection.ops.quote_name(self._table))

    def _place(self, key: str, ends: datetime) -> bytes:
        return f"{self._table}\0{key}\0{int(ends.timestamp())}".encode()

    def _seal(self, key: str, ends: datetime, value: Any) -> str:
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(_secret(settings.SECRET_KEY, "values")).encrypt(
            nonce, json.dumps(value).encode(), self._place(key, ends)
        )
        return base64.b64encode(nonce + sealed).decode()

    def _open(self, key: str, ends: datetime, sealed: str) -> Any:
        raw = base64.b64decode(sealed, validate=True)
        return json.loads(
            AESGCM(_secret(settings.SECRET_KEY, "values")).decrypt(
                raw[:_NONCE], raw[_NONCE:], self._place(key, ends)
            )
        )


def forget_expired() -> int:
    """Take away the rows of all programs that have ended. Django's cache leaves them until somebody asks for
    that very key, or for ever."""
    gone = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for table in set(settings.SSC_COUNTER_TABLES.values()) & set(
            connection.introspection.table_names(cursor)
        ):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"DELETE FROM {quoted} WHERE expires < %s",  # noqa: S608
                [connection.ops.adapt_datetimefield_value(now())],
            )
            gone += cursor.rowcount
    return gone


def _moment(stored: Any) -> datetime:
    """SQLite gives text without a zone, PostgreSQL a moment."""
    found = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@lru_cache(maxsize=8)
def _secret(signing_secret: str, purpose: str) -> bytes:
    return hmac.digest(signing_secret.encode(), f"counters {purpose}".encode(), hashlib.sha256)
