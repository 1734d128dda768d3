"""Which inputs are varied: every number with a range that is assumed or a standard figure (simex.md 7.3). The
hazard's are no inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .model import ON_FOOT, Label, Parameters

VARIED = (Label.ASSUMED, Label.KNOWN)


@dataclass(frozen=True)
class Number:
    """One number of a parameter ("t_cue.median") and how far it is varied, in the parameter's unit."""

    name: str
    low: float
    high: float
    meaning: str
    unit: str
    label: Label


def numbers_of(parameters: Parameters, *, on_foot: bool) -> list[Number]:
    """The numbers that are varied, in the file's order. on_foot: with those of walking as a body, which the
    event driven engine does not read."""
    return [
        Number(f"{one.id}.{number}", low, high, one.meaning, one.unit, one.label)
        for one in parameters.values()
        if one.label in VARIED and (on_foot or not one.id.startswith(ON_FOOT))
        for number, (low, high) in one.ranges.items()
        if low < high
    ]


def problem(numbers: list[Number]) -> dict[str, object]:
    """The inputs as SALib wants them."""
    return {
        "num_vars": len(numbers),
        "names": [one.name for one in numbers],
        "bounds": [[one.low, one.high] for one in numbers],
    }


def changes(numbers: list[Number], point: NDArray[np.float64]) -> dict[str, float]:
    """A point (numbers,) as changes of a parameter set; held inside the ranges against rounding."""
    return {
        one.name: float(min(max(value, one.low), one.high)) for one, value in zip(numbers, point, strict=True)
    }
