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
    """allowed: M12 may be shown, as a ratio. reason: a sentence for the report. verdicts: (code, verdict) of V1 to V8, where there are any."""

    allowed: bool
    reason: str
    verdicts: tuple[tuple[str, str], ...] = ()


NOT_VALIDATED = Release(
    False,
    "The abstract hazard count is not shown: for the parameter set in use no validation result (./ssc simex validate, tests V1 to V5) is on record.",
)


def release_for(parameters_digest: str, folder: Path | None = None) -> Release:
    """From the archived results of `./ssc simex validate`, or for parameters of one's own from validation.json in the study's folder."""
    verdicts = json.loads(RECORDED.read_text(encoding="utf-8")).get(parameters_digest) or _in_folder(folder, parameters_digest)
    if verdicts is None:
        return NOT_VALIDATED
    told = tuple((code, str(verdict)) for code, verdict in verdicts.items() if code.startswith("V"))
    missed = [code for code in NEEDED if verdicts.get(code) != "passed"]
    if not missed:
        return Release(True, "The abstract hazard count is shown as a ratio: V1 to V5 passed for the parameter set in use.", told)
    return Release(
        False,
        f"The abstract hazard count is not shown: for the parameter set in use {', '.join(missed)} of the validation tests V1 to V5 "
        f"{'was' if len(missed) == 1 else 'were'} not reproduced (docs/simex/validation).",
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
