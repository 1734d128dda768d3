"""A world without luck, whose numbers a person can add up by hand."""

from __future__ import annotations

import numpy as np

from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import RunTable
from simex.scenario import Layer, Scenario
from simex.verification.settled import CERTAIN, constants


def parameters(**changes: float) -> Parameters:
    """The defaults with every number in `CERTAIN` and `changes` made a constant, ranges aside."""
    return constants(CERTAIN | changes)


def run(
    plan: Plan,
    scenario: Scenario,
    *,
    seed: int = 1,
    replicates: int = 1,
    layer: Layer | None = None,
    population: Population | None = None,
    numbers: Parameters | None = None,
    **changes: float,
) -> RunTable:
    engine = NetworkEngine(plan, numbers or parameters(**changes), population)
    return engine.run(scenario, seed=seed, replicates=np.arange(replicates), layer=layer)
