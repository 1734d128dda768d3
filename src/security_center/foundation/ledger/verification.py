"""Reads the whole chain once, a page at a time, and names what is wrong with it.

Columns are read raw, not through the models: a byte that was changed may have left a value that no model could load, and the entry must
still be named.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from . import heads, triggers
from .chain import GENESIS, canonical, entry_hash
from .models import SignedHead

PAGE = 2000
MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Problem:
    sequence: int
    sentence: str


@dataclass(frozen=True)
class Verification:
    ok: bool
    entries: int
    signed_heads: int
    problems: list[Problem]
    head_signed_at: datetime | None
    problem_count: int = 0
    # Where the public half of the signing key came from: "provider", "outside file", "data file", "database" or "" (nothing signed yet).
    key_source: str = ""


@dataclass
class _Findings:
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, sequence: int, sentence: str) -> None:
        self.count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(sequence, sentence))


@dataclass(frozen=True)
class _Row:
    """One entry as the database holds it. `whole` is false when a column does not hold what the ledger wrote there."""

    sequence: int
    hash: str
    previous_hash: str
    whole: bool


def verify() -> Verification:
    """Check every entry against its hash, its place, and every signed head. Needs no key to check the chain; reports at most 20 problems."""
    findings = _Findings()
    public_key, key_source = _public_key()
    sources = [_Source(name, found, public_key, findings) for name, found in _head_sources(findings)]
    entries, last_hash, expected = 0, GENESIS, 1
    try:
        for row in _rows():
            entries += 1
            if row.sequence != expected:
                findings.add(expected, _missing(expected, row.sequence - 1))
            elif row.previous_hash != last_hash:
                findings.add(row.sequence, _("Entry %(n)d does not follow the entry before it.") % {"n": row.sequence})
            if not row.whole:
                findings.add(row.sequence, _("Entry %(n)d was changed or moved after it was written.") % {"n": row.sequence})
            for source in sources:
                source.reach(row.sequence, row.hash)
            last_hash, expected = row.hash, row.sequence + 1
    except DatabaseError:
        findings.add(expected, _("The database cannot be read at entry %(n)d: its file is damaged.") % {"n": expected})
    else:
        for source in sources:
            source.finish(expected - 1)
        _own_check_of_the_database(findings)
    _guards(findings)
    newest = max((source.newest for source in sources if source.newest is not None), default=None)
    return Verification(
        ok=findings.count == 0,
        entries=entries,
        signed_heads=max((source.count for source in sources), default=0),
        problems=findings.problems,
        head_signed_at=newest,
        problem_count=findings.count,
        key_source=key_source,
    )


def _missing(first: int, last: int) -> str:
    if last < first:
        return _("Entry %(n)d is where it cannot be.") % {"n": first}
    if first == last:
        return _("Entry %(n)d is missing.") % {"n": first}
    return _("Entries %(first)d to %(last)d are missing.") % {"first": first, "last": last}


# --- entries -------------------------------------------------------------------------------------------------------

_COLUMNS = ("sequence", "at", "actor", "verb", "thing", "organization_id", "detail", "previous_hash", "hash")


def _rows() -> Iterator[_Row]:
    """Every entry in order of its sequence, in pages, so that memory stays constant and no reader's snapshot is held for long."""
    # SQLite gives bytes, so that text which is no longer UTF-8 is a changed entry and not an error of the driver.
    columns = ", ".join(f"CAST({name} AS BLOB)" if connection.vendor == "sqlite" and name != "sequence" else name for name in _COLUMNS)
    after: int | None = None
    while True:
        where = "" if after is None else "WHERE sequence > %s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM ledger_entry {where} ORDER BY sequence LIMIT {PAGE}",  # noqa: S608 - constants only
                [] if after is None else [after],
            )
            page = cursor.fetchall()
        for held in page:
            yield _checked(held)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def _checked(held: tuple[Any, ...]) -> _Row:
    sequence = held[0]
    try:
        columns = dict(zip(_COLUMNS, held, strict=True))
        if connection.vendor == "sqlite":
            columns = _from_sqlite(columns)
        elif not isinstance(columns["detail"], str):
            columns["detail"] = json.loads(canonical(columns["detail"]))
        else:
            columns["detail"] = json.loads(columns["detail"])
        stored = str(columns.pop("hash"))
        whole = entry_hash(**columns) == stored
        return _Row(sequence, stored, str(columns["previous_hash"]), whole)
    except (ValueError, TypeError, AttributeError):
        return _Row(sequence, _lenient(held[8]), _lenient(held[7]), whole=False)


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?\Z")


def _from_sqlite(columns: dict[str, Any]) -> dict[str, Any]:
    """Bytes back into values. Raises ValueError where the bytes are not exactly those that Django writes for the value."""
    texts: dict[str, Any] = {name: value.decode("utf-8") if value is not None else None for name, value in columns.items() if name != "sequence"}
    if not _MOMENT.match(texts["at"]):
        raise ValueError("at")
    detail = json.loads(texts["detail"])
    if canonical(detail) != texts["detail"]:
        raise ValueError("detail")
    organization = texts["organization_id"]
    if organization is not None and str(int(organization)) != organization:
        raise ValueError("organization_id")
    return {
        **texts,
        "sequence": columns["sequence"],
        "at": datetime.fromisoformat(texts["at"]).replace(tzinfo=UTC),
        "detail": detail,
        "organization_id": None if organization is None else int(organization),
    }


def _lenient(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


# --- signed heads --------------------------------------------------------------------------------------------------


def _head_files() -> list[tuple[str, Path]]:
    outside = heads.outside_file()
    return [*([("outside file", outside)] if outside else []), ("data file", heads.data_file())]


def _public_key() -> tuple[str, str]:
    """The key to check signatures with, and where it came from. Only the provider's own cannot have been put there by a thief."""
    from security_center.foundation.vault.provider import VaultLocked

    try:
        return heads.public_text(heads.signing_key()), "provider"
    except VaultLocked:
        pass
    for name, file in _head_files():
        if file.exists():
            newest = None
            for head in heads.read(file):
                newest = head if isinstance(head, heads.Head) else newest
            if newest is not None:
                return newest.public_key, name
    row = SignedHead.objects.order_by("-sequence").first()
    return (row.public_key, "database") if row else ("", "")


def _head_sources(findings: _Findings) -> Iterator[tuple[str, Iterator[heads.Head | int]]]:
    """Each place with signed heads, as it is now: a head that the worker signs while the chain is read must not look like one beyond its end."""
    anything_signed = SignedHead.objects.exists()
    for _name, file in _head_files():
        try:
            with file.open("rb") as handle:
                size = handle.seek(0, os.SEEK_END)
        except OSError:
            if anything_signed:
                findings.add(0, _("The file of signed heads %(file)s cannot be read.") % {"file": str(file)})
            continue
        yield str(file), heads.read(file, size)
    newest = SignedHead.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    yield _("the database"), _head_rows(newest or 0)


def _head_rows(newest: int) -> Iterator[heads.Head | int]:
    after = -1
    while True:
        page = list(SignedHead.objects.filter(sequence__gt=after, sequence__lte=newest).order_by("sequence")[:PAGE])
        for row in page:
            yield heads.Head(row.sequence, row.hash, row.signed_at, row.public_key, row.signature)
        if len(page) < PAGE:
            return
        after = page[-1].sequence


class _Source:
    """One place that keeps signed heads, read along with the chain."""

    def __init__(self, name: str, found: Iterator[heads.Head | int], public_key: str, findings: _Findings) -> None:
        self.name = name
        self.count = 0
        self.newest: datetime | None = None
        self._found = found
        self._public_key = public_key
        self._findings = findings
        self._last_good = 0
        self._rewritten = False
        self._before = 0
        self._head: heads.Head | None = None
        self._step()

    def reach(self, sequence: int, stored_hash: str) -> None:
        """The chain has come to `sequence`: compare every head up to there."""
        while self._head is not None and self._head.sequence <= sequence:
            head = self._head
            if head.sequence == sequence:
                if head.hash == stored_hash:
                    self._last_good = sequence
                elif not self._rewritten:
                    # Every later head differs too: one sentence is enough.
                    self._rewritten = True
                    self._findings.add(
                        sequence,
                        _("Entry %(n)d is not the one that was signed (%(where)s): the chain was rewritten after entry %(good)d.")
                        % {"n": sequence, "where": self.name, "good": self._last_good},
                    )
            self._step()

    def finish(self, last: int) -> None:
        """The chain has ended at `last`: a head beyond it proves that its end was cut off."""
        beyond = 0
        while self._head is not None:
            beyond = max(beyond, self._head.sequence)
            self._step()
        if beyond > last:
            self._findings.add(
                last + 1,
                _("The chain ends at entry %(last)d, but entry %(signed)d was signed (%(where)s): its end was cut off.")
                % {"last": last, "signed": beyond, "where": self.name},
            )

    def _step(self) -> None:
        self._head = None
        try:
            for found in self._found:
                if isinstance(found, int):
                    self._findings.add(0, _("Line %(n)d of the signed heads in %(where)s cannot be read.") % {"n": found, "where": self.name})
                    continue
                self.count += 1
                self.newest = found.signed_at if self.newest is None else max(self.newest, found.signed_at)
                if not found.is_signed_by(self._public_key):
                    self._findings.add(
                        found.sequence, _("The signature at entry %(n)d (%(where)s) is not valid.") % {"n": found.sequence, "where": self.name}
                    )
                if found.sequence < self._before:
                    sentence = _("The signed heads in %(where)s are out of order at entry %(n)d.")
                    self._findings.add(found.sequence, sentence % {"n": found.sequence, "where": self.name})
                    continue
                self._before = found.sequence
                self._head = found
                return
        except (OSError, DatabaseError, ValueError):
            self._findings.add(self._before, _("The signed heads in %(where)s cannot be read.") % {"where": self.name})


# --- the database's own guards -------------------------------------------------------------------------------------


def _own_check_of_the_database(findings: _Findings) -> None:
    """SQLite: an index that no longer agrees with its table would hide entries from every page, though the table itself is whole."""
    if connection.vendor != "sqlite":
        return
    for table in triggers.TABLES:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA integrity_check({table})")
                lines = [str(row[0]) for row in cursor.fetchall()]
        except DatabaseError:
            lines = ["damaged"]
        for line in lines:
            if line != "ok":
                row = re.search(r"\brow (\d+)", line)
                findings.add(int(row[1]) if row else 0, _("The database's own check of %(table)s found damage.") % {"table": table})


def _guards(findings: _Findings) -> None:
    for trigger in triggers.missing(connection):
        findings.add(0, _("The database's guard %(name)s is missing: entries could have been changed.") % {"name": trigger})
