"""Two-level designs as tables of signs, and what each of them cannot tell apart (simex.md 4.2).

A design is an array of -1 and +1, a row for each run and a column for each factor. An effect is a set of
columns; its sign in a row is their product. Two effects with the same signs in every row (up to a common
turn) are aliases: the runs cannot tell which of them was at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Signs = NDArray[np.int8]


@dataclass(frozen=True)
class Fraction:
    """A regular fraction: `generators` say of which earlier columns each later column is the product."""

    name: str
    factors: int
    base: int
    generators: tuple[tuple[int, ...], ...]
    resolution: int


FRACTIONS = {
    fraction.name: fraction
    for fraction in (
        Fraction("2^(4-1)", 4, 3, ((0, 1, 2),), 4),
        Fraction("2^(5-1)", 5, 4, ((0, 1, 2, 3),), 5),
        Fraction("2^(6-2)", 6, 4, ((0, 1, 2), (1, 2, 3)), 4),
        Fraction("2^(7-3)", 7, 4, ((0, 1, 2), (1, 2, 3), (0, 2, 3)), 4),
        Fraction("2^(7-4)", 7, 3, ((0, 1), (0, 2), (1, 2), (0, 1, 2)), 3),
    )
}
# The first row of the design of twelve runs (Plackett and Burman 1946, Biometrika 33, 305-325); the others
# are its turns, and a row of minus signs.
PLACKETT_BURMAN_ROW = (1, 1, -1, 1, 1, 1, -1, -1, -1, 1, -1)
PLACKETT_BURMAN_FACTORS = len(PLACKETT_BURMAN_ROW)


def full(factors: int) -> Signs:
    """All 2^factors combinations; the first row is all -1 and the last column changes fastest."""
    return np.array(list(product((-1, 1), repeat=factors)), dtype=np.int8)


def fraction(name: str) -> Signs:
    """A fraction of `FRACTIONS` by its name."""
    plan = FRACTIONS[name]
    signs = full(plan.base)
    columns = [signs[:, place] for place in range(plan.base)]
    columns += [np.prod(signs[:, list(generator)], axis=1, dtype=np.int8) for generator in plan.generators]
    return np.column_stack(columns)


def plackett_burman(factors: int) -> Signs:
    """Twelve runs for up to eleven factors: main effects only."""
    if not 1 <= factors <= PLACKETT_BURMAN_FACTORS:
        raise ValueError(
            f"A Plackett-Burman design of twelve runs holds 1 to {PLACKETT_BURMAN_FACTORS} factors, "
            f"not {factors}."
        )
    rows = [np.roll(PLACKETT_BURMAN_ROW, turn) for turn in range(PLACKETT_BURMAN_FACTORS)]
    return np.array([*rows, [-1] * PLACKETT_BURMAN_FACTORS], dtype=np.int8)[:, :factors]


def effect_signs(signs: NDArray[Any], effect: Sequence[int]) -> NDArray[Any]:
    """The sign of an effect (places of its factors) in each row."""
    return np.prod(signs[:, list(effect)], axis=1)


@dataclass(frozen=True)
class Alias:
    """Two effects whose columns agree with weight `share` (1: cannot be told apart at all; between: partly
    mixed), both as places of factors."""

    effect: tuple[int, ...]
    other: tuple[int, ...]
    share: float


def aliases(signs: Signs, order: int = 2) -> tuple[Alias, ...]:
    """Every pair of main effects and interactions up to `order` factors that is mixed, fully or in part."""
    effects = [effect for size in range(1, order + 1) for effect in combinations(range(signs.shape[1]), size)]
    found = []
    for one, other in combinations(effects, 2):
        share = abs(float(np.mean(effect_signs(signs, one).astype(float) * effect_signs(signs, other))))
        if share > 1e-9:
            found.append(Alias(one, other, share))
    return tuple(found)


def mixed_with(signs: Signs, effect: tuple[int, ...], order: int = 2) -> tuple[Alias, ...]:
    """What an effect is mixed with, `effect` first in each."""
    return tuple(
        Alias(effect, one.other if one.effect == effect else one.effect, one.share)
        for one in aliases(signs, order)
        if effect in (one.effect, one.other)
    )
