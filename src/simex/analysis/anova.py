"""Analysis of variance on conditions and blocks, with errors that need no equal variances (HC3), and the
one-way analyses of the 2023 paper."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class ContrastTest:
    """estimate with its standard error, degrees of freedom and p-value (two-sided t); partial eta squared;
    Hedges' g."""

    estimate: float
    error: float
    degrees: float
    p: float
    partial_eta2: float
    hedges_g: float

    def interval(self) -> tuple[float, float]:
        from scipy.special import stdtrit

        half = float(stdtrit(self.degrees, 0.975)) * self.error if self.degrees > 0 else math.nan
        return self.estimate - half, self.estimate + half


def design_matrix(condition: Codes, blocks: Codes) -> tuple[Floats, int]:
    """Columns of the conditions' means and of blocks (each but the first, centered); and how many are
    conditions'."""
    conditions = int(condition.max()) + 1
    columns = [np.eye(conditions)[condition]]
    if blocks.max() > 0:
        dummies = np.eye(int(blocks.max()) + 1)[blocks][:, 1:]
        columns.append(dummies - dummies.mean(axis=0))
    return np.column_stack(columns), conditions


class ConditionMeans:
    """Ordinary least squares of y (n,) on conditions, blocks and, where runs are paired, replicates. Codes
    are whole numbers from 0.

    Replicates are taken out by their means, which is the same as columns of their own where each of them has
    as many runs; if not, they stay in."""

    def __init__(self, y: Floats, condition: Codes, blocks: Codes, replicate: Codes | None = None) -> None:
        self.within_sd = _within_sd(y, condition, blocks)
        x, self.conditions = design_matrix(condition, blocks)
        taken_out, share = 0, 0.0
        if replicate is not None and not np.ptp(runs := np.bincount(replicate)) and runs[0] > 1:
            y = y - (np.bincount(replicate, weights=y) / runs)[replicate] + y.mean()
            taken_out, share = len(runs) - 1, 1 / runs[0] - 1 / len(y)
        self.n, self.columns = x.shape
        square = x.T @ x
        self.inverse = np.linalg.pinv(square, hermitian=True)
        self.coefficients = self.inverse @ (x.T @ y)
        residuals = y - x @ self.coefficients
        # N less the rank of all columns
        self.degrees = self.n - round(float(np.sum(self.inverse * square))) - taken_out
        self.sse = float(residuals @ residuals)
        leverage = ((x @ self.inverse) * x).sum(axis=1) + share
        scaled = residuals / np.maximum(1 - leverage, 1e-9)
        self.covariance = self.inverse @ ((x * (scaled**2)[:, None]).T @ x) @ self.inverse
        self.within_degrees = self.n - len(np.unique(condition * (int(blocks.max()) + 1) + blocks))

    def test(self, weights: Floats) -> ContrastTest:
        """A contrast of the conditions' means. weights: (conditions,)."""
        from scipy.special import stdtr

        whole = np.zeros(self.columns)
        whole[: self.conditions] = weights
        estimate = float(whole @ self.coefficients)
        error = math.sqrt(max(float(whole @ self.covariance @ whole), 0.0))
        p = (
            float(2 * stdtr(self.degrees, -abs(estimate) / error))
            if error > 0 and self.degrees > 0
            else (0.0 if estimate else 1.0)
        )
        explained = estimate**2 / float(whole @ self.inverse @ whole) if np.any(weights) else 0.0
        eta2 = explained / (explained + self.sse) if explained + self.sse > 0 else 0.0
        return ContrastTest(estimate, error, self.degrees, p, eta2, self._g(estimate))

    def _g(self, estimate: float) -> float:
        """Hedges' g: the difference in run-to-run standard deviations, corrected for small samples."""
        if not self.within_sd > 0:
            return math.nan
        return float(estimate / self.within_sd * (1 - 3 / (4 * max(self.within_degrees, 1) - 1)))


def _within_sd(y: Floats, condition: Codes, blocks: Codes) -> float:
    """The standard deviation from run to run inside a condition and block, pooled."""
    cell = condition * (int(blocks.max()) + 1) + blocks
    _, place = np.unique(cell, return_inverse=True)
    counts = np.bincount(place)
    means = np.bincount(place, weights=y) / counts
    degrees = len(y) - len(counts)
    return math.sqrt(float(((y - means[place]) ** 2).sum()) / degrees) if degrees > 0 else math.nan


@dataclass(frozen=True)
class OneWay:
    """F with its degrees of freedom, p-value and eta squared."""

    f: float
    between: int
    within: int
    p: float
    eta2: float


def one_way(groups: list[Floats]) -> OneWay:
    """The classical one-way analysis of variance of two or more groups of runs."""
    from scipy.special import fdtrc

    whole = np.concatenate(groups)
    middle = whole.mean()
    between = float(sum(len(group) * (group.mean() - middle) ** 2 for group in groups))
    within = float(sum(((group - group.mean()) ** 2).sum() for group in groups))
    degrees = len(groups) - 1, len(whole) - len(groups)
    if within == 0:
        return OneWay(
            math.inf if between > 0 else math.nan,
            *degrees,
            0.0 if between > 0 else 1.0,
            1.0 if between > 0 else 0.0,
        )
    f = between / degrees[0] / (within / degrees[1])
    return OneWay(f, *degrees, float(fdtrc(*degrees, f)), between / (between + within))
