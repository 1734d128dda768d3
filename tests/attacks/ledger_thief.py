"""A signed ledger of ten entries, and a thief who may write the database and the data folder but has no key:
each seed is another way to rewrite it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from security_center.foundation.clock import clock_at
from security_center.foundation.ledger import heads, triggers
from security_center.foundation.ledger.actions import record, sign_head
from security_center.foundation.ledger.chain import GENESIS, entry_hash
from security_center.foundation.ledger.models import Entry, SignedHead
from security_center.foundation.vault.provider import create_key_file

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ENTRIES, EVERY = 10, 2  # signed after each second entry


@pytest.fixture
def signed_ledger(settings: Any, tmp_path: Path) -> Path:
    """Ten entries, five chained heads in the table and in the file. Returns the folder outside, which keeps
    the last head alone."""
    settings.SSC_DATA = tmp_path / "data"
    settings.SSC_DATA.mkdir()
    settings.SSC_SIGNED_HEADS_DIR = ""
    create_key_file()
    for number in range(1, ENTRIES + 1):
        with clock_at(START + timedelta(minutes=number)):
            with transaction.atomic():
                record(
                    actor=f"person:{number % 3}",
                    verb="test.done",
                    about=f"thing:{number}",
                    organization_id=7,
                    detail={"n": number},
                )
            if number % EVERY == 0:
                assert sign_head() is not None
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    newest = heads.last(heads.data_file())
    assert newest is not None
    assert newest.entries == ENTRIES
    heads.append(outside / heads.FILE_NAME, newest)
    return outside


class Thief:
    """Holds the database and the data folder, knows the code, and has no key."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.entries = [dict(row) for row in Entry.objects.order_by("sequence").values()]
        self.table = [heads.of_row(row) for row in SignedHead.objects.order_by("sequence")]
        self.lines = heads.data_file().read_bytes().splitlines(keepends=True)
        self.own_key = Ed25519PrivateKey.generate()
        self.was = ([dict(entry) for entry in self.entries], list(self.table), list(self.lines))

    def rewrite(self) -> str:
        way = self.chance.choice(
            [
                self._content,
                self._content,
                self._content,
                self._content,
                self._heads_alone,
                self._file_alone,
                self._guards,
                self._cut,
            ]
        )
        done = way()
        self._store()
        return done

    @property
    def only_returned(self) -> bool:
        """Whether all stands as it stood at an earlier signature."""
        entries, table, lines = self.was
        count = len(self.table)
        end = self.table[-1].sequence if self.table else 0
        return end < len(entries) and (self.entries, self.table, self.lines) == (
            entries[:end],
            table[:count],
            lines[:count],
        )

    # --- the chain

    def _content(self) -> str:
        place = self.chance.randrange(len(self.entries))
        what = self.chance.choice(["change", "change", "delete", "swap", "insert"])
        if what == "change":
            column, value = self.chance.choice(
                [("actor", "person:66"), ("verb", "test.undone"), ("thing", "thing:none"),
                    ("organization_id", 8), ("detail", {"n": -1}),
                 ("at", START + timedelta(seconds=self.chance.randrange(3600)))]
            )  # fmt: skip
            self.entries[place][column] = value
        elif what == "delete":
            del self.entries[place : place + self.chance.randint(1, 3)]
        elif what == "swap":
            other = self.chance.choice([number for number in range(len(self.entries)) if number != place])
            self.entries[place], self.entries[other] = self.entries[other], self.entries[place]
            place = min(place, other)
        else:
            self.entries.insert(place, {**self.chance.choice(self.entries), "actor": "person:66"})
        rehashed = self.chance.random() < 0.9
        if rehashed:
            self._rehash()
        return f"{what} at {place + 1}, rehashed {rehashed}, {self._treat_heads(place + 1)}"

    def _rehash(self) -> None:
        previous = GENESIS
        for number, entry in enumerate(self.entries, 1):
            entry |= {"sequence": number, "previous_hash": previous}
            entry["hash"] = previous = entry_hash(
                **{name: value for name, value in entry.items() if name != "hash"}
            )

    def _treat_heads(self, first: int) -> str:
        """What becomes of the heads that no longer fit."""
        how = self.chance.choice(
            [
                "leave",
                "drop in table",
                "drop in file",
                "drop both",
                "drop both",
                "sign with own key",
                "repoint",
                "older ones",
            ]
        )
        if how in {"drop in table", "drop both"}:
            self.table = [head for head in self.table if head.sequence < first]
        if how in {"drop in file", "drop both"}:
            self.lines = [
                line for head, line in zip(self._in_file(), self.lines, strict=True) if head.sequence < first
            ]
        if how in {"sign with own key", "repoint", "older ones"}:
            self.table = [head if head.sequence < first else self._forged(head, how) for head in self.table]
            self.lines = [head.line().encode() + b"\n" for head in self.table]
        return how

    def _forged(self, head: heads.Head, how: str) -> heads.Head:
        stored = next(
            (entry["hash"] for entry in self.entries if entry["sequence"] == head.sequence), head.hash
        )
        if how == "sign with own key":
            return heads.signed(self.own_key, sequence=head.sequence, entry_hash=stored,
                signed_at=head.signed_at, previous=head.previous,
                                entries=head.entries)  # fmt: skip
        if how == "repoint":
            return replace(head, hash=stored)
        return replace(self.table[0], sequence=head.sequence, hash=stored)

    def _in_file(self) -> list[heads.Head]:
        return [head for head in heads.read(heads.data_file()) if isinstance(head, heads.Head)]

    # --- heads alone, guards, and the end

    def _heads_alone(self) -> str:
        place = self.chance.randrange(len(self.table))
        how = self.chance.choice(["taken out", "time", "count", "previous", "signature", "unchained", "all"])
        if how == "taken out":
            del self.table[place]
        elif how == "all":
            self.table = []
        else:
            head = self.table[place]
            changes: dict[str, dict[str, Any]] = {
                "time": {"signed_at": head.signed_at + timedelta(hours=1)},
                "count": {"entries": head.entries + 1},
                "previous": {"previous": GENESIS if head.previous != GENESIS else "1" * 64},
                "signature": {"signature": "ab" * 64}, "unchained": {"previous": "", "entries": 0},
            }  # fmt: skip
            self.table[place] = replace(head, **changes[how])
        both = self.chance.random() < 0.5
        if both:
            self.lines = [head.line().encode() + b"\n" for head in self.table]
        return f"heads: {how} at {place}, both {both}"

    def _file_alone(self) -> str:
        place = self.chance.randrange(len(self.lines))
        how = self.chance.choice(["cut", "torn", "swap", "twice", "older at the end", "letter", "gone"])
        if how == "cut":
            del self.lines[place:]
        elif how == "torn":
            self.lines[-1] = self.lines[-1][: self.chance.randrange(len(self.lines[-1]) - 1)]
        elif how == "swap":
            other = self.chance.choice([number for number in range(len(self.lines)) if number != place])
            self.lines[place], self.lines[other] = self.lines[other], self.lines[place]
        elif how == "twice":
            self.lines.insert(place, self.lines[place])
        elif how == "older at the end":
            self.lines.append(self.lines[place])
        elif how == "letter":
            line = bytearray(self.lines[place])
            line[self.chance.randrange(len(line) - 1)] ^= 1 << self.chance.randrange(7)
            self.lines[place] = bytes(line)
        else:
            self.lines = []
        return f"file: {how} at {place}"

    def _guards(self) -> str:
        table, trigger = self.chance.choice(triggers.names("sqlite"))
        how = self.chance.choice(
            ["same name does nothing", "same name never fires", "dropped", "one of another name"]
        )
        event = "UPDATE" if "update" in trigger else "DELETE" if "delete" in trigger else "INSERT"
        with connection.cursor() as cursor:
            if how != "one of another name":
                cursor.execute(f"DROP TRIGGER {trigger}")
            if how == "same name does nothing":
                cursor.execute(f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} BEGIN SELECT 1; END")
            elif how == "same name never fires":
                cursor.execute(
                    f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} WHEN 0 BEGIN SELECT "
                    "RAISE(ABORT, 'the ledger is append-only'); END"
                )
            elif how == "one of another name":
                cursor.execute(f"CREATE TRIGGER other AFTER INSERT ON {table} BEGIN SELECT 1; END")
        return f"guards: {how} {trigger}"

    def _cut(self) -> str:
        """A whole return to an earlier signed state: rows, heads and file as they were then."""
        end = self.chance.choice(self.table[:-1]).sequence
        self.entries = self.entries[:end]
        self.table = [head for head in self.table if head.sequence <= end]
        self.lines = [
            line for head, line in zip(self._in_file(), self.lines, strict=True) if head.sequence <= end
        ]
        return f"cut after {end}"

    def _store(self) -> None:
        """Only rows that differ, with the guards of the moment put away and back."""
        if self.entries != [
            dict(row) for row in Entry.objects.order_by("sequence").values()
        ] or self.table != [heads.of_row(row) for row in SignedHead.objects.order_by("sequence")]:
            triggers.remove(connection)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM ledger_entry")
                cursor.execute("DELETE FROM ledger_signedhead")
            for number, entry in enumerate(self.entries, 1):
                entry["sequence"] = number
            Entry.objects.bulk_create([Entry(**entry) for entry in self.entries])
            SignedHead.objects.bulk_create(
                [heads.to_row(head) for head in {head.sequence: head for head in self.table}.values()]
            )
            triggers.install(connection)
        heads.data_file().write_bytes(b"".join(self.lines))


def rewritten(seed: int) -> Iterator[Thief]:
    """One rewrite, undone afterwards."""
    file = heads.data_file().read_bytes()
    with transaction.atomic():
        yield Thief(seed)
        transaction.set_rollback(True)
    heads.data_file().write_bytes(file)
