"""`NetworkEngine`: the event driven resolution that every experiment uses (simex.md 2.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simex.compiling import outermost
from simex.decisions.compiled_world import refer
from simex.decisions.evacuated import evacuation_outcome, metres_to_assembly
from simex.decisions.exposure import forget
from simex.decisions.graph import build_graph
from simex.decisions.numbers import P, drawn, parameter_rows
from simex.decisions.outcome import lockdown_outcome
from simex.decisions.runs import make_runs, set_levers, table_of
from simex.decisions.world import World, build_world
from simex.draws import Stream
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
ACTIONS = {
    KINDS.index(Kind.REVERSE_EVACUATION): REVERSE,
    KINDS.index(Kind.SHELTER): SHELTER,
    KINDS.index(Kind.HOLD): HOLD,
}


# One whole for each family of scenarios, so that a first run compiles no more than it needs. Each fills a row
# of results for every replicate of its `Runs`.


@outermost(builds_on=("decisions",))
def lockdown_runs(arrays, runs, with_hazard, own_end):  # type: ignore[no-untyped-def]
    """Lockdowns; without the hazard, drills. own_end: the hazard may end by itself."""
    w = refer(arrays)
    for k in range(runs.replicates.shape[0]):
        w.key[0], w.key[1] = runs.seed, runs.replicates[k]
        run_lockdown(w, runs.horizon_s, with_hazard, own_end)
        lockdown_outcome(w, runs.results[k], runs.locked_s[k], with_hazard)
    forget(w)


@outermost(builds_on=("decisions",))
def evacuation_runs(arrays, runs, assembly, is_threat):  # type: ignore[no-untyped-def]
    """Evacuations. assembly (links,): metres from the building to where those gather who come out. is_threat:
    it is decided upon first."""
    w = refer(arrays)
    for k in range(runs.replicates.shape[0]):
        w.key[0], w.key[1] = runs.seed, runs.replicates[k]
        decided = drawn(w, P.T_THREAT_DECIDE, Stream.COMMUNICATION, 0, 70) if is_threat else 0.0
        run_evacuation(w, runs.horizon_s, decided)
        evacuation_outcome(w, runs.results[k], assembly)


@outermost(builds_on=("decisions",))
def secure_runs(arrays, runs):  # type: ignore[no-untyped-def]
    """The outer doors are locked."""
    w = refer(arrays)
    for k in range(runs.replicates.shape[0]):
        w.key[0], w.key[1] = runs.seed, runs.replicates[k]
        run_secure(w, runs.horizon_s, runs.results[k])


@outermost(builds_on=("decisions",))
def gathering_runs(arrays, runs, action):  # type: ignore[no-untyped-def]
    """Everybody goes where one of `ACTIONS` has them."""
    w = refer(arrays)
    for k in range(runs.replicates.shape[0]):
        w.key[0], w.key[1] = runs.seed, runs.replicates[k]
        run_gathering(w, runs.horizon_s, action, runs.results[k])


@outermost(builds_on=("decisions",))
def reunification_runs(arrays, runs):  # type: ignore[no-untyped-def]
    """Families fetch their children."""
    w = refer(arrays)
    for k in range(runs.replicates.shape[0]):
        w.key[0], w.key[1] = runs.seed, runs.replicates[k]
        run_reunification(w, runs.results[k])


class NetworkEngine:
    """One plan, parameter set and population, made ready for runs.

    The same (scenario, layer, seed, replicate) always gives the same row, whoever else is run with it. One
    engine serves one process at a time."""

    def __init__(
        self, plan: Plan, parameters: Parameters | None = None, population: Population | None = None
    ) -> None:
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

    def run(
        self, scenario: Scenario, *, seed: int, replicates: NDArray[np.int64], layer: Layer | None = None
    ) -> RunTable:
        """Runs the replicates (their numbers, (n,)) of one condition."""
        return self._run(scenario, KINDS.index(scenario.kind), seed, replicates, layer)

    def _run(
        self, scenario: Scenario, kind: int, seed: int, replicates: NDArray[np.int64], layer: Layer | None
    ) -> RunTable:
        closed = frozenset(scenario.closed_exits)
        world = self._world(closed)
        set_levers(world, scenario, layer, self.population, self.plan)
        runs = make_runs(
            self.plan, seed, replicates, LONG_S if scenario.kind is Kind.BOMB_THREAT else HORIZON_S
        )
        if kind in (LOCKDOWN, DRILL, UNTIL_INTERVENTION):
            lockdown_runs(world, runs, kind != DRILL, kind != UNTIL_INTERVENTION)
        elif scenario.kind in (Kind.EVACUATION, Kind.BOMB_THREAT):
            evacuation_runs(world, runs, self._assembly(closed, world), scenario.kind is Kind.BOMB_THREAT)
        elif scenario.kind is Kind.SECURE:
            secure_runs(world, runs)
        elif scenario.kind is Kind.REUNIFICATION:
            reunification_runs(world, runs)
        else:
            gathering_runs(world, runs, ACTIONS[kind])
        return table_of(runs)

    def _assembly(self, closed: frozenset[str], world: World) -> NDArray[np.float64]:
        if closed not in self._away:
            self._away[closed] = metres_to_assembly(self.plan, world.links)
        return self._away[closed]
