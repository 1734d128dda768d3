"""Attempts to break the model over plausible parameter sets, and a sign that was written down before
(simex.md 7.4): F3 to F5."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np

from simex.experiment.hypercube import latin_hypercube
from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.parameters.varied import changes, numbers_of
from simex.plan import generate
from simex.scenario import Card, Doors, Kind, Notice, Scenario, Training

from .directions import Interval
from .study import CONDITIONS, Numbers
from .table import Judged, Statement

DRAWS, REPLICATES = 60, 10
RECOMMENDED_BY = "students_reported_safe"
# Seen, Peterson 2021: killed 1.34 (SD 3.25) and injured 3.15 (SD 5.06) a case. Order of magnitude: from a
# tenth of the one to ten times both.
LEAST, MOST = 0.134, 44.9


def plausible_sets(parameters: Parameters, count: int, seed: int) -> list[Parameters]:
    """Parameter sets in which every number that is assumed or a standard figure lies anywhere in its range (a
    Latin hypercube)."""
    numbers = numbers_of(parameters, on_foot=False)
    low, high = np.array([one.low for one in numbers]), np.array([one.high for one in numbers])
    return [
        parameters.changed(changes(numbers, point))
        for point in low + (high - low) * latin_hypercube(count, len(numbers), seed)
    ]


def by_condition(parameters: Parameters, seed: int) -> tuple[Numbers, Numbers]:
    """Students reported safe and the count in each of the eight conditions (8,), the mean over cards and
    replicates."""
    engine = NetworkEngine(generate("high", 1000), parameters)
    found = np.array(
        [
            [
                [
                    engine.run(condition.scenario(card), seed=seed, replicates=np.arange(REPLICATES))
                    .columns[name]
                    .mean()
                    for card in Card
                ]
                for name in (RECOMMENDED_BY, "hazard_count")
            ]
            for condition in CONDITIONS
        ]
    ).mean(axis=2)
    return found[:, 0], found[:, 1]


def over_plausible_sets(parameters: Parameters, seed: int) -> list[Statement]:
    """F3, the rank reversal, and F4, the size of the count; both from the same draws."""
    safe, count = (
        np.array(one)
        for one in zip(
            *[by_condition(one, seed) for one in plausible_sets(parameters, DRAWS, seed)], strict=True
        )
    )
    return [rank_reversal(by_condition(parameters, seed)[0], safe), size_of_the_count(count)]


def rank_reversal(default: Numbers, draws: Numbers) -> Statement:
    """default (8,), draws (sets, 8): students reported safe."""
    best = int(default.argmax())
    beaten = float((draws.argmax(axis=1) != best).mean())
    lost = float((draws[:, best] < draws[:, 0]).mean())
    return Statement(
        "F3",
        "Rank reversal: how often the option that is best by default loses, over plausible parameter sets",
        (
            f"another of the eight options is better in {beaten:.0%} of {len(draws)} sets, and today's "
            f"is better in {lost:.0%}"
        ),
        "the share is shown",
        Judged.REPORTED,
        {"beaten": beaten, "worse_than_today": lost},
    )


def size_of_the_count(draws: Numbers) -> Statement:
    """draws (sets, 8): the mean count. Its size is checked here and shown nowhere (simex.md 2.1)."""
    means = draws.mean(axis=1)
    inside = float(((means >= LEAST) & (means <= MOST)).mean())
    return Statement(
        "F4",
        "Plausibility of the abstract count over plausible parameter sets: order of magnitude, no target",
        f"in the order of magnitude of the published cases in {inside:.0%} of {len(means)} sets",
        "in all; the number itself is not shown",
        Judged.PASSED if inside == 1.0 else Judged.FAILED,
        {"inside": inside},
    )


def training_sign(parameters: Parameters, replicates: int, seed: int) -> Statement:
    """F5, written down before any run: where training of staff lowers M5, stop and explain."""
    engine = NetworkEngine(generate("high", 1000), parameters)
    wrong, smallest = 0, np.inf
    for kind, doors, notice in product(
        (Kind.LOCKDOWN, Kind.LOCKDOWN_DRILL), (Doors.MANUAL, Doors.PRE_LOCKED), Notice
    ):
        scenario = Scenario(kind=kind, doors=doors, notice=notice)
        trained, untrained = (
            engine.run(
                replace(scenario, training=training), seed=seed, replicates=np.arange(replicates)
            ).columns["rooms_completed"]
            for training in (Training.TRAINED, Training.UNTRAINED)
        )
        gain = Interval.of(trained - untrained)
        wrong += gain.high < 0
        smallest = min(smallest, gain.mean)
    return Statement(
        "F5",
        (
            "Wrong sign: training of staff must not lower M5, in drills and lockdowns, for both door "
            "policies and every notice policy"
        ),
        f"lowered in {wrong} of 12 conditions; smallest gain {smallest:+.3f}",
        "lowered in none (95 % interval below 0)",
        Judged.PASSED if wrong == 0 else Judged.FAILED,
        {"wrong": int(wrong), "smallest": float(smallest)},
    )


def plausibility(
    parameters: Parameters, replicates: int, seed: int, tell: Callable[[str], None] = lambda line: None
) -> list[Statement]:
    """F3 to F5."""
    tell(f"{DRAWS} plausible parameter sets, sign of training")
    return [*over_plausible_sets(parameters, seed), training_sign(parameters, replicates, seed)]
