"""Distributions as quantile functions: one uniform number gives one value, and more luck never gives less (so
paired runs stay paired).

Each is a kind and up to four numbers, in the order of `NUMBERS`; compiled code sees them as (kind, a, b, c,
d)."""

from __future__ import annotations

import math
from enum import IntEnum

from simex.compiling import kept


class Shape(IntEnum):
    VALUE = 0
    PROBABILITY = 1
    UNIFORM = 2
    NORMAL = 3
    LOGNORMAL = 4
    TRIANGULAR = 5
    EXPONENTIAL = 6
    GAMMA = 7
    WEIBULL = 8


NUMBERS: dict[Shape, tuple[str, ...]] = {
    Shape.VALUE: ("value",),
    Shape.PROBABILITY: ("value",),
    Shape.UNIFORM: ("low", "high"),
    Shape.NORMAL: ("mean", "sd", "low", "high"),  # cut at low and high
    Shape.LOGNORMAL: ("median", "sigma"),  # sigma of the natural logarithm
    Shape.TRIANGULAR: ("low", "mode", "high"),
    Shape.EXPONENTIAL: ("mean",),
    Shape.GAMMA: ("shape", "scale"),  # sampled outside of compiled code only
    Shape.WEIBULL: ("scale", "shape"),
}
_ROOT_TWO = math.sqrt(2.0)
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)


@kept
def normal_share(z):  # type: ignore[no-untyped-def]
    """The share of a standard normal distribution below z."""
    return 0.5 * math.erfc(-z / _ROOT_TWO)


@kept
def normal_quantile(share):  # type: ignore[no-untyped-def]
    """The z below which `share` (0 to 1, open) of a standard normal distribution lies; to the last digits by
    Newton's method on its own tail.

    Start: Abramowitz and Stegun 1964, 26.2.23 (error under 0.00045), so that three steps of third order are
    ample."""
    tail = share if share < 0.5 else 1.0 - share
    t = math.sqrt(-2.0 * math.log(tail))
    z = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (
        1.0 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t
    )
    for _ in range(2):
        error = (0.5 * math.erfc(z / _ROOT_TWO) - tail) * _ROOT_TWO_PI * math.exp(0.5 * z * z)
        z += error / (1.0 - 0.5 * z * error)  # Halley's step
    return -z if share < 0.5 else z


@kept
def quantile(kind, a, b, c, d, u):  # type: ignore[no-untyped-def]
    """The value below which the share `u` (0 to 1, open) of the distribution lies; for PROBABILITY 1.0 where
    u < a, else 0.0."""
    if kind == 0:
        return a
    if kind == 1:
        return 1.0 if u < a else 0.0
    if kind == 2:
        return a + (b - a) * u
    if kind == 3:
        if b <= 0.0:
            return min(max(a, c), d)
        low, high = normal_share((c - a) / b), normal_share((d - a) / b)
        return min(max(a + b * normal_quantile(low + (high - low) * u), c), d)
    if kind == 4:
        return a * math.exp(b * normal_quantile(u))
    if kind == 5:
        if c <= a:
            return a
        turn = (b - a) / (c - a)
        if u < turn:
            return a + math.sqrt(u * (c - a) * (b - a))
        return c - math.sqrt((1.0 - u) * (c - a) * (c - b))
    if kind == 6:
        return -a * math.log(1.0 - u)
    if kind == 8:
        return a * (-math.log(1.0 - u)) ** (1.0 / b)
    return math.nan
