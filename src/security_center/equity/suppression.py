"""Which figures are kept back so that none that stands for fewer than ten people can be seen or worked out
(docs/decisions/0019).

A published table is a row of cells and their sum. Whoever reads it can subtract: so beside each small cell
others are kept back, until everything that is kept back together stands for ten at the least, and until each
cell of it could have at least two values even for a reader who knows which cells were small and why. Several
sums may hold at once (a year beside its first half, a district beside its kinds of school); then all must.

Nothing here reads a database: it is arithmetic over counts, tested against random tables
(tests/equity/test_suppression.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Interval = tuple[int, int]
Hidden = frozenset[str]
# At least so many cells are kept back together: one alone is what is missing to the sum.
LEAST_HIDDEN = 2


@dataclass(frozen=True)
class Published:
    """Cells whose sum is published.

    counts     cell → how many of         cell → how many of whom (the cells of the table that these are a
    part of); a cell that is not in it is no part of anything of_hidden  cells whose `of` is kept back itself
    """

    counts: Mapping[str, int]
    of: Mapping[str, int] | None = None
    of_hidden: Hidden = field(default_factory=frozenset)

    def rest(self, cell: str) -> int | None:
        """How many of the cell's people are not counted in it: as easily worked out as the cell itself."""
        return self.of[cell] - self.counts[cell] if self.of is not None and cell in self.of else None

    def is_small(self, cell: str, fewest: int) -> bool:
        rest = self.rest(cell)
        return self.counts[cell] < fewest or (rest is not None and rest < fewest)

    def sum_is_small(self, fewest: int) -> bool:
        total = sum(self.counts.values())
        whole = (
            None
            if self.of is None or any(cell not in self.of for cell in self.counts)
            else sum(self.of[cell] for cell in self.counts)
        )
        return total < fewest or (whole is not None and whole - total < fewest)


def hide(tables: Sequence[Published], *, fewest: int, forced: Iterable[str] = ()) -> Hidden | None:
    """The cells to keep back in all of `tables` alike; None when not even the sums can be shown. `forced`:
    kept back elsewhere already."""
    if any(table.sum_is_small(fewest) for table in tables):
        return None
    cells = {cell for table in tables for cell in table.counts}
    hidden = {cell for cell in forced if cell in cells} | {
        cell for table in tables for cell in table.counts if table.is_small(cell, fewest)
    }
    while True:
        broken = next(
            (table for table in tables if not is_safe(table, frozenset(hidden), fewest=fewest)), None
        )
        if broken is None:
            return frozenset(hidden)
        shown = [cell for cell in broken.counts if cell not in hidden]
        if not shown:
            return None
        hidden.add(min(shown, key=lambda cell: (broken.counts[cell], cell)))


def is_safe(table: Published, hidden: Hidden, *, fewest: int) -> bool:
    """Whether nothing that is kept back of this table can be worked out from what is shown of it."""
    kept = [cell for cell in table.counts if cell in hidden]
    if not kept:
        return True
    total = sum(table.counts[cell] for cell in kept)
    rests = [table.rest(cell) for cell in kept]
    if (
        len(kept) < LEAST_HIDDEN
        or total < fewest
        or (None not in rests and sum(rest or 0 for rest in rests) < fewest)
    ):
        return False
    known = {cell: _known_of(table, cell, total, fewest) for cell in kept}
    return all(_possible_values(known, cell, total) >= 2 for cell in kept)


def _known_of(table: Published, cell: str, total: int, fewest: int) -> list[Interval]:
    """The values that a reader who knows all our rules, and which cells were small, must hold possible."""
    small, most = fewest - 1, total
    if table.of is None or cell not in table.of:
        return [(0, small)] if table.counts[cell] < fewest else [(fewest, most)]
    if cell in table.of_hidden:
        return [(0, small)] if table.of[cell] < fewest else [(0, most)]
    whole = table.of[cell]
    if not table.is_small(cell, fewest):
        return [(fewest, whole - fewest)]
    return _merged([(0, min(small, whole)), (max(0, whole - small), whole)])


def _possible_values(known: Mapping[str, list[Interval]], cell: str, total: int) -> int:
    """How many values the cell can have when all that is kept back adds up to `total`."""
    others: list[Interval] = [(0, 0)]
    for other, values in known.items():
        if other != cell:
            others = _merged(
                [(low + a, high + b) for low, high in others for a, b in values if low + a <= total]
            )
    left = [(total - high, total - low) for low, high in others]
    meeting = [(max(a, low), min(b, high)) for a, b in known[cell] for low, high in left]
    return sum(high - low + 1 for low, high in _merged([(low, high) for low, high in meeting if low <= high]))


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def may_show_part(count: int, whole: int, *, fewest: int) -> bool:
    """Whether “so many of so many” may be shown where nothing else is published of the two: both the part and
    the rest stand for enough people."""
    return count >= fewest and whole - count >= fewest
