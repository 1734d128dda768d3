"""The places that keep signed heads, each read along with the chain: the table, the file in the data folder,
the one elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from security_center.foundation.clock import now

from . import heads
from .chain import GENESIS
from .models import SignedHead

PAGE = 2000
MOST_PROBLEMS = 20
# The worker signs each minute: an entry that waited longer for its signature was without one meanwhile.
SIGNED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Problem:
    sequence: int
    sentence: str


@dataclass
class Findings:
    """resumed: the entry up to which a person has seen what was found (`Head.resumes`); `fresh` counts the
    problems that nobody has."""

    resumed: int = 0
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    fresh: int = 0

    def add(self, sequence: int, sentence: str) -> None:
        self.count += 1
        if sequence == 0 or sequence > self.resumed:
            self.fresh += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(sequence, sentence))


class Source:
    """One place that keeps signed heads."""

    def __init__(
        self, name: str, found: Iterator[heads.Head | int], public_keys: Sequence[str], findings: Findings
    ) -> None:
        self.name = name
        self.count = 0
        self.newest: heads.Head | None = None
        self.signed_at: datetime | None = None
        self._found = found
        self._public_keys = public_keys
        self.signer = 0  # of whose time the heads are by now: a key that was exchanged never signs again
        self._findings = findings
        self._last_good = 0
        self._rewritten = False
        self._before = 0
        self._head: heads.Head | None = None
        self._step()

    def reach(self, sequence: int, stored_hash: str, entries: int) -> list[heads.Head]:
        """The chain has come to `sequence`, its entry number `entries`: compare every head up to there.
        Returns those at `sequence` itself."""
        here = []
        while self._head is not None and self._head.sequence <= sequence:
            head = self._head
            if head.sequence == sequence:
                here.append(head)
                if head.hash == stored_hash:
                    self._last_good = sequence
                elif not self._rewritten:
                    # Every later head differs too: one sentence is enough.
                    self._rewritten = True
                    self._add(sequence,
                        _("Entry %(n)d is not the one that was signed (%(where)s): the chain was "
                        "rewritten after entry %(good)d."),
                              good=self._last_good)  # fmt: skip
                if head.previous and head.entries != entries:
                    self._add(sequence,
                        _("Entry %(n)d was signed as one of %(signed)d, but there are %(entries)d "
                        "(%(where)s)."),
                              signed=head.entries, entries=entries)  # fmt: skip
            self._step()
        return here

    def finish(self, last: int) -> list[heads.Head]:
        """The chain has ended at `last`: a head beyond it proves that its end was cut off."""
        beyond = []
        while self._head is not None:
            beyond.append(self._head)
            self._step()
        if beyond and max(head.sequence for head in beyond) > last:
            sentence = _(
                "The chain ends at entry %(last)d, but entry %(signed)d was signed (%(where)s): its "
                "end was cut off."
            )
            self._add(last + 1, sentence, last=last, signed=max(head.sequence for head in beyond))
        return beyond

    def _add(self, sequence: int, sentence: str, **values: int) -> None:
        self._findings.add(sequence, sentence % {"n": sequence, "where": self.name, **values})

    def _step(self) -> None:
        self._head = None
        try:
            for found in self._found:
                if isinstance(found, int):
                    self._findings.add(
                        0,
                        _("Line %(n)d of the signed heads in %(where)s cannot be read.")
                        % {"n": found, "where": self.name},
                    )
                    continue
                self.count += 1
                self.signed_at = (
                    found.signed_at if self.signed_at is None else max(self.signed_at, found.signed_at)
                )
                signer = found.signer(self._public_keys)
                if signer >= self.signer:
                    self.signer = signer
                else:
                    self._add(found.sequence, _("The signature at entry %(n)d (%(where)s) is not valid."))
                before, self.newest = self.newest, found
                # Before heads were chained, one whose row was not committed was signed again at the same
                # place.
                if found.sequence < self._before or (found.previous and found.sequence == self._before):
                    self._add(
                        found.sequence, _("The signed heads in %(where)s are out of order at entry %(n)d.")
                    )
                    continue
                self.came(before, found)
                self._before = found.sequence
                self._head = found
                return
        except (OSError, DatabaseError, ValueError):
            self._add(self._before, _("The signed heads in %(where)s cannot be read."))

    def came(self, before: heads.Head | None, head: heads.Head) -> None:
        """Each head as it is read, after the one before it."""


class Table(Source):
    """The table holds every head, each naming the one before it since heads are chained."""

    def came(self, before: heads.Head | None, head: heads.Head) -> None:
        if head.resumes:
            self._add(
                head.sequence,
                _(
                    "Before entry %(n)d the ledger was found broken; whoever runs the machine had "
                    "it signed again from there on."
                ),
            )
        if head.previous:
            if head.previous != (before.digest if before is not None else GENESIS):
                self._add(
                    head.sequence,
                    _(
                        "The signature at entry %(n)d (%(where)s) does not follow the one before "
                        "it: some were taken out or changed."
                    ),
                )
        elif before is not None and before.previous:
            self._add(
                head.sequence,
                _(
                    "The signature at entry %(n)d (%(where)s) is of the kind from before signatures "
                    "were chained."
                ),
            )


class Witness(Source):
    """A copy of heads outside the table. `complete`: it should hold every one of them."""

    def __init__(self, *given: object, complete: bool) -> None:
        self._complete = complete
        self._lacks = 0
        super().__init__(*given)  # type: ignore[arg-type]

    def compare(self, sequence: int, own: list[heads.Head], table: list[heads.Head]) -> None:
        """The heads at `sequence`, here and in the table."""
        known = {head.digest for head in table}
        if any(head.previous and head.digest not in known for head in own):
            self._add(
                sequence,
                _(
                    "The signature at entry %(n)d (%(where)s) is not the one in the database: it "
                    "was taken out or changed."
                ),
            )
        if self._complete and not own and any(head.previous for head in table):
            self._lacks += 1
            if self._lacks == 1:  # one sentence is enough
                self._add(
                    sequence,
                    _("The signed heads in %(where)s lack the one at entry %(n)d, which the database holds."),
                )

    def reach_with(
        self,
        table: list[heads.Head],
        newest: heads.Head | None,
        sequence: int,
        stored_hash: str,
        entries: int,
    ) -> None:
        own = self.reach(sequence, stored_hash, entries)
        if _follows(own, sequence, newest):
            # The worker wrote this line and its row is not committed yet, or never was: the next signing
            # takes it up
            return
        self.compare(sequence, own, table)


def _follows(own: list[heads.Head], sequence: int, newest: heads.Head | None) -> bool:
    """Whether these are the next head and of just now: the worker takes one up within minutes, so an older
    one was taken out of the table."""
    if len(own) != 1 or now() - own[0].signed_at > SIGNED_WITHIN:
        return False
    if newest is None:
        return own[0].previous == GENESIS
    return sequence > newest.sequence and own[0].previous == newest.digest


@dataclass
class Waited:
    """Entries that waited longer than `SIGNED_WITHIN` for their signature: nothing proves what they said
    before it came."""

    spans: int = 0
    first: int = 0
    last: int = 0
    _from: tuple[int, datetime] | None = None

    def entry(self, sequence: int, at: datetime | None) -> None:
        if self._from is None and at is not None:
            self._from = (sequence, at)

    def signed(self, sequence: int, at: datetime) -> None:
        if self._from is not None and at - self._from[1] > SIGNED_WITHIN:
            self.spans += 1
            self.first = self.first or self._from[0]
            self.last = sequence
        self._from = None

    def sentence(self) -> str:
        if not self.spans:
            return ""
        return _(
            "Entries between %(first)d and %(last)d waited longer than ten minutes for their "
            "signature (%(spans)d times): the worker was not running "
            "or the key was away, or signatures were taken out. What they said before they were "
            "signed cannot be proved."
        ) % {"first": self.first, "last": self.last, "spans": self.spans}


def files() -> list[tuple[str, Path]]:
    outside = heads.outside_file()
    return [*([("outside file", outside)] if outside else []), ("data file", heads.data_file())]


def opened(findings: Findings, public_keys: Sequence[str]) -> tuple[Table, list[Witness]]:
    """Each place with signed heads, as it is now. The table's end is looked up before the files': the worker
    writes a line before its row, so what it signs while the chain is read never looks like a line that is
    missing."""
    end = SignedHead.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    witnesses = []
    for kind, file in files():
        try:
            with file.open("rb") as handle:
                size = handle.seek(0, os.SEEK_END)
        except OSError:
            if end is not None:
                findings.add(0, _("The file of signed heads %(file)s cannot be read.") % {"file": str(file)})
            continue
        # On PostgreSQL several machines may sign, each into a data folder of its own.
        complete = kind == "data file" and connection.vendor == "sqlite"
        witnesses.append(Witness(str(file), heads.read(file, size), public_keys, findings, complete=complete))
    return Table(_("the database"), _rows(end or 0), public_keys, findings), witnesses


def compare_with_remembered(findings: Findings, public_keys: Sequence[str]) -> None:
    """The head beside the key tells that all places were taken back together. Asked last: where they differ,
    that is said already."""
    head = heads.last(heads.remembered_file())
    if head is None or findings.count or head.signer(public_keys) < 0:
        return
    row = SignedHead.objects.filter(sequence=head.sequence).first()
    if row is None or heads.of_row(row).digest != head.digest:
        sentence = _(
            "Entry %(n)d was signed (%(where)s), but its signature is not in the database: the "
            "ledger was cut off or taken back."
        )
        findings.add(head.sequence, sentence % {"n": head.sequence, "where": str(heads.remembered_file())})


def _rows(end: int) -> Iterator[heads.Head | int]:
    after = -1
    while True:
        page = list(
            SignedHead.objects.filter(sequence__gt=after, sequence__lte=end).order_by("sequence")[:PAGE]
        )
        yield from (heads.of_row(row) for row in page)
        if len(page) < PAGE:
            return
        after = page[-1].sequence
