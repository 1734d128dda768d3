"""The one clock of the whole code. Actions take no dates: they ask here, so that tests and the sample
district can set it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_set: ContextVar[datetime | None] = ContextVar("security_center_clock", default=None)


@dataclass(frozen=True)
class _Held:
    """What was believed when the process had run for so many seconds, and how far the wall clock stood from
    it."""

    believed_at: datetime
    running: float
    off: timedelta


_held: _Held | None = None


def now() -> datetime:
    """The present moment, aware, in UTC (or the moment that `clock_at` set). In the worker it goes by the
    seconds since its last look at the time: a wall clock that jumps in the middle of its work makes nothing
    due."""
    if _held is None:
        return wall()
    if _set.get() is not None:
        return wall() + _held.off
    return _held.believed_at + timedelta(seconds=time.monotonic() - _held.running)


def wall() -> datetime:
    """What the machine's clock says, right or wrong."""
    moment = _set.get()
    return moment if moment is not None else datetime.now(UTC)


def hold(*, believed_at: datetime, wall_at: datetime) -> None:
    """From now on the clock of this process goes on from `believed_at` by itself. Only the worker's watch
    over time calls it, once a second."""
    global _held
    _held = _Held(believed_at, time.monotonic(), believed_at - wall_at)


def let_go() -> None:
    """The wall clock counts again (after a test)."""
    global _held
    _held = None


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Inside the block the clock stands at `moment` (aware)."""
    if moment.tzinfo is None:
        raise ValueError("The clock needs a moment with a time zone.")
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)


def rounded(moment: datetime, minutes: int = 15) -> datetime:
    """`moment` rounded down to `minutes`: precise times can identify a reporter (reporting.md 8.6)."""
    return moment - timedelta(
        minutes=moment.minute % minutes, seconds=moment.second, microseconds=moment.microsecond
    )
