"""How far the engine has been checked, level by level, each with its own state (simex.md 7)."""

from __future__ import annotations

from ..blocks import Table
from ..context import Context
from ..credibility import by_verdict, verification

OPEN = "Open: no result."


def ladder(context: Context) -> Table:
    """The seven levels of validation."""
    release, evidence = context.results.release, context.evidence
    sensitivity = (
        "Done for this study (chapter 7)."
        if evidence.sensitivity
        else "Open for this study (./ssc simex sensitivity)."
    )
    rows = (
        ("0 Verification", "Is it built right?", verification(evidence.verification)),
        ("1 Face", "Do practitioners recognize it?", "Open: three reviewers have to watch blinded runs."),
        (
            "2 Local",
            "Does it match our drills?",
            "Open: a drill that was kept aside has to be compared (./ssc simex calibrate).",
        ),
        (
            "3 SIMEX directions",
            "Does it reproduce the reference experiment?",
            by_verdict(release.of("V")) or f"Open. {release.untested}",
        ),
        ("4 External models", "Same sign as published work?", by_verdict(release.of("E")) or OPEN),
        ("5 Sensitivity", "What drives the results?", sensitivity),
        ("6 Falsification", "Can it be shown wrong?", by_verdict(release.of("F")) or OPEN),
    )
    return Table(
        ("Level", "Question", "State"),
        rows,
        (0.2, 0.32, 0.48),
        "How far the engine has been checked. Each level stands on its own.",
    )
