"""What the statistics say where the truth is known: tests L10 and L11 of simex-verification.md. Short in the
tests, long in `./ssc simex verify`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simex.distributions import normal_quantile
from simex.draws import Stream, uniform
from simex.experiment import factorial

from .anova import ConditionMeans
from .bootstrap import bca_interval, left_out_means, resampled_means

Floats = NDArray[np.float64]
SEED = 2020


def normal_numbers(replicate: int, count: int) -> Floats:
    """Standard normal numbers (count,) of our own."""
    return np.array(
        [normal_quantile(uniform(SEED, replicate, int(Stream.DESIGN), 7, index)) for index in range(count)]
    )


@dataclass(frozen=True)
class NullFactor:
    """uniform_p: Kolmogorov-Smirnov test of the p-values against a uniform distribution. false_alarms: share
    below 0.05."""

    uniform_p: float
    false_alarms: float


def null_factor(experiments: int = 1000, runs: int = 50) -> NullFactor:
    """L10: a factor that does nothing, in so many two-level experiments of so many runs."""
    from scipy.stats import kstest

    condition, no_block = np.arange(runs) % 2, np.zeros(runs, dtype=int)
    weights = np.array([-1.0, 1.0])
    p = [
        ConditionMeans(normal_numbers(one, runs), condition, no_block).test(weights).p
        for one in range(experiments)
    ]
    return NullFactor(float(kstest(p, "uniform").pvalue), float(np.mean(np.array(p) < 0.05)))


TRUTH = {"A": 3.0, "B": -2.0, "C": 0.0, "AB": 1.5, "AC": 0.0, "BC": 0.0, "ABC": 0.0}


def known_effect(repeats: int = 1000, per_cell: int = 100, *, resamples: int = 0) -> dict[str, float]:
    """L11: response = 10 + 3A - 2B + 1.5AB + noise(sd 1) in 2^3 cells, A, B, C coded -1 and +1. By effect the
    share of 95 % intervals that hold the truth; with `resamples` the bootstrap's intervals, else those of the
    analysis of variance with HC3 errors."""
    signs = factorial.full(3).astype(float)
    columns = {name: np.prod(signs[:, ["ABC".index(letter) for letter in name]], axis=1) for name in TRUTH}
    means = np.full(8, 10.0) + np.sum([TRUTH[name] * columns[name] for name in TRUTH], axis=0)
    condition, replicate = np.tile(np.arange(8), per_cell), np.repeat(np.arange(per_cell), 8)
    inside = dict.fromkeys(TRUTH, 0)
    for repeat in range(repeats):
        y = means[condition] + normal_numbers(repeat, 8 * per_cell)
        values = y[np.lexsort((condition, replicate))].reshape(per_cell, 8)
        if resamples:
            drawn, without = resampled_means(values, repeat, resamples=resamples), left_out_means(values)
        else:
            fitted = ConditionMeans(y, condition, np.zeros(len(y), dtype=int))
        for name, column in columns.items():
            weights = column / 8
            if resamples:
                low, high = bca_interval(
                    float(values.mean(axis=0) @ weights), drawn @ weights, without @ weights
                )
            else:
                low, high = fitted.test(weights).interval()
            inside[name] += low <= TRUTH[name] <= high
    return {name: count / repeats for name, count in inside.items()}
