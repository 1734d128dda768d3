"""One measured figure and its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` and `target` in `unit`; `at_least`: the target is a floor, otherwise a ceiling. `target` None:
    shown for information."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    def line(self) -> str:
        wanted = (
            ""
            if self.target is None
            else (
                f"   target {'≥' if self.at_least else '≤'} {self.target:g}   "
                f"{'met' if self.met else 'MISSED'}"
            )
        )
        note = f"   ({self.note})" if self.note else ""
        return f"{self.name:<58}{self.value:>10.4g} {self.unit:<6}{wanted}{note}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(share * len(ordered) + 0.5) - 1))]
