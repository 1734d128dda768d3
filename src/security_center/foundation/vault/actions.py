"""Verbs of the vault. It checks no policy and writes no ledger (it stands beside it): the calling room does
both in the same transaction, for create, rotate, share, keep_only, shred, hold and release. `actor` is the
ledger's string, e.g. "person:12"."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import connection, connections, transaction

from security_center.foundation import clock
from security_center.foundation.vault import hpke_seal, sealing
from security_center.foundation.vault.errors import VaultError
from security_center.foundation.vault.models import RecipientKey, RecordHold, SealedKey
from security_center.foundation.vault.provider import provider
from security_center.foundation.vault.queries import RECEIPT, current_keys, wrapping_context
from security_center.foundation.vault.receipts import Receipt
from security_center.foundation.vault.records import OpenRecord

_INSERT_SEALED_KEY = (
    "INSERT INTO vault_sealedkey (record, recipient, key_version, sealed) VALUES (%s, %s, %s, %s)"
)


class RecipientExists(VaultError):
    """This recipient has a key pair already."""


class UnknownRecipient(VaultError):
    """Nothing can be sealed to a recipient that has no current key."""


class OnHold(VaultError):
    """The record is on hold and cannot be shredded."""


@transaction.atomic
def create_recipient(*, actor: str, name: str) -> RecipientKey:
    """Make the first key pair of the recipient `name`, e.g. "desk:17". Raises `RecipientExists`,
    `VaultLocked`."""
    if not name or name == RECEIPT or len(name) > 64:
        raise ValueError("A recipient's name has 1 to 64 characters and is not “receipt”.")
    if RecipientKey.objects.filter(name=name).exists():
        raise RecipientExists(f"{name} has a key already; rotate it instead.")
    return _new_key(name, 1)


@transaction.atomic
def rotate_recipient(*, actor: str, name: str) -> RecipientKey:
    """Retire the current key pair of `name` and make the next. Old records stay readable. Raises
    `UnknownRecipient`, `VaultLocked`."""
    current = (
        RecipientKey.objects.select_for_update(no_key=True).filter(name=name, retired_at__isnull=True).first()
    )
    if current is None:
        raise UnknownRecipient(f"{name} has no key to rotate.")
    provider()  # a locked vault must not leave a recipient without a current key
    current.retired_at = clock.now()
    current.save(update_fields=["retired_at"])
    return _new_key(name, current.version + 1)


class SealedTo(NamedTuple):
    """A row of `SealedKey` that is not stored yet: making a model's object of each would take as long as
    sealing it."""

    record: uuid.UUID
    recipient: str
    key_version: int
    sealed: bytes


@dataclass(frozen=True)
class PreparedRecord:
    """A record whose sealing is done and whose rows are not stored yet."""

    opened: OpenRecord
    rows: tuple[SealedTo, ...] = field(repr=False)


def prepare_record(*, recipients: Sequence[str], receipt: Receipt | None = None) -> PreparedRecord:
    """The costly half of `new_record`, to be done before the transaction: sealing takes CPU, and inside it
    every other writer would wait.

    A key that is rotated in between still opens the record. Raises as `new_record`.
    """
    keys = keys_of(recipients)
    if not keys and receipt is None:
        raise ValueError("A record needs a recipient or a receipt, or nobody could open it.")
    return prepare_with(keys, receipt)


def prepare_with(keys: Mapping[str, tuple[int, bytes]], receipt: Receipt | None = None) -> PreparedRecord:
    """A new record for recipients whose keys are known already (`keys_of`). Asks no database."""
    opened = OpenRecord(uuid.uuid4(), os.urandom(sealing.KEY_BYTES))
    rows = _sealed_to(opened, keys)
    if receipt is not None:
        sealed = hpke_seal.seal_key(
            opened.data_key, receipt.public_key, record=opened.record, recipient=RECEIPT, version=0
        )
        rows.append(SealedTo(opened.record, RECEIPT, 0, sealed))
    return PreparedRecord(opened, tuple(rows))


def save_record(prepared: PreparedRecord) -> OpenRecord:
    """Store the sealed keys of a prepared record, in the caller's transaction."""
    save_sealed_keys(prepared.rows)
    return prepared.opened


def save_sealed_keys(rows: Iterable[SealedTo]) -> None:
    """Store sealed keys, in the caller's transaction."""
    # Plain SQL: every submission passes here while all other writers wait, and Django would take longer to
    # write the statement than to run it.
    record_column = SealedKey._meta.get_field("record")
    database = connections[connection.alias]  # asked for once: the shared name looks it up for each value
    stored = [(record_column.get_db_prep_value(row.record, database), *row[1:]) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_SEALED_KEY, stored)


def new_record(*, recipients: Sequence[str], receipt: Receipt | None = None) -> OpenRecord:
    """Make a record with a random data key, sealed to the current key of each recipient and to the receipt.
    Needs no provider.

    Raises `UnknownRecipient` when one of them has no key, and ValueError when nobody could ever open the
    record."""
    return save_record(prepare_record(recipients=recipients, receipt=receipt))


def share_record(*, opened: OpenRecord, recipients: Sequence[str]) -> None:
    """Seal an open record to more recipients; those that can open it already keep what they have. Raises
    `UnknownRecipient`."""
    SealedKey.objects.bulk_create(
        [SealedKey(**row._asdict()) for row in _sealed_to(opened, keys_of(recipients))], ignore_conflicts=True
    )


@transaction.atomic
def keep_only(*, record: uuid.UUID, recipients: Sequence[str], actor: str) -> int:
    """Take the record's key away from every desk but `recipients`; its reporter keeps theirs. While a hold
    stands nobody loses anything.

    Raises `UnknownRecipient` when one of `recipients` has no sealed key: whoever is to keep the record must
    have it first. Returns how many went. Overwritten before they are deleted, as in `shred_record`."""
    _lock(record)
    if RecordHold.objects.filter(record=record, released_at__isnull=True).exists():
        return 0
    keys = SealedKey.objects.filter(record=record)
    missing = set(recipients) - set(keys.values_list("recipient", flat=True))
    if missing or not recipients:
        raise UnknownRecipient(
            f"The record is not sealed to {', '.join(sorted(missing)) or 'anybody who is to keep it'}."
        )
    gone = keys.exclude(recipient__in=[*recipients, RECEIPT])
    gone.update(sealed=bytes(80))
    return gone.delete()[0]


@transaction.atomic
def shred_record(*, record: uuid.UUID, actor: str) -> int:
    """Destroy every sealed key of the record: from then on nobody can open anything of it. Raises `OnHold`.
    Returns how many keys there were.

    The rows are overwritten before they are deleted, so that the database's free pages keep no key.
    The record's sealed files are deleted by the caller (`files.delete`); without the key they are noise.
    """
    return shred_records(records=[record], actor=actor)


@transaction.atomic
def shred_records(*, records: Sequence[uuid.UUID], actor: str) -> int:
    """The same for many, or for none of them when one is on hold."""
    _lock(*records)
    if RecordHold.objects.filter(record__in=records, released_at__isnull=True).exists():
        raise OnHold("This record is on hold; it cannot be destroyed until the hold is released.")
    keys = SealedKey.objects.filter(record__in=records)
    keys.update(sealed=bytes(80))
    return keys.delete()[0]


@transaction.atomic
def hold_record(*, record: uuid.UUID, actor: str, kind: str = RecordHold.Kind.LEGAL) -> RecordHold:
    """Keep the record from being shredded. Holding it twice for the same kind returns the hold that
    stands."""
    _lock(record)
    hold, _made = RecordHold.objects.get_or_create(
        record=record,
        kind=RecordHold.Kind(kind),
        released_at=None,
        defaults={"created_at": clock.now(), "created_by": actor},
    )
    return hold


@transaction.atomic
def release_record(*, record: uuid.UUID, actor: str, kind: str = RecordHold.Kind.LEGAL) -> bool:
    """End the hold of this kind. False when there was none."""
    _lock(record)
    standing = RecordHold.objects.filter(record=record, kind=RecordHold.Kind(kind), released_at__isnull=True)
    return standing.update(released_at=clock.now(), released_by=actor) > 0


def _new_key(name: str, version: int) -> RecipientKey:
    private = X25519PrivateKey.generate()
    return RecipientKey.objects.create(
        name=name,
        version=version,
        public_key=private.public_key().public_bytes_raw(),
        wrapped_private_key=provider().wrap(private.private_bytes_raw(), wrapping_context(name, version)),
        created_at=clock.now(),
    )


def keys_of(recipients: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Version and public key of each recipient, each once: what `prepare_with` takes. Raises
    `UnknownRecipient`."""
    names = list(dict.fromkeys(recipients))
    found = current_keys(names) if names else {}
    for name in names:
        if name not in found:
            raise UnknownRecipient(f"{name} has no key to seal to.")
    return {name: found[name] for name in names}


def _sealed_to(opened: OpenRecord, keys: Mapping[str, tuple[int, bytes]]) -> list[SealedTo]:
    rows: list[SealedTo] = []
    for name, (version, raw) in keys.items():
        sealed = hpke_seal.seal_key(
            opened.data_key, hpke_seal.public_key(raw), record=opened.record, recipient=name, version=version
        )
        rows.append(SealedTo(opened.record, name, version, sealed))
    return rows


def _lock(*records: uuid.UUID) -> None:
    """Holding and shredding take turns, or a hold set while a record is being shredded would come too late
    and look as if it stood."""
    list(SealedKey.objects.select_for_update(no_key=True).filter(record__in=records).values_list("pk"))
