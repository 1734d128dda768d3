"""Reads a finished study's chunks back, put together by layer and cell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simex.runs import RunTable
from simex.scenario import Layer

from .cells import layer_name, layers_of
from .chunks import decode
from .faults import CannotRun
from .folder import CHUNKS
from .study import COMPLETE, Study


@dataclass(frozen=True)
class Stored:
    """tables: by layer and cell. horizon_s. not_precise: by cell, the core measures that are not known as well as the stop rule asks."""

    tables: dict[Layer, dict[int, RunTable]]
    horizon_s: float
    not_precise: dict[int, tuple[str, ...]]


def stored_tables(study: Study, folder: Path) -> Stored:
    """Raises `CannotRun` when the study is not finished or a file is damaged."""
    try:
        complete = json.loads((folder / COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CannotRun(f"The study in {folder} is not finished. Go on with ./ssc simex resume {folder}.") from None
    tables: dict[Layer, dict[int, RunTable]] = {}
    for layer in layers_of(study.design):
        found: dict[int, list[Path]] = {}
        for path in sorted((folder / CHUNKS / layer_name(layer)).glob("cell-*.parquet")):
            found.setdefault(int(path.name.split("-")[1]), []).append(path)
        if found:
            tables[layer] = {cell: _joined(paths) for cell, paths in sorted(found.items())}
    if not tables or len(tables[Layer()]) != len(study.cells):
        raise CannotRun(f"Files of the study in {folder} are missing. Start it again in a new folder.")
    horizon_s = next(iter(tables[Layer()].values())).horizon_s
    return Stored(tables, horizon_s, {int(cell): tuple(measures) for cell, measures in complete["not_precise"].items()})


def _joined(paths: list[Path]) -> RunTable:
    parts = []
    for path in paths:
        try:
            parts.append(decode(path.read_bytes()))
        except ValueError as error:
            raise CannotRun(f"{path} is damaged ({error}). Delete it and complete.json, then ./ssc simex resume.") from None
    return RunTable(
        np.concatenate([part.replicates for part in parts]),
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        np.concatenate([part.room_lockdown_s for part in parts]),
        parts[0].horizon_s,
    )
