"""Tasks that the real worker runs in tests/duties/test_named_queues.py: they say that they began, by
appending to a file."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.tasks import task

from security_center.foundation.duties import jobs


@task(queue_name="long")
def walk(noted: str) -> None:
    """Until somebody cancels it."""
    with Path(noted).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    for step in range(10_000):
        time.sleep(0.02)
        jobs.progress(step, 10_000)


@task(queue_name="long")
def swallow() -> None:
    bytearray(64 * 1024**3)
