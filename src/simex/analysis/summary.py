"""Tables by condition, the check of the shared random numbers, and the one-way analyses that the 2023 paper
used."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simex.measures import Measure, Scale
from simex.scenario import Layer

from .anova import OneWay, one_way
from .multiplicity import upper_bound_of_none

if TYPE_CHECKING:
    import pandas as pd

    from .results import Results


def conditions_table(results: Results) -> pd.DataFrame:
    """A row for each condition and measure: levels, runs, mean, 10th, 50th and 90th percentile of runs, share
    of runs in which a time did not come.

    Where nothing was ever counted, `none_below` holds the upper bound 3/n of its rate. Measures shown only as
    ratios are left out."""
    import pandas as pd

    rows = []
    for measure in results.measures:
        if measure.relative_only:
            continue
        y, condition, _, _ = results._flat(measure.column)
        for number in np.unique(condition):
            values = y[condition == number]
            levels = next(cell.levels for cell in results.study.cells if cell.condition == number)
            p10, p50, p90 = np.percentile(values, [10, 50, 90])
            none = measure.scale is Scale.COUNT and not values.any()
            rows.append(
                {
                    "condition": int(number),
                    **{name: str(level) for name, level in levels.items()},
                    "measure": measure.column,
                    "runs": len(values),
                    "mean": float(values.mean()),
                    "p10": float(p10),
                    "median": float(p50),
                    "p90": float(p90),
                    "did_not_come": results.censored(measure.column, int(number)),
                    "none_below": upper_bound_of_none(len(values)) if none else math.nan,
                }
            )
    return pd.DataFrame(rows)


def condition_ranks(results: Results, measure: Measure) -> NDArray[np.int64]:
    """The rank of each condition's mean, 1 for the best, (conditions,); empty without whole replicates."""
    values, _ = results._paired(measure.column)
    return (
        shared_ranks(values.mean(axis=0) * (-1 if measure.better == "more" else 1))
        if len(values)
        else np.zeros(0, np.int64)
    )


def shared_ranks(means: NDArray[np.float64]) -> NDArray[np.int64]:
    """1 for the lowest; equal means share a rank, so that a measure that changes nothing never seems to cost
    a place."""
    rounded = np.round(means, 9)
    return np.asarray(1 + (rounded[None, :] < rounded[:, None]).sum(axis=1), np.int64)


@dataclass(frozen=True)
class Pairing:
    """How the shared random numbers worked for one measure. correlation: mean over pairs of conditions.
    variance_ratio: of a difference of two conditions, paired against unpaired (below 1: sharing helps)."""

    measure: str
    correlation: float
    variance_ratio: float

    @property
    def helps(self) -> bool:
        return not self.correlation < 0


def pairing(results: Results, layer: Layer = Layer()) -> list[Pairing]:  # noqa: B008
    """The check of simex.md 4.3. A negative correlation means: run this measure again with
    common_random_numbers = false."""
    found = []
    for measure in results.measures:
        values, _ = results._paired(measure.column, layer)
        moving = values[:, values.std(axis=0) > 1e-12] if len(values) > 2 else values[:, :0]
        if moving.shape[1] < 2:
            continue
        covariance = np.cov(moving.T)
        spread = np.sqrt(np.diag(covariance))
        upper = np.triu_indices(len(spread), 1)
        correlation = (covariance / np.outer(spread, spread))[upper]
        variances = np.add.outer(np.diag(covariance), np.diag(covariance))[upper]
        found.append(
            Pairing(
                measure.column,
                float(correlation.mean()),
                float(np.mean((variances - 2 * covariance[upper]) / variances)),
            )
        )
    return found


def one_way_table(results: Results, measures: tuple[Measure, ...]) -> list[tuple[Measure, str, OneWay]]:
    """For each lever with levels, the classical one-way analysis of variance on all runs, as printed by the
    2023 paper; no pairing, no blocks."""
    found = []
    for measure in measures:
        if measure not in results.measures:
            continue
        y, condition, _, _ = results._flat(measure.column)
        for factor in results.design.factors:
            levels = np.array(
                [
                    str(next(cell.levels[factor] for cell in results.study.cells if cell.condition == number))
                    for number in condition
                ]
            )
            groups = [y[levels == level] for level in dict.fromkeys(levels.tolist())]
            if len(groups) > 1 and min(map(len, groups)) > 1:
                found.append((measure, factor, one_way(groups)))
    return found
