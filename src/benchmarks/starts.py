"""How long a first start of the demo and a second start take, packages installed."""

from __future__ import annotations

from . import system
from .figures import Figure


def run() -> list[Figure]:
    data = system.fresh("starts")
    with system.running(data) as first:
        took = first.ready_after
    with system.running(data) as second:
        again = second.ready_after
    return [
        Figure("first start of the demo, its sample district made", took, "s", 60, note="packages installed"),
        Figure("second start", again, "s", 5),
    ]
