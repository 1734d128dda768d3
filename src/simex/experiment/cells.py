"""The cells of a design: every combination of levels that is run, and in which robustness layers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from simex.scenario import Card, HazardStep, Kind, Layer, Scenario, StopBand

from . import factorial
from .design import REPLICA_CARDS, Design, Form
from .hypercube import latin_hypercube

LARGEST_FULL = 64
APART = 100_000  # replicate numbers of cells that do not share their random numbers lie this far apart
BASE_LAYER = Layer()


@dataclass(frozen=True)
class Cell:
    """One combination. levels: of the levers that are varied. blocks: card and moment. signs: -1/+1 per
    factor in two-level designs, else ().

    condition: the number of the combination without its blocks. replicates: fixed numbers of the replica,
    else None. first: the first number."""

    index: int
    condition: int
    levels: Mapping[str, Any]
    blocks: Mapping[str, str]
    signs: tuple[int, ...]
    scenario: Scenario
    replicates: tuple[int, ...] | None = None
    first: int = 0

    @property
    def name(self) -> str:
        return ", ".join(str(level) for level in (*self.levels.values(), *self.blocks.values()))


def signs_of(design: Design) -> factorial.Signs:
    """The design's table of signs, a row for each condition. Only for two-level designs."""
    if design.form is Form.FRACTION:
        return factorial.fraction(design.fraction or "")
    if design.form is Form.PLACKETT_BURMAN:
        return factorial.plackett_burman(len(design.factors))
    return factorial.full(len(design.factors))


def two_level(design: Design) -> bool:
    """Whether every factor has two levels, so that effects are contrasts of signs."""
    return design.form not in (Form.OPTIONS, Form.LATIN_HYPERCUBE) and all(
        len(levels) == 2 for levels in design.factors.values()
    )


def conditions_of(design: Design) -> list[dict[str, Any]]:
    """The levels of each condition, without blocks; for options {"option": name}."""
    if design.form is Form.OPTIONS:
        return [{"option": name} for name in design.options]
    if design.form is Form.LATIN_HYPERCUBE:
        return _points(design)
    names = list(design.factors)
    if two_level(design):
        return [
            {name: design.factors[name][(sign + 1) // 2] for name, sign in zip(names, row, strict=True)}
            for row in signs_of(design).tolist()
        ]
    return [dict(zip(names, levels, strict=True)) for levels in product(*design.factors.values())]


def count_of_conditions(design: Design) -> int:
    """How many conditions there are, without making them."""
    if design.form is Form.OPTIONS:
        return len(design.options)
    if design.form is Form.LATIN_HYPERCUBE:
        return points_of(design)
    return (
        len(signs_of(design))
        if two_level(design)
        else math.prod(len(levels) for levels in design.factors.values())
    )


def points_of(design: Design) -> int:
    return design.points or 10 * (len(design.factors) + len(design.ranges))


def _points(design: Design) -> list[dict[str, Any]]:
    names = [*design.factors, *design.ranges]
    conditions = []
    for row in latin_hypercube(points_of(design), len(names), design.seed):
        levels: dict[str, Any] = {}
        for name, share in zip(names, row.tolist(), strict=True):
            if name in design.factors:
                listed = design.factors[name]
                levels[name] = listed[min(int(share * len(listed)), len(listed) - 1)]
            else:
                low, high = design.ranges[name]
                levels[name] = round(low + (high - low) * share, 6)
        conditions.append(levels)
    return conditions


def cells_of(design: Design) -> tuple[Cell, ...]:
    """Every cell, in the order of conditions and blocks; the same design always gives the same cells."""
    signs = signs_of(design).tolist() if two_level(design) else None
    cards: list[tuple[str | None, tuple[int, ...] | None]] = [(None, None)]
    if design.form is Form.REPLICA:
        cards = list(REPLICA_CARDS)
    elif design.kind is Kind.LOCKDOWN:
        cards = [(card.value, None) for card in Card]
    moments: tuple[str | None, ...] = design.moments or (None,)
    cells: list[Cell] = []
    for condition, levels in enumerate(conditions_of(design)):
        own = design.options[levels["option"]] if design.form is Form.OPTIONS else levels
        for (card, replicates), moment in product(cards, moments):
            blocks = {
                name: level for name, level in (("card", card), ("moment", moment)) if level is not None
            }
            scenario = Scenario.of({"kind": design.kind, **design.common, **own, **blocks})
            row = tuple(signs[condition]) if signs is not None else ()
            index = len(cells)
            cells.append(
                Cell(
                    index,
                    condition,
                    levels,
                    blocks,
                    row,
                    scenario,
                    replicates,
                    0 if design.common_random_numbers else index * APART,
                )
            )
    return tuple(cells)


def layers_of(design: Design) -> tuple[Layer, ...]:
    """The base layer, and in runs with a hazard the eight others; all of them, always (simex.md 2.6, 2.7)."""
    if design.kind is not Kind.LOCKDOWN or design.form is Form.REPLICA:
        return (BASE_LAYER,)
    return (
        BASE_LAYER,
        *(
            layer
            for band, step in product(StopBand, HazardStep)
            if (layer := Layer(band, step)) != BASE_LAYER
        ),
    )


def headline_conditions(design: Design) -> tuple[int, ...]:
    """The conditions that the robustness layers repeat: all of a small design; of a large one today's, each
    lever changed alone, and all together."""
    conditions = conditions_of(design)
    if len(conditions) <= 16 or design.form is not Form.FULL_FACTORIAL:
        return tuple(range(len(conditions)))
    today = conditions[0]
    changed = [sum(levels[name] != today[name] for name in today) for levels in conditions]
    return tuple(place for place, count in enumerate(changed) if count <= 1 or count == len(today))


@cache
def layer_name(layer: Layer) -> str:
    return f"{layer.stop_band.value}-{layer.hazard_step.value}"


def replicate_numbers(cell: Cell, start: int, stop: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The numbers of the replicates at places start to stop - 1 of a cell."""
    if cell.replicates is not None:
        return np.array(cell.replicates[start:stop], dtype=np.int64)
    return np.arange(cell.first + start, cell.first + stop, dtype=np.int64)
