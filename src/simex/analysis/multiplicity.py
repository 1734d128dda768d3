"""Many questions at once, and the claim that there is no effect worth speaking of (simex.md 4.5)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values that keep the chance of any false alarm in the family (Holm 1979)."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values that keep the share of false alarms among the findings (Benjamini and Hochberg
    1995)."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")[::-1]
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1)), 1)
    return adjusted


def equivalence_p(estimate: float, standard_error: float, bound: float, degrees: float) -> float:
    """The p-value of two one-sided t-tests (Schuirmann 1987): small means that the effect lies within -bound
    to +bound."""
    from scipy.special import stdtr

    if not bound > 0 or math.isnan(estimate) or math.isnan(standard_error):
        return math.nan
    if standard_error == 0:
        return 0.0 if abs(estimate) < bound else 1.0
    above = 1 - stdtr(degrees, (estimate + bound) / standard_error)
    under = stdtr(degrees, (estimate - bound) / standard_error)
    return float(max(above, under))


def upper_bound_of_none(runs: int) -> float:
    """The 95 % upper bound of a rate when none was seen in so many runs: 3/n (Hanley and Lippman-Hand
    1983)."""
    return 3 / runs
