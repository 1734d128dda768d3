"""Whether the abstract hazard count (M12) may be shown: only where V1 to V5 passed for the parameter set in use (simex.md 7)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """allowed: M12 may be shown, as a ratio. reason: a sentence for the report."""

    allowed: bool
    reason: str


NOT_VALIDATED = Release(
    False,
    "The abstract hazard count is not shown: for the parameter set in use no validation result (./ssc simex validate, tests V1 to V5) is on record.",
)


def release_for(parameters_digest: str) -> Release:
    """From the archived results of `./ssc simex validate`."""
    del parameters_digest
    return NOT_VALIDATED
