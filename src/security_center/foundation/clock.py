"""The one clock of the whole code. Actions take no dates: they ask here, so that tests and the sample district can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_set: ContextVar[datetime | None] = ContextVar("security_center_clock", default=None)
_correction = timedelta(0)


def now() -> datetime:
    """The present moment, aware, in UTC (or the moment that `clock_at` set); in a worker whose wall clock jumped, what it would show without."""
    return wall() + _correction


def wall() -> datetime:
    """What the machine's clock says, right or wrong."""
    moment = _set.get()
    return moment if moment is not None else datetime.now(UTC)


def correct_by(difference: timedelta) -> None:
    """From now on the clock of this process differs by so much from the wall's. Only the worker's watch over time calls it."""
    global _correction
    _correction = difference


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
    """`moment` rounded down to `minutes`: precise times can identify a reporter (reporting doctrine, section 8 rule 6)."""
    return moment - timedelta(minutes=moment.minute % minutes, seconds=moment.second, microseconds=moment.microsecond)
