"""Raise a duty, ring for it, hand it over, end it. Permission is checked by the room whose duty it is, before
it calls here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from security_center.foundation.actors import Actor, ledger_name
from security_center.foundation.clock import now
from security_center.foundation.inserts import insert
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.notifications.no_content import checked_path
from security_center.foundation.organizations.models import Organization, Person

from . import machine, telling
from .machine import Rung
from .models import Duty
from .queries import open_about
from .ringing import advance_due_steps
from .telling import GENERAL_KIND, HANDED_OVER_KIND, LEFT_KIND

__all__ = [
    "GENERAL_KIND",
    "HANDED_OVER_KIND",
    "LEFT_KIND",
    "AlreadyEnded",
    "Rung",
    "advance_due_steps",
    "cancel",
    "discharge",
    "hand_over",
    "leave",
    "raise_duty",
]


class AlreadyEnded(Exception):
    """The duty was discharged or cancelled before, perhaps by another person a moment ago."""


class CannotHold(Exception):
    """The person has left, so a duty in their hands would be nobody's."""


def _actor_id(actor: Actor) -> int | None:
    kind, _colon, number = ledger_name(actor).partition(":")
    return int(number) if kind == "person" and number.isdigit() else None


def raise_duty(
    *,
    kind: str,
    thing: str,
    organization: Organization,
    ladder: Sequence[Rung],
    actor: Actor,
    due_at: datetime,
    urgency: str = "",
    holder: Person | None = None,
    path: str = "",
    repeat_minutes: int = machine.REPEAT_MINUTES,
) -> Duty:
    """Make an obligation. It tells nobody by itself: the worker takes the first rung when its moment has come
    (a second after, for `now()`).

    Raises LadderBroken, CannotHold, ContentInMessage (path). Needs no right to read people, so that the
    public program can raise one."""
    # Everything that may be refused is asked before: the block below has no savepoint, and a refusal in it
    # would spoil the caller's transaction.
    rows, path = machine.ladder_to_json(ladder), checked_path(path)
    if holder is not None and not holder.is_active:
        raise CannotHold
    with transaction.atomic(savepoint=False):
        take_turn()
        duty = Duty(
            kind=kind,
            thing=thing,
            organization=organization,
            holder=holder,
            urgency=urgency,
            path=path,
            raised_at=now(),
            due_at=due_at,
            ladder=rows,
            next_step_at=ladder[0].at,
            repeat_minutes=repeat_minutes,
        )
        insert(duty)
        record(
            actor=ledger_name(actor),
            verb="duty.raised",
            about=thing,
            organization_id=organization.pk,
            detail={
                "duty": duty.pk,
                "kind": kind,
                "due": due_at.isoformat(),
                "rungs": len(rows),
                "holder": holder.pk if holder else None,
            },
        )
    return duty


def discharge(*, duty: Duty, actor: Actor, outcome: str) -> Duty:
    """The obligation is met. outcome: a code, e.g. "acknowledged". Raises AlreadyEnded."""
    return _end(duty, machine.State.DISCHARGED, actor, outcome, "duty.discharged")


def cancel(*, duty: Duty, actor: Actor, outcome: str) -> Duty:
    """The obligation has fallen away (another took its place, its report was merged). Raises AlreadyEnded."""
    return _end(duty, machine.State.CANCELLED, actor, outcome, "duty.cancelled")


def discharge_about(*, thing: str, kind: str | None = None, actor: Actor, outcome: str) -> None:
    """Every open duty about `thing`, of one kind or all, is met."""
    for duty in open_about(thing, kind):
        discharge(duty=duty, actor=actor, outcome=outcome)


def cancel_about(*, thing: str, kind: str | None = None, actor: Actor, outcome: str) -> None:
    """Every open duty about `thing`, of one kind or all, has fallen away."""
    for duty in open_about(thing, kind):
        cancel(duty=duty, actor=actor, outcome=outcome)


def _end(duty: Duty, state: machine.State, actor: Actor, outcome: str, verb: str) -> Duty:
    with transaction.atomic():
        take_turn()
        moment = now()
        starts = [start for start in machine.State if machine.may_become(start, state)]
        changed = Duty.objects.filter(pk=duty.pk, state__in=starts).update(
            state=state, discharged_at=moment, discharged_by_id=_actor_id(actor), outcome=outcome
        )
        if not changed:
            raise AlreadyEnded(duty.pk)
        record(
            actor=ledger_name(actor),
            verb=verb,
            about=duty,
            organization_id=duty.organization_id,
            detail={"duty": duty.pk, "kind": duty.kind, "outcome": outcome, "late": duty.due_at < moment},
        )
        duty.refresh_from_db()
    return duty


def hand_over(*, duty: Duty, to: Person, actor: Actor, tell: bool = True) -> Duty:
    """Put the duty into another person's hands and tell them, unless they took it themselves. The clock goes
    on.

    tell: False when the caller tells the person of several duties in one message. Raises AlreadyEnded,
    CannotHold."""
    if not to.is_active:
        raise CannotHold
    with transaction.atomic():
        take_turn()
        before = Duty.objects.filter(pk=duty.pk).values_list("holder_id", flat=True).first()
        if not Duty.objects.open().filter(pk=duty.pk).update(holder=to):
            raise AlreadyEnded(duty.pk)
        duty.refresh_from_db()
        if before == to.pk:
            return duty
        if tell and ledger_name(actor) != ledger_name(to):
            telling.tell([telling.Telling(duty, [(to, HANDED_OVER_KIND)])])
        record(
            actor=ledger_name(actor),
            verb="duty.handed_over",
            about=duty,
            organization_id=duty.organization_id,
            detail={"duty": duty.pk, "from": before, "to": to.pk},
        )
    return duty


def leave(*, person: Person, actor: Actor, successor: Person | None = None) -> int:
    """The person leaves: each open duty in their hands goes to `successor`, or back to its ladder, whose next
    audience is told at once.

    Returns how many were handed over. In the caller's transaction, so that nobody is gone while a duty still
    rests with them."""
    with transaction.atomic():
        take_turn()
        duties = list(Duty.objects.open().filter(holder=person).select_related("organization").order_by("pk"))
        for duty in duties:
            if successor is not None:
                hand_over(duty=duty, to=successor, actor=actor)
                continue
            moment = now()
            changed = (
                Duty.objects.open()
                .filter(pk=duty.pk, holder=person)
                .update(
                    holder=None, next_step_at=machine.handed_back(next_step_at=duty.next_step_at, at=moment)
                )
            )
            if changed:
                record(
                    actor=ledger_name(actor),
                    verb="duty.handed_over",
                    about=duty,
                    organization_id=duty.organization_id,
                    detail={"duty": duty.pk, "from": person.pk, "to": None},
                )
    return len(duties)
