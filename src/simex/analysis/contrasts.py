"""What a design can speak about, each as weights over its conditions: the estimate is the weighted sum of the
conditions' means.

A main effect is the mean with the measure minus the mean without; a two-way effect half the difference of two
such differences (Box, Hunter and Hunter). Options and further levels are differences from today. A lever with
a range is a slope times its range."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simex.experiment import Design, Form
from simex.experiment.cells import conditions_of, signs_of, two_level

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contrast:
    """effect: the levers in it. label: in words. weights (conditions,): they sum to 0. high, low: the levels
    compared, "" for interactions."""

    effect: tuple[str, ...]
    label: str
    weights: Floats
    high: str = ""
    low: str = ""

    @property
    def order(self) -> int:
        return len(self.effect)


def contrasts_of(design: Design) -> list[Contrast]:
    """Every effect the design can speak about: main effects first, then two-way, then three-way."""
    if design.form is Form.OPTIONS:
        return _against_first(design)
    if design.form is Form.LATIN_HYPERCUBE:
        return _slopes(design)
    if two_level(design):
        return _signs(design)
    return _levels(design)


def _signs(design: Design) -> list[Contrast]:
    signs, names = signs_of(design).astype(float), list(design.factors)
    orders = {Form.FRACTION: 2, Form.PLACKETT_BURMAN: 1}.get(design.form, 3)
    if design.fraction == "2^(7-4)":
        orders = 1
    found: list[Contrast] = []
    taken: list[Floats] = []
    for order in range(1, min(orders, len(names)) + 1):
        for places in combinations(range(len(names)), order):
            column = np.prod(signs[:, places], axis=1)
            if order > 1 and any(abs(float(np.mean(column * other))) > 1e-9 for other in taken):
                continue  # mixed with another effect: nothing can be said about it
            if order > 1 and design.form is Form.FRACTION and _mixed(signs, places):
                continue
            taken.append(column)
            effect = tuple(names[place] for place in places)
            low, high = design.factors[effect[0]] if order == 1 else ("", "")
            found.append(Contrast(effect, " x ".join(effect), column * 2 / len(signs), str(high), str(low)))
    return found


def _mixed(signs: Floats, places: tuple[int, ...]) -> bool:
    column = np.prod(signs[:, places], axis=1)
    others = (other for other in combinations(range(signs.shape[1]), 2) if other != places)
    return any(abs(float(np.mean(column * np.prod(signs[:, other], axis=1)))) > 1e-9 for other in others)


def _against_first(design: Design) -> list[Contrast]:
    names = list(design.options)
    found = []
    for place, name in enumerate(names[1:], 1):
        weights = np.zeros(len(names))
        weights[[0, place]] = -1, 1
        found.append(Contrast((name,), name, weights, name, names[0]))
    return found


def _levels(design: Design) -> list[Contrast]:
    conditions = conditions_of(design)
    found = []
    for factor, levels in design.factors.items():
        for level in levels[1:]:
            high, low = _share(conditions, factor, level), _share(conditions, factor, levels[0])
            found.append(Contrast((factor,), f"{factor}: {level}", high - low, str(level), str(levels[0])))
    return found


def _share(conditions: list[dict[str, Any]], factor: str, level: Any) -> Floats:
    chosen = np.array([levels[factor] == level for levels in conditions], dtype=float)
    return np.asarray(chosen / chosen.sum())


def _slopes(design: Design) -> list[Contrast]:
    conditions = conditions_of(design)
    columns, labels = [np.ones(len(conditions))], []
    for name, (low, high) in design.ranges.items():
        columns.append(np.array([(levels[name] - low) / (high - low) for levels in conditions]))
        labels.append(((name,), name, f"{high:g}", f"{low:g}"))
    for name, listed in design.factors.items():
        for level in listed[1:]:
            columns.append(np.array([float(levels[name] == level) for levels in conditions]))
            labels.append(((name,), f"{name}: {level}", str(level), str(listed[0])))
    weights = np.linalg.pinv(np.column_stack(columns))[1:]
    return [
        Contrast(effect, label, row, high, low)
        for (effect, label, high, low), row in zip(labels, weights, strict=True)
    ]


def simple_effects(design: Design, effect: tuple[str, str]) -> list[Contrast]:
    """For a two-way effect that matters: the effect of each of its levers at each level of the other."""
    conditions = conditions_of(design)
    found = []
    for one, other in (effect, effect[::-1]):
        low, high = design.factors[one]
        for level in design.factors[other]:
            with_it = np.array(
                [levels[one] == high and levels[other] == level for levels in conditions], dtype=float
            )
            without = np.array(
                [levels[one] == low and levels[other] == level for levels in conditions], dtype=float
            )
            weights = with_it / with_it.sum() - without / without.sum()
            found.append(
                Contrast((one, other), f"{one} where {other} is {level}", weights, str(high), str(low))
            )
    return found
