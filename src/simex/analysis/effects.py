"""The fixed plan of analysis (simex.md 4.5): every lever on every measure, each with an interval, an effect
size and what it means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simex.experiment import Form
from simex.experiment.design import SMALLEST_EFFECTS, Design
from simex.measures import Measure, Scale
from simex.scenario import Layer

from .anova import ConditionMeans
from .bootstrap import FEWEST, bca_interval, left_out_means, resampled_means
from .contrasts import Contrast, contrasts_of, simple_effects
from .models import LogContrast, count_model, rate_model, share_model
from .multiplicity import benjamini_hochberg, equivalence_p, holm

if TYPE_CHECKING:
    import pandas as pd

    from .results import Results

Floats = NDArray[np.float64]
ALPHA = 0.05


class Verdict(StrEnum):
    """What can be said: the interval against no effect and against the smallest effect that matters."""

    BETTER = "better"  # clear, and at least as large as what matters
    WORSE = "worse"
    SMALL = "small"  # not nothing, but smaller than what matters
    EQUIVALENT = "equivalent"  # shown to be smaller than what matters
    OPEN = "open"  # these runs cannot tell


@dataclass(frozen=True)
class Effect:
    """One effect on one measure. estimate, low, high: a difference in the measure's unit, or a ratio; 95 %
    interval.

    p: two-sided. p_adjusted: Holm in the confirmatory family, Benjamini-Hochberg elsewhere. equivalence_p:
    small means smaller than `smallest`. with_it, without: the means that are compared (NaN where only a ratio
    is shown). never_with, never_without: share of runs without the event. odds_ratio: of proportions, with
    its interval. material: large enough and sure enough to be spoken about."""

    measure: str
    effect: tuple[str, ...]
    label: str
    high_level: str
    low_level: str
    scale: str
    estimate: float
    low: float
    high: float
    p: float
    equivalence_p: float
    smallest: float
    hedges_g: float
    partial_eta2: float
    with_it: float
    without: float
    never_with: float
    never_without: float
    odds_ratio: float
    odds_low: float
    odds_high: float
    rank_p: float
    model: str
    replicates: int
    confirmatory: bool = False
    p_adjusted: float = math.nan
    verdict: Verdict = Verdict.OPEN

    @property
    def order(self) -> int:
        return len(self.effect)

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no effect."""
        none = 1.0 if self.scale == "ratio" else 0.0
        return not self.low <= none <= self.high


def smallest_effect(design: Design, measure: Measure) -> float:
    """The smallest effect of interest: the design's own, or the default of simex.md 4.4 (a ratio for counts
    and exposures), or NaN."""
    if measure.column in design.smallest_effect:
        return design.smallest_effect[measure.column]
    if is_ratio(measure):
        return SMALLEST_EFFECTS["ratio"]
    if measure.unit == "s":
        return SMALLEST_EFFECTS["seconds"]
    if measure.scale is Scale.PROPORTION:
        return SMALLEST_EFFECTS["students" if measure.column.startswith("students") else "rooms"]
    return math.nan


def is_ratio(measure: Measure) -> bool:
    """Whether an effect on it is told as a ratio of two conditions."""
    return measure.relative_only or measure.scale is Scale.COUNT


def effects(
    results: Results,
    *,
    layer: Layer = Layer(),  # noqa: B008
    measures: Sequence[Measure] | None = None,
    extra: Sequence[Contrast] = (),
) -> list[Effect]:
    """Every effect of the design (and `extra` ones) on each measure, adjusted and judged; in a preview none
    of the hazard."""
    chosen = [measure for measure in measures or results.measures if measure in results.measures]
    found: list[Effect] = []
    for measure in chosen:
        found += _of_measure(results, measure, layer, [*contrasts_of(results.design), *extra])
    return judged(found, {measure.column: measure for measure in chosen})


def _of_measure(
    results: Results, measure: Measure, layer: Layer, contrasts: Sequence[Contrast]
) -> list[Effect]:
    y, condition, block, replicate = results._flat(measure.column, layer)
    values, numbers = results._paired(measure.column, layer)
    if len(values) < 2 or len(y) < 3:
        return []
    inside = set(numbers.tolist())
    usable = [one for one in contrasts if set(np.flatnonzero(one.weights).tolist()) <= inside]
    if not usable:
        return []
    codes = np.searchsorted(numbers, condition)
    kept = np.isin(condition, numbers)
    y, codes, block, replicate = y[kept], codes[kept], block[kept], replicate[kept]
    block = np.unique(block, return_inverse=True)[1]
    paired = results.design.common_random_numbers and results.design.form is not Form.REPLICA
    means = ConditionMeans(y, codes, block, np.unique(replicate, return_inverse=True)[1] if paired else None)
    resampled = left_out = None
    if len(values) >= FEWEST and results.design.form is not Form.REPLICA:
        resampled = resampled_means(values, results.design.seed, apart=not paired)
        left_out = left_out_means(values, apart=not paired)
    ratio = is_ratio(measure)
    model = None
    if ratio:
        model = (count_model if measure.scale is Scale.COUNT else rate_model)(y, codes, block, replicate)
    elif measure.scale is Scale.PROPORTION and measure.core:
        model = share_model(y, codes, block, replicate)
    found = []
    for one in usable:
        weights = one.weights[numbers]
        logs = model.test(weights) if model is not None else None
        told = partial(_ratio, logs=logs) if ratio else partial(_difference, means=means, paired=paired)
        effect = told(values, weights, resampled=resampled, left_out=left_out)
        if effect is None:
            continue
        test = means.test(weights)
        shown = not measure.relative_only and one.order == 1
        high, low = np.flatnonzero(one.weights > 0), np.flatnonzero(one.weights < 0)
        if not ratio:
            p_same = equivalence_p(
                effect["estimate"],
                effect["error"],
                smallest_effect(results.design, measure),
                effect["degrees"],
            )
        else:
            p_same = equivalence_p(
                math.log(effect["estimate"]),
                effect["error"],
                math.log(smallest_effect(results.design, measure)),
                1e9,
            )
        found.append(
            Effect(
                measure=measure.column,
                effect=one.effect,
                label=one.label,
                high_level=one.high,
                low_level=one.low,
                scale="ratio" if ratio else "difference",
                estimate=effect["estimate"],
                low=effect["low"],
                high=effect["high"],
                p=effect["p"],
                equivalence_p=p_same,
                smallest=smallest_effect(results.design, measure),
                hedges_g=test.hedges_g,
                partial_eta2=test.partial_eta2,
                with_it=float(values[:, weights > 0].mean()) if shown else math.nan,
                without=float(values[:, weights < 0].mean()) if shown else math.nan,
                never_with=float(np.mean([results.censored(measure.column, int(place)) for place in high])),
                never_without=float(np.mean([results.censored(measure.column, int(place)) for place in low])),
                odds_ratio=logs.ratio if logs and not ratio else math.nan,
                odds_low=logs.low if logs and not ratio else math.nan,
                odds_high=logs.high if logs and not ratio else math.nan,
                rank_p=_rank_p(values @ weights) if paired else math.nan,
                model=effect["model"],
                replicates=len(values),
            )
        )
    return found


def _difference(
    values: Floats,
    weights: Floats,
    *,
    means: ConditionMeans,
    resampled: Floats | None,
    left_out: Floats | None,
    paired: bool,
) -> dict[str, Any]:
    """A difference with its error: by replicate where runs are paired, else by HC3; interval by the bootstrap
    where there are enough replicates."""
    from scipy.special import stdtr, stdtrit

    if paired:
        own = values @ weights
        estimate, degrees = float(own.mean()), float(len(own) - 1)
        error = float(own.std(ddof=1)) / math.sqrt(len(own))
        p = (
            float(2 * stdtr(degrees, -abs(estimate) / error))
            if error > 0
            else (0.0 if abs(estimate) > 1e-12 else 1.0)
        )
    else:
        test = means.test(weights)
        estimate, degrees, error, p = test.estimate, float(test.degrees), test.error, test.p
    if resampled is not None and left_out is not None and error > 0:
        low, high = bca_interval(estimate, resampled @ weights, left_out @ weights)
        model = "bootstrap over replicates (BCa)"
    else:
        half = float(stdtrit(degrees, 0.975)) * error if degrees > 0 else math.nan
        low, high, model = estimate - half, estimate + half, "analysis of variance, HC3 errors"
    return {
        "estimate": estimate,
        "low": low,
        "high": high,
        "p": p,
        "error": error,
        "degrees": degrees,
        "model": model,
    }


def _ratio(
    values: Floats,
    weights: Floats,
    *,
    logs: LogContrast | None,
    resampled: Floats | None,
    left_out: Floats | None,
) -> dict[str, Any] | None:
    """A rate ratio of the model; where a condition has no event, of the weighted means by the bootstrap. None
    where neither exists."""
    if logs is not None:
        return {
            "estimate": logs.ratio,
            "low": logs.low,
            "high": logs.high,
            "p": logs.p,
            "error": logs.log_error,
            "model": logs.model,
        }
    up, down = np.maximum(weights, 0), np.maximum(-weights, 0)
    means = values.mean(axis=0)
    if resampled is None or left_out is None or not (means @ up > 0 and means @ down > 0):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.log(resampled @ up) - np.log(resampled @ down)
        without = np.log(left_out @ up) - np.log(left_out @ down)
    estimate = math.log(means @ up) - math.log(means @ down)
    if not np.isfinite(without).all():
        return None
    low, high = bca_interval(estimate, drawn, without)
    error = float(np.std(drawn[np.isfinite(drawn)]))
    share = float(np.mean(drawn <= 0))
    p = max(2 * min(share, 1 - share), 2 / len(drawn))
    return {
        "estimate": math.exp(estimate),
        "low": math.exp(low),
        "high": math.exp(high),
        "p": p,
        "error": error,
        "model": "bootstrap of the ratio",
    }


def _rank_p(own: Floats) -> float:
    """Wilcoxon's signed-rank test of the effect in each replicate: a check that a few runs do not decide."""
    from scipy.stats import wilcoxon

    moved = own[np.abs(own) > 1e-12]
    return float(wilcoxon(moved).pvalue) if len(moved) >= FEWEST else math.nan


def judged(found: Sequence[Effect], measures: dict[str, Measure]) -> list[Effect]:
    """With adjusted p-values (Holm for main effects on core measures, Benjamini-Hochberg for the rest) and
    verdicts."""
    confirmatory = np.array([measures[one.measure].core and one.order == 1 for one in found], dtype=bool)
    adjusted = np.full(len(found), np.nan)
    for chosen, adjust in ((confirmatory, holm), (~confirmatory, benjamini_hochberg)):
        places = [int(place) for place in np.flatnonzero(chosen) if not math.isnan(found[int(place)].p)]
        if places:
            adjusted[places] = adjust([found[place].p for place in places])
    return [
        replace(
            one,
            confirmatory=bool(own),
            p_adjusted=float(p),
            verdict=_verdict(one, float(p), measures[one.measure]),
        )
        for one, own, p in zip(found, confirmatory, adjusted, strict=True)
    ]


def _verdict(effect: Effect, p_adjusted: float, measure: Measure) -> Verdict:
    none = 1.0 if effect.scale == "ratio" else 0.0
    sure = effect.clear and p_adjusted < ALPHA
    if effect.equivalence_p < ALPHA:
        return Verdict.SMALL if sure else Verdict.EQUIVALENT
    if not sure:
        return Verdict.OPEN
    size = abs(math.log(effect.estimate)) if effect.scale == "ratio" else abs(effect.estimate)
    matters = math.log(effect.smallest) if effect.scale == "ratio" else effect.smallest
    if not math.isnan(matters) and size < matters:
        return Verdict.SMALL
    return Verdict.BETTER if (effect.estimate > none) == (measure.better == "more") else Verdict.WORSE


def material_pairs(found: Sequence[Effect]) -> list[tuple[str, tuple[str, str]]]:
    """(measure, pair of levers) where a two-way effect is too large for its main effects to be told alone."""
    return [
        (one.measure, (one.effect[0], one.effect[1]))
        for one in found
        if one.order == 2 and one.verdict in (Verdict.BETTER, Verdict.WORSE)
    ]


def simple_effects_of(results: Results, found: Sequence[Effect]) -> list[Effect]:
    """For each material two-way effect, the effect of each lever at each level of the other."""
    told: list[Effect] = []
    for column, pair in material_pairs(found):
        measure = next(one for one in results.measures if one.column == column)
        contrasts = simple_effects(results.design, pair)
        rows = _of_measure(results, measure, Layer(), contrasts)
        told += [replace(row, verdict=_verdict(row, row.p, measure)) for row in rows]
    return told


def effects_table(results: Results, *, exploratory: bool = True) -> pd.DataFrame:
    """`effects` as a table, a row each."""
    import pandas as pd

    rows = [
        asdict(one) | {"effect": ":".join(one.effect), "verdict": one.verdict.value}
        for one in effects(results)
        if exploratory or one.confirmatory
    ]
    return pd.DataFrame(rows)
