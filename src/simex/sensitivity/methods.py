"""Morris screening, Sobol indices and rank probabilities (simex.md 7.3), the first two by SALib."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simex.experiment.hypercube import latin_hypercube
from simex.parameters.varied import Number, problem

Floats = NDArray[np.float64]
TRAJECTORIES, LEVELS = 20, 8
KEPT_SHARE, KEPT_MOST = 0.10, 12
SOBOL_POINTS = 256


def morris_points(numbers: list[Number], trajectories: int, seed: int) -> Floats:
    from SALib.sample import morris

    return np.asarray(
        morris.sample(problem(numbers), trajectories, num_levels=LEVELS, seed=seed % 2**31), dtype=float
    )


def morris_shares(numbers: list[Number], points: Floats, values: Floats, seed: int) -> Floats:
    """mu* of each number as a share of the largest (numbers,), from values (points,); 0 where nothing
    moves."""
    from SALib.analyze import morris

    found = morris.analyze(problem(numbers), points, values, num_levels=LEVELS, seed=seed % 2**31)
    mu_star = np.asarray(found["mu_star"], dtype=float)
    return mu_star / mu_star.max() if mu_star.max() > 0 else np.zeros_like(mu_star)


def kept(shares: Floats) -> list[int]:
    """The numbers above a tenth of the largest in any measure, the strongest first, at most twelve. shares:
    (measures, numbers)."""
    strongest = shares.max(axis=0)
    order = np.argsort(-strongest, kind="stable")
    return [int(place) for place in order if strongest[place] > KEPT_SHARE][:KEPT_MOST]


@dataclass(frozen=True)
class Sobol:
    """First-order and total share of the variance that one number explains."""

    name: str
    first: float
    total: float


def sobol_points(numbers: list[Number], points: int, seed: int) -> Floats:
    from SALib.sample import sobol

    return np.asarray(
        sobol.sample(problem(numbers), points, calc_second_order=False, seed=seed % 2**31), dtype=float
    )


def sobol_indices(numbers: list[Number], values: Floats, seed: int) -> list[Sobol]:
    from SALib.analyze import sobol

    if np.ptp(values) == 0:
        return [Sobol(one.name, 0.0, 0.0) for one in numbers]
    found = sobol.analyze(problem(numbers), values, calc_second_order=False, seed=seed % 2**31)
    rows = zip(numbers, found["S1"], found["ST"], strict=True)
    return [Sobol(one.name, *map(float, parts)) for one, *parts in rows]


def draws(numbers: list[Number], count: int, seed: int) -> Floats:
    """Plausible parameter sets (count, numbers): a Latin hypercube over the ranges."""
    low, high = np.array([one.low for one in numbers]), np.array([one.high for one in numbers])
    return np.asarray(low + (high - low) * latin_hypercube(count, len(numbers), seed))


def best_shares(values: Floats, *, more_is_better: bool) -> Floats:
    """In what share of the parameter sets each condition is best (conditions,), from values (sets,
    conditions); ties are shared."""
    turned = values if more_is_better else -values
    best = np.isclose(turned, turned.max(axis=1, keepdims=True), rtol=0, atol=1e-12)
    return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))
