"""A sign of life while the sample district is made: whoever waits minutes without a word takes the program
for a broken one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 5.0  # seconds


@contextmanager
def told(say: Callable[[str], object], every: float = EVERY) -> Iterator[None]:
    """Inside the block `say` is given a line every few seconds, also while one long computation runs."""
    done = threading.Event()

    def tell() -> None:
        turn = 0
        while not done.wait(every):
            turn += 1
            say(f"ssc: … still making it ({turn * every:.0f} s)")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
