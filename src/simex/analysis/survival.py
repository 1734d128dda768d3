"""Times that may not come before the horizon. Those that did not are counted as such and never dropped
(simex.md 4.5)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve: after each of `times_s` the share `share` to whom it has not happened, with its
    95 % band."""

    times_s: Floats
    share: Floats
    low: Floats
    high: Floats

    def quantile(self, share: float) -> float:
        """When `share` (0 to 1) of them have had it; NaN if not before the horizon."""
        reached = np.flatnonzero(self.share <= 1 - share + 1e-12)
        return float(self.times_s[reached[0]]) if len(reached) else math.nan


def restricted(values: Floats, horizon_s: float) -> Floats:
    """Times up to the horizon: what did not come counts as the horizon. Their mean is the restricted mean
    time."""
    return np.minimum(np.where(np.isnan(values), horizon_s, values), horizon_s)


def kaplan_meier(values: Floats, horizon_s: float) -> Curve:
    """The curve of times (n,), NaN where it did not come before the horizon. Band by Greenwood's formula on
    the log(-log) scale."""
    from scipy.special import ndtri

    values = np.asarray(values, dtype=float).ravel()
    happened = np.sort(values[~np.isnan(values) & (values <= horizon_s)])
    times, counts = np.unique(happened, return_counts=True)
    at_risk = (
        len(values) - np.concatenate([[0], np.cumsum(counts)[:-1]])
        if len(times)
        else np.array([], dtype=float)
    )
    share = np.cumprod(1 - counts / at_risk) if len(times) else np.array([])
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(counts / (at_risk * (at_risk - counts)))
        spread = ndtri(0.975) * np.sqrt(greenwood) / np.log(share)
        low, high = share ** np.exp(-spread), share ** np.exp(spread)
    certain = (share <= 0) | (share >= 1) | ~np.isfinite(low) | ~np.isfinite(high)
    return Curve(times, share, np.where(certain, share, low), np.where(certain, share, high))
