"""Times that may not come before the horizon. Those that did not are counted as such and never dropped (simex.md 4.5)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve: after each of `times_s` the share `share` to whom it has not happened, with its 95 % band."""

    times_s: Floats
    share: Floats
    low: Floats
    high: Floats

    def quantile(self, share: float) -> float:
        """When `share` (0 to 1) of them have had it; NaN if not before the horizon."""
        reached = np.flatnonzero(self.share <= 1 - share + 1e-12)
        return float(self.times_s[reached[0]]) if len(reached) else math.nan


def restricted(values: Floats, horizon_s: float) -> Floats:
    """Times up to the horizon: what did not come counts as the horizon. Their mean is the restricted mean time."""
    return np.minimum(np.where(np.isnan(values), horizon_s, values), horizon_s)


def censored_share(values: Floats) -> float:
    """The share of times that did not come before the horizon."""
    return float(np.isnan(values).mean()) if values.size else math.nan


def kaplan_meier(values: Floats, horizon_s: float) -> Curve:
    """The curve of times (n,), NaN where it did not come before the horizon. Band by Greenwood's formula on the log(-log) scale."""
    from scipy.special import ndtri

    values = np.asarray(values, dtype=float).ravel()
    happened = np.sort(values[~np.isnan(values) & (values <= horizon_s)])
    times, counts = np.unique(happened, return_counts=True)
    at_risk = len(values) - np.concatenate([[0], np.cumsum(counts)[:-1]]) if len(times) else np.array([], dtype=float)
    share = np.cumprod(1 - counts / at_risk) if len(times) else np.array([])
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(counts / (at_risk * (at_risk - counts)))
        spread = ndtri(0.975) * np.sqrt(greenwood) / np.log(share)
        low, high = share ** np.exp(-spread), share ** np.exp(spread)
    certain = (share <= 0) | (share >= 1) | ~np.isfinite(low) | ~np.isfinite(high)
    return Curve(times, share, np.where(certain, share, low), np.where(certain, share, high))


@dataclass(frozen=True)
class TimeRatio:
    """Times with the measure against times without: below 1 is faster. 95 % interval."""

    ratio: float
    low: float
    high: float
    sigma: float


def accelerated_failure_time(values: Floats, covariate: Floats, horizon_s: float) -> TimeRatio:
    """Log-normal accelerated failure time model: ln(time) = a + b * covariate + sigma * normal, with times beyond the horizon censored.

    values (n,), covariate (n,): for example 0 without and 1 with a measure. By maximum likelihood; interval by the observed information.
    """
    from scipy.optimize import minimize
    from scipy.special import log_ndtr

    seen = ~np.isnan(values)
    log_times = np.log(np.where(seen, np.maximum(values, 1e-3), horizon_s))
    design = np.column_stack([np.ones(len(values)), covariate])

    def loss(theta: Floats) -> tuple[float, Floats]:
        log_sigma = theta[2]
        z = (log_times - design @ theta[:2]) * math.exp(-log_sigma)
        tail = log_ndtr(-z)
        hazard = np.exp(-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - tail)  # of the normal distribution, for the censored
        value = -np.sum(np.where(seen, -0.5 * z**2 - log_sigma, tail))
        slope = np.where(seen, z, hazard)
        return float(value), np.append(-(design * (slope * math.exp(-log_sigma))[:, None]).sum(axis=0), -np.sum(np.where(seen, z**2 - 1, hazard * z)))

    start = np.array([log_times.mean(), 0.0, math.log(max(float(log_times.std()), 1e-3))])
    found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-6})
    error = math.sqrt(max(float(np.linalg.inv(_information(loss, found.x))[1, 1]), 0.0))
    slope = float(found.x[1])
    return TimeRatio(math.exp(slope), math.exp(slope - 1.959964 * error), math.exp(slope + 1.959964 * error), math.exp(float(found.x[2])))


def _information(loss: object, theta: Floats) -> Floats:
    """The second derivatives of the loss, from differences of its gradient."""
    step = 1e-5
    rows = []
    for place in range(len(theta)):
        move = np.zeros(len(theta))
        move[place] = step
        rows.append((loss(theta + move)[1] - loss(theta - move)[1]) / (2 * step))  # type: ignore[operator]
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2)
