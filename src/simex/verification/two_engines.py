"""L13: the event driven and the continuous engine on the same evacuations."""

from __future__ import annotations

from itertools import product

import numpy as np

from simex.network import NetworkEngine
from simex.plan import benchmark
from simex.population import Population
from simex.scenario import Kind, Scenario
from simex.space import SHUT, DoorChange, Goal, People, SpaceModel, furnished

from .check import Checks, Engine, Extent, Finding
from .settled import INSIDE, constants

checks = Checks(Engine.BOTH)


def continuous_s(rooms: int, speed: float, shut: bool, share: float) -> float:
    plan = benchmark(rooms)
    spots, levels, _ = furnished(plan)
    doors = [DoorChange(0.0, "exit-east", SHUT)] if shut else []
    left = SpaceModel(plan).run(People.at(spots, level=levels, speed_m_s=speed), [Goal()], until_s=900, doors=doors).left_s
    return float(np.sort(np.where(np.isnan(left), np.inf, left))[int(np.ceil(share * len(left))) - 1])


def network_s(rooms: int, speed: float, shut: bool, column: str) -> float:
    numbers = constants(INSIDE | {"v_teen": speed, "v_adult": speed, "t_pre_fire": 0.0})
    engine = NetworkEngine(benchmark(rooms), numbers, Population(students=25 * rooms, staff=1, limited_mobility_share=0.0))
    closed = ("exit-east",) if shut else ()
    return float(engine.run(Scenario(kind=Kind.EVACUATION, closed_exits=closed), seed=1, replicates=np.arange(10)).columns[column].mean())


@checks.add(
    "L13", title="Event mode against continuous mode: 8 evacuations (10 or 20 rooms, 1.0 or 1.4 m/s, an exit shut)", target="equal mean times",
    tolerance="t95 within 10 %, Spearman 0.9", long=True,
)  # fmt: skip
def two_engines(extent: Extent) -> Finding:
    from scipy import stats

    cells = list(product((10, 20), (1.0, 1.4), (False, True)))
    fine = np.array([continuous_s(*cell, 0.95) for cell in cells])
    coarse = np.array([network_s(*cell, "evacuation_most_s") for cell in cells])
    off = coarse / fine - 1
    rank = float(stats.spearmanr(fine, coarse).statistic)
    return Finding(
        f"{off.min():+.1%} to {off.max():+.1%}, mean {off.mean():+.1%}, Spearman {rank:.2f}", bool(np.abs(off).max() <= 0.10 and rank >= 0.9)
    )
