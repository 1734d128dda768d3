"""What hangs on the vault's key and is taken along when it is exchanged. What reporters wrote does not: it is
sealed under keys of its own.

Look-ups are known as digests alone, and cannot be made anew from clear text: each gets a digest of itself by
the new key (`tokens.lifted`), all of them in one transaction, or the same student would be two in between.
Private keys are wrapped anew, row by row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import batched

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.apps import apps
from django.db import connection, models, transaction

from security_center.foundation.clock import now
from security_center.foundation.vault.errors import SealBroken, VaultError
from security_center.foundation.vault.fields import BlindedTokenField
from security_center.foundation.vault.models import KeyExchange, RecipientKey
from security_center.foundation.vault.provider import KeyProvider
from security_center.foundation.vault.queries import wrapping_context
from security_center.foundation.vault.tokens import lifted

ROWS = 1000
# Seconds that reports may wait for their turn in the embedded database: half of what a writer waits before it
# gives up. On PostgreSQL none wait.
LONGEST_WAIT = {"sqlite": 10.0}


class TooManyTokens(VaultError):
    """The embedded database would keep reports waiting for too long."""


def begin(*, keys: KeyProvider) -> bool:
    """Write down that an exchange to `keys` is under way; False when that was done. In the caller's
    transaction."""
    return KeyExchange.objects.get_or_create(key=keys.mark, defaults={"begun_at": now()})[1]


def end(*, keys: KeyProvider) -> bool:
    """Write down that it has ended; False when that was done. In the caller's transaction."""
    return KeyExchange.objects.filter(key=keys.mark, ended_at__isnull=True).update(ended_at=now()) > 0


def take_up(*, keys: KeyProvider) -> None:
    """Lift every digest to `keys` and let every program use them from then on. In the caller's transaction.
    Raises TooManyTokens."""
    lift_tokens(keys=keys, within=LONGEST_WAIT.get(connection.vendor, float("inf")))
    KeyExchange.objects.filter(key=keys.mark).update(taken_up_at=now())


def token_columns() -> list[tuple[type[models.Model], models.Field[object, object]]]:
    """Every column that holds digests, of whatever room."""
    found = [
        (model, column)
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.local_concrete_fields
    ]
    return [(model, column) for model, column in found if isinstance(column, BlindedTokenField)]


def lock(*tables: type[models.Model]) -> None:
    """In the caller's transaction: nobody else writes to them before it ends, and whoever is writing now is
    waited for. (SQLite has one writer.)"""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(each._meta.db_table) for each in dict.fromkeys(tables))
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def lift_tokens(*, keys: KeyProvider, within: float = float("inf")) -> None:
    """Make every digest one by the newest of `keys`; one that is so already stays. In the caller's
    transaction. Raises TooManyTokens when it takes more than so many seconds."""
    columns = token_columns()
    lock(*(model for model, _column in columns))
    until = time.monotonic() + within
    quoted = connection.ops.quote_name
    for model, column in columns:
        table, key, name = (
            quoted(model._meta.db_table),
            quoted(str(model._meta.pk.column)),
            quoted(str(column.column)),
        )
        with connection.cursor() as cursor:
            for some in batched(_rows(table, key, name), ROWS):
                changed = [(new, row) for row, old in some if (new := lifted(keys, old)) != old]
                cursor.executemany(f"UPDATE {table} SET {name} = %s WHERE {key} = %s", changed)  # noqa: S608 - names of our own tables
                if time.monotonic() > until:
                    raise TooManyTokens("The embedded database would keep reports waiting for too long.")


def _rows(table: str, key: str, name: str) -> Iterator[tuple[int, bytes]]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {name} FROM {table} WHERE {key} > %s ORDER BY {key} LIMIT {ROWS}",  # noqa: S608 - the same
                [after],
            )
            page = cursor.fetchall()
        yield from ((row, bytes(old)) for row, old in page if old)
        if len(page) < ROWS:
            return
        after = page[-1][0]


def nobody_makes_keys() -> None:
    """In the caller's transaction, until it ends."""
    lock(RecipientKey)


def wrap_anew(*, keys: KeyProvider) -> list[str]:
    """Wrap every private key under `keys` alone, in portions. Names those that opened with neither key; they
    are left as they are."""
    lost, after = [], 0
    while True:
        with transaction.atomic():
            rows = list(
                RecipientKey.objects.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:ROWS]
            )
            lost += [str(row) for row in rows if not _wrapped_anew(keys, row)]
        if len(rows) < ROWS:
            return lost
        after = rows[-1].pk


def _wrapped_anew(keys: KeyProvider, row: RecipientKey) -> bool:
    context, wrapped = wrapping_context(row.name, row.version), bytes(row.wrapped_private_key)
    alone = keys.ended()
    try:
        alone.unwrap(wrapped, context)
    except SealBroken:
        try:
            raw = keys.unwrap(wrapped, context)
        except SealBroken:
            return False
        if X25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw() != bytes(row.public_key):
            return False
        row.wrapped_private_key = alone.wrap(raw, context)
        row.save(update_fields=["wrapped_private_key"])
    return True
