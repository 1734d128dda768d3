"""The rows of a file for the state, out of what is known in the clear of each case: codes, counts and months.
Nothing is typed again (threat-assessment.md F12)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from security_center.threat_assessment.queries.case_facts import ORIGINS, CaseFacts

from .content_loader import layouts
from .counts import judged, raised, supported
from .statistics import OPEN, SELF_HARM

HOUR = 3600


def _yes(true: bool) -> str:
    return "yes" if true else "no"


def _hours(facts: CaseFacts, moment: datetime | None) -> str:
    return str(round((moment - facts.case.opened_at).total_seconds() / HOUR)) if moment is not None else ""


def _judged_as(facts: CaseFacts) -> str:
    return (facts.judgements[-1].level or facts.judgements[-1].conclusion) if judged(facts) else ""


def _self_harm(facts: CaseFacts) -> bool:
    return judged(facts) and facts.judgements[-1].conclusion == SELF_HARM


COLUMNS: dict[str, Callable[[CaseFacts], str]] = {
    "school": lambda facts: facts.case.school.external_id or facts.case.school.slug,
    "level": lambda facts: facts.case.school.level,
    "month": lambda facts: facts.case.opened_at.astimezone(facts.case.zone).strftime("%Y-%m"),
    "origin": lambda facts: facts.case.origin,
    "assessed": lambda facts: _yes(facts.assessed),
    "scheme": lambda facts: facts.case.scheme,
    "judged": _judged_as,
    "self_harm": lambda facts: _yes(_self_harm(facts)),
    "police_told": lambda facts: _yes(facts.police_told),
    "disciplines": lambda facts: " ".join(sorted({one for disciplines in facts.team for one in disciplines})),
    "hours_to_start": lambda facts: _hours(facts, facts.first("assessing")),
    "hours_to_judgement": lambda facts: _hours(
        facts, next((one.complete_at for one in facts.judgements if one.complete_at is not None), None)
    ),
    "plan": lambda facts: _yes(facts.plan_approved),
    "reviews": lambda facts: str(len(facts.reviews)),
    "removed": lambda facts: _yes(bool(facts.removals)),
    "outcome": lambda facts: facts.case.close_reason or OPEN,
}


def _totals(found: Sequence[CaseFacts]) -> list[list[str]]:
    rows: list[tuple[str, int]] = [
        ("cases", len(found)),
        ("assessed", sum(1 for one in found if one.assessed)),
        ("judged", sum(1 for one in found if judged(one))),
        ("judged: medium or high concern", sum(1 for one in found if raised(one))),
        ("mainly to self", sum(1 for one in found if _self_harm(one))),
        ("law enforcement told", sum(1 for one in found if one.police_told)),
        ("support within 14 days", sum(1 for one in found if supported(one))),
        ("kept out of school", sum(1 for one in found if one.removals)),
    ]
    origins, outcomes = (
        Counter(one.case.origin for one in found),
        Counter(one.case.close_reason or OPEN for one in found),
    )
    rows += [(f"origin: {key}", origins[key]) for key in ORIGINS]
    rows += [(f"outcome: {key}", outcomes[key]) for key in sorted(outcomes)]
    return [[what, str(count)] for what, count in rows]


def as_csv(layout: str, found: Sequence[CaseFacts]) -> str:
    """The whole file. The order of its lines tells nothing: they are sorted by what they say."""
    columns = list(layouts()[layout].columns)
    rows = (
        _totals(found)
        if layout == "totals"
        else sorted([_inert(COLUMNS[key](facts)) for key in columns] for facts in found)
    )
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue()


def _inert(cell: str) -> str:
    """A school's number is typed by people: a spreadsheet must not take it for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell
