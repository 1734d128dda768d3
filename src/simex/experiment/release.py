"""Whether the hazard mode is released for a parameter set: only where V1 to V5 passed (simex.md 7 and 7.2;
decision 0022).

Where it is not released, a lockdown with a hazard runs only as a preview, which has to be asked for and is
named on everything that comes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from simex.files import read_ordinary
from simex.measures import MEASURES
from simex.runs import Resolution

from .code_version import code_version
from .criteria import FEWEST_EXPERIMENTS, FEWEST_REPLICATES, reproduced

# By parameter digest, the verdicts of `./ssc simex validate` as archived in docs/simex/validation.
RECORDED = Path(__file__).with_name("validated.json")
RECORD = "validation.json"
LARGEST_RECORD = 4_000_000
NEEDED = ("V1", "V2", "V3", "V4", "V5")
OF_THE_HAZARD = frozenset(measure.column for measure in MEASURES if measure.relative_only)  # M10 to M12
PREVIEW = "preview: not validated"  # the state, as it is written on pages and into tables
RUN_AS_PREVIEW = (
    "V1 to V5 passed for the parameter set in use, but these runs were made as a preview, which "
    "keeps nothing that measures the hazard. Run the "
    f"study again into a new folder that holds {RECORD}."
)
HOW_TO_ASK = (
    "To look at it all the same, ask for a preview: --preview, or preview = true in the design. A "
    "preview gives no count and no exposure to the "
    'hazard, and no public report. Drills (kind = "lockdown-drill") are open.'
)


@dataclass(frozen=True)
class Release:
    """allowed: the mode is released and M10 to M12 may be shown, as ratios. reason: a sentence. verdicts:
    (code, verdict) of all tests, if any.

    whose: who made the record, a sentence; empty without one. untested: without verdicts, what that means for
    a reader."""

    allowed: bool
    reason: str
    verdicts: tuple[tuple[str, str], ...] = ()
    whose: str = ""
    untested: str = ""

    def of(self, letter: str) -> tuple[tuple[str, str], ...]:
        """Those of V (directions of SIMEX 20-6), E (published work) or F (attempts to break it)."""
        return tuple(pair for pair in self.verdicts if pair[0].startswith(letter))


NOT_VALIDATED = Release(
    False,
    "For the parameter set in use no validation result (./ssc simex validate, tests V1 to V5) is on "
    "record, so the hazard mode is not released.",
    untested=(
        "These inputs have not been compared with the experiment of 2020 yet (V1 to V8, ./ssc simex "
        "validate)."
    ),
)
NOT_THIS_RESOLUTION = Release(
    False,
    "The validation tests V1 to V5 are of the network resolution. Here people walk in continuous "
    "space, for which the hazard mode is not released.",
    untested="This way of computing, people as bodies in continuous space, has not been compared with the "
    "experiment of 2020. The comparison "
    "(V1 to V8) is of the faster way, on a network.",
)
ARCHIVED = "This is the project's own record, kept with the program (docs/simex/validation)."
OWN = f"This is {RECORD} in the study's folder, made by whoever ran the study. Nobody else has checked it."


def release_for(
    parameters_digest: str, folder: Path | None = None, resolution: Resolution = Resolution.NETWORK
) -> Release:
    """From the archived results of `./ssc simex validate`, or for parameters of one's own from
    validation.json in the study's folder.

    The latter is read only where it is of these parameters and of this program's engine, and judged by its
    numbers, not by its words (decision 0022)."""
    if resolution is not Resolution.NETWORK:
        return NOT_THIS_RESOLUTION
    archived = json.loads(RECORDED.read_text(encoding="utf-8")).get(parameters_digest)
    if archived is not None:
        return _judged(tuple((code, str(verdict)) for code, verdict in archived.items()), ARCHIVED)
    if folder is None or not (folder / RECORD).exists():
        return NOT_VALIDATED
    try:
        return _judged(_own(folder / RECORD, parameters_digest), OWN)
    except _NoRecord as error:
        reason = (
            f"{NOT_VALIDATED.reason} {RECORD} in the study's folder is none: {error}. Make it with "
            "./ssc simex validate --out."
        )
        return Release(False, reason, untested=NOT_VALIDATED.untested)


def _judged(verdicts: tuple[tuple[str, str], ...], whose: str) -> Release:
    passed = {code for code, verdict in verdicts if verdict == "passed"}
    missed = [code for code in NEEDED if code not in passed]
    if not missed:
        told = (
            "The hazard mode is released: V1 to V5 passed for the parameter set in use. The abstract "
            "count is shown as a ratio."
        )
        return Release(True, f"{told} {whose}", verdicts, whose)
    return Release(
        False,
        f"For the parameter set in use {', '.join(missed)} of the validation tests V1 to V5 "
        f"{'was' if len(missed) == 1 else 'were'} not reproduced "
        f"({'docs/simex/validation' if whose == ARCHIVED else RECORD}), so the hazard mode is not released.",
        verdicts,
        whose,
    )


class _NoRecord(ValueError):
    """Why a file is no record of a validation of these parameters."""


def _own(path: Path, parameters_digest: str) -> tuple[tuple[str, str], ...]:
    """The verdicts of a record of one's own, those of V1 to V5 worked out again from its numbers. Raises
    `_NoRecord`."""
    try:
        found = json.loads(read_ordinary(path, LARGEST_RECORD))
        about, tests = dict(found["about"]), {str(row["code"]): row for row in found["tests"]}
        enough = (
            about["replicates_per_cell"] >= FEWEST_REPLICATES
            and about["experiments_of_24_runs"] >= FEWEST_EXPERIMENTS
        )
        digests = about["parameter_digest"], about["engine_digest"]
        told = {code: str(row["verdict"]) for code, row in tests.items()}
        again = {
            code: "passed" if reproduced(code, tests[code]["numbers"]) else "not reproduced"
            for code in NEEDED
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise _NoRecord(
            "it lacks the digests of parameters and engine, or the numbers of V1 to V5, or cannot be read"
        ) from None
    if digests[0] != parameters_digest:
        raise _NoRecord("it is of other parameters")
    if digests[1] != code_version():
        raise _NoRecord("it was made with another version of the engine")
    if not enough:
        raise _NoRecord(
            f"it has fewer than {FEWEST_REPLICATES} replicates of each cell or {FEWEST_EXPERIMENTS} "
            "small experiments"
        )
    differing = [code for code in NEEDED if told[code] != again[code]]
    if differing:
        raise _NoRecord(f"its words and its numbers differ in {', '.join(differing)}")
    return tuple(told.items())
