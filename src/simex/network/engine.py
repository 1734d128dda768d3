"""`NetworkEngine`: the event driven resolution that every experiment uses (simex.md 2.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simex.compiling import outermost
from simex.decisions.compiled_world import refer
from simex.decisions.evacuated import evacuation_outcome, metres_to_assembly
from simex.decisions.exposure import forget
from simex.decisions.graph import build_graph
from simex.decisions.numbers import P, drawn, lever_row, parameter_rows
from simex.decisions.outcome import lockdown_outcome
from simex.decisions.world import RESULT, World, build_world
from simex.draws import Stream
from simex.measures import BY_COLUMN
from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import HORIZON_S, RunTable
from simex.scenario import Kind, Layer, Scenario

from .evacuation import run_evacuation
from .gathering import HOLD, REVERSE, SHELTER, run_gathering, run_secure
from .lockdown import run_lockdown
from .reunification import run_reunification

LONG_S = 3600.0  # the horizon of a bomb threat, whose decision alone may take a quarter of an hour
KINDS = list(Kind)
LOCKDOWN, DRILL = KINDS.index(Kind.LOCKDOWN), KINDS.index(Kind.LOCKDOWN_DRILL)
UNTIL_INTERVENTION = -1  # a fixture of the check E8 (simex.md 3.2): no scenario has it
ACTIONS = {KINDS.index(Kind.REVERSE_EVACUATION): REVERSE, KINDS.index(Kind.SHELTER): SHELTER, KINDS.index(Kind.HOLD): HOLD}


# One whole for each family of scenarios, so that a first run compiles no more than it needs. Each fills a row of results for every replicate.


@outermost(builds_on=("decisions",))
def lockdown_runs(arrays, seed, replicates, results, horizon, taus, with_hazard, own_end):  # type: ignore[no-untyped-def]
    w = refer(arrays)
    for k in range(replicates.shape[0]):
        w.key[0], w.key[1] = seed, replicates[k]
        run_lockdown(w, horizon, with_hazard, own_end)
        lockdown_outcome(w, results[k], taus[k], with_hazard)
    forget(w)


@outermost(builds_on=("decisions",))
def evacuation_runs(arrays, seed, replicates, results, horizon, assembly, is_threat):  # type: ignore[no-untyped-def]
    w = refer(arrays)
    for k in range(replicates.shape[0]):
        w.key[0], w.key[1] = seed, replicates[k]
        decided = drawn(w, P.T_THREAT_DECIDE, Stream.COMMUNICATION, 0, 70) if is_threat else 0.0
        run_evacuation(w, horizon, decided)
        evacuation_outcome(w, results[k], assembly)


@outermost(builds_on=("decisions",))
def secure_runs(arrays, seed, replicates, results, horizon):  # type: ignore[no-untyped-def]
    w = refer(arrays)
    for k in range(replicates.shape[0]):
        w.key[0], w.key[1] = seed, replicates[k]
        run_secure(w, horizon, results[k])


@outermost(builds_on=("decisions",))
def gathering_runs(arrays, seed, replicates, results, horizon, action):  # type: ignore[no-untyped-def]
    w = refer(arrays)
    for k in range(replicates.shape[0]):
        w.key[0], w.key[1] = seed, replicates[k]
        run_gathering(w, horizon, action, results[k])


@outermost(builds_on=("decisions",))
def reunification_runs(arrays, seed, replicates, results):  # type: ignore[no-untyped-def]
    w = refer(arrays)
    for k in range(replicates.shape[0]):
        w.key[0], w.key[1] = seed, replicates[k]
        run_reunification(w, results[k])


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
        self._away: dict[frozenset[str], NDArray[np.float64]] = {}

    def _world(self, closed: frozenset[str]) -> World:
        if closed not in self._worlds:
            graph = build_graph(self.plan, self.parameters.value("zone_length"), closed)
            self._worlds[closed] = build_world(self.plan, graph, self.population, *self._rows)
        return self._worlds[closed]

    def run(self, scenario: Scenario, *, seed: int, replicates: NDArray[np.int64], layer: Layer | None = None) -> RunTable:
        """Runs the replicates (their numbers, (n,)) of one condition."""
        return self._run(scenario, KINDS.index(scenario.kind), seed, replicates, layer)

    def _run(self, scenario: Scenario, kind: int, seed: int, replicates: NDArray[np.int64], layer: Layer | None) -> RunTable:
        layer = layer or Layer()
        numbers = np.ascontiguousarray(replicates, dtype=np.int64)
        closed = frozenset(scenario.closed_exits)
        world = self._world(closed)
        row = lever_row(scenario, layer, self.population, self.plan.grades)
        world.levers[: len(row)] = row
        results = np.zeros(len(numbers), RESULT)
        for name in RESULT.names or ():
            results[name] = np.nan
        taus = np.full((len(numbers), len(self.plan.rooms_to_lock)), np.nan)
        horizon = LONG_S if scenario.kind is Kind.BOMB_THREAT else HORIZON_S
        what = (world, np.uint64(seed), numbers, results)
        if kind in (LOCKDOWN, DRILL, UNTIL_INTERVENTION):
            lockdown_runs(*what, horizon, taus, kind != DRILL, kind != UNTIL_INTERVENTION)
        elif scenario.kind in (Kind.EVACUATION, Kind.BOMB_THREAT):
            evacuation_runs(*what, horizon, self._assembly(closed, world), scenario.kind is Kind.BOMB_THREAT)
        elif scenario.kind is Kind.SECURE:
            secure_runs(*what, horizon)
        elif scenario.kind is Kind.REUNIFICATION:
            reunification_runs(*what)
        else:
            gathering_runs(*what, horizon, ACTIONS[kind])
        columns = {name: results[name].copy() for name in BY_COLUMN}
        return RunTable(numbers, columns, np.where(np.isinf(taus), np.nan, taus).astype(np.float32), horizon)

    def _assembly(self, closed: frozenset[str], world: World) -> NDArray[np.float64]:
        if closed not in self._away:
            self._away[closed] = metres_to_assembly(self.plan, world.links)
        return self._away[closed]
