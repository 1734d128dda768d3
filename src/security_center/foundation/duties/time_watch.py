"""The worker's watch over time: each second it looks at three clocks (timekeeping/machine.py) and keeps
duties ringing by the believed one.

While the wall clock is not believed this process lives by the believed time: its steps, jobs and stamps go on
as if nothing had jumped. What destroys or publishes asks `timekeeping.queries.sure_moment` and pauses.
Administrators and desks are told, without content."""

from __future__ import annotations

import logging
import socket
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction

from security_center.foundation import clock
from security_center.foundation.ledger.actions import record, take_turn
from security_center.foundation.ledger.queries import state as ledger_state
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Role
from security_center.foundation.organizations.queries import people_with_roles_anywhere
from security_center.foundation.timekeeping import actions as keeping
from security_center.foundation.timekeeping import machine
from security_center.foundation.timekeeping import queries as timekeeping
from security_center.foundation.timekeeping.machine import Belief

from . import signals
from .machine import moved
from .models import Duty

if TYPE_CHECKING:
    from security_center.foundation.timekeeping.models import ClockWatch

log = logging.getLogger("security_center.worker")

CLOCK_JUMPED = "duties.clock_jumped"
TOLD = (Role.ADMINISTRATOR, Role.READER, Role.TEAM_LEAD, Role.DISTRICT_ON_CALL, Role.DISTRICT_SAFETY_LEAD)
# A clock that jumps to and fro rings once an hour, not each time.
TOLD_AGAIN_AFTER = timedelta(hours=1)
KEEP_EVERY = 10.0  # seconds between two writes of what is believed
SCAN_EVERY = 60.0  # seconds between two looks through all open duties for some that lie in the future

_UPTIME, _BOOT = Path("/proc/uptime"), Path("/proc/sys/kernel/random/boot_id")
_PROCESS = uuid.uuid4().hex


def running_for() -> tuple[str, float]:
    """The name of this start of the machine, and the seconds since then, those asleep included. Nothing that
    sets a clock moves them.

    Where the kernel does not tell, each process is a start of its own.
    """
    try:
        return _BOOT.read_text(encoding="ascii").strip(), float(
            _UPTIME.read_text(encoding="ascii").split()[0]
        )
    except (OSError, ValueError, IndexError):
        return _PROCESS, time.monotonic()


class Watch:
    """One worker process's eyes. Call `look` before any step is taken."""

    def __init__(self) -> None:
        self._newest_duty = Duty.objects.aggregate(newest=models.Max("pk"))["newest"] or 0
        self._scanned: float | None = None

    def look(self) -> None:
        wall, (boot, elapsed) = clock.wall(), running_for()
        row = timekeeping.watch_of(_host()) or _begin(elapsed, wall)
        before = row.belief
        looked = machine.look(
            before, boot=boot, elapsed=elapsed, wall=wall, proved_at=row.proved_at, usual_pause=_usual_pause()
        )
        after = looked.belief
        # Before anything is written: what is written is stamped by the believed time, and alarms go by it
        # even if the database refuses.
        clock.hold(believed_at=after.believed_at, wall_at=wall)
        changed = (after.boot, after.distrusted_since) != (
            before.boot,
            before.distrusted_since,
        ) or row.proved_at is not None
        if changed or looked.moved or elapsed - row.elapsed >= KEEP_EVERY or elapsed < row.elapsed:
            _keep(row, looked)
        self._set_straight(after, elapsed)

    def _set_straight(self, belief: Belief, elapsed: float) -> None:
        """Duties raised by a program with another clock count from when they came: their ladders would sleep,
        or ring all at once."""
        found = Duty.objects.open()
        if self._scanned is None or elapsed - self._scanned >= SCAN_EVERY:
            self._scanned = elapsed
            ahead = list(found.filter(raised_at__gt=belief.believed_at + machine.AHEAD))
        else:
            ahead = []
        came = list(found.filter(pk__gt=self._newest_duty).order_by("pk"))
        for duty in {duty.pk: duty for duty in (*ahead, *came)}.values():
            wrong = duty.pk > self._newest_duty and belief.distrusted_since is not None
            by = machine.off_by(raised_at=duty.raised_at, believed_at=belief.believed_at, distrusted=wrong)
            if by:
                with transaction.atomic():
                    _move(duty, by)
        if came:
            self._newest_duty = came[-1].pk


def _host() -> str:
    return socket.gethostname()[:255]


def _usual_pause() -> timedelta:
    """The invented district lies still for months between two looks at it."""
    return timedelta(days=36_500) if settings.SSC_DEMO else machine.USUAL_PAUSE


def _begin(elapsed: float, wall: datetime) -> ClockWatch:
    """The first look of this machine: time stood where it was signed last, or where another machine knows it.
    Else the wall is believed."""
    believed, sure = timekeeping.latest()
    signed = ledger_state().signed_at
    known = [[moment for moment in (one, signed) if moment is not None] for one in (believed, sure)]
    with transaction.atomic():
        return keeping.begin(
            host=_host(), belief=Belief("", elapsed, max(known[0], default=wall), max(known[1], default=wall))
        )


def _keep(row: ClockWatch, looked: machine.Looked) -> None:
    """Write down what is believed now, and do what follows from it."""
    after = looked.belief
    begins = after.distrusted_since is not None and row.distrusted_since is None
    ends = after.distrusted_since is None and row.distrusted_since is not None
    tell = begins and (row.told_at is None or abs(after.believed_at - row.told_at) >= TOLD_AGAIN_AFTER)
    with transaction.atomic():
        take_turn()
        if not keeping.keep(row=row, belief=after, told_at=after.believed_at if tell else row.told_at):
            return
        if looked.moved < -machine.TOLERANCE:
            for duty in Duty.objects.open().iterator():
                _move(duty, looked.moved)
        if looked.rings_at_once:
            Duty.objects.open().filter(urgency="U1", next_step_at__gt=after.believed_at).update(
                next_step_at=after.believed_at
            )
        if begins:
            log.error(
                "the clock is not believed: it stands %d seconds off; nothing is destroyed or published",
                after.jump.total_seconds(),
            )
            record(
                actor="worker",
                verb="clock.distrusted",
                detail={"seconds": int(after.jump.total_seconds()), "after_pause": after.after_pause},
            )
        if ends:
            log.warning("the clock is believed again")
            record(actor="worker", verb="clock.trusted", detail={"proved": row.proved_at is not None})
        if tell:
            _tell()


def _move(duty: Duty, by: timedelta) -> None:
    """The whole ladder, so that its steps keep their distances. A duty that took a step meanwhile is looked
    at again."""
    changes: dict[str, Any] = {
        "raised_at": duty.raised_at + by,
        "due_at": duty.due_at + by,
        "next_step_at": duty.next_step_at + by,
        "ladder": moved(duty.ladder, by),
    }
    if (
        Duty.objects.open()
        .filter(pk=duty.pk, step=duty.step, next_step_at=duty.next_step_at)
        .update(**changes)
    ):
        signals.ladder_moved.send(sender=Duty, duty=duty, by=by)


def _tell() -> None:
    for person in people_with_roles_anywhere(TOLD):
        notify(person=person, kind=CLOCK_JUMPED, urgency="U1", path="/")
