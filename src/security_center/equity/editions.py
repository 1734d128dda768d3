"""One edition of the figures: each table by its own rule first (`tables`, `statistics`), then everything
together with what stands published already, until no number that is kept back can be worked out
(docs/decisions/0019)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from security_center.foundation.school_years import Period

from . import linear_facts, statistics, tables
from .content_loader import SCHOOL
from .counts import Counts, Row
from .linear_facts import HALF, YEAR, Cell, Key, LinearFacts
from .models import Figures
from .ranges import APART, Ranges
from .tables import Tables, fewest

# (kind, period key) → the tables that were published.
Earlier = Mapping[tuple[str, str], Tables]
TOTAL = 40.0  # so many cells are given for one total: it stands in many tables


class Made(NamedTuple):
    tables: Tables
    told_before: int  # small numbers that earlier editions give away, which nothing can take back


@dataclass(frozen=True)
class Edition:
    counts: Counts
    period: Period
    zone: ZoneInfo
    at: datetime
    earlier: Earlier

    def make(self, *kinds: str) -> dict[str, Made]:
        """Whatever kinds of a period are published at one time are kept back together: else the first would
        tell what the second keeps back."""
        made, facts = {kind: self._by_its_own_rule(kind) for kind in kinds}, self.facts()
        together: Tables = {name: table for one in made.values() for name, table in one.items()}
        when = HALF if self.period.half else YEAR
        for kind in Figures.Kind.values:
            # What it will keep back is not told before
            if kind not in kinds and (kind, self.period.key) not in self.earlier:
                facts.keep_back(self._cells(kind, when, self.counts, self._by_its_own_rule(kind), facts))
        if self.period.half:
            facts.kept_back |= self._near_their_most()
        cells = [
            cell for kind, one in made.items() for cell in self._cells(kind, when, self.counts, one, facts)
        ]
        told_before = keep_back(together, facts, cells)
        for kind, one in made.items():
            one.update({name: together[name] for name in one})
            if kind == Figures.Kind.EQUITY:
                tables.work_out_of_shown(one)
        return {kind: Made(one, told_before) for kind, one in made.items()}

    def _near_their_most(self) -> set[Key]:
        """Totals of a first half that its year can hardly pass if each of few schools, or kinds of school,
        stays small: 17 of two schools would tell that the year has 17 or 18, as long as the year's page keeps
        both schools back."""
        found = set[Key]()
        for node, row in tables.rows_of(self.counts, SCHOOL).items():
            by_level: Row = Counter()
            for school, value in row.items():
                by_level[self.counts.levels[school]] += value
            for parts in (row, by_level):
                all_small = node != tables.ENROLMENT and max(parts.values(), default=fewest()) < fewest()
                if all_small and len(parts) * (fewest() - 1) - sum(parts.values()) < APART:
                    found.add((HALF, node))
        return found

    def _by_its_own_rule(self, kind: str) -> Tables:
        before = self.earlier.get((kind, self.period.halves[0].key)) if not self.period.half else None
        if kind == Figures.Kind.EQUITY:
            return tables.publish(self.counts, whole=not self.period.half, at=self.at, before=before)
        return statistics.publish(self.counts, period=self.period, zone=self.zone, at=self.at, before=before)

    def facts(self) -> LinearFacts:
        """Everything countable of the year so far, and what of it is published."""
        facts = LinearFacts(fewest())
        first = self.period.halves[0]
        halves = [] if self.counts.first_half is None else [(HALF, self.counts.first_half, first)]
        for when, counts, period in [*halves, (HALF if self.period.half else YEAR, self.counts, self.period)]:
            rows = statistics.rows(counts, period, self.zone)
            parts = {**statistics.parts(counts, self.at), **tables.parts(counts, self.at)}
            linear_facts.of_counts(facts, when, counts, rows, parts)
        linear_facts.beside_first_half(facts)
        for (kind, key), made in self.earlier.items():
            half = key == first.key
            if half or key == self.period.key:
                counts = (
                    self.counts.first_half if half and self.counts.first_half is not None else self.counts
                )
                when = HALF if half else YEAR
                linear_facts.published_before(facts, when, self._cells(kind, when, counts, made, facts))
        facts.close()
        return facts

    @staticmethod
    def _cells(kind: str, when: str, counts: Counts, made: Tables, facts: LinearFacts) -> list[Cell]:
        if kind == Figures.Kind.EQUITY:
            return linear_facts.cells_of_equity(facts, when, counts, made)
        return linear_facts.cells_of_statistics(when, made)


def keep_back(made: Tables, facts: LinearFacts, cells: Sequence[Cell]) -> int:
    """Takes out of `made` whatever would tell a number that is kept back. Returns how many of them what was
    published before tells by itself."""
    shown = [
        cell for cell in cells if cell.tells and not any(facts.primary(key) for key, _value in cell.tells)
    ]
    ranges, told_before = Ranges(facts), 0
    while True:
        shown = _standing(cells, shown, facts.kept_back)
        told = {key for cell in shown for key, _value in cell.tells} | set(facts.known)
        kept_back = {key for cell in cells if cell not in shown for key in cell.counts} | facts.kept_back
        narrow = ranges.narrow(told, kept_back)
        if narrow is None:
            break
        lost = ranges.to_keep_back(narrow, _costs(shown, facts))
        if not lost and ranges.stands_published(narrow):
            ranges.give_up(narrow)
            told_before += 1
        elif not lost:  # the solver found no way in its time: better nothing than a number that tells
            # What stands published already is said again: kept back here it would be known all the same.
            lost = {key for cell in shown for key, _value in cell.tells} - set(facts.known)
        shown = [cell for cell in shown if not lost & {key for key, _value in cell.tells}]
    for cell in cells:
        if cell.tells and cell not in shown:
            _take_out(made, cell.place)
    return told_before


def _standing(cells: Sequence[Cell], shown: list[Cell], kept_back: set[Key]) -> list[Cell]:
    """Without its total no row of a table is shown, and what one place keeps back no other tells."""
    while True:
        places = {cell.place for cell in shown}
        withheld = kept_back | {key for cell in cells if cell.place not in places for key in cell.counts}
        left = [
            cell
            for cell in shown
            if (not cell.under or cell.under in places)
            and not any(key in withheld for key, _value in cell.tells)
        ]
        if len(left) == len(shown):
            return shown
        shown = left


def _costs(shown: Sequence[Cell], facts: LinearFacts) -> dict[Key, float]:
    """What it costs to keep a number back: the cells that tell it, large ones more."""
    costs: dict[Key, float] = {}
    for cell in shown:
        for key, value in cell.tells:
            if key not in facts.known:
                costs[key] = costs.get(key, 0.0) + (TOTAL if cell.is_total else 1.0) * (4 + log2(value + 1))
    return costs


def _take_out(made: Tables, place: tuple[str, ...]) -> None:
    name, *inside = place
    table: dict[str, Any] = made[name]
    match inside:
        case []:
            made[name] = None
        case ["count"]:
            table["count"] = table["of"] = None
        case ["total"]:
            table["total"], table["rows"] = None, dict.fromkeys(table["rows"])
        case ["rows"]:
            table["rows"] = dict.fromkeys(table["rows"])
        case [_rows, group]:
            table["rows"][group] = None
