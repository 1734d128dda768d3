"""`NetworkEngine`: the event driven resolution that every experiment uses (simex.md 2.8)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simex import distributions, draws
from simex.measures import BY_COLUMN
from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import HORIZON_S, RunTable
from simex.scenario import Kind, Layer, Scenario

from .compiled_world import refer
from .exposure import forget
from .graph import build_graph
from .lockdown import run_lockdown
from .numbers import lever_row, parameter_rows
from .outcome import lockdown_outcome
from .world import RESULT, World, build_world


class NotRunHere(ValueError):
    """This kind of exercise has no model in this engine."""


def source_fingerprint() -> int:
    """A number that changes with every line of what is compiled.

    Numba keeps compiled code by the file of the outermost function alone, so a change in another file would go unnoticed; with this number in its
    address an upgraded engine never runs old code.
    """
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(distributions.__file__), Path(draws.__file__)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()
    return int.from_bytes(digest[:6], "big")


def _compiled(fingerprint: int) -> Any:
    @njit(cache=True)
    def lockdowns(arrays, seed, replicates, horizon, with_hazard, results, taus):  # type: ignore[no-untyped-def]
        """A row of results for each replicate; returns the fingerprint of the code that ran."""
        w = refer(arrays)
        w.key[0] = seed
        for k in range(replicates.shape[0]):
            w.key[1] = replicates[k]
            run_lockdown(w, horizon, with_hazard)
            lockdown_outcome(w, results[k], taus[k], with_hazard)
        forget(w)
        return fingerprint

    return lockdowns


_lockdowns = _compiled(source_fingerprint())


class NetworkEngine:
    """One plan, parameter set and population, made ready for runs.

    The same (scenario, layer, seed, replicate) always gives the same row, whoever else is run with it. One engine serves one process at a time.
    """

    def __init__(self, plan: Plan, parameters: Parameters | None = None, population: Population | None = None) -> None:
        self.plan = plan
        self.parameters = parameters or Parameters.defaults()
        self.population = population or Population()
        self._rows = parameter_rows(self.parameters)
        self._worlds: dict[frozenset[str], World] = {}

    def _world(self, closed: frozenset[str]) -> World:
        if closed not in self._worlds:
            graph = build_graph(self.plan, closed)
            self._worlds[closed] = build_world(self.plan, graph, self.population, *self._rows)
        return self._worlds[closed]

    def run(self, scenario: Scenario, *, seed: int, replicates: NDArray[np.int64], layer: Layer | None = None) -> RunTable:
        """Runs the replicates (their numbers, (n,)) of one condition. Raises `NotRunHere` for a kind of exercise that this engine does not model."""
        layer = layer or Layer()
        numbers = np.ascontiguousarray(replicates, dtype=np.int64)
        world = self._world(frozenset(scenario.closed_exits))
        row = lever_row(
            scenario,
            layer,
            substitutes=self.population.substitutes,
            grades=self.plan.grades,
            limited_mobility=self.population.limited_mobility_share,
        )
        world.levers[: len(row)] = row
        results = np.zeros(len(numbers), RESULT)
        for name in RESULT.names or ():
            results[name] = np.nan
        taus = np.full((len(numbers), len(self.plan.rooms_to_lock)), np.nan)
        if scenario.kind not in (Kind.LOCKDOWN, Kind.LOCKDOWN_DRILL):
            raise NotRunHere(f"The network engine does not model “{scenario.kind}” yet.")
        _lockdowns(world, np.uint64(seed), numbers, HORIZON_S, scenario.kind is Kind.LOCKDOWN, results, taus)
        columns = {name: results[name].copy() for name in BY_COLUMN}
        return RunTable(numbers, columns, np.where(np.isinf(taus), np.nan, taus).astype(np.float32))
