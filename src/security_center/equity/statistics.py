"""The figures that a board may see: how many, how they ended, how long things took, whether clocks were met.
No group, no school by name, no person; and no figure that stands for fewer than ten (tables.py says how that
is held between a year and its half)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from security_center.foundation.school_years import Period
from security_center.threat_assessment.content_loader import close_reasons
from security_center.threat_assessment.models import State
from security_center.threat_assessment.queries import audit
from security_center.threat_assessment.queries.case_facts import ORIGINS, CaseFacts

from . import intervals
from .counts import Counts, Row, ended, judged
from .suppression import Published, hide
from .tables import Tables, by_level, fewest, hidden_levels, part

OPEN = "open"
SELF_HARM = "self_harm_primary"


def publish(counts: Counts, *, period: Period, zone: ZoneInfo, at: datetime, before: Tables | None) -> Tables:
    """`before`: what was published of the year's first half."""
    facts, earlier = counts.facts, before or {}
    found: Tables = {
        **{key: _row(row, earlier.get(key), half=bool(period.half)) for key, row in _rows(facts).items()},
        **{key: part(*numbers, earlier.get(key)) for key, numbers in _parts(facts, at).items()},
        **{key: _span(days, len(facts), earlier.get(key)) for key, days in _spans(facts).items()},
    }
    if not period.half:
        found["level"] = _levels(counts)
    found.update(_months(facts, period, zone, earlier))
    return found


def rows(counts: Counts, period: Period, zone: ZoneInfo) -> dict[str, Row]:
    """Every table before anything of it is kept back."""
    found = _rows(counts.facts)
    if not period.half:
        found["level"] = by_level(counts)
    for half in period.halves:
        if period.half in {0, half.half}:
            found[f"months_{half.half}"] = _by_month(counts.facts, half, zone)
    return found


def parts(counts: Counts, at: datetime) -> dict[str, tuple[int, int]]:
    """Every (so many, of so many) before anything is kept back."""
    spans = {key: (len(days), len(counts.facts)) for key, days in _spans(counts.facts).items()}
    return {**_parts(counts.facts, at), **spans}


def _rows(facts: Sequence[CaseFacts]) -> dict[str, Row]:
    return {"concerns": {"all": len(facts)}, "outcome": _outcomes(facts), "origin": _origins(facts)}


def _row(counts: Row, earlier: Any, *, half: bool = False) -> dict[str, Any]:
    """A table of cells and their sum. That of a half year is shown only when nothing of it is kept back: the
    year is a sum of it too."""
    known = bool(earlier) and earlier["total"] is not None and None not in earlier["rows"].values()
    counts = {**dict.fromkeys(earlier["rows"] if known else (), 0), **counts}
    later = (
        [Published({key: count - (earlier["rows"].get(key) or 0) for key, count in counts.items()})]
        if known
        else []
    )
    sums = [Published(counts), *later]
    if any(one.sum_is_small(fewest()) for one in sums):
        return {"rows": dict.fromkeys(counts), "total": None}
    hidden = hide(sums, fewest=fewest())
    if hidden is None or (half and hidden):
        hidden = frozenset(counts)
    return {
        "rows": {key: None if key in hidden else count for key, count in counts.items()},
        "total": sum(counts.values()),
    }


def _outcomes(facts: Sequence[CaseFacts]) -> Row:
    """A row for each way, also where nobody went it: one that is left out tells that it was nobody."""
    found = Counter(one.case.close_reason or OPEN for one in facts)
    return {key: found[key] for key in sorted({*close_reasons(), OPEN, *found})}


def _origins(facts: Sequence[CaseFacts]) -> Row:
    found = Counter(one.case.origin for one in facts)
    return {key: found[key] for key in ORIGINS}


def _levels(counts: Counts) -> dict[str, Any]:
    hidden, found = hidden_levels(counts), by_level(counts)
    if sum(found.values()) < fewest():
        return {"rows": dict.fromkeys(found), "total": None}
    return {
        "rows": {
            level: None if hidden is None or level in hidden else count for level, count in found.items()
        },
        "total": sum(found.values()),
    }


def _months(facts: Sequence[CaseFacts], period: Period, zone: ZoneInfo, earlier: Tables) -> Tables:
    """The months of each half, which is a sum of its own. Where one half is too small to be shown, the year
    would tell it: then neither is."""
    halves = [half for half in period.halves if period.half in {0, half.half}]
    if len(halves) == 2:
        sums = [sum(1 for one in facts if _within(one, half, zone)) for half in halves]
        if any(one < fewest() for one in sums):
            return {
                f"months_{half.half}": earlier.get(f"months_{half.half}") or {"rows": {}, "total": None}
                for half in halves
            }
    return {f"months_{half.half}": _row(_by_month(facts, half, zone), None) for half in halves}


def _within(facts: CaseFacts, period: Period, zone: ZoneInfo) -> bool:
    begins, ends = period.bounds(zone)
    return begins <= facts.case.opened_at < ends


def _by_month(facts: Sequence[CaseFacts], half: Period, zone: ZoneInfo) -> Row:
    first = half.first_day
    found = {f"{first.year}-{first.month + later:02d}": 0 for later in range(6)}
    for one in facts:
        if _within(one, half, zone):
            found[one.case.opened_at.astimezone(zone).strftime("%Y-%m")] += 1
    return found


def _parts(facts: Sequence[CaseFacts], at: datetime) -> dict[str, tuple[int, int]]:
    """(so many, of so many)."""
    known = [one for one in facts if judged(one)]
    return {
        "judged": (len(known), len(facts)),
        "self_harm": (sum(1 for one in known if one.judgements[-1].conclusion == SELF_HARM), len(known)),
        "told": (sum(1 for one in known if one.police_told), len(known)),
        "started": _met("started", facts, at),
        "completed": _met("completed", facts, at),
        "follow_up": _met("follow-up", facts, at),
        "reviews": _reviews_on_time(facts, at),
    }


def _met(measure: str, facts: Sequence[CaseFacts], at: datetime) -> tuple[int, int]:
    """By a measure of the chair's page, so that both say the same."""
    found = Counter(audit.MEASURES[measure].standing(one, at) for one in facts)
    met = found[audit.Standing.MET]
    return met, met + found[audit.Standing.MISSING]


def _reviews_on_time(facts: Sequence[CaseFacts], at: datetime) -> tuple[int, int]:
    """Of the reviews that a case was to have after an earlier one, how many were held by their day."""
    met = due = 0
    for one in facts:
        closed = one.case.closed_at
        following = [held for held, _next in one.reviews[1:]]
        for number, (_held, wanted) in enumerate(one.reviews):
            held = following[number] if number < len(following) else None
            if wanted is None or (held is None and (wanted > at or (closed is not None and closed < wanted))):
                continue  # its day has not come, or the case was closed before
            due += 1
            met += held is not None and held <= wanted
    return met, due


def _spans(facts: Sequence[CaseFacts]) -> dict[str, list[float]]:
    """Days from the opening of a case."""

    def days(to: Callable[[CaseFacts], datetime | None]) -> list[float]:
        return [
            (moment - one.case.opened_at) / timedelta(days=1)
            for one in facts
            if (moment := to(one)) is not None
        ]

    return {
        "to_screening": days(lambda one: one.first(State.SCREENING)),
        "to_judgement": days(
            lambda one: next((row.complete_at for row in one.judgements if row.complete_at is not None), None)
        ),
        "to_close": [day for one in facts for day in ended(one)],
    }


def _span(days: Sequence[float], of: int, earlier: Any) -> dict[str, Any] | None:
    """The middle and the ninetieth percentile, of ten cases at least. How many they are is a part of all
    cases: it is shown only as such."""
    if len(days) < fewest():
        return None
    middle, low, high = intervals.median(days)
    shown = part(len(days), of, earlier if earlier and earlier.get("count") else None)
    return {
        "value": round(middle, 1),
        "low": round(low, 1),
        "high": round(high, 1),
        "ninetieth": round(intervals.ninetieth(days), 1),
        "count": shown["count"] if shown else None,
        "of": of if shown else None,
    }
