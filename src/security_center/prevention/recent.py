"""What the public program asks for each request (whose form, is it open), remembered for a second when the
server wishes so.

Under a surge hundreds of requests ask the same in one second. Off by default: the staff program, the worker
and commands always read the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

MOST = 5_000  # answers kept; beyond that all are forgotten, so that made-up addresses take no memory

_kept: dict[Hashable, tuple[float, object]] = {}
_seconds: list[float] = [0.0]


def remember_for(seconds: float) -> None:
    """0 turns it off. Called once by the server of the public program."""
    _seconds[0] = seconds
    _kept.clear()


def recent[T](key: Hashable, ask: Callable[[], T]) -> T:
    """The answer of `ask`, at most the chosen seconds old. Nothing is remembered of what was not found."""
    if not _seconds[0]:
        return ask()
    at = time.monotonic()
    held = _kept.get(key)
    if held is not None and at - held[0] < _seconds[0]:
        return held[1]  # type: ignore[return-value]
    answer = ask()
    if answer is not None:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = (at, answer)
    return answer
