"""The clock of duties: each second the worker takes every step whose moment has come.

After an outage there are thousands. They are taken a portion at a time, the most urgent first, each portion
in one short transaction, so that the ledger's turn is asked for once and a new urgent alert waits for one
portion at most. Several workers take different portions."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Case, F, Value, When

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import Fact, record_all, take_turn
from security_center.foundation.ledger.queries import last_about_each
from security_center.foundation.organizations.models import Person

from . import audiences, left, machine
from .audiences import Look
from .machine import Rung
from .models import ADMINISTRATORS_ONLY, Duty, DutyStep
from .telling import LEFT_KIND, Telling, tell

log = logging.getLogger("security_center.duties")

PORTION = 50
CANDIDATES = 8 * PORTION  # so that a worker finds some that no other one has
# What has no urgency of its own is due within days, like what has to be read soon. Of the same urgency, first
# what is late for longest.
URGENCY = Case(When(urgency="", then=Value("U3")), default=F("urgency"))
# The advisory lock of a duty is this plus its id; the ledger's own locks are far below.
_CLAIM = 0x55C1 << 40
NOT_LET_GO = timedelta(seconds=10)

# A duty that cannot take its step is tried again after this long, so that its fault stands in the log without
# filling it.
AFTER_FAULT = timedelta(seconds=30)
AFTER_BUSY_DATABASE = timedelta(seconds=2)  # nothing is wrong with the duty: an alert must not wait for that
_faulty_until: dict[int, datetime] = {}


@dataclass(frozen=True)
class _Step:
    """A step that is about to be taken: whom it tells, each with the kind of message."""

    duty: Duty
    taken: machine.Taken
    told: list[tuple[Person, str]]
    note: str
    at: datetime
    seen: int  # the newest entry of the ledger about the thing when it was asked whom to tell


def advance_due_steps() -> int:
    """Take every step whose moment has come; the worker calls it each second. Returns how many were taken.

    Several workers may do this at once: a step is taken by whoever moves `step` first.
    """
    taken = 0
    while True:
        moment = now()
        # No longer than it was put off: a clock that was set back meanwhile silences nothing.
        with _portion(
            [pk for pk, until in _faulty_until.items() if moment < until <= moment + AFTER_FAULT]
        ) as ids:
            if not ids:
                return taken
            done = _together(ids)
        # One that fails does not undo the others: each by itself.
        taken += done if done is not None else sum(_alone(pk) for pk in ids)


@contextmanager
def _portion(waiting: Collection[int]) -> Iterator[list[int]]:
    """Ids of due duties that no other worker has at hand, the most pressing first. On PostgreSQL they are
    this worker's until the block ends.

    They are claimed by advisory locks that nobody waits for: a worker that held their rows while it waits for
    the ledger's turn, and an action that has the turn and wants such a row, would stop each other. Such a
    lock is open to every role of the database: what nobody lets go, and is late, is taken all the same, and
    told once by whoever comes first (`_still_stands`)."""
    due = (
        Duty.objects.open()
        .filter(next_step_at__lte=now())
        .exclude(pk__in=waiting)
        .order_by(URGENCY, "next_step_at", "pk")
    )
    if connection.vendor != "postgresql":
        yield list(due.values_list("pk", flat=True)[:PORTION])
        return
    with transaction.atomic(), connection.cursor() as cursor:
        ids = list(due.values_list("pk", flat=True)[:CANDIDATES])
        cursor.execute(
            (
                "SELECT id FROM unnest(%s::bigint[]) AS due(id) WHERE pg_try_advisory_xact_lock(%s + "
                "id) LIMIT %s"
            ),
            [ids, _CLAIM, PORTION],
        )
        mine = {pk for (pk,) in cursor.fetchall()}
        if ids and not mine:
            mine = set(
                due.filter(next_step_at__lte=now() - NOT_LET_GO).values_list("pk", flat=True)[:PORTION]
            )
        yield [pk for pk in ids if pk in mine]


def _together(ids: Sequence[int]) -> int | None:
    """Take the steps of these duties in one transaction; None when that failed, and nothing was done."""
    try:
        return _advance(ids)
    except Exception:  # each tells its own fault
        log.warning("%d duties take their steps one at a time", len(ids))
        return None


def _alone(pk: int) -> int:
    try:
        taken = _advance([pk])
    except Exception as error:
        _faulty_until[pk] = now() + (
            AFTER_BUSY_DATABASE if isinstance(error, OperationalError) else AFTER_FAULT
        )
        log.error("duty %d could not take its step: %s", pk, type(error).__name__)
        return 0
    _faulty_until.pop(pk, None)
    return taken


def _advance(ids: Sequence[int]) -> int:
    # Whom a rung tells is read before the ledger's turn, so that no reporter waits for it.
    steps = _steps(ids)
    if not steps:
        return 0
    with transaction.atomic():
        take_turn()
        newest, stand = _now_stands(steps)
        return _take([step for step in steps if _still_stands(step, newest, stand)])


def _steps(ids: Sequence[int]) -> list[_Step]:
    moment = now()
    found = {
        duty.pk: duty
        for duty in Duty.objects.open()
        .filter(pk__in=ids)
        .select_related("organization__parent__parent", "holder")
    }
    due = [found[pk] for pk in ids if pk in found and found[pk].next_step_at <= moment]
    things = {duty.thing for duty in due}
    seen, look = last_about_each(things), Look(things, [duty.organization for duty in due], moment)
    return [_step(duty, look, seen[duty.thing]) for duty in due]


def _step(duty: Duty, look: Look, seen: int) -> _Step:
    ladder = duty.rungs()
    told, note = _whom(duty, ladder, look)
    taken = machine.take(
        ladder=ladder,
        step=duty.step,
        next_step_at=duty.next_step_at,
        at=look.at,
        repeat_minutes=duty.repeat_minutes,
        somebody_told=bool(told),
    )
    return _Step(duty, taken, told, note, look.at, seen)


def _now_stands(steps: Sequence[_Step]) -> tuple[dict[str, int], dict[int, tuple[object, ...]]]:
    """What the ledger and the duties say now that nobody else can change them."""
    rows = (
        Duty.objects.open()
        .filter(pk__in=[step.duty.pk for step in steps])
        .select_for_update(no_key=True, of=("self",))
    )
    stand = {
        pk: tuple(rest)
        for pk, *rest in rows.order_by("pk").values_list("pk", "step", "next_step_at", "holder_id")
    }
    return last_about_each({step.duty.thing for step in steps}), stand


def _still_stands(step: _Step, newest: dict[str, int], stand: dict[int, tuple[object, ...]]) -> bool:
    """Of two workers that read the same step, one moves it on and the other finds it changed. A duty that was
    taken or ended meanwhile is changed too; and where the ledger has something new of its thing, perhaps
    somebody was just kept from it: whom to tell is asked again."""
    duty = step.duty
    return newest[duty.thing] == step.seen and stand.get(duty.pk) == (
        duty.step,
        duty.next_step_at,
        duty.holder_id,
    )


def _take(steps: Sequence[_Step]) -> int:
    rows = []
    for step in steps:
        taken, duty = step.taken, step.duty
        duty.step, duty.next_step_at = taken.number + 1, taken.next_step_at
        rows.append(
            DutyStep(
                duty=duty,
                number=taken.number,
                audience=taken.rung.audience,
                due_at=taken.due_at,
                done_at=step.at,
                late=taken.late,
                note=step.note,
            )
        )
    Duty.objects.bulk_update([step.duty for step in steps], ["step", "next_step_at"])
    DutyStep.objects.bulk_create(rows)
    told = DutyStep.told.through
    told.objects.bulk_create(
        [
            told(dutystep_id=row.pk, person_id=person.pk)
            for row, step in zip(rows, steps, strict=True)
            for person, _kind in step.told
        ]
    )
    tell([Telling(step.duty, step.told, since=step.at) for step in steps])
    record_all([_fact(step) for step in steps])
    return len(steps)


def _fact(step: _Step) -> Fact:
    return Fact(
        actor="worker",
        verb="duty.step",
        thing=step.duty.thing,
        organization_id=step.duty.organization_id,
        detail={
            "duty": step.duty.pk,
            "step": step.taken.number,
            "audience": step.taken.rung.audience,
            "due": step.taken.due_at.isoformat(),
            "late": step.taken.late,
            "told": ",".join(str(person.pk) for person, _kind in step.told[:30]),
            "told_count": len(step.told),
            "note": step.note,
        },
    )


def _whom(duty: Duty, ladder: Sequence[Rung], look: Look) -> tuple[list[tuple[Person, str]], str]:
    """The people of a rung, each with the kind of message, and a code where it was not the rung that found
    them. When the last rung finds nobody who is there, whoever is left is told too: after it there is no
    other."""
    rung = machine.rung_of(ladder, duty.step)
    kind = rung.kind or duty.kind
    people, note = _audience(duty, rung, look)
    told = [(person, kind) for person in people]
    if machine.is_repeat(ladder, duty.step + 1) and not look.anybody_there(people):
        found = _left(duty, look)
        known = {person.pk for person in people}
        told += [
            (person, LEFT_KIND if found.administrators else kind)
            for person in found.people
            if person.pk not in known
        ]
        if found.people and not people:
            note = ADMINISTRATORS_ONLY if found.administrators else "whoever_is_left"
    return told, note


def _audience(duty: Duty, rung: Rung, look: Look) -> tuple[list[Person], str]:
    """The people of a rung, and a code where there are none. A resolver that breaks is a rung without people,
    not a duty without a clock."""
    try:
        people = audiences.resolve(
            rung.audience, organization=duty.organization, thing=duty.thing, holder=duty.holder, look=look
        )
    except audiences.UnknownAudience:
        log.error("duty %d names an audience that no room has registered", duty.pk)
        return [], "unknown_audience"
    except Exception as error:
        log.error("the audience of duty %d could not be found: %s", duty.pk, type(error).__name__)
        return [], "audience_failed"
    return people, "" if people else "nobody_available"


def _left(duty: Duty, look: Look) -> left.Left:
    try:
        return left.whoever_is_left(
            kind=duty.kind, organization=duty.organization, thing=duty.thing, holder=duty.holder, look=look
        )
    except Exception as error:  # as above
        log.error("whoever is left for duty %d could not be found: %s", duty.pk, type(error).__name__)
        return left.Left([])
