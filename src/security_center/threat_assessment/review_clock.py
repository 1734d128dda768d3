"""When a case is reviewed next. In monitoring that is the state's own clock; while another state's clock
runs, the date that the team set waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from .models import Case, Move, Review, State

WAITS_IN = frozenset({State.MANAGING, State.HANDOFF, State.IMMINENT})


def next_review(case: Case) -> datetime | None:
    """None where nobody has set a date."""
    if case.state == State.MONITORING:
        return case.state_due
    return _set_by_review(case) if case.state in WAITS_IN else None


def begins_to_run(case: Case, at: datetime) -> datetime:
    """The clock of a case that enters monitoring: what its last review set, else the plan's first review
    since monitoring began. Coming back from danger or from a handoff puts off nothing. What was set before
    the case closed and opened again counts no more."""
    days = timedelta(days=case.rules.first_review_days(case.scheme, *_judged(case)))
    moves = _of_this_round(case.moves.filter(to_state=State.MONITORING), case)
    began = moves.order_by("at", "pk").values_list("at", flat=True).first()
    return _set_by_review(case) or (began or at) + days


def _set_by_review(case: Case) -> datetime | None:
    return (
        _of_this_round(case.reviews.all(), case)
        .order_by("-at", "-pk")
        .values_list("next_at", flat=True)
        .first()
    )


def _of_this_round[Row: (Move, Review)](rows: QuerySet[Row], case: Case) -> QuerySet[Row]:
    again = (
        case.moves.filter(from_state=State.CLOSED).order_by("-at").values_list("at", flat=True).first()
        if case.reopened
        else None
    )
    return rows.filter(at__gte=again) if again is not None else rows


def _judged(case: Case) -> tuple[str, str]:
    last = case.judgements.order_by("-number").first()
    return (last.level, last.conclusion) if last is not None else ("", "")
