"""Says that an engine is being compiled when it is, once in a process, whichever command or notebook waits for it."""

from __future__ import annotations

import sys
from typing import Any

from numba.core import event

ENGINES = ("simex.network.", "simex.space.", "simex.continuous.")
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


LISTENER = _Compilations()
event.register("numba:compile", LISTENER)


def tell() -> None:
    """Says so where another process compiles for this one."""
    LISTENER.tell()
