"""How many replicates are enough (simex.md 4.4)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from simex.measures import CORE, Scale

from .design import Precision

FIRST = 30
STEP = 20


def rounds(cap: int) -> Iterator[tuple[int, int]]:
    """Places (start, stop) of the replicates that each further round adds: 30 first, then 20 at a time, at
    most `cap` in all."""
    stop = min(FIRST, cap)
    yield 0, stop
    while stop < cap:
        start, stop = stop, min(stop + STEP, cap)
        yield start, stop


def half_width(values: NDArray[np.float64]) -> float:
    """Half of the 95 % interval of a mean, by Student's t: t * s / sqrt(n)."""
    from scipy.special import stdtrit

    count = len(values)
    if count < 2:
        return math.inf
    return float(stdtrit(count - 1, 0.975) * values.std(ddof=1) / math.sqrt(count))


def not_precise(
    columns: Mapping[str, NDArray[np.float64]], horizon_s: float, precision: Precision
) -> tuple[str, ...]:
    """The core measures of one cell that are not yet known well enough. A time that did not come counts as
    the horizon (restricted mean)."""
    short = []
    for measure in CORE:
        values = columns.get(measure.column)
        if values is None or (measure.scale is not Scale.TIME and np.isnan(values).all()):
            continue
        if measure.scale is Scale.TIME:
            values = np.where(np.isnan(values), horizon_s, values)
        width = half_width(values[~np.isnan(values)])
        if measure.unit == "s":
            allowed = precision.seconds
        elif measure.scale is Scale.PROPORTION:
            allowed = precision.share
        else:
            allowed = precision.relative / (1 + precision.relative) * abs(float(np.nanmean(values)))
        if width > allowed:
            short.append(measure.column)
    return tuple(short)
