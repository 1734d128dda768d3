"""Whether the abstract hazard count (M12) may be shown: only where V1 to V5 passed for the parameter set in use (simex.md 7)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# By parameter digest, the verdicts of `./ssc simex validate` as archived in docs/simex/validation.
RECORDED = Path(__file__).with_name("validated.json")
NEEDED = ("V1", "V2", "V3", "V4", "V5")


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
    verdicts = json.loads(RECORDED.read_text(encoding="utf-8")).get(parameters_digest)
    if verdicts is None:
        return NOT_VALIDATED
    missed = [code for code in NEEDED if verdicts.get(code) != "passed"]
    if not missed:
        return Release(True, "The abstract hazard count is shown as a ratio: V1 to V5 passed for the parameter set in use.")
    return Release(
        False,
        f"The abstract hazard count is not shown: for the parameter set in use {', '.join(missed)} of the validation tests V1 to V5 "
        f"{'was' if len(missed) == 1 else 'were'} not reproduced (docs/simex/validation).",
    )
