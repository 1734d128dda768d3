"""One district's figures published as the worker publishes them, both kinds of its first half and of its
year, and attacked."""

from __future__ import annotations

import time
from dataclasses import dataclass

from security_center.equity.editions import Edition
from security_center.equity.ranges import APART
from security_center.equity.tables import Tables

from .attacker import Attacker
from .districts import AT, YEAR, ZONE, make

# The statistics come first where the files with groups and enrolment are not there yet when the period is
# over.
AT_ONCE: tuple[tuple[str, ...], ...] = (("equity", "statistics"),)
APART_IN_TIME: tuple[tuple[str, ...], ...] = (("statistics",), ("equity",))


@dataclass(frozen=True)
class Tried:
    found_out: list[tuple[str, int, int]]  # (what was kept back, least, greatest)
    shown: int  # cells
    cells: int
    slowest: float  # seconds of one publication


def of(seed: int, *, most: int | None = None) -> Tried:
    """`most`: so many of its cases, for a small district."""
    district, published, slowest = make(seed), dict[tuple[str, str], Tables](), 0.0
    district.cases = district.cases[:most]
    for period in (YEAR.halves[0], YEAR):
        for kinds in APART_IN_TIME if seed % 3 == 0 else AT_ONCE:
            began = time.perf_counter()
            made = Edition(district.counts(period), period, ZONE, AT, dict(published)).make(*kinds)
            published |= {(kind, period.key): one.tables for kind, one in made.items()}
            slowest = max(slowest, time.perf_counter() - began)
    attacker = Attacker(district, district.counts(YEAR), published)
    cells = [cell for tables in published.values() for table in tables.values() for cell in _cells(table)]
    return Tried(attacker.found_out(APART), sum(cell is not None for cell in cells), len(cells), slowest)


def _cells(table: object) -> list[object]:
    return list(table["rows"].values()) if isinstance(table, dict) and "rows" in table else [table]
