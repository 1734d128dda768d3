"""Level 2 of the validation ladder: does the model with fitted parameters hold the drill that was kept aside?
(simex.md 7)"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import Engine
from simex.scenario import Kind, Scenario

from .fit import Summary, summary_of

RUNS = 200


@dataclass(frozen=True)
class Held:
    """One summary of the drill beside the model's 90 % band of single drills; NaN stands for “never”."""

    name: str
    drill: float
    low: float
    high: float
    inside: bool


def hold_out_check(
    engine: Engine, drill: Summary, *, seed: int = 1, scenario: Scenario | None = None
) -> list[Held]:
    """Half, nine of ten, and share unlocked: the drill's value against the 5th and 95th percentile of single
    simulated drills.

    Times of the model are counted from the end of the announcement, as a stop-watch does.
    """
    table = engine.run(
        scenario or Scenario(kind=Kind.LOCKDOWN_DRILL), seed=seed, replicates=np.arange(RUNS, dtype=np.int64)
    )
    start = table.columns["notification_s"]
    runs = [
        summary_of(np.maximum(rooms.astype(float) - begin, 0))
        for rooms, begin in zip(table.room_lockdown_s, start, strict=True)
        if not math.isnan(begin)
    ]
    names = {
        "half_s": "half of the rooms locked (s)",
        "most_s": "nine of ten rooms locked (s)",
        "unlocked": "share never locked",
    }
    found = []
    for field, name in names.items():
        values = np.array([getattr(one, field) for one in runs])
        values = np.where(np.isnan(values), np.inf, values)
        low, high = (float(value) for value in np.quantile(values, [0.05, 0.95], method="nearest"))
        own = getattr(drill, field)
        inside = low <= (math.inf if math.isnan(own) else own) <= high
        found.append(Held(name, own, low, high, inside))
    return found


def engine_for(plan: Plan, parameters: Parameters, population: Population) -> Engine:
    """The network engine, as experiments use it."""
    from simex.network import NetworkEngine

    return NetworkEngine(plan, parameters, population)
