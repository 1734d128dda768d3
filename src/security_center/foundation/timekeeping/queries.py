"""What the other rooms ask of the time: has a moment surely come, and is the clock believed at all?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from security_center.foundation.clock import now

from .machine import USUAL_PAUSE
from .models import ClockWatch

# Nothing is destroyed sooner after it was marked: so long somebody may find that it should be kept, or that
# the clock was wrong.
MARKED_BEFORE = timedelta(days=7)


def distrusted() -> ClockWatch | None:
    """A machine whose clock is not believed now, or None."""
    return ClockWatch.objects.filter(distrusted_since__isnull=False).order_by("distrusted_since").first()


def watch_of(host: str) -> ClockWatch | None:
    return ClockWatch.objects.filter(pk=host).first()


def latest() -> tuple[datetime | None, datetime | None]:
    """The latest believed and the latest sure moment of any machine."""
    found = ClockWatch.objects.aggregate(believed=Max("believed_at"), sure=Max("sure_at"))
    return found["believed"], found["sure"]


def sure_moment() -> datetime | None:
    """The gate before whatever destroys or publishes by the clock: a moment that has surely come, or None
    while the time is not believed.

    Without a worker that ever looked (a new installation, a command) it is the present one.
    """
    if distrusted() is not None:
        return None
    at, sure = now(), _sure_at()
    return at if sure is None else min(at, sure)


def moment_on_record() -> datetime:
    """For what a retention counts from: the present moment, or while the clock is not believed what is
    believed instead. Where nobody knows how long nothing ran, a usual pause more: what was closed must not
    end early because the clock stood behind."""
    watch = distrusted()
    if watch is not None:
        return watch.believed_at + (USUAL_PAUSE if watch.after_pause else timedelta(0))
    at, sure = now(), _sure_at()
    return at if sure is None else max(at, sure)


def _sure_at() -> datetime | None:
    """Each machine's sure moment has come, so the latest of them has too."""
    return latest()[1]
