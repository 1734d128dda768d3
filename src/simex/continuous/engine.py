"""`ContinuousEngine`: the resolution in which everybody walks as a body, for evacuations and lockdowns
(simex.md 2.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simex.compiling import outermost
from simex.decisions.compiled_world import refer
from simex.decisions.evacuated import evacuation_outcome, metres_to_assembly
from simex.decisions.exposure import forget
from simex.decisions.graph import build_graph
from simex.decisions.numbers import parameter_rows
from simex.decisions.outcome import lockdown_outcome
from simex.decisions.runs import make_runs, set_levers, table_of
from simex.decisions.world import World, build_world
from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import HORIZON_S, RunTable
from simex.scenario import Kind, Layer, Scenario
from simex.space import Settings, make_ready

from .bodies import forget_bodies
from .evacuation import run_evacuation_on_foot
from .ground import Ground, build_ground
from .lockdown import run_lockdown_on_foot

KINDS = (Kind.LOCKDOWN, Kind.LOCKDOWN_DRILL, Kind.EVACUATION)
_LOCKDOWN, _EVACUATION = list(Kind).index(Kind.LOCKDOWN), list(Kind).index(Kind.EVACUATION)


class NotWalked(ValueError):
    """The sentence says what has no meaning in continuous space, and what to do."""


def not_walked(scenario: Scenario) -> str | None:
    """Why a condition cannot be run in continuous space, as a sentence; None where it can."""
    if scenario.kind not in KINDS:
        kinds = ", ".join(kind.value for kind in KINDS)
        return (
            f"“{scenario.kind}” is not walked in continuous space; there are {kinds}. Use resolution = "
            '"network".'
        )
    if scenario.corridor_width_factor != 1.0:
        return (
            'corridor_width_factor needs resolution = "network": in continuous space a corridor is as '
            "wide as the plan draws it. Change the plan."
        )
    return None


@outermost(builds_on=("decisions", "space"))
def all_runs_on_foot(arrays, ground, runs, kind, assembly, still, person_steps):  # type: ignore[no-untyped-def]
    """A row of results for each replicate; still, person_steps (n,): people on their way at the horizon, and
    steps that people made.

    assembly (links,): metres from the building to where those gather who come out.
    """
    w = refer(arrays)
    s = refer(ground)
    for k in range(runs.replicates.shape[0]):
        w.key[0], w.key[1] = runs.seed, runs.replicates[k]
        if kind == _EVACUATION:
            still[k], person_steps[k] = run_evacuation_on_foot(w, s, runs.horizon_s, runs.results[k])
            evacuation_outcome(w, runs.results[k], assembly)
        else:
            still[k], person_steps[k] = run_lockdown_on_foot(w, s, runs.horizon_s, kind == _LOCKDOWN)
            lockdown_outcome(w, runs.results[k], runs.locked_s[k], kind == _LOCKDOWN)
    forget(w)
    forget_bodies(s)


class ContinuousEngine:
    """One plan, parameter set and population, made ready for runs in which everybody walks.

    The same draws and the same rules of behavior as `NetworkEngine`, so that a replicate is about the same
    people. After a run `still_walking` (n,) says how many were on their way at the horizon, and
    `person_steps` (n,) how many steps people made. One engine serves one process at a time."""

    def __init__(
        self, plan: Plan, parameters: Parameters | None = None, population: Population | None = None
    ) -> None:
        self.plan = plan
        self.parameters = parameters or Parameters.defaults()
        self.population = population or Population()
        self.still_walking: NDArray[np.int64] = np.zeros(0, np.int64)
        self.person_steps: NDArray[np.int64] = np.zeros(0, np.int64)
        self._rows = parameter_rows(self.parameters)
        self._floor = make_ready(plan)
        self._ready: dict[frozenset[str], tuple[World, Ground, NDArray[np.float64]]] = {}

    def _made(self, closed: frozenset[str]) -> tuple[World, Ground, NDArray[np.float64]]:
        if closed not in self._ready:
            graph = build_graph(self.plan, self.parameters.value("zone_length"), closed)
            world = build_world(self.plan, graph, self.population, *self._rows)
            ground = build_ground(self.plan, self._floor, graph, world, closed, Settings.of(self.parameters))
            self._ready[closed] = world, ground, metres_to_assembly(self.plan, world.links)
        return self._ready[closed]

    def run(
        self, scenario: Scenario, *, seed: int, replicates: NDArray[np.int64], layer: Layer | None = None
    ) -> RunTable:
        """Runs the replicates (their numbers, (n,)) of one condition. Raises `NotWalked` where it has no
        meaning in continuous space."""
        if (reason := not_walked(scenario)) is not None:
            raise NotWalked(reason)
        world, ground, assembly = self._made(frozenset(scenario.closed_exits))
        set_levers(world, scenario, layer, self.population, self.plan)
        runs = make_runs(self.plan, seed, replicates, HORIZON_S)
        self.still_walking, self.person_steps = (
            np.zeros(len(replicates), np.int64),
            np.zeros(len(replicates), np.int64),
        )
        kind = list(Kind).index(scenario.kind)
        all_runs_on_foot(world, ground, runs, kind, assembly, self.still_walking, self.person_steps)
        return table_of(runs)
