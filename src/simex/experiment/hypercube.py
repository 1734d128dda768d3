"""Latin hypercubes from our own numbers: as many points as slices, one in each slice of every factor."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simex.draws import Stream, uniform

TRIES = 50


def latin_hypercube(points: int, factors: int, seed: int) -> NDArray[np.float64]:
    """Points (points, factors) in (0, 1). Of `TRIES` hypercubes the one whose columns correlate least (as a
    nearly orthogonal one)."""
    best, least = np.empty((0, 0)), np.inf
    for attempt in range(TRIES):
        cube = np.column_stack([_column(points, attempt, place, seed) for place in range(factors)])
        mixed = np.corrcoef(cube.T) - np.eye(factors) if factors > 1 and points > 1 else np.zeros((1, 1))
        worst = float(np.abs(mixed).max())
        if worst < least:
            best, least = cube, worst
    return best


@njit(cache=True)
def _draws(seed, attempt, stream, place, start, count):  # type: ignore[no-untyped-def]
    drawn = np.empty(count)
    for index in range(count):
        drawn[index] = uniform(seed, attempt, stream, place, start + index)
    return drawn


def _column(points: int, attempt: int, place: int, seed: int) -> NDArray[np.float64]:
    order = np.argsort(
        np.argsort(_draws(seed, attempt, int(Stream.DESIGN), place, 0, points), kind="stable"), kind="stable"
    )
    return np.asarray((order + _draws(seed, attempt, int(Stream.DESIGN), place, points, points)) / points)
