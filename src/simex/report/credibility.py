"""The credibility statement of page 1: eight lines in the spirit of NASA-STD-7009, and whether sizes may be
told at all (simex.md 4.6)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simex.analysis import Results
from simex.parameters import Parameters

from .wording import joined

FEW = 0.5  # with more than this share of influential inputs assumed, rankings only


@dataclass(frozen=True)
class Pedigree:
    """Influential inputs by where they come from. screened: whether a sensitivity screening said which are
    influential."""

    local: int
    published: int
    assumed: int
    screened: bool

    @property
    def total(self) -> int:
        return self.local + self.published + self.assumed

    @property
    def magnitudes_allowed(self) -> bool:
        return self.total > 0 and self.assumed / self.total <= FEW


def pedigree(parameters: Parameters, influential: list[str] | None) -> Pedigree:
    """Counts the influential inputs; without a screening all that may be varied."""
    chosen = (
        [parameters[name] for name in influential if name in parameters]
        if influential
        else [one for one in parameters.values() if one.ranges]
    )
    counts = Counter(one.label.pedigree for one in chosen)
    return Pedigree(counts["local"], counts["published"], counts["assumed"], bool(influential))


@dataclass(frozen=True)
class Evidence:
    """What was found beside the runs: tables of `verify` and `validate`, and of `sensitivity`; None where
    there is none in the folder."""

    verification: list[dict[str, Any]] | None = None
    sensitivity: dict[str, Any] | None = None

    @classmethod
    def in_folder(cls, folder: Path | None) -> Evidence:
        found = {
            name: _read(folder / f"{name}.json") if folder else None
            for name in ("verification", "sensitivity")
        }
        return cls(**found)

    @property
    def influential(self) -> list[str] | None:
        return (
            [str(one).rpartition(".")[0] or str(one) for one in self.sensitivity["influential"]]
            if self.sensitivity
            else None
        )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def statement(results: Results, evidence: Evidence, lowest_rank: dict[str, float]) -> list[tuple[str, str]]:
    """The eight lines: (what, how it stands)."""
    source = pedigree(results.study.parameters, evidence.influential)
    which = "inputs that matter (by screening)" if source.screened else "inputs that can be varied"
    runs = f"{results.run_count:,} runs; 95 % intervals over replicates."
    if results.not_precise:
        missed, parts = len(results.not_precise), len(results.study.cells)
        where = "every combination" if missed == parts else f"{missed} of {parts} parts of the design"
        runs = (
            f"{results.run_count:,} runs; 95 % intervals. In {where} some core measure is less precise "
            "than asked."
        )
    layers = len(results.layers) - 1
    if layers:
        held = all(value >= 0.8 for value in lowest_rank.values())
        order = "holds in all (see chapter 7)." if held else "changes in some (chapter 7)."
        robust = f"Repeated in {layers} other fixed settings: the order of options {order}"
    else:
        robust = "This kind of run has no robustness layers."
    return [
        (
            "Data",
            (
                f"{source.published} of {source.total} {which} are published figures, "
                f"{source.local or 'none'} measured here."
            ),
        ),
        ("Inputs", f"Local {source.local}, published {source.published}, assumed {source.assumed}."),
        ("Built right? (verification)", verification(evidence.verification)),
        ("Like people? (validation)", _validation(results)),
        ("Uncertainty", runs),
        ("Robustness", robust),
        (
            "History of use",
            (
                f"Parameter set {results.study.parameters.version or 'without a number'}. No decision "
                "is known that rested on it."
            ),
        ),
        ("Reviewer", "Open: a teacher, an administrator and an officer should read it first."),
    ]


def by_verdict(verdicts: Sequence[tuple[str, str]]) -> str:
    """“V1 and V2 not reproduced; V3 passed.”; empty without any."""
    found: dict[str, list[str]] = {}
    for code, verdict in verdicts:
        found.setdefault(verdict, []).append(code)
    return "; ".join(f"{joined(codes)} {verdict}" for verdict, codes in found.items()) + "." if found else ""


def verification(rows: list[dict[str, Any]] | None) -> str:
    if not rows:
        return "No table in this folder (./ssc simex verify --out FOLDER)."
    counts = Counter(str(row["verdict"]) for row in rows)
    return "; ".join(f"{count} {verdict}" for verdict, count in counts.items()) + "."


def _validation(results: Results) -> str:
    release = results.release
    told = by_verdict(release.of("V"))
    directions = (
        f"Directions of the experiment of 2020: {told} {release.whose}".strip() if told else release.untested
    )
    return f"{directions} Practitioners and drills of this school: open, nobody has compared them yet."
