"""What may be done to the ledger: append an entry, sign its head, verify it. Nothing changes or deletes."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from django.db import connection, transaction

from security_center.foundation.clock import now
from security_center.foundation.inserts import insert

from . import heads
from .chain import GENESIS, entry_hash
from .models import Entry, SignedHead
from .verification import Verification
from .verification import verify as run_verification

log = logging.getLogger("security_center.ledger")

Value = int | str | bool | None

# Keys of PostgreSQL's advisory locks. Any number will do as long as nothing else uses it.
_APPEND_LOCK = 0x55C1_ED6E
_SIGN_LOCK = 0x55C1_516E

_LAST = "SELECT sequence, hash FROM ledger_entry ORDER BY sequence DESC LIMIT 1"
_NAME = re.compile(r"[A-Za-z0-9_.:\-]*\Z")
_CODE = re.compile(r"[A-Za-z0-9_.:,+/=\-]{0,256}\Z")


class OutsideTransaction(Exception):
    """An entry must stand or fall with the change it speaks of, so it is written in the same transaction."""


class NotForTheLedger(ValueError):
    """The value could be a text that somebody typed. The ledger is never erased, so such a text could never be shredded."""


def take_turn() -> None:
    """Wait for the right to append, until this transaction ends. Called first by an action that also locks other rows: two actions that
    take the rows and the ledger in different order would stop each other on PostgreSQL. (SQLite lets one writer in at a time anyway.)"""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPEND_LOCK])


def record(*, actor: str, verb: str, thing: str = "", organization_id: int | None = None, detail: Mapping[str, Value] | None = None) -> Entry:
    """Append one entry to the chain.

    actor: "person:12", "reporter", "worker" or "system". verb: "report.received". thing: "report:7F3K2M".
    detail: ids, numbers, times (ISO text), digests and codes only.
    Raises OutsideTransaction, and NotForTheLedger for anything that looks like a typed text.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(verb)
    _only_names(actor=(actor, 64), verb=(verb, 64), thing=(thing, 96))
    if not actor or not verb:
        raise NotForTheLedger("An entry needs an actor and a verb.")
    held = _only_codes(detail or {})
    take_turn()
    with connection.cursor() as cursor:  # plain SQL: every act of the system passes here, and Django's query compiler would cost more than the query
        cursor.execute(_LAST)
        last = cursor.fetchone()
    sequence, previous_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    entry = Entry(
        sequence=sequence,
        at=now(),
        actor=actor,
        verb=verb,
        thing=thing,
        organization_id=organization_id,
        detail=held,
        previous_hash=previous_hash,
    )
    entry.hash = entry_hash(
        sequence=sequence,
        at=entry.at,
        actor=actor,
        verb=verb,
        thing=thing,
        organization_id=organization_id,
        detail=held,
        previous_hash=previous_hash,
    )
    insert(entry)
    return entry


def _only_names(**texts: tuple[str, int]) -> None:
    for column, (text, longest) in texts.items():
        if not _NAME.match(text) or len(text) > longest:
            raise NotForTheLedger(f"{column} must be a name of at most {longest} letters, digits and : . _ -")


def _only_codes(detail: Mapping[str, Value]) -> dict[str, Value]:
    for key, value in detail.items():
        if not _NAME.match(key) or not (value is None or isinstance(value, int | str)):
            raise NotForTheLedger(f"detail “{key}” must be a number, a code, true, false or nothing")
        if isinstance(value, str) and not _CODE.match(value):
            raise NotForTheLedger(f"detail “{key}” looks like a text, not like a code")
    return dict(detail)


def sign_head() -> SignedHead | None:
    """Sign the chain as it stands; None when there is nothing new to sign. Raises VaultLocked without the key file.

    Durable: an entry whose transaction could still be rolled back must never be signed.
    """
    key = heads.signing_key()
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SIGN_LOCK])
        last = Entry.objects.order_by("-sequence").values_list("sequence", "hash").first()
        newest = SignedHead.objects.order_by("-sequence").first()
        if last is None or (newest is not None and newest.sequence >= last[0]):
            # A chain that was cut is shorter than its last signature. It is never signed anew as if nothing had happened.
            _keep_outside(newest, only_if_absent=True)
            return None
        head = heads.signed(key, sequence=last[0], entry_hash=last[1], signed_at=now())
        row = SignedHead(sequence=head.sequence, hash=head.hash, signed_at=head.signed_at, public_key=head.public_key, signature=head.signature)
        # Files before the row commits: a crash in between leaves a head that is simply signed again.
        heads.append(heads.data_file(), head)
        _keep_outside(row)
        row.save(force_insert=True)
        return row


def _keep_outside(row: SignedHead | None, *, only_if_absent: bool = False) -> None:
    """The copy elsewhere. That folder may be a mount that is away: the head in the data folder must not fail with it."""
    file = heads.outside_file()
    if file is None or row is None:
        return
    try:
        if not (only_if_absent and file.exists()):
            heads.append(file, heads.Head(row.sequence, row.hash, row.signed_at, row.public_key, row.signature))
    except OSError as error:
        log.error("signed head was not kept outside: %s", type(error).__name__)


def verify(*, actor: str) -> Verification:
    """Check the whole chain and record that somebody did."""
    found = run_verification()
    with transaction.atomic():
        record(actor=actor, verb="ledger.verified", detail={"ok": found.ok, "entries": found.entries, "problems": found.problem_count})
    return found
