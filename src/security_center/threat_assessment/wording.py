"""How the clock of a case is put into words, by the spans of the desk; and the questions of immediate
safety."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.notifications import kinds
from security_center.foundation.wording import Clock, clock_time, span

from .models import Case, State

SAFETY_QUESTIONS = {
    "weapon": _lazy("Is there a weapon, or can the student get one?"),
    "target": _lazy("Is somebody aimed at?"),
    "whereabouts": _lazy("Is it known where the student is now?"),
    "self_harm": _lazy("May the student harm themselves?"),
}

# What a state asks for, as a line of an agenda.
STEP_WORDS = {
    State.INTAKE: _lazy("Find out who it is, and start the screening"),
    State.SCREENING: _lazy("Two disciplines screen it"),
    State.IMMINENT: _lazy("Contain the danger"),
    State.ASSESSING: _lazy("Ask, hear, and come to a judgement"),
    State.CLASSIFIED: _lazy("Tell those who have to know, and write the plan"),
    State.MANAGING: _lazy("Put the plan to work"),
    State.MONITORING: _lazy("Look at the plan again"),
    State.HANDOFF: _lazy("Wait for the other school to take it on"),
}
DUTY_WORDS = {
    "case.imminent": _lazy("Contain the danger"),
    "case.law_enforcement": _lazy("Decide whether the police are told"),
    "case.sign": _lazy("Sign the judgement, with one’s own view"),
    "case.action": _lazy("A step of the plan"),
    "case.daily": _lazy("Confirm today’s step"),
    "case.review": _lazy("Review the case"),
    "case.close": _lazy("Answer the wish to close"),
    "case.new_report": _lazy("Look at the new report"),
}


def asked_word(kind: str, state: str) -> str:
    """What a duty of this kind asks for, about a case in this state, as a line of an agenda."""
    if kind == "case.step":
        return str(STEP_WORDS.get(State(state), State(state).label))
    word = DUTY_WORDS.get(kind)
    return (
        str(word)
        if word is not None
        else str(kinds.get(kind).subject)
        if kinds.is_known(kind)
        else _("Something is owed")
    )


def clock_of(case: Case) -> Clock | None:
    """The clock of the case's state; None when it is closed or reviews set the pace and none is due."""
    if not case.open or case.state_due is None:
        return None
    at, due = now(), case.state_due
    if case.state == State.IMMINENT:
        return Clock(_("for %(span)s") % {"span": span(at - case.state_since)}, late=False)
    if case.held_until is not None and due >= at:
        return Clock(_("on hold until %(when)s") % {"when": clock_time(case.held_until)}, late=False)
    if due < at:
        return Clock.late_by(at - due)
    if case.state == State.MONITORING:
        return Clock(_("%(span)s to the review") % {"span": span(due - at)}, late=False)
    return Clock(_("%(span)s for this step") % {"span": span(due - at)}, late=False)
