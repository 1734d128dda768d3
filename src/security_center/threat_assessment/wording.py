"""How the clock of a case is put into words, by the spans of the desk; and the questions of immediate safety."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.reporting.wording import Clock, span

from .models import Case, State

SAFETY_QUESTIONS = {
    "weapon": _lazy("Is there a weapon, or can the student get one?"),
    "target": _lazy("Is somebody aimed at?"),
    "whereabouts": _lazy("Is it known where the student is now?"),
    "self_harm": _lazy("May the student harm themselves?"),
}


def clock_of(case: Case) -> Clock | None:
    """The clock of the case's state; None when it is closed or reviews set the pace and none is due."""
    if not case.open or case.state_due is None:
        return None
    at, due = now(), case.state_due
    if case.state == State.IMMINENT:
        return Clock(_("for %(span)s") % {"span": span(at - case.state_since)}, late=False)
    if due < at:
        return Clock(_("%(span)s late") % {"span": span(at - due)}, late=True)
    if case.state == State.MONITORING:
        return Clock(_("%(span)s to the review") % {"span": span(due - at)}, late=False)
    return Clock(_("%(span)s for this step") % {"span": span(due - at)}, late=False)
