"""A statement, what was found, the criterion and the verdict; as Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Judged(StrEnum):
    PASSED = "passed"
    COMPATIBLE = "compatible"  # of V6: within the resolution of the original (simex.md 1.3)
    FAILED = "not reproduced"
    REPORTED = "reported"


@dataclass(frozen=True)
class Statement:
    """One row. found: in words with numbers. numbers: the same for programs."""

    code: str
    statement: str
    found: str
    criterion: str
    verdict: Judged
    numbers: dict[str, Any] = field(default_factory=dict)


def as_json(rows: Sequence[Statement], about: dict[str, Any]) -> str:
    """The table with what it was made from, without a time, so that the same run gives the same bytes."""
    return (
        json.dumps(
            {"about": about, "tests": [asdict(row) for row in rows]},
            indent=1,
            ensure_ascii=False,
            sort_keys=True,
        )
        + "\n"
    )


def as_markdown(rows: Sequence[Statement], about: dict[str, Any]) -> str:
    lines = [
        "# Validation of SIMEX: directions of the reference experiment and of the literature",
        "",
        (
            "Compared are directions, not sizes. The original was one building, 24 runs and adults who "
            "played students; both can be wrong."
        ),
        "Nothing was tuned to pass. A test that is not reproduced stays in this table with its explanation.",
        "",
        *[f"- {name.replace('_', ' ')}: {value}" for name, value in about.items()],
        "",
        "| Test | Statement | Found | Criterion | Verdict |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        verdict = f"**{row.verdict}**" if row.verdict is Judged.FAILED else str(row.verdict)
        lines.append(
            "| "
            + " | ".join(
                cell.replace("|", "/")
                for cell in (row.code, row.statement, row.found, row.criterion, verdict)
            )
            + " |"
        )
    return "\n".join(lines) + "\n"
