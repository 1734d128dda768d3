"""The vault's key is exchanged while everything runs, step by step; cut off at any moment, the same command
goes on.

First the new secrets are written into a kit, and nothing else happens. Then the key file holds both keys for
as long as the exchange is under way, and the database says which of them is in use, so that every program on
every machine takes up the new one in one moment. At the end the old one is let go: it opens nothing any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django_scopes import scopes_disabled

from security_center.foundation.duties.heartbeat import machines_with_another_key_file
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.ledger.before_signing import LedgerBroken
from security_center.foundation.ledger.heads import INSTALLATION, public_half
from security_center.foundation.organizations.actions.second_factors import (
    nobody_changes_second_factors,
    seal_second_factors_anew,
)
from security_center.foundation.students.actions.importing import no_check_begins
from security_center.foundation.vault import exchange, files, selftest
from security_center.foundation.vault.checks import SelfTestFailed
from security_center.foundation.vault.provider import KeyProvider, of_key_file, write_key_file
from security_center.foundation.vault.queries import is_taken_up

from .backup import kit
from .database_move import UNFINISHED

PATIENCE = 3.0  # seconds for whatever takes turns with this to end
# Whatever was made with the old key before the new one was taken up is stored by then: it is read again
# afterwards.
SETTLED_AFTER = 5.0


class CannotExchange(Exception):
    """The message is a sentence for the person at the terminal."""


@dataclass
class Exchange:
    """`keys` as the key file has them. lost: what opened with neither key."""

    keys: KeyProvider
    say: Callable[[str], None]
    lost: set[str] = field(default_factory=set)


def write_kit(place: Path) -> None:
    """The new secrets, for nothing yet. Raises CannotExchange, FileExistsError, OSError, VaultLocked."""
    keys = of_key_file()
    if keys.exchanging:
        raise CannotExchange("An exchange is under way already. Give --yes to go on with it.")
    kit.write_next(place, keys)


def run(place: Path | None, say: Callable[[str], None]) -> Exchange | None:
    """Begin with the kit at `place`, or go on; None when the exchange to that kit has ended.

    Raises CannotExchange, VaultLocked, kit's, DatabaseError."""
    try:
        # All tenants: nothing of theirs is opened
        with files.deletions_wait(patience=PATIENCE), scopes_disabled():
            keys = of_key_file()
            if not keys.exchanging:
                if place is None:
                    raise CannotExchange(
                        "No exchange is under way. Give --kit FILE to begin one; the first time it "
                        "writes the new kit there."
                    )
                read = kit.read(place)
                if read.vault_key == keys.content():
                    return None
                keys = _begin(keys, read)
            done = Exchange(keys, say)
            for step in STEPS:
                step(done)
            return done
    except files.BackupRuns:
        raise CannotExchange(
            "A backup, ./ssc breach or another exchange is running. Run the same command again when "
            "it has ended."
        ) from None
    except LedgerBroken as broken:
        raise CannotExchange(
            f"The ledger is not as it was signed: {broken} Run ./ssc verify-ledger, then the same "
            "command again."
        ) from broken


def _begin(keys: KeyProvider, read: kit.Kit) -> KeyProvider:
    new = read.provider() if read.vault_key is not None else keys
    if not new.follows(keys) or new.backups != str(read.identity.to_public()):
        raise CannotExchange(
            "This kit was not written for an exchange of the key that is in use. Have a new one "
            "written, without --yes."
        )
    try:
        selftest()
    except SelfTestFailed as failed:
        raise CannotExchange(f"{failed} No key was exchanged.") from failed
    if (Path(settings.SSC_DATA) / UNFINISHED).exists():
        raise CannotExchange(
            "A move to PostgreSQL is not finished. Run ./ssc manage move_to_postgresql to its end first."
        )
    with transaction.atomic():
        _no_roster_is_checked()
    ledger.sign_everything()
    write_key_file(new.begun())
    return new.begun()


def _no_roster_is_checked() -> None:
    if districts := no_check_begins():
        raise CannotExchange(
            f"A file of students is being checked ({', '.join(districts)}). Run the same command "
            "again when it is done, or was thrown away."
        )


def announce(it: Exchange) -> None:
    """The old key signs which one comes after it."""
    with transaction.atomic():
        ledger.take_turn()
        if exchange.begin(keys=it.keys):
            ledger.hand_over(actor="system", public_key=public_half(it.keys))
    ledger.sign_everything()


def ask_other_machines(it: Exchange) -> None:
    if hosts := machines_with_another_key_file():
        raise CannotExchange(
            f"Copy {settings.SSC_DATA}/keys/vault.key to {', '.join(hosts)} now: it holds both "
            "keys. Nothing needs a restart. Then run the same "
            "command again; it sees within ten seconds that the file is there. A machine that is "
            "gone for good is forgotten after a day."
        )


def take_up(it: Exchange) -> None:
    if is_taken_up(it.keys):
        return
    try:
        with transaction.atomic():
            _no_roster_is_checked()
            exchange.take_up(keys=it.keys)
    except exchange.TooManyTokens:
        write_key_file(it.keys.not_yet().ended())  # backups are made again; the kit serves another try
        raise CannotExchange(
            "Reports would wait for longer than ten seconds, so the exchange was taken back: the "
            "register is too large for the embedded database. "
            "Move to PostgreSQL first (docs/operations.md), or run the same command when the "
            "machine is quieter."
        ) from None
    it.say("the new key is in use")


def wrap_anew(it: Exchange) -> None:
    it.lost |= {*exchange.wrap_anew(keys=it.keys), *seal_second_factors_anew(actor="system")}


def settle(it: Exchange) -> None:
    """Once more, while nobody writes: what was made with the old key just before, and stored just after."""
    time.sleep(SETTLED_AFTER)
    with transaction.atomic():
        exchange.nobody_makes_keys()
        nobody_changes_second_factors()
        exchange.lift_tokens(keys=it.keys)
        wrap_anew(it)


def write_down(it: Exchange) -> None:
    """From here on the new key has signed the ledger."""
    with transaction.atomic():
        ledger.take_turn()
        if exchange.end(keys=it.keys):
            ledger.record(actor="system", verb="vault.key_exchanged", about=INSTALLATION)
    ledger.sign_everything()


def let_go(it: Exchange) -> None:
    """The last step: nothing opens with the old key from here on."""
    kit.take_up(it.keys.backups)
    write_key_file(it.keys.ended())


STEPS: tuple[Callable[[Exchange], None], ...] = (
    announce,
    ask_other_machines,
    take_up,
    wrap_anew,
    settle,
    write_down,
    let_go,
)
