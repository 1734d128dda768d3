"""Whether what a study says holds in every robustness layer: three bands of what an officer's contact
changes, three steps of the fixed rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simex.experiment.cells import conditions_of
from simex.measures import BY_COLUMN, Measure
from simex.scenario import Layer

from .contrasts import Contrast, contrasts_of
from .effects import Effect, _of_measure, judged

if TYPE_CHECKING:
    from .results import Results

WATCHED = ("rooms_completed", "students_reported_safe", "exposure_person_s", "hazard_count")


@dataclass(frozen=True)
class LayerEffects:
    layer: Layer
    effects: tuple[Effect, ...]


def layer_contrasts(results: Results) -> list[Contrast]:
    """Main effects where all conditions are in the layers; else each lever changed alone against today."""
    present = {
        results.study.cells[index].condition
        for layer in results.layers[1:]
        for index in results.cells_in(layer)
    }
    conditions = conditions_of(results.design)
    mains = [one for one in contrasts_of(results.design) if one.order == 1]
    if all(set(np.flatnonzero(one.weights).tolist()) <= present for one in mains):
        return mains
    found = []
    for place in sorted(present - {0}):
        changed = [name for name in conditions[0] if conditions[place][name] != conditions[0][name]]
        if len(changed) == 1:
            weights = np.zeros(len(conditions))
            weights[[0, place]] = -1, 1
            high, low = str(conditions[place][changed[0]]), str(conditions[0][changed[0]])
            found.append(Contrast((changed[0],), changed[0], weights, high, low))
    return found


def watched(results: Results) -> tuple[Measure, ...]:
    """The measures that are followed through the layers, as far as they mean something here and may be
    shown."""
    there = {measure.column for measure in results.measures}
    return tuple(BY_COLUMN[name] for name in WATCHED if name in there)


def through_layers(results: Results) -> list[LayerEffects]:
    """The main effects on the watched measures in every layer."""
    contrasts, measures = layer_contrasts(results), watched(results)
    found = []
    for layer in results.layers:
        rows = [row for measure in measures for row in _of_measure(results, measure, layer, contrasts)]
        found.append(
            LayerEffects(layer, tuple(judged(rows, {measure.column: measure for measure in measures})))
        )
    return found


def rank_correlations(results: Results) -> dict[str, float]:
    """By watched measure, the lowest rank correlation (Spearman) of any layer's order of conditions with the
    base layer's."""
    from scipy.stats import spearmanr

    lowest: dict[str, float] = {}
    for measure in watched(results):
        base, base_numbers = results._paired(measure.column, results.layers[0])
        for layer in results.layers[1:]:
            values, numbers = results._paired(measure.column, layer)
            if len(numbers) < 3 or not len(values):
                continue
            both = np.isin(base_numbers, numbers)
            found = float(spearmanr(base.mean(axis=0)[both], values.mean(axis=0)).statistic)
            lowest[measure.column] = min(found, lowest.get(measure.column, 1.0))
    return lowest
