"""Replaces assumptions by what drills showed: log-normal fits, drawn towards the assumption while there are
few (simex.md 6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simex.distributions import Shape, quantile
from simex.parameters import Label, Parameter, Parameters

from .records import LOCKED, STEPS, Record

FEWEST_ROOMS, FEWEST_DRILLS = 8, 2
PRIOR_ROOMS = 8  # as many rooms as the assumption is worth [A]
DRILL_BIAS = 1.3  # real events against drills, on recognition and lock times; 1.0 to 2.0 [A]
BIASED = {
    "t_pa_react",
    "t_close",
    "t_key_find",
    "t_key_turn",
    "t_lock_button",
    "t_lock_outside",
    "t_lock_electronic",
}


@dataclass(frozen=True)
class Fit:
    """One parameter: how many times in how many drills, the assumption's median and sigma (of the logarithm)
    and the fitted ones, in seconds.

    enough: whether it replaces the assumption. bias: the factor from drills to real events that the median
    was multiplied by."""

    parameter: str
    times: int
    drills: int
    prior_median: float
    prior_sigma: float
    median: float
    sigma: float
    bias: float
    enough: bool


def hold_out(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """(all but the latest drill, the latest drill): what is fitted must not be what it is tested on."""
    latest = max((one.day, one.drill) for one in records)[1]
    return [one for one in records if one.drill != latest], [one for one in records if one.drill == latest]


def lognormal_of(parameter: Parameter) -> tuple[float, float]:
    """Median and sigma of the log-normal distribution with the same 16th, 50th and 84th percentile (sigma by
    the outer two)."""
    low, middle, high = (
        float(quantile(int(parameter.shape), *parameter.quad(), share)) for share in (0.1587, 0.5, 0.8413)
    )
    return max(middle, 1e-3), max((math.log(max(high, 1e-3)) - math.log(max(low, 1e-3))) / 2, 0.05)


def shrunk(times: NDArray[np.float64], median: float, sigma: float) -> tuple[float, float]:
    """Median and sigma from times (n,) and an assumption worth `PRIOR_ROOMS` of them (the normal model with
    its conjugate prior, on logarithms)."""
    logs, middle = np.log(times), math.log(median)
    n, mean = len(logs), float(np.log(times).mean())
    center = (PRIOR_ROOMS * middle + n * mean) / (PRIOR_ROOMS + n)
    squares = (
        PRIOR_ROOMS * sigma**2
        + float(((logs - mean) ** 2).sum())
        + PRIOR_ROOMS * n / (PRIOR_ROOMS + n) * (mean - middle) ** 2
    )
    return math.exp(center), math.sqrt(squares / (PRIOR_ROOMS + n))


def fit(records: Sequence[Record], parameters: Parameters, *, bias: float = DRILL_BIAS) -> list[Fit]:
    """A fit for each step that was timed. records: without the drill that is held out."""
    found = []
    for step, identifier in STEPS.items():
        own = [one for one in records if one.step == step]
        if not own or identifier not in parameters:
            continue
        prior = lognormal_of(parameters[identifier])
        median, sigma = shrunk(np.array([one.seconds for one in own]), *prior)
        drills = len({one.drill for one in own})
        factor = bias if identifier in BIASED else 1.0
        enough = len(own) >= FEWEST_ROOMS * FEWEST_DRILLS and drills >= FEWEST_DRILLS
        found.append(Fit(identifier, len(own), drills, *prior, median * factor, sigma, factor, enough))
    return found


def calibrated(parameters: Parameters, fits: Sequence[Fit]) -> Parameters:
    """The set with every parameter that has enough records replaced by its fit and labelled local."""
    by_id = dict(parameters.items())
    for one in fits:
        if one.enough:
            source = (
                f"{one.times} stop-watch times in {one.drills} drills of this school; drill to real "
                f"event x {one.bias:g}"
            )
            numbers = {"median": round(one.median, 4), "sigma": round(one.sigma, 4)}
            ranges = {"median": (round(numbers["median"] * 0.8, 4), round(numbers["median"] * 1.25, 4))}
            by_id[one.parameter] = replace(
                by_id[one.parameter],
                shape=Shape.LOGNORMAL,
                numbers=numbers,
                ranges=ranges,
                label=Label.LOCAL,
                source=source,
            )
    return Parameters(by_id.values(), f"{parameters.version}-local")


@dataclass(frozen=True)
class Summary:
    """Of one lockdown drill: seconds until half and nine of ten rooms were locked (NaN if never), and the
    share never locked."""

    half_s: float
    most_s: float
    unlocked: float


def summary_of(locked_s: NDArray[np.float64]) -> Summary:
    """locked_s: (rooms,), NaN where a room was never locked."""
    times = np.sort(np.where(np.isnan(locked_s), np.inf, locked_s))

    def reached(share: float) -> float:
        value = float(times[max(math.ceil(share * len(times)) - 1, 0)])
        return value if math.isfinite(value) else math.nan

    return Summary(reached(0.5), reached(0.9), float(np.isnan(locked_s).mean()))


def drill_summary(records: Sequence[Record]) -> Summary | None:
    """Of the rooms of one drill; None where no room's locking was timed."""
    times = [one.seconds for one in records if one.step == LOCKED]
    return summary_of(np.array(times)) if times else None
