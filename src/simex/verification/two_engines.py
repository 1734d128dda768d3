"""The event driven and the continuous engine on the same evacuations (L13), and on the same lockdown drills
and evacuations of three plans."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from simex.continuous import ContinuousEngine
from simex.network import NetworkEngine
from simex.plan import Plan, benchmark, generate
from simex.population import Population
from simex.scenario import Doors, Kind, Lock, Scenario
from simex.space import SHUT, DoorChange, Goal, People, SpaceModel, furnished

from .check import Checks, Engine, Extent, Finding
from .settled import INSIDE, constants

checks = Checks(Engine.BOTH)


def continuous_s(rooms: int, speed: float, shut: bool, share: float) -> float:
    plan = benchmark(rooms)
    spots, levels, _ = furnished(plan)
    doors = [DoorChange(0.0, "exit-east", SHUT)] if shut else []
    left = (
        SpaceModel(plan)
        .run(People.at(spots, level=levels, speed_m_s=speed), [Goal()], until_s=900, doors=doors)
        .left_s
    )
    return float(np.sort(np.where(np.isnan(left), np.inf, left))[int(np.ceil(share * len(left))) - 1])


def network_s(rooms: int, speed: float, shut: bool, column: str) -> float:
    numbers = constants(INSIDE | {"v_teen": speed, "v_adult": speed, "t_pre_fire": 0.0})
    engine = NetworkEngine(
        benchmark(rooms), numbers, Population(students=25 * rooms, staff=1, limited_mobility_share=0.0)
    )
    closed = ("exit-east",) if shut else ()
    return float(
        engine.run(Scenario(kind=Kind.EVACUATION, closed_exits=closed), seed=1, replicates=np.arange(10))
        .columns[column]
        .mean()
    )


@checks.add(
    "L13", title=(
        "Event mode against continuous mode: 8 evacuations (10 or 20 rooms, 1.0 or 1.4 m/s, an exit "
        "shut)"
    ), target="equal mean times",
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
        f"{off.min():+.1%} to {off.max():+.1%}, mean {off.mean():+.1%}, Spearman {rank:.2f}",
        bool(np.abs(off).max() <= 0.10 and rank >= 0.9),
    )


def three_plans() -> tuple[Plan, ...]:
    """A corridor with rooms on both sides, a small school on one storey and one with stairs
    (simex.md 2.8)."""
    return benchmark(12), generate("elementary", 250), generate("high", 400)


def off_by(fine: NDArray[np.float64], coarse: NDArray[np.float64]) -> list[float]:
    """How far the coarse mean is from the fine one, over the runs in which the time came in both; nothing
    where there is no such run."""
    both = np.isfinite(fine) & np.isfinite(coarse)
    return [float(coarse[both].mean() / fine[both].mean() - 1)] if both.any() else []


def apart(kind: Kind, columns: tuple[str, ...], replicates: int) -> dict[str, list[float]]:
    """By column, event mode over continuous mode less 1 on each plan; "censored": the difference in the share
    of runs without the time."""
    found: dict[str, list[float]] = {column: [] for column in (*columns, "censored")}
    # Push buttons seldom fail, so that nine tenths of the rooms are locked in nearly every run.
    scenario, numbers = Scenario(kind=kind, lock=Lock.INSIDE_BUTTON), np.arange(replicates)
    for plan in three_plans():
        fine, coarse = (
            engine(plan).run(scenario, seed=1, replicates=numbers).columns
            for engine in (ContinuousEngine, NetworkEngine)
        )
        for column in columns:
            found[column] += off_by(fine[column], coarse[column])
            found["censored"].append(float(np.isnan(coarse[column]).mean() - np.isnan(fine[column]).mean()))
    return found


def _ranges(found: dict[str, list[float]], names: dict[str, str]) -> str:
    return ", ".join(
        f"{name} {min(found[column]):+.1%} to {max(found[column]):+.1%} on {len(found[column])} plans"
        for column, name in names.items()
    )


@checks.add(
    "L13b", title="Event mode against continuous mode: lockdown drills on three plans",
    target="equal t50 and t90 of room lockdown",
    tolerance="within 10 %, censored alike within 5 points",
)  # fmt: skip
def lockdowns(extent: Extent) -> Finding:
    names = {"room_lockdown_half_s": "t50", "room_lockdown_most_s": "t90"}
    found = apart(Kind.LOCKDOWN_DRILL, tuple(names), 10 * extent.seeds)
    off = max(abs(one) for column in names for one in found[column])
    told = f"{_ranges(found, names)}; censored {min(found['censored']):+.1%} to {max(found['censored']):+.1%}"
    return Finding(told, off <= 0.10 and max(map(abs, found["censored"])) <= 0.05)


@checks.add(
    "L13c", title="Event mode against continuous mode: evacuations of three plans",
    target="equal t95 of evacuation", tolerance="within 10 %",
    long=True,
)  # fmt: skip
def evacuations(extent: Extent) -> Finding:
    found = apart(Kind.EVACUATION, ("evacuation_most_s",), extent.seeds)
    return Finding(
        _ranges(found, {"evacuation_most_s": "t95"}), max(map(abs, found["evacuation_most_s"])) <= 0.10
    )


@checks.add(
    "L18", title="Lockdowns with the hazard in continuous space: nobody is stuck",
    target="nobody on the way at the horizon", tolerance="none",
)  # fmt: skip
def nobody_on_the_way(extent: Extent) -> Finding:
    runs, stuck = 0, 0
    for plan in three_plans():
        engine = ContinuousEngine(plan)
        for doors in Doors:
            engine.run(
                Scenario(kind=Kind.LOCKDOWN, doors=doors), seed=2, replicates=np.arange(5 * extent.seeds)
            )
            runs, stuck = runs + len(engine.still_walking), stuck + int(engine.still_walking.sum())
    return Finding(f"{stuck} people in {runs:,} runs", stuck == 0)
