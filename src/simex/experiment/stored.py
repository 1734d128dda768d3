"""Reads a finished study's chunks back, put together by layer and cell."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simex.files import read_ordinary
from simex.runs import RunTable
from simex.scenario import Layer

from .cells import layer_name, layers_of, replicate_numbers
from .chunks import EarlierVersion, decode
from .faults import CannotRun
from .folder import CHUNKS, Folder
from .study import COMPLETE, Study

NAME = re.compile(r"cell-\d{4}-\d{5}-\d{5}\.parquet")
LARGEST_COMPLETE = 16_000_000


@dataclass(frozen=True)
class Stored:
    """tables: by layer and cell. horizon_s. not_precise: by cell, the core measures that are not known as
    well as the stop rule asks."""

    tables: dict[Layer, dict[int, RunTable]]
    horizon_s: float
    not_precise: dict[int, tuple[str, ...]]

    @property
    def columns(self) -> frozenset[str]:
        """What every run holds."""
        return frozenset.intersection(
            *(frozenset(one.columns) for cells in self.tables.values() for one in cells.values())
        )

    def without(self, columns: Collection[str]) -> Stored:
        """The same without some columns."""
        if not columns:
            return self
        return replace(
            self,
            tables={
                layer: {cell: one.without(columns) for cell, one in cells.items()}
                for layer, cells in self.tables.items()
            },
        )


def stored_tables(study: Study, folder: Path) -> Stored:
    """Raises `CannotRun` when the study is not finished or a file is damaged."""
    try:
        complete = json.loads(read_ordinary(folder / COMPLETE, LARGEST_COMPLETE))
        not_precise = {
            int(cell): tuple(map(str, measures)) for cell, measures in complete["not_precise"].items()
        }
        digests = dict(complete["digests"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise CannotRun(
            f"The study in {folder} is not finished. Go on with ./ssc simex resume {folder}."
        ) from None
    there = Folder(folder).digests()
    changed = sorted(name for name in there.keys() | digests.keys() if there.get(name) != digests.get(name))
    if changed:
        raise CannotRun(
            f"Files of {CHUNKS}/{', '.join(changed[:3])} in {folder} were changed, added or taken "
            "away after the study was finished. "
            f"Delete those that are left and {COMPLETE}, then ./ssc simex resume {folder}."
        )
    tables: dict[Layer, dict[int, RunTable]] = {}
    for layer in layers_of(study.design):
        found: dict[int, list[Path]] = {}
        for path in sorted((folder / CHUNKS / layer_name(layer)).glob("cell-*.parquet")):
            if NAME.fullmatch(path.name) is None or int(path.name.split("-")[1]) >= len(study.cells):
                raise CannotRun(f"{path} is no file of this study. Take it away.")
            found.setdefault(int(path.name.split("-")[1]), []).append(path)
        if found:
            tables[layer] = {
                cell: _joined(study, cell, paths, study.order.runs_digest(cell, layer))
                for cell, paths in sorted(found.items())
            }
    if len(tables.get(Layer(), ())) != len(study.cells):
        raise CannotRun(f"Files of the study in {folder} are missing. Start it again in a new folder.")
    horizon_s = next(iter(tables[Layer()].values())).horizon_s
    return Stored(tables, horizon_s, not_precise)


def _joined(study: Study, cell: int, paths: list[Path], of: str) -> RunTable:
    parts: list[RunTable] = []
    for path in paths:
        try:
            part = decode(path.read_bytes(), of)
            start, stop = (int(number) for number in path.stem.split("-")[2:])
            if not np.array_equal(part.replicates, replicate_numbers(study.cells[cell], start, stop)):
                raise ValueError("it holds other runs than its name says")
            if parts and (
                part.columns.keys() != parts[0].columns.keys()
                or part.room_lockdown_s.shape[1:] != parts[0].room_lockdown_s.shape[1:]
            ):
                raise ValueError("it holds other columns than the file before it")
            parts.append(part)
        except EarlierVersion as error:
            raise CannotRun(
                f"{path} cannot be read: {error}. Run the design again into a new folder."
            ) from None
        except ValueError as error:
            raise CannotRun(
                f"{path} is damaged ({error}). Delete it and complete.json, then ./ssc simex resume."
            ) from None
    return RunTable(
        np.concatenate([part.replicates for part in parts]),
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        np.concatenate([part.room_lockdown_s for part in parts]),
        parts[0].horizon_s,
    )
