"""The replicates of one condition as both engines run them: an order to compiled code, filled, and read as a
table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simex.measures import BY_COLUMN
from simex.plan import Plan
from simex.population import Population
from simex.runs import RunTable
from simex.scenario import Layer, Scenario

from .numbers import lever_row
from .world import RESULT, World


class Runs(NamedTuple):
    """results (n,): a row of `RESULT` for each of the replicates (n,). locked_s (n, rooms): when each
    designated room was locked for good, seconds.

    Both are NaN until compiled code fills them; a room that never was is infinite there. horizon_s: seconds.
    """

    seed: np.uint64
    replicates: NDArray[np.int64]
    horizon_s: float
    results: NDArray[np.void]
    locked_s: NDArray[np.float64]


def make_runs(plan: Plan, seed: int, replicates: NDArray[np.int64], horizon_s: float) -> Runs:
    """Nothing is run yet. replicates (n,): their numbers."""
    numbers = np.ascontiguousarray(replicates, dtype=np.int64)
    results = np.zeros(len(numbers), RESULT)
    for name in RESULT.names or ():
        results[name] = np.nan
    return Runs(
        np.uint64(seed), numbers, horizon_s, results, np.full((len(numbers), len(plan.rooms_to_lock)), np.nan)
    )


def table_of(runs: Runs) -> RunTable:
    """What compiled code has filled."""
    columns = {name: runs.results[name].copy() for name in BY_COLUMN}
    locked = np.where(np.isinf(runs.locked_s), np.nan, runs.locked_s).astype(np.float32)
    return RunTable(runs.replicates, columns, locked, runs.horizon_s)


def set_levers(
    world: World, scenario: Scenario, layer: Layer | None, population: Population, plan: Plan
) -> None:
    """Brings a world to a condition."""
    row = lever_row(scenario, layer or Layer(), population, plan.grades)
    world.levers[: len(row)] = row
