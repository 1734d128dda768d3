"""The figures that must be zero, live, for the home page."""

from __future__ import annotations

from dataclasses import dataclass

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person

from .desk import CAP, late_at, visible_to


@dataclass(frozen=True)
class NeverZero:
    """`without_decision`: past their clock and no person has decided; `unread`: nobody has opened them; `late`: any clock has run out. Capped at CAP."""

    without_decision: int
    unread: int
    late: int
    open: int


def never_zero(person: Person) -> NeverZero:
    seen = visible_to(person).filter(closed_at__isnull=True).order_by()
    at = now()
    return NeverZero(
        without_decision=seen.filter(decided_at__isnull=True, decide_by__lt=at)[:CAP].count(),
        unread=seen.filter(first_read_at__isnull=True)[:CAP].count(),
        late=seen.filter(late_at(at))[:CAP].count(),
        open=seen[:CAP].count(),
    )
