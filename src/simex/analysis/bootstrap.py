"""The bias-corrected and accelerated bootstrap over replicates (Efron 1987, Journal of the American
Statistical Association 82, 171-185).

What is drawn again is a replicate with all that happened in it, never a single person or room. The draws are
our own counter-based numbers, so an interval is the same on every machine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from simex.draws import Stream, uniform

RESAMPLES = 10_000
FEWEST = 10  # replicates; with fewer the bootstrap says nothing and Student's interval stands
Floats = NDArray[np.float64]


@njit(cache=True)
def _draw_counts(count, resamples, seed, stream, entity):  # type: ignore[no-untyped-def]
    counts = np.zeros((resamples, count), np.float32)
    for b in range(resamples):
        for r in range(count):
            counts[b, int(uniform(seed, b, stream, entity, r) * count)] += 1
    return counts


@lru_cache(maxsize=4)
def _counts(count: int, resamples: int, seed: int, entity: int) -> NDArray[np.float32]:
    """How often each replicate is drawn in each resample (resamples, count): the same for every measure of a
    study, so it is drawn once."""
    return np.asarray(_draw_counts(count, resamples, seed, int(Stream.BOOTSTRAP), entity))


def resampled_means(values: Floats, seed: int, *, resamples: int = RESAMPLES, apart: bool = False) -> Floats:
    """Means (resamples, columns) of values (replicates, columns), drawn again with replacement. apart: each
    column on its own (unpaired runs)."""
    if apart:
        return np.column_stack(
            [
                resampled_means(values[:, [column]], seed + column + 1, resamples=resamples)[:, 0]
                for column in range(values.shape[1])
            ]
        )
    counts = _counts(len(values), resamples, seed, 0)
    middle = values.mean(axis=0)  # taken out first, so that single precision is ample for what is left
    return np.asarray(
        middle + (counts @ (values - middle).astype(np.float32)).astype(np.float64) / len(values)
    )


def left_out_means(values: Floats, *, apart: bool = False) -> Floats:
    """Means with each replicate left out in turn: (replicates, columns), or with `apart` (replicates *
    columns, columns), one value at a time."""
    count = len(values)
    without = (values.sum(axis=0) - values) / (count - 1)
    if not apart:
        return np.asarray(without)
    whole = np.repeat(values.mean(axis=0)[None, :], count * values.shape[1], axis=0)
    rows = np.arange(count * values.shape[1])
    whole[rows, rows // count] = without.T.ravel()
    return whole


def bca_interval(
    estimate: float, resampled: Floats, left_out: Floats, *, level: float = 0.95
) -> tuple[float, float]:
    """The interval of one statistic.

    estimate: on the data. resampled (resamples,): on resamples. left_out (n,): with each replicate left out.
    Gives (low, high)."""
    resampled = resampled[np.isfinite(resampled)]
    if not len(resampled) or np.ptp(resampled) == 0:
        return estimate, estimate
    below = (np.count_nonzero(resampled < estimate) + 0.5 * np.count_nonzero(resampled == estimate)) / len(
        resampled
    )
    bias = float(ndtri(np.clip(below, 1 / len(resampled), 1 - 1 / len(resampled))))
    pull = left_out.mean() - left_out
    spread = float((pull**2).sum())
    acceleration = float((pull**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    z = ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    shares = ndtr(bias + (bias + z) / (1 - acceleration * (bias + z)))
    low, high = np.quantile(resampled, shares)
    return float(low), float(high)
