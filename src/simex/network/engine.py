"""`NetworkEngine`: the event driven resolution that every experiment uses (simex.md 2.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simex.compiling import outermost
from simex.draws import Stream
from simex.measures import BY_COLUMN
from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import HORIZON_S, RunTable
from simex.scenario import Kind, Layer, Scenario

from .compiled_world import refer
from .evacuation import evacuation_outcome, run_evacuation
from .exposure import forget
from .gathering import HOLD, REVERSE, SHELTER, run_gathering, run_secure
from .graph import build_graph
from .lockdown import run_lockdown
from .numbers import P, drawn, lever_row, parameter_rows
from .outcome import lockdown_outcome
from .reunification import run_reunification
from .world import RESULT, World, build_world

LONG_S = 3600.0  # the horizon of a bomb threat, whose decision alone may take a quarter of an hour
DRILL, LOCKDOWN = list(Kind).index(Kind.LOCKDOWN_DRILL), list(Kind).index(Kind.LOCKDOWN)
EVACUATION, BOMB_THREAT = list(Kind).index(Kind.EVACUATION), list(Kind).index(Kind.BOMB_THREAT)
SECURE, REVERSE_EVACUATION = list(Kind).index(Kind.SECURE), list(Kind).index(Kind.REVERSE_EVACUATION)
UNTIL_INTERVENTION = -1  # a fixture of the check E8 (simex.md 3.2): no scenario has it
SHELTERING, REUNIFICATION = list(Kind).index(Kind.SHELTER), list(Kind).index(Kind.REUNIFICATION)


@outermost
def all_runs(arrays, seed, replicates, horizon, kind, results, taus, assembly):  # type: ignore[no-untyped-def]
    """A row of results for each replicate."""
    w = refer(arrays)
    w.key[0] = seed
    for k in range(replicates.shape[0]):
        w.key[1] = replicates[k]
        if kind in (LOCKDOWN, DRILL, UNTIL_INTERVENTION):
            run_lockdown(w, horizon, kind != DRILL, kind != UNTIL_INTERVENTION)
            lockdown_outcome(w, results[k], taus[k], kind != DRILL)
        elif kind in (EVACUATION, BOMB_THREAT):
            decided = drawn(w, P.T_THREAT_DECIDE, Stream.COMMUNICATION, 0, 70) if kind == BOMB_THREAT else 0.0
            run_evacuation(w, horizon, decided)
            evacuation_outcome(w, results[k], assembly)
        elif kind == SECURE:
            run_secure(w, horizon, results[k])
        elif kind == REUNIFICATION:
            run_reunification(w, results[k])
        else:
            run_gathering(w, horizon, REVERSE if kind == REVERSE_EVACUATION else SHELTER if kind == SHELTERING else HOLD, results[k])
    forget(w)


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
        return self._run(scenario, list(Kind).index(scenario.kind), seed, replicates, layer)

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
        all_runs(world, np.uint64(seed), numbers, horizon, kind, results, taus, self._assembly(closed, world))
        columns = {name: results[name].copy() for name in BY_COLUMN}
        return RunTable(numbers, columns, np.where(np.isinf(taus), np.nan, taus).astype(np.float32), horizon)

    def _assembly(self, closed: frozenset[str], world: World) -> NDArray[np.float64]:
        """Metres from the building to the assembly point nearest to each link, (links,); infinite where the plan has none."""
        if closed not in self._away:
            points = np.array([point.position for point in self.plan.assembly_points], float).reshape(-1, 2)
            self._away[closed] = np.full(len(world.links), np.inf)
            if len(points):
                away = np.array([min(_distance(point, region.polygon) for region in self.plan.regions) for point in points])
                doors = np.array([(link["x"], link["y"]) for link in world.links])
                self._away[closed] = away[np.argmin(np.linalg.norm(doors[:, None, :] - points[None, :, :], axis=2), axis=1)]
        return self._away[closed]


def _distance(point: NDArray[np.float64], polygon: tuple[tuple[float, float], ...]) -> float:
    """Metres from a point outside to a polygon."""
    corners = np.array(polygon)
    along = np.roll(corners, -1, axis=0) - corners
    share = np.clip(((point - corners) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1)
    return float(np.linalg.norm(corners + share[:, None] * along - point, axis=1).min())
