"""The runs behind the V tests: the study on common random numbers, and many small experiments of the size of
the original."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simex.network import NetworkEngine
from simex.scenario import Card, Doors, Kind, Layer, Notice, Officer, Scenario

Numbers = NDArray[np.float64]
MEASURED = (
    "students_reported_safe",
    "hazard_count",
    "rooms_completed",
    "room_lockdown_mean_s",
    "notification_s",
    "recognition_s",
)
# Of the three runs of a condition in the form of the original (simex.md 4.2, assumed)
MASS_RUNS, TARGETED_RUNS = (2, 1)


@dataclass(frozen=True)
class Condition:
    """A cell of 2^3: officer present, doors pre-locked, notice decentralized."""

    officer: bool
    pre_locked: bool
    decentralized: bool

    def scenario(self, card: Card) -> Scenario:
        return Scenario(
            kind=Kind.LOCKDOWN,
            officer=Officer.PATROL if self.officer else Officer.ABSENT,
            doors=Doors.PRE_LOCKED if self.pre_locked else Doors.MANUAL,
            notice=Notice.DECENTRALIZED if self.decentralized else Notice.CENTRALIZED,
            card=card,
        )


FACTORS: tuple[Callable[[Condition], bool], ...] = (
    lambda c: c.officer,
    lambda c: c.pre_locked,
    lambda c: c.decentralized,
)
CONDITIONS = tuple(Condition(*levels) for levels in product((False, True), repeat=3))


def crossed(
    engine: NetworkEngine, seed: int, replicates: int, layer: Layer | None = None
) -> dict[str, Numbers]:
    """Each measure as (8 conditions, 2 cards, replicates): the same replicate meets the same people and luck
    in every cell."""
    numbers = np.arange(replicates)
    found = {name: np.empty((len(CONDITIONS), len(Card), replicates)) for name in MEASURED}
    for c, condition in enumerate(CONDITIONS):
        for k, card in enumerate(Card):
            columns = engine.run(condition.scenario(card), seed=seed, replicates=numbers, layer=layer).columns
            for name in MEASURED:
                found[name][c, k] = columns[name]
    return found


def effect(cells: Numbers, factor: int) -> Numbers:
    """The main effect of a factor in each replicate, (replicates,): mean of its upper cells less mean of its
    lower ones, both cards alike."""
    upper = np.array([FACTORS[factor](condition) for condition in CONDITIONS])
    by_condition = cells.mean(axis=1)
    difference: Numbers = by_condition[upper].mean(axis=0) - by_condition[~upper].mean(axis=0)
    return difference


def interaction(cells: Numbers, factors: tuple[int, ...]) -> Numbers:
    """The interaction of two or three factors in each replicate, coded -1 and +1, as a difference of
    means."""
    sign = np.array(
        [np.prod([1 if FACTORS[f](condition) else -1 for f in factors]) for condition in CONDITIONS]
    )
    by_condition = cells.mean(axis=1)
    difference: Numbers = (by_condition * sign[:, None]).sum(axis=0) / (len(CONDITIONS) / 2)
    return difference


def small_experiments(engine: NetworkEngine, seed: int, count: int) -> Iterator[dict[str, Numbers]]:
    """Experiments in the form of the original: 8 conditions x 3 runs (2 mass, 1 targeted), all runs
    independent. Each measure as (8, 3)."""
    runs = MASS_RUNS + TARGETED_RUNS
    found = {name: np.empty((count, len(CONDITIONS), runs)) for name in MEASURED}
    for c, condition in enumerate(CONDITIONS):
        for card, first, size in ((Card.MASS, 0, MASS_RUNS), (Card.TARGETED, MASS_RUNS, TARGETED_RUNS)):
            numbers = (np.arange(count)[:, None] * 32 + c * 4 + first + np.arange(size)[None, :]).ravel()
            columns = engine.run(condition.scenario(card), seed=seed, replicates=numbers).columns
            for name in MEASURED:
                found[name][:, c, first : first + size] = columns[name].reshape(count, size)
    for k in range(count):
        yield {name: found[name][k] for name in MEASURED}
