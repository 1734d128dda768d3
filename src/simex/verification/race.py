"""The accounts of the race between locks and danger (M16) on given times: for the check L2, whose moving
danger exists as numbers only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simex.compiling import outermost
from simex.decisions.compiled_world import refer
from simex.decisions.graph import build_graph
from simex.decisions.numbers import parameter_rows
from simex.decisions.outcome import lock_measures
from simex.decisions.world import RESULT, build_world
from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import HORIZON_S


@outermost(builds_on=("decisions",))
def _measured(arrays: Any, results: Any, tau: Any) -> None:
    lock_measures(refer(arrays), results[0], tau, True)


def race(plan: Plan, near_s: NDArray[np.float64], locked_s: NDArray[np.float64]) -> tuple[float, float]:
    """The share of rooms that win and the mean margin in seconds, when danger comes beside each room at
    `near_s` and it is locked at `locked_s`."""
    parameters = Parameters.defaults()
    world = build_world(
        plan, build_graph(plan, parameters.value("zone_length")), Population(), *parameter_rows(parameters)
    )
    world.scene["horizon"] = HORIZON_S
    world.rooms["secured"] = 1
    world.rooms["hidden_at"] = np.inf
    world.rooms["near_at"], world.rooms["locked_at"] = near_s, locked_s
    results = np.zeros(1, RESULT)
    _measured(world, results, np.zeros(len(near_s)))
    return float(results["margin_positive"][0]), float(results["margin_s"][0])
