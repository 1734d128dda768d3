"""Opening records. Who may open what is the calling room's policy; the vault only knows whether a key
fits."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import connection
from django.db.models import QuerySet

from security_center.foundation.vault import damage, hpke_seal, sealing
from security_center.foundation.vault.errors import SealBroken, VaultError
from security_center.foundation.vault.models import KeyExchange, RecipientKey, RecordHold, SealedKey
from security_center.foundation.vault.provider import KeyProvider, provider
from security_center.foundation.vault.records import DamagedRecord, OpenRecord

if TYPE_CHECKING:
    from security_center.foundation.vault.receipts import Receipt

RECEIPT = "receipt"
HOLD_KINDS = tuple(RecordHold.Kind)


class NoSealedKey(VaultError):
    """The record is not sealed to this recipient or receipt, or was shredded."""


def wrapping_context(name: str, version: int) -> bytes:
    """What a wrapped private key is bound to, so that one recipient's cannot be put in another's place."""
    return sealing.place("recipient", name, version.to_bytes(4, "big"))


def open_record(record: uuid.UUID, *recipients: str) -> OpenRecord:
    """Open a record as the first of `recipients` to whom it is sealed. Raises `NoSealedKey`, `VaultLocked`,
    `SealBroken`."""
    opened = open_even_damaged(record, *recipients)
    if isinstance(opened, DamagedRecord):
        raise SealBroken("This record's key is damaged.")
    return opened


def open_even_damaged(record: uuid.UUID, *recipients: str) -> OpenRecord:
    """As `open_record`; one whose key is damaged comes back as a `DamagedRecord`, so that a page can show
    what stands beside it."""
    opened = open_records({record: recipients})
    if record not in opened:
        raise NoSealedKey(f"This record is not sealed to {' or '.join(recipients)}.")
    return opened[record]


def open_records(wanted: Mapping[uuid.UUID, Sequence[str]]) -> dict[uuid.UUID, OpenRecord]:
    """Open each record as the first of its recipients to whom it is sealed; one that is sealed to none of
    them is absent. Two queries, however many.

    One whose key is damaged comes back as a `DamagedRecord`. Raises `VaultLocked`.
    """
    keys = provider()
    names = {name for recipients in wanted.values() for name in recipients}
    rows = {
        (row.record, row.recipient): row
        for row in SealedKey.objects.filter(record__in=list(wanted), recipient__in=names)
    }
    pairs = {
        (pair.name, pair.version): pair
        for pair in RecipientKey.objects.filter(name__in={name for _record, name in rows})
    }
    private_keys: dict[tuple[str, int], X25519PrivateKey] = {}
    found: dict[uuid.UUID, OpenRecord] = {}
    for record, recipients in wanted.items():
        fitting = (rows[record, name] for name in recipients if (record, name) in rows)
        row = next((row for row in fitting if (row.recipient, row.key_version) in pairs), None)
        if row is None:
            continue
        owner = (row.recipient, row.key_version)
        try:
            private = private_keys.get(owner)
            if private is None:
                raw = keys.unwrap(bytes(pairs[owner].wrapped_private_key), wrapping_context(*owner))
                private = private_keys[owner] = X25519PrivateKey.from_private_bytes(raw)
            key = hpke_seal.open_key(
                bytes(row.sealed), private, record=record, recipient=row.recipient, version=row.key_version
            )
        except SealBroken:
            damage.note("a key")
            found[record] = DamagedRecord(record)
        else:
            found[record] = OpenRecord(record, key)
    return found


def open_with_receipt(record: uuid.UUID, receipt: Receipt) -> OpenRecord:
    """Open a record with the reporter's receipt; needs no provider. Raises `NoSealedKey` also when the
    receipt is another's."""
    row = SealedKey.objects.filter(record=record, recipient=RECEIPT).first()
    if row is None:
        raise NoSealedKey("This record is not sealed to a receipt.")
    try:
        data_key = hpke_seal.open_key(
            bytes(row.sealed), receipt.private_key, record=record, recipient=RECEIPT, version=row.key_version
        )
    except SealBroken:
        raise NoSealedKey("This record is not sealed to this receipt.") from None
    return OpenRecord(record, data_key)


def current_keys(names: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Version and public key of each of `names` that has a current key.

    Asked of the database each time, never remembered: a key kept in memory could be one whose making was
    rolled back, and every report sealed to it lost. It stands in the path of each submission, so it is
    written out: through the ORM it costs ten times as much."""
    marks = ", ".join(["%s"] * len(names))
    table = connection.ops.quote_name(RecipientKey._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, version, public_key FROM {table} WHERE retired_at IS NULL AND name IN ({marks})",  # noqa: S608
            list(names),
        )
        return {name: (version, bytes(raw)) for name, version, raw in cursor.fetchall()}


def recipients_of(record: uuid.UUID) -> list[str]:
    """The names this record is sealed to ("receipt" for its reporter), sorted; empty when it was shredded."""
    return list(
        SealedKey.objects.filter(record=record).order_by("recipient").values_list("recipient", flat=True)
    )


def holds_on(record: uuid.UUID) -> list[RecordHold.Kind]:
    """The kinds of hold that stand on the record."""
    standing = RecordHold.objects.filter(record=record, released_at__isnull=True).values_list(
        "kind", flat=True
    )
    return sorted(map(RecordHold.Kind, standing), reverse=True)


def records_on_hold() -> QuerySet[RecordHold, uuid.UUID]:
    """The records that nothing may destroy now, for a list that leaves them out."""
    return RecordHold.objects.filter(released_at__isnull=True).values_list("record", flat=True)


def is_on_hold(record: uuid.UUID) -> bool:
    return bool(holds_on(record))


def is_taken_up(keys: KeyProvider) -> bool:
    """Whether the database has gone over to this key of an exchange that is under way."""
    return KeyExchange.objects.filter(key=keys.mark, taken_up_at__isnull=False).exists()
