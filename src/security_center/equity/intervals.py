"""Confidence intervals of 95%, and the middle of a row of days.

Shares: Wilson, E. B. (1927), “Probable inference, the law of succession, and statistical inference”, Journal
of the American Statistical Association 22, 209 to 212. Ratios of two rates: Katz, D. et al. (1978),
“Obtaining confidence intervals for the risk ratio in cohort studies”, Biometrics 34, 469 to 474 (on the
logarithm). Medians: order statistics with binomial ranks, which assumes nothing about how long things take.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, exp, sqrt

Z = 1.959963984540054  # the 97.5th percentile of the standard normal distribution


def wilson(count: int, of: int) -> tuple[float, float]:
    """The interval of a share. `of` is at least 1."""
    share, square = count / of, Z * Z
    middle = share + square / (2 * of)
    reach = Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - reach) / (1 + square / of)), min(1.0, (middle + reach) / (1 + square / of))


def rate_ratio(count: int, of: int, other_count: int, other_of: int) -> tuple[float, float, float] | None:
    """(ratio, low, high) of the first rate to the second; None where one of them is nothing."""
    if min(count, of, other_count, other_of) <= 0:
        return None
    ratio = (count / of) / (other_count / other_of)
    error = sqrt(max(0.0, 1 / count - 1 / of + 1 / other_count - 1 / other_of))
    return ratio, ratio * exp(-Z * error), ratio * exp(Z * error)


def median(values: Sequence[float]) -> tuple[float, float, float]:
    """(median, low, high). The interval runs between the two values whose ranks hold the true median with
    95%; at least one value."""
    ordered = sorted(values)
    count = len(ordered)
    middle = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    below, rank = 0.0, 0
    while rank < count // 2 and below + comb(count, rank) / 2**count <= 0.025:
        below += comb(count, rank) / 2**count
        rank += 1
    low = max(0, rank - 1)
    return middle, ordered[low], ordered[count - 1 - low]


def ninetieth(values: Sequence[float]) -> float:
    """The value that nine of ten do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-9 * len(ordered) // 10) - 1))]


def is_different(low: float, high: float) -> bool:
    """Whether a ratio differs from 1 beyond chance."""
    return low > 1 or high < 1
