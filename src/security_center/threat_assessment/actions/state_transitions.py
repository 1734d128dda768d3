"""From one state of a case to the next: along the table of transitions, through the gates, with a clock and a
duty at the other side."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import take_turn
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal
from security_center.foundation.school_time import end_of_school_day
from security_center.prevention.ladders import moment_after
from security_center.prevention.queries import calendar_of

from .. import gates, policies
from ..case_ledger import to_ledger
from ..models import Case, Move, State
from ..retention import end_of
from ..review_clock import begins_to_run
from ..sealing import seal, unsealed
from . import case_duties


class NotATransition(Refusal):
    """The case's state does not lead there."""

    sentence = _lazy(
        "The case has moved on meanwhile, or does not stand where this can be done. Look at the page again."
    )

    def __init__(self, case: Case, to: str) -> None:
        super().__init__(f"{case.state} → {to}")
        self.case, self.to = case, to


class ReasonWanted(Refusal):
    """Going back, or into imminent response and out of it, needs a written reason."""

    fields = ("reason", "text", "note", "evidence", "what", "goal")
    sentence = _lazy("Write the reason first. Nothing was changed.")


class TooFarOff(Refusal):
    """What somebody owes has a day that they live to see: one far away is a duty that never rings."""

    fields = ("due_on",)
    sentence = _lazy(
        "That is too far off: it would never ring. Choose a nearer day; a later step can be added later."
    )


class OnHold(Refusal):
    """The case waits. Whoever wants it to go on ends the hold first."""

    sentence = _lazy("The case is on hold. End the hold first, then this can be done.")


WITH_REASON = frozenset(
    {
        (State.CLASSIFIED, State.ASSESSING),
        (State.MANAGING, State.ASSESSING),
        (State.MONITORING, State.ASSESSING),
    }
)


def clock_of(case: Case, state: str, at: datetime) -> datetime | None:
    """When the state's clock runs out, by the plan that it was opened under, in school time; None where
    reviews set the pace, or nothing does."""
    clocks = case.rules.clocks(state)
    clock = next(iter(clocks.values()), None)
    if state == State.INTAKE:
        clock = clocks["acknowledge_life_safety" if case.life_safety else "acknowledge_other"]
    if clock is None:
        return None
    calendar = calendar_of(case.school)
    if clock.same_school_day or clock.span is None:
        return end_of_school_day(calendar, at)
    return moment_after(clock.span, at, calendar)


def locked_for(*, actor: Person | None, permission: Permission, case: Case) -> Case:
    """The row, locked and fresh, with the permission asked of it as it lies now. Raises NotAllowed."""
    fresh = locked(case.pk)
    if fresh is None:
        raise NotAllowed(f"{permission} on {case.thing}")
    policies.require(actor, permission, fresh)
    return fresh


def locked(case_id: int) -> Case | None:
    """The row, locked and fresh, with no permission asked: the worker, or a room above whose own policy let
    somebody this far."""
    take_turn()
    rows = Case.objects.select_for_update(of=("self",), no_key=True).select_related(
        "school__parent__parent", "district", "lead"
    )
    return rows.filter(pk=case_id).first()


def end_on(*, case: Case, day: date) -> None:
    """A closed case is destroyed on that day, and whoever led it is told before. Called inside a transaction,
    with the case locked."""
    Case.objects.filter(pk=case.pk).update(keep_until=day, end_told_at=None)


def note_end_told(*, case: Case, at: datetime) -> bool:
    """Whether nobody was told of its end before. Called inside a transaction."""
    return bool(
        Case.objects.filter(pk=case.pk, end_told_at__isnull=True, closed_at__isnull=False).update(
            end_told_at=at
        )
    )


def require_near(day: date, today: date, longest: timedelta = timedelta(days=365)) -> None:
    """Raises TooFarOff."""
    if day - today > longest:
        raise TooFarOff


def require_running(case: Case) -> None:
    """Raises OnHold: a case that waits goes nowhere, while everything else about it goes on."""
    if case.held_until is not None:
        raise OnHold


@transaction.atomic
def advance(*, actor: Person | None, case: Case, to: str, reason: str = "") -> Case:
    """Move the case on. (Closing, imminent response and a handover have verbs of their own.)

    Raises NotAllowed, OnHold, NotATransition, GatesUnmet, ReasonWanted.
    """
    fresh = locked_for(actor=actor, permission=Permission.CASE_WRITE, case=case)
    require_running(fresh)
    own_verb = {State.CLOSED, State.IMMINENT, State.HANDOFF}
    if (
        to in own_verb
        or fresh.state in {State.IMMINENT, State.HANDOFF}
        or to not in Case.TRANSITIONS[fresh.state]
    ):
        raise NotATransition(fresh, to)
    if (fresh.state, to) in WITH_REASON and not reason.strip():
        raise ReasonWanted
    missing = gates.unmet(fresh, to)
    if missing:
        raise gates.GatesUnmet(fresh, to, missing)
    enter(case=fresh, to=to, actor=actor, reason=reason)
    return fresh


def enter(*, case: Case, to: str, actor: Person | None, reason: str = "") -> None:
    """Write the new state with its clock and its duty. Called inside a transaction, with the row locked and
    the gates asked."""
    at, before = now(), case.state
    case.state, case.state_since = to, at
    case.state_due = clock_of(case, to, at)
    if to == State.CLOSED:
        case.keep_until = end_of(case)
    if to == State.MONITORING:
        case.state_due = begins_to_run(case, at)
    case.save()
    move = Move(case=case, at=at, by=actor, from_state=before, to_state=to)
    if reason.strip():
        seal(unsealed(case), move, reason=reason)
    move.save(force_insert=True)
    to_ledger(case, actor, "case.moved", **{"from": before}, to=to)
    raise_next_step_duty(case=case, actor=actor)


def raise_next_step_duty(*, case: Case, actor: Person | None) -> None:
    """The one duty of the state: its next step, or in monitoring the next review. A closed case owes
    nothing."""
    case_duties.settle(case=case, kind=case_duties.STEP, actor=actor, outcome="moved")
    if case.state == State.CLOSED:
        case_duties.drop(case=case, actor=actor, outcome="closed")
        return
    if case.state == State.MONITORING and case.state_due is not None:
        case_duties.drop(case=case, actor=actor, outcome="moved", kind=case_duties.REVIEW)
        case_duties.raise_case_duty(case=case, kind=case_duties.REVIEW, due_at=case.state_due, actor=actor)
        return
    if case.state == State.HANDOFF and case_duties.is_owed(
        case=case, kind=case_duties.HANDOFF, part="handoff/"
    ):
        return  # the packet is on its way, and its answer is owed
    due = case.state_due or now() + timedelta(days=1)
    case_duties.raise_case_duty(
        case=case,
        kind=case_duties.STEP,
        due_at=due,
        actor=actor,
        part="handoff/" if case.state == State.HANDOFF else "",
    )
