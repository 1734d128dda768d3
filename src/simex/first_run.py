"""Says that an engine is being compiled when it is, once in a process, whichever command or notebook waits
for it."""

from __future__ import annotations

import sys
from typing import Any

from numba.core import event

ENGINES = ("simex.decisions.", "simex.network.", "simex.space.", "simex.continuous.")
SENTENCE = "simex: compiling the engine, which takes up to half a minute and is kept for the next time.\n"


class _Compilations(event.Listener):
    """Hears of every function that numba compiles, not of one that it finds on the disk."""

    def __init__(self) -> None:
        self.told = False

    def on_start(self, compilation: Any) -> None:
        if str(compilation.data["dispatcher"].py_func.__module__).startswith(ENGINES):
            self.tell()

    def tell(self) -> None:
        if not self.told:
            self.told = True
            sys.stderr.write(SENTENCE)
            sys.stderr.flush()

    def on_end(self, compilation: Any) -> None:
        pass


NOT_KEPT = (
    "simex: what was compiled is not kept, so that the next run compiles it again. To keep it, set "
    "NUMBA_CACHE_DIR to a folder of your own"
)
_not_kept: list[str] = []  # told once in a process


LISTENER = _Compilations()
event.register("numba:compile", LISTENER)


def tell() -> None:
    """Says so where another process compiles for this one."""
    LISTENER.tell()


def tell_not_kept(reason: str) -> None:
    """Says once that compiled code finds no place on the disk, and why."""
    if not _not_kept:
        _not_kept.append(reason)
        sys.stderr.write(f"{NOT_KEPT} with room in it ({reason}).\n")
        sys.stderr.flush()
