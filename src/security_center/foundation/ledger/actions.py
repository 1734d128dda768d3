"""What may be done to the ledger: append an entry, sign its head, verify it. Nothing changes or deletes."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from security_center.foundation.actors import About, Actor, ledger_name, thing_of
from security_center.foundation.clock import now
from security_center.foundation.inserts import insert_all

from . import before_signing, heads
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
    """The value could be a text that somebody typed. The ledger is never erased, so such a text could never
    be shredded."""


def take_turn() -> None:
    """Wait for the right to append, until this transaction ends. Called first by an action that also locks
    other rows: two actions that take the rows and the ledger in different order would stop each other on
    PostgreSQL. (SQLite lets one writer in at a time anyway.)"""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPEND_LOCK])


@dataclass(frozen=True)
class Fact:
    """What an entry says.

    actor: "person:12", "reporter", "worker" or "system". verb: "report.received". thing: "report:7F3K2M".
    detail: ids, numbers, times (ISO text), digests and codes only.
    """

    actor: str
    verb: str
    thing: str = ""
    organization_id: int | None = None
    detail: Mapping[str, Value] | None = None


def record(
    *,
    actor: Actor,
    verb: str,
    about: About = "",
    organization_id: int | None = None,
    detail: Mapping[str, Value] | None = None,
    after: int = 0,
) -> Entry:
    """Append one entry to the chain (see `Fact`): who did what, about which thing.

    after: a number that this entry's must be above, where the end was cut off.

    Raises OutsideTransaction, and NotForTheLedger for anything that looks like a typed text."""
    return record_all(
        [Fact(ledger_name(actor), verb, thing_of(about), organization_id, detail)], after=after
    )[0]


def record_all(facts: Sequence[Fact], *, after: int = 0) -> list[Entry]:
    """Append an entry for each, in their order. Raises as `record` does, and then appends none."""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    details = [_checked(fact) for fact in facts]
    take_turn()
    # Plain SQL: every act of the system passes here, and Django's query compiler would cost more than the
    # query
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        last = cursor.fetchone()
    sequence, previous_hash = (max(last[0], after), last[1]) if last else (after, GENESIS)
    entries = []
    for fact, detail in zip(facts, details, strict=True):
        sequence += 1
        said: dict[str, Any] = {
            "sequence": sequence,
            "at": now(),
            "actor": fact.actor,
            "verb": fact.verb,
            "thing": fact.thing,
            "organization_id": fact.organization_id,
            "detail": detail,
            "previous_hash": previous_hash,
        }
        previous_hash = entry_hash(**said)
        entries.append(Entry(**said, hash=previous_hash))
    insert_all(entries)
    return entries


def _checked(fact: Fact) -> dict[str, Value]:
    _only_names(actor=(fact.actor, 64), verb=(fact.verb, 64), thing=(fact.thing, 96))
    if not fact.actor or not fact.verb:
        raise NotForTheLedger("An entry needs an actor and a verb.")
    return _only_codes(fact.detail or {})


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
    """Verify the chain from the last head on and sign it as it stands; None when there is nothing new to
    sign.

    Raises LedgerBroken when it is not as it was signed: a chain that was cut or rewritten is never signed
    anew as if nothing had happened. Raises VaultLocked without the key file. Durable: an entry whose
    transaction could still be rolled back must never be signed."""
    key = heads.signing_key()
    # Before the transaction: what was committed does not change, and every writer would wait while a long
    # tail is read.
    found = before_signing.checked(heads.keys_that_sign())
    if found.uncommitted is not None:
        return _signed(found.uncommitted, found.newest)
    if found.last is None or (found.newest is not None and found.last[0] <= found.newest.sequence):
        _keep_outside(found.newest, only_if_absent=True)
        return None
    return _sign(key, found.newest, found.last, found.entries)


def sign_everything() -> None:
    """As `sign_head`, until every entry of now is signed, by whichever program was quicker."""
    newest = Entry.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    while not SignedHead.objects.filter(sequence__gte=newest).exists():
        sign_head()


def hand_over(*, actor: str, public_key: str) -> None:
    """Name the key that will sign next, in the caller's transaction. Signed by the one of now, it proves to
    whoever has neither that they belong together."""
    record(actor=actor, verb=heads.HANDED_OVER, about=heads.INSTALLATION, detail={"signing_key": public_key})


def sign_on(*, actor: str) -> SignedHead:
    """Go on signing although the chain was found broken: whoever runs the machine has kept a copy and looked
    at what was found.

    The break stays named by every verification. Heads that the file lacks are written into it again; a
    damaged one is kept beside."""
    key = heads.signing_key()
    row = SignedHead.objects.order_by("-sequence").first()
    newest = heads.of_row(row) if row is not None else None
    with transaction.atomic(durable=True):
        entry = record(
            actor=actor,
            verb="ledger.signed_on_after_break",
            after=newest.sequence if newest is not None else 0,
        )
    write_heads_file()
    signed = _sign(key, newest, (entry.sequence, entry.hash), Entry.objects.count(), resumes=True)
    if signed is None:
        raise before_signing.LedgerBroken("The worker signed meanwhile: nothing was broken.")
    return signed


def write_heads_file() -> None:
    """Make the data folder's file hold what the table holds: after a restore (the backup reads it a moment
    before the database) and after a break."""
    rows = SignedHead.objects.order_by("sequence").iterator(chunk_size=2000)
    heads.write_anew(heads.data_file(), (heads.of_row(row) for row in rows))


def _sign(
    key: Ed25519PrivateKey,
    newest: heads.Head | None,
    last: tuple[int, str],
    entries: int,
    *,
    resumes: bool = False,
) -> SignedHead | None:
    previous = newest.digest if newest is not None else GENESIS
    head = heads.signed(
        key,
        sequence=last[0],
        entry_hash=last[1],
        signed_at=now(),
        previous=previous,
        entries=entries,
        resumes=resumes,
    )
    return _signed(head, newest, in_files=False)


def _signed(head: heads.Head, newest: heads.Head | None, *, in_files: bool = True) -> SignedHead | None:
    """Store a head after `newest`; None when another worker was quicker."""
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SIGN_LOCK])
        row = SignedHead.objects.order_by("-sequence").first()
        if (heads.of_row(row) if row is not None else None) != newest:
            return None
        if not in_files:
            # Files before the row commits: a crash in between leaves a head that the next signing takes up.
            heads.append(heads.data_file(), head)
            _keep_outside(head)
        stored = heads.to_row(head)
        stored.save(force_insert=True)
    heads.remember(head)
    return stored


def _keep_outside(head: heads.Head | None, *, only_if_absent: bool = False) -> None:
    """The copy elsewhere. That folder may be a mount that is away: the head in the data folder must not fail
    with it."""
    file = heads.outside_file()
    if file is None or head is None:
        return
    try:
        if not (only_if_absent and file.exists()):
            heads.append(file, head)
    except OSError as error:
        log.error("signed head was not kept outside: %s", type(error).__name__)


def verify(*, actor: str) -> Verification:
    """Check the whole chain and record that somebody did."""
    found = run_verification()
    with transaction.atomic():
        record(
            actor=actor,
            verb="ledger.verified",
            detail={"ok": found.ok, "entries": found.entries, "problems": found.problem_count},
        )
    return found
