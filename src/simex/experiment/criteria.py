"""When V1 to V5 count as reproduced, decided from measured numbers (simex.md 7.2): by `validate`, and again
whenever its record is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

# The share of small experiments of 24 runs that must be significant with the right sign.
SHARE_NEEDED = {"V1": 0.5, "V2": 0.5, "V3": 0.8, "V4": 0.5, "V5": 0.8}
SIGN = {"V1": 1, "V3": 1, "V4": 1, "V5": -1}  # of the effect; V2 is a ratio
FEWEST_REPLICATES, FEWEST_EXPERIMENTS = 200, 500
EXACTLY_ONE = 1e-9


def study_shows(code: str, numbers: Mapping[str, Any]) -> bool:
    """The first half of a criterion: the interval of the large study. Raises LookupError, TypeError or
    ValueError where the numbers are not those."""
    if code == "V2":
        # (estimate, low, high)
        (_, _, neutral), (_, _, optimistic) = (numbers["neutral"], numbers["optimistic"])
        silent = numbers["never_without_radio"]
        return (
            _all_finite(neutral, optimistic, silent)
            and max(neutral, optimistic) < 1
            and abs(silent - 1) < EXACTLY_ONE
        )
    low, high = numbers["low"], numbers["high"]
    return _all_finite(low, high) and (low > 0 if SIGN[code] > 0 else high < 0)


def reproduced(code: str, numbers: Mapping[str, Any]) -> bool:
    """Both halves: the large study, and `share_significant` of the small experiments. Raises as
    `study_shows`."""
    share = numbers["share_significant"]
    return study_shows(code, numbers) and _all_finite(share) and SHARE_NEEDED[code] <= share <= 1


def _all_finite(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)
