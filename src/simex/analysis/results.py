"""The noun `Results`: what came of a study's runs, as pandas tables."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simex.experiment import CannotRun, Study
from simex.experiment.folder import write_whole
from simex.experiment.release import OF_THE_HAZARD, PREVIEW, RUN_AS_PREVIEW, Release
from simex.experiment.stored import Stored, stored_tables
from simex.measures import BY_COLUMN, MEASURES, Measure, Scale
from simex.plan.words import plain
from simex.runs import RunTable
from simex.scenario import Kind, Layer

from .survival import restricted

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
BASE = Layer()
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SMALLEST_GROUP = 10  # people
OF_SMALL_GROUPS = frozenset(measure.column for measure in MEASURES if measure.code == "M25")


class Results:
    """The runs of a finished study.

    `runs`: a row for each run. `conditions()`: means, medians and tails by condition. `effects()`: what each
    lever did, with intervals. The measures that are shown only as ratios between conditions (simex.md 2.1)
    are in `effects()` and can be had in no other way. In a preview, and where they would tell of a very small
    group, measures are withheld: they are dropped when the runs are read."""

    def __init__(
        self, study: Study, stored: Stored, folder: Path | None = None, release: Release | None = None
    ) -> None:
        self.study = study
        self.design = study.design
        self.folder = folder
        self.release = release or study.release(folder)
        if self.release.allowed and study.design.kind is Kind.LOCKDOWN and not stored.columns & OF_THE_HAZARD:
            self.release = replace(self.release, allowed=False, reason=RUN_AS_PREVIEW)
        self._stored = stored.without(self.withheld)

    @classmethod
    def load(cls, folder: Path | str) -> Results:
        """From a study's folder. Raises `CannotRun` when it holds none or is not finished."""
        folder = Path(folder)
        study = Study.stored(folder)
        return cls(study, stored_tables(study, folder), folder)

    @property
    def preview(self) -> bool:
        """Whether these are runs with a hazard and the mode is not released: nothing that measures it is
        shown, and no public version is made."""
        return self.study.is_preview(self.release)

    @cached_property
    def withheld(self) -> frozenset[str]:
        """Columns that nobody is given here: what measures the hazard, in a preview, and what would tell of
        fewer than ten people."""
        # Not by the kind of run alone: words in study.json can be changed, what was measured is in the runs.
        return (frozenset() if self.release.allowed else OF_THE_HAZARD) | (
            OF_SMALL_GROUPS if self.small_group else frozenset()
        )

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The robustness layers that were run, the base layer first."""
        return tuple(self._stored.tables)

    @property
    def horizon_s(self) -> float:
        return self._stored.horizon_s

    @property
    def not_precise(self) -> dict[int, tuple[str, ...]]:
        """By cell, the core measures that the stop rule did not reach."""
        return self._stored.not_precise

    @property
    def conditions_count(self) -> int:
        return 1 + max(cell.condition for cell in self.study.cells)

    @property
    def run_count(self) -> int:
        return sum(map(self.runs_in, self.layers))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The measures that mean something in this kind of run and may be shown."""
        tables = list(self._stored.tables[BASE].values())
        there = {
            name for table in tables for name, values in table.columns.items() if not np.isnan(values).all()
        }
        return tuple(measure for measure in MEASURES if measure.column in there)

    @property
    def small_group(self) -> bool:
        """Whether so few students with limited mobility are in the model that what concerns them is left out:
        nobody must be told from a table."""
        people = self.study.people
        seats = sum(space.capacity for space in self.study.plan.spaces if space.lockable)
        return (people.students or seats) * people.limited_mobility_share < SMALLEST_GROUP

    def _table(self, cell: int, layer: Layer = BASE) -> RunTable:
        return self._stored.tables[layer][cell]

    def runs_in(self, layer: Layer = BASE) -> int:
        """How many runs a layer has."""
        return sum(len(table.replicates) for table in self._stored.tables[layer].values())

    def cells_in(self, layer: Layer = BASE) -> tuple[int, ...]:
        return tuple(self._stored.tables[layer])

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row for each run of the base layer: levels, moment, replicate and measures; times in seconds, NaN
        where one did not come in time.

        Which scenario card a run met is not told, nor by the order of the rows: cards are averaged over and
        never compared (simex.md 2.1)."""
        import pandas as pd

        shown = [measure.column for measure in self.measures if not measure.relative_only]
        frames = []
        for cell in self.study.cells:
            table = self._table(cell.index)
            frame = pd.DataFrame({name: table.columns[name] for name in shown if name in table.columns})
            blocks = [(name, level) for name, level in cell.blocks.items() if name != "card"]
            for name, level in reversed([*cell.levels.items(), *blocks]):
                frame.insert(0, name, str(level))
            frame.insert(0, "replicate", table.replicates - cell.first)
            frame.insert(0, "condition", cell.condition)
            frames.append(frame)
        whole = pd.concat(frames, ignore_index=True)
        order = ["condition", "replicate", *(name for name in shown if name in whole)]
        return self.stated(whole.sort_values(order, ignore_index=True, kind="stable"))

    def stated(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table that leaves this object, with the state in front of every row where it is a preview."""
        if self.preview and len(table):
            table.insert(0, "state", PREVIEW)
        return table

    def _may_be_told(self, column: str) -> None:
        """Raises `CannotRun` for a measure that is withheld, or told only as a ratio between conditions."""
        measure = BY_COLUMN.get(column)
        if measure is None:
            raise CannotRun(
                f"There is no measure “{plain(column, 60)}”. There are "
                f"{', '.join(one.column for one in self.measures)}."
            )
        if column in OF_SMALL_GROUPS & self.withheld:
            raise CannotRun(
                f"{measure.code} ({measure.title}) is withheld: it would tell of fewer than "
                f"{SMALLEST_GROUP} people."
            )
        if column in self.withheld:
            raise CannotRun(f"{measure.code} ({measure.title}) is withheld. {self.release.reason}")
        if measure.relative_only:
            raise CannotRun(
                f"{measure.code} ({measure.title}) is told only as a ratio between conditions: see effects()."
            )

    def flat(
        self, column: str, layer: Layer = BASE
    ) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """One measure as (values, condition, block, replicate), times cut at the horizon. Raises `CannotRun`
        for what is withheld."""
        self._may_be_told(column)
        return self._flat(column, layer)

    def _flat(
        self, column: str, layer: Layer = BASE
    ) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        cells = [self.study.cells[index] for index in self.cells_in(layer)]
        blocks = sorted({tuple(cell.blocks.items()) for cell in cells})
        parts: list[tuple[Any, ...]] = []
        for cell in cells:
            table = self._table(cell.index, layer)
            values = _cut(column, table)
            count = len(values)
            own = (
                np.full(count, cell.condition),
                np.full(count, blocks.index(tuple(cell.blocks.items()))),
                table.replicates - cell.first,
            )
            parts.append((values, *own))
        y, condition, block, replicate = (np.concatenate(one) for one in zip(*parts, strict=True))
        kept = ~np.isnan(y)
        return y[kept], condition[kept], block[kept], replicate[kept]

    def paired(self, column: str, layer: Layer = BASE) -> tuple[Floats, NDArray[np.int64]]:
        """A measure as (replicates, conditions), the mean over blocks, and the conditions' numbers; whole
        replicates only. Raises as `flat`."""
        self._may_be_told(column)
        return self._paired(column, layer)

    def _paired(self, column: str, layer: Layer = BASE) -> tuple[Floats, NDArray[np.int64]]:
        y, condition, _, replicate = self._flat(column, layer)
        numbers, places = np.unique(condition, return_inverse=True)
        which, rows = np.unique(replicate, return_inverse=True)
        total, count = np.zeros((len(which), len(numbers))), np.zeros((len(which), len(numbers)))
        np.add.at(total, (rows, places), y)
        np.add.at(count, (rows, places), 1)
        whole = (
            (count == count.max()).all(axis=1) if self.design.form != "replica" else (count > 0).all(axis=1)
        )
        return total[whole] / count[whole], numbers

    def censored(self, column: str, condition: int) -> float:
        """The share of a condition's runs in which a time did not come before the horizon; 0 for what is no
        time."""
        if not _is_time(column):
            return 0.0
        values = [
            self._table(cell.index).columns.get(column)
            for cell in self.study.cells
            if cell.condition == condition
        ]
        return float(np.isnan(np.concatenate([one for one in values if one is not None])).mean())

    def room_times(self, condition: int) -> Floats:
        """Seconds until each designated room was locked, all runs and rooms of a condition together; NaN
        where it never was."""
        tables = [
            self._table(cell.index).room_lockdown_s
            for cell in self.study.cells
            if cell.condition == condition
        ]
        return np.concatenate([one.ravel() for one in tables]).astype(float)

    def export(self, folder: Path | str) -> list[Path]:
        """Writes runs.parquet, runs.csv, conditions.csv and effects.csv into a folder and gives their paths.
        Raises `CannotRun`."""
        files = {
            "runs.parquet": self.runs.to_parquet(index=False),
            "runs.csv": _csv(self.runs),
            "conditions.csv": _csv(self.conditions()),
            "effects.csv": _csv(self.effects()),
        }
        for name, content in files.items():
            write_whole(Path(folder) / name, content)
        return [Path(folder) / name for name in files]

    def conditions(self) -> pd.DataFrame:
        """By condition and measure: runs, mean, 10th, 50th and 90th percentile, and the share of runs in
        which a time did not come."""
        from .summary import conditions_table

        return self.stated(conditions_table(self))

    def effects(self, *, exploratory: bool = True) -> pd.DataFrame:
        """What each lever did to each measure: estimate, 95 % interval, p-values (Holm, Benjamini-Hochberg),
        equivalence, Hedges' g, verdict."""
        from .effects import effects_table

        return self.stated(effects_table(self, exploratory=exploratory))


def _csv(table: pd.DataFrame) -> bytes:
    """For a spreadsheet program: words that it would take for a formula, as the name of an option may be,
    begin with an apostrophe."""
    safe = {
        name: [f"'{one}" if isinstance(one, str) and one.startswith(FORMULA) else one for one in table[name]]
        for name in table.columns
    }
    titles = [f"'{name}" if str(name).startswith(FORMULA) else name for name in table.columns]
    written: str = type(table)(safe).to_csv(index=False, header=titles)
    return written.encode()


def _cut(column: str, table: RunTable) -> Floats:
    """A measure's values in one table: times restricted to the horizon, NaN where the table has none."""
    values = table.columns.get(column)
    if values is None:
        return np.full(len(table.replicates), np.nan)
    return restricted(values, table.horizon_s) if _is_time(column) else values


def _is_time(column: str) -> bool:
    return any(measure.column == column and measure.scale is Scale.TIME for measure in MEASURES)
