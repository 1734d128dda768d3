"""Raise a duty, ring for it, hand it over, end it. Permission is checked by the room whose duty it is, before it calls here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from security_center.foundation.clock import now
from security_center.foundation.inserts import insert
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.ledger.queries import last_about
from security_center.foundation.notifications import kinds
from security_center.foundation.notifications.actions import notify
from security_center.foundation.notifications.no_content import checked_path, plain
from security_center.foundation.organizations.models import Organization, Person

from . import audiences, left, machine
from .machine import Rung
from .models import ADMINISTRATORS_ONLY, Duty, DutyStep
from .queries import open_about

__all__ = ["AlreadyEnded", "Rung", "advance_due_steps", "cancel", "discharge", "hand_over", "leave", "raise_duty"]

log = logging.getLogger("security_center.duties")

GENERAL_KIND = "duties.general"
HANDED_OVER_KIND = "duties.handed_over"
LEFT_KIND = "duties.nobody_left"  # to administrators: a number and a place


class AlreadyEnded(Exception):
    """The duty was discharged or cancelled before, perhaps by another person a moment ago."""


class CannotHold(Exception):
    """The person has left, so a duty in their hands would be nobody's."""


def _actor_text(actor: Person | str) -> str:
    return f"person:{actor.pk}" if isinstance(actor, Person) else actor


def _actor_id(actor: Person | str) -> int | None:
    if isinstance(actor, Person):
        return actor.pk
    return int(actor[7:]) if actor.startswith("person:") and actor[7:].isdigit() else None


def raise_duty(
    *,
    kind: str,
    thing: str,
    organization: Organization,
    ladder: Sequence[Rung],
    actor: Person | str,
    due_at: datetime,
    urgency: str = "",
    holder: Person | None = None,
    path: str = "",
    repeat_minutes: int = machine.REPEAT_MINUTES,
) -> Duty:
    """Make an obligation. It tells nobody by itself: the worker takes the first rung when its moment has come (a second after, for `now()`).

    Raises LadderBroken, CannotHold, ContentInMessage (path). Needs no right to read people, so that the public program can raise one.
    """
    # Everything that may be refused is asked before: the block below has no savepoint, and a refusal in it would spoil the caller's transaction.
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
            actor=_actor_text(actor),
            verb="duty.raised",
            thing=thing,
            organization_id=organization.pk,
            detail={"duty": duty.pk, "kind": kind, "due": due_at.isoformat(), "rungs": len(rows), "holder": holder.pk if holder else None},
        )
    return duty


def discharge(*, duty: Duty, actor: Person | str, outcome: str) -> Duty:
    """The obligation is met. outcome: a code, e.g. "acknowledged". Raises AlreadyEnded."""
    return _end(duty, machine.State.DISCHARGED, actor, outcome, "duty.discharged")


def cancel(*, duty: Duty, actor: Person | str, outcome: str) -> Duty:
    """The obligation has fallen away (another took its place, its report was merged). Raises AlreadyEnded."""
    return _end(duty, machine.State.CANCELLED, actor, outcome, "duty.cancelled")


def discharge_about(*, thing: str, kind: str | None = None, actor: Person | str, outcome: str) -> None:
    """Every open duty about `thing`, of one kind or all, is met."""
    for duty in open_about(thing, kind):
        discharge(duty=duty, actor=actor, outcome=outcome)


def cancel_about(*, thing: str, kind: str | None = None, actor: Person | str, outcome: str) -> None:
    """Every open duty about `thing`, of one kind or all, has fallen away."""
    for duty in open_about(thing, kind):
        cancel(duty=duty, actor=actor, outcome=outcome)


def _end(duty: Duty, state: machine.State, actor: Person | str, outcome: str, verb: str) -> Duty:
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
            actor=_actor_text(actor),
            verb=verb,
            thing=duty.thing,
            organization_id=duty.organization_id,
            detail={"duty": duty.pk, "kind": duty.kind, "outcome": outcome, "late": duty.due_at < moment},
        )
        duty.refresh_from_db()
    return duty


def hand_over(*, duty: Duty, to: Person, actor: Person | str, tell: bool = True) -> Duty:
    """Put the duty into another person's hands and tell them, unless they took it themselves. The clock goes on.

    tell: False when the caller tells the person of several duties in one message. Raises AlreadyEnded, CannotHold.
    """
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
        if tell and _actor_text(actor) != _actor_text(to):
            _tell(duty, [(to, HANDED_OVER_KIND)])
        record(
            actor=_actor_text(actor),
            verb="duty.handed_over",
            thing=duty.thing,
            organization_id=duty.organization_id,
            detail={"duty": duty.pk, "from": before, "to": to.pk},
        )
    return duty


def leave(*, person: Person, actor: Person | str, successor: Person | None = None) -> int:
    """The person leaves: each open duty in their hands goes to `successor`, or back to its ladder, whose next audience is told at once.

    Returns how many were handed over. In the caller's transaction, so that nobody is gone while a duty still rests with them.
    """
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
                .update(holder=None, next_step_at=machine.handed_back(next_step_at=duty.next_step_at, at=moment))
            )
            if changed:
                record(
                    actor=_actor_text(actor),
                    verb="duty.handed_over",
                    thing=duty.thing,
                    organization_id=duty.organization_id,
                    detail={"duty": duty.pk, "from": person.pk, "to": None},
                )
    return len(duties)


# --- the clock -----------------------------------------------------------------------------------------------------

BATCH = 200
# A duty that cannot take its step is tried again after this long, so that its fault stands in the log without filling it.
AFTER_FAULT = timedelta(seconds=30)
AFTER_BUSY_DATABASE = timedelta(seconds=2)  # nothing is wrong with the duty: an alert must not wait for that
_faulty_until: dict[int, datetime] = {}


def advance_due_steps() -> int:
    """Take every step whose moment has come; the worker calls it each second. Returns how many were taken.

    Each step is its own small transaction, and several workers may do this at once: a step is taken by whoever moves `step` first.
    """
    taken = 0
    while True:
        moment = now()
        # No longer than it was put off: a clock that was set back meanwhile silences nothing.
        waiting = [duty_id for duty_id, until in _faulty_until.items() if moment < until <= moment + AFTER_FAULT]
        due = Duty.objects.open().filter(next_step_at__lte=moment).exclude(pk__in=waiting)
        ids = list(due.order_by("next_step_at", "pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            return taken
        for duty_id in ids:
            try:
                taken += _advance(duty_id)
                _faulty_until.pop(duty_id, None)
            except Exception as error:
                _faulty_until[duty_id] = moment + (AFTER_BUSY_DATABASE if isinstance(error, OperationalError) else AFTER_FAULT)
                log.error("duty %d could not take its step: %s", duty_id, type(error).__name__)


def _advance(duty_id: int) -> int:
    # Whom a rung tells is read before the transaction, so that no reporter waits for it.
    duty = Duty.objects.open().filter(pk=duty_id).select_related("organization__parent__parent", "holder").first()
    moment = now()
    if duty is None or duty.next_step_at > moment:
        return 0
    seen, ladder = last_about(duty.thing), duty.rungs()
    rung = machine.rung_of(ladder, duty.step)
    told = _whom(duty, ladder, moment)
    people = [person for person, _kind in told.people]
    step = machine.take(
        ladder=ladder,
        step=duty.step,
        next_step_at=duty.next_step_at,
        at=moment,
        repeat_minutes=duty.repeat_minutes,
        somebody_told=bool(people),
    )
    with transaction.atomic():
        take_turn()
        if last_about(duty.thing) != seen:
            return 0  # perhaps somebody was just kept from it: whom to tell is asked again
        # Compare and set: of two workers that read the same step, one moves it on and the other finds nothing to change. A duty that was taken or
        # ended meanwhile is found changed too, and is looked at again.
        moved = Duty.objects.open().filter(pk=duty.pk, step=duty.step, next_step_at=duty.next_step_at, holder=duty.holder_id)
        if not moved.update(step=duty.step + 1, next_step_at=step.next_step_at):
            return 0
        row = DutyStep.objects.create(
            duty=duty, number=step.number, audience=rung.audience, due_at=step.due_at, done_at=moment, late=step.late, note=told.note
        )
        row.told.set(people)
        _tell(duty, told.people, since=moment)
        record(
            actor="worker",
            verb="duty.step",
            thing=duty.thing,
            organization_id=duty.organization_id,
            detail={
                "duty": duty.pk,
                "step": step.number,
                "audience": rung.audience,
                "due": step.due_at.isoformat(),
                "late": step.late,
                "told": ",".join(str(person.pk) for person in people[:30]),
                "told_count": len(people),
                "note": told.note,
            },
        )
    return 1


@dataclass(frozen=True)
class _Told:
    """Whom a step tells, each with the kind of message, and a code where it was not the rung that found them."""

    people: list[tuple[Person, str]]
    note: str


def _whom(duty: Duty, ladder: Sequence[Rung], moment: datetime) -> _Told:
    """The people of a rung. When the last one finds nobody who is there, whoever is left is told too: after it there is no other."""
    rung = machine.rung_of(ladder, duty.step)
    kind = rung.kind or duty.kind
    people, note = _audience(duty, rung, moment)
    told = [(person, kind) for person in people]
    if machine.is_repeat(ladder, duty.step + 1) and not audiences.anybody_there(people, moment):
        found = _left(duty, moment)
        known = {person.pk for person in people}
        told += [(person, LEFT_KIND if found.administrators else kind) for person in found.people if person.pk not in known]
        if found.people and not people:
            note = ADMINISTRATORS_ONLY if found.administrators else "whoever_is_left"
    return _Told(told, note)


def _audience(duty: Duty, rung: Rung, moment: datetime) -> tuple[list[Person], str]:
    """The people of a rung, and a code where there are none. A resolver that breaks is a rung without people, not a duty without a clock."""
    try:
        people = audiences.resolve(rung.audience, organization=duty.organization, thing=duty.thing, at=moment, holder=duty.holder)
    except audiences.UnknownAudience:
        log.error("duty %d names an audience that no room has registered", duty.pk)
        return [], "unknown_audience"
    except Exception as error:
        log.error("the audience of duty %d could not be found: %s", duty.pk, type(error).__name__)
        return [], "audience_failed"
    return people, "" if people else "nobody_available"


def _left(duty: Duty, moment: datetime) -> left.Left:
    try:
        return left.whoever_is_left(kind=duty.kind, organization=duty.organization, thing=duty.thing, at=moment, holder=duty.holder)
    except Exception as error:  # as above
        log.error("whoever is left for duty %d could not be found: %s", duty.pk, type(error).__name__)
        return left.Left([])


def _tell(duty: Duty, people: Sequence[tuple[Person, str]], *, since: datetime | None = None) -> None:
    """Each person with the kind of message. An administrator is told a number and a place, and led to where roles are given."""
    number = plain(duty.number())
    extra: dict[str, object] = {"number": number, "dispatch": plain(_dispatch_number(duty.organization))}
    if since is not None:
        extra["minutes"] = max(0, int((since - duty.raised_at).total_seconds() // 60))
    for person, kind in people:
        bare = kind == LEFT_KIND
        notify(
            person=person,
            kind=kind if kinds.is_known(kind) else GENERAL_KIND,
            urgency=duty.urgency,
            organization=duty.organization,
            duty_id=None if bare else duty.pk,
            path="/people/" if bare else duty.path,
            extra={"number": number} if bare else extra,
        )


def _dispatch_number(organization: Organization) -> str:
    """The number of the police dispatch of the organization, or of the nearest above it that has one."""
    return next((place.dispatch_number for place in organization.line() if place.dispatch_number), "")
