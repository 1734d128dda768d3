"""All checks together, and their table as Markdown and JSON."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from .check import Check, Extent, Verdict
from .not_applicable import NOT_APPLICABLE

# Of this package, each with `checks`, in the order of the table
MODULES = ("walking", "crowds", "stairs", "routes", "locks", "events", "logic", "experiments", "two_engines")


@dataclass(frozen=True)
class Row:
    """One line of the table. note: the reason of an expected failure or of what does not apply; seconds: how
    long the check took."""

    codes: tuple[str, ...]
    title: str
    engine: str
    measured: str
    target: str
    tolerance: str
    verdict: Verdict
    note: str = ""
    seconds: float = 0.0


def every_check() -> tuple[Check, ...]:
    return tuple(
        check for name in MODULES for check in importlib.import_module(f".{name}", __package__).checks
    )


def judge(
    checks: Iterable[Check], extent: Extent, tell: Callable[[Row], None] = lambda row: None
) -> list[Row]:
    """Runs checks in their order and adds what does not apply. A check that raises has failed; `tell` hears
    of each row as it comes."""
    rows: list[Row] = []
    for check in checks:
        if check.long and extent.quick:
            continue
        began = time.perf_counter()
        try:
            finding = check.run(extent)
            measured, passed = finding.measured, finding.passed
        except Exception as error:
            measured, passed = f"{type(error).__name__}: {error}", False
        verdict = (
            Verdict.REPORTED
            if passed is None
            else Verdict.PASSED
            if passed
            else Verdict.EXPECTED
            if check.expected_failure
            else Verdict.FAILED
        )
        note = check.expected_failure if verdict is Verdict.EXPECTED else ""
        if passed and check.expected_failure:
            note = "Was expected to fail and does not: take the expectation away."
        taken = time.perf_counter() - began
        rows.append(
            Row(
                check.codes,
                check.title,
                check.engine,
                measured,
                check.target,
                check.tolerance,
                verdict,
                note,
                round(taken, 2),
            )
        )
        tell(rows[-1])
    for codes, title, reason in NOT_APPLICABLE:
        rows.append(Row(codes, title, "", "", "", "", Verdict.NOT_APPLICABLE, reason))
        tell(rows[-1])
    return rows


def as_json(rows: Sequence[Row]) -> str:
    return json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) + "\n"


def as_markdown(rows: Sequence[Row], *, quick: bool) -> str:
    counts = ", ".join(f"{sum(row.verdict is verdict for row in rows)} {verdict}" for verdict in Verdict)
    lines = [
        "# Verification of SIMEX",
        "",
        (
            "Verification says that the code does what the model says. It does not say that the model "
            "resembles people."
        ),
        f"{'Quick run: fewer repetitions, without the long checks. ' if quick else ''}In all: {counts}.",
        "",
        "| Test | What | Engine | Measured | Target | Tolerance | Verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        verdict = (
            f"**{row.verdict}**" if row.verdict in (Verdict.FAILED, Verdict.EXPECTED) else str(row.verdict)
        )
        cells = (
            ", ".join(row.codes),
            row.title,
            row.engine,
            row.measured,
            row.target,
            row.tolerance,
            f"{verdict}{': ' + row.note if row.note else ''}",
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
