"""Whether the hazard mode is released for a parameter set: only where V1 to V5 passed (simex.md 7 and 7.2; decision 0022).

Where it is not released, a lockdown with a hazard runs only as a preview, which has to be asked for and is named on everything that comes of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from simex.runs import Resolution

# By parameter digest, the verdicts of `./ssc simex validate` as archived in docs/simex/validation.
RECORDED = Path(__file__).with_name("validated.json")
NEEDED = ("V1", "V2", "V3", "V4", "V5")
PREVIEW = "preview: not validated"  # the state, as it is written on pages and into tables
HOW_TO_ASK = (
    "To look at it all the same, ask for a preview: --preview, or preview = true in the design. A preview gives no count and no exposure to the "
    'hazard, and no public report. Drills (kind = "lockdown-drill") are open.'
)


@dataclass(frozen=True)
class Release:
    """allowed: the mode is released and M10 to M12 may be shown, as ratios. reason: a sentence. verdicts: (code, verdict) of all tests, if any."""

    allowed: bool
    reason: str
    verdicts: tuple[tuple[str, str], ...] = ()

    def of(self, letter: str) -> tuple[tuple[str, str], ...]:
        """Those of V (directions of SIMEX 20-6), E (published work) or F (attempts to break it)."""
        return tuple(pair for pair in self.verdicts if pair[0].startswith(letter))


NOT_VALIDATED = Release(
    False,
    "For the parameter set in use no validation result (./ssc simex validate, tests V1 to V5) is on record, so the hazard mode is not released.",
)
NOT_THIS_RESOLUTION = Release(
    False,
    "The validation tests V1 to V5 are of the network resolution. Here people walk in continuous space, for which the hazard mode is not released.",
)


def release_for(parameters_digest: str, folder: Path | None = None, resolution: Resolution = Resolution.NETWORK) -> Release:
    """From the archived results of `./ssc simex validate`, or for parameters of one's own from validation.json in the study's folder."""
    if resolution is not Resolution.NETWORK:
        return NOT_THIS_RESOLUTION
    verdicts = json.loads(RECORDED.read_text(encoding="utf-8")).get(parameters_digest) or _in_folder(folder, parameters_digest)
    if verdicts is None:
        return NOT_VALIDATED
    told = tuple((code, str(verdict)) for code, verdict in verdicts.items())
    missed = [code for code in NEEDED if verdicts.get(code) != "passed"]
    if not missed:
        return Release(
            True, "The hazard mode is released: V1 to V5 passed for the parameter set in use. The abstract count is shown as a ratio.", told
        )
    return Release(
        False,
        f"For the parameter set in use {', '.join(missed)} of the validation tests V1 to V5 {'was' if len(missed) == 1 else 'were'} not reproduced "
        "(docs/simex/validation), so the hazard mode is not released.",
        told,
    )


def _in_folder(folder: Path | None, parameters_digest: str) -> dict[str, str] | None:
    if folder is None:
        return None
    try:
        found = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
        if found["about"]["parameter_digest"] != parameters_digest:
            return None
        return {str(row["code"]): str(row["verdict"]) for row in found["tests"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
