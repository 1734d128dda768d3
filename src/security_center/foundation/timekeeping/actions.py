"""What is believed of the time is kept here. The calling room has checked who speaks, writes the ledger and
opens the transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from security_center.foundation.clock import now

from .machine import Belief
from .models import ClockWatch

GONE_AFTER = timedelta(days=30)


def prove_time() -> None:
    """Somebody who cannot be fooled by this machine says that its clock is right now: an authenticator app
    whose code was accepted, or a person who compared it with a watch. The worker of each machine takes it up
    at its next look."""
    ClockWatch.objects.update(proved_at=now())


def begin(*, host: str, belief: Belief) -> ClockWatch:
    """The first look of a machine."""
    columns = {
        "boot": belief.boot,
        "elapsed": belief.elapsed,
        "believed_at": belief.believed_at,
        "sure_at": belief.sure_at,
    }
    return ClockWatch.objects.get_or_create(pk=host, defaults=columns)[0]


def keep(*, row: ClockWatch, belief: Belief, told_at: datetime | None) -> bool:
    """Compare and set: of two workers on one machine that looked from the same row, one finds that the other
    was first (False)."""
    unchanged = ClockWatch.objects.filter(
        pk=row.pk, boot=row.boot, elapsed=row.elapsed, proved_at=row.proved_at
    )
    done = unchanged.update(
        boot=belief.boot,
        elapsed=belief.elapsed,
        believed_at=belief.believed_at,
        sure_at=belief.sure_at,
        after_pause=belief.after_pause,
        distrusted_since=belief.distrusted_since,
        jump_seconds=int(belief.jump.total_seconds()),
        proved_at=None,
        told_at=told_at,
    )
    return bool(done)


def forget_gone() -> None:
    """A machine that is no more would say for ever that its clock was wrong."""
    newest = ClockWatch.objects.order_by("-believed_at").values_list("believed_at", flat=True).first()
    if newest is not None:
        ClockWatch.objects.filter(believed_at__lt=newest - GONE_AFTER).delete()
