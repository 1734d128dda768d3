"""What an engine gives back: a table of runs, a row for each replicate of one condition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .scenario import Layer, Scenario


class Resolution(StrEnum):
    """How finely people are seen (simex.md 2.8): on the graph of zones and doors, or as bodies that walk. One
    parameter file feeds both."""

    NETWORK = "network"
    CONTINUOUS = "continuous"


HORIZON_S = 1200.0  # 20 minutes (simex.md section 5)


@dataclass(frozen=True)
class RunTable:
    """`replicates` (n,) and, by the column names of `measures.MEASURES`, numbers (n,): NaN where an event did
    not come before `horizon_s`, and where a measure has no meaning in this kind of run. room_lockdown_s (n,
    rooms): seconds until each designated room (`Plan.rooms_to_lock`) was locked for good, NaN if it never
    was. No position of anybody, and nothing by place but the locks."""

    replicates: NDArray[np.int64]
    columns: dict[str, NDArray[np.float64]]
    room_lockdown_s: NDArray[np.float32]
    horizon_s: float = HORIZON_S

    def without(self, columns: Collection[str]) -> RunTable:
        """The same without some columns."""
        return replace(
            self, columns={name: values for name, values in self.columns.items() if name not in columns}
        )


class Engine(Protocol):
    """One plan, one parameter set and one population, made ready. The same (scenario, layer, seed, replicate)
    always gives the same row."""

    def run(
        self, scenario: Scenario, *, seed: int, replicates: NDArray[np.int64], layer: Layer = ...
    ) -> RunTable: ...
