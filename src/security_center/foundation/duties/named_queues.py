"""Queues beside that of the messages, each run by a process of its own, so that nothing long holds back an
alert.

  files  clean copies of attachments: a reader waits for them
  long   imports, and whatever else takes minutes

The worker starts the process of a queue when there is work in it, and it ends when there was none for a
while. Its memory is bounded. Killed in the middle of a task it is started again and takes the task up anew:
like every task, a long one may run twice and does its work once."""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from django.db import close_old_connections, connection
from django_tasks_db.models import DBTaskResult

from . import heartbeat, queue

log = logging.getLogger("security_center.worker")

GIBIBYTE = 1024**3
# Addresses, of which a program asks for more than it uses. A task that needs more is given up, in words.
MEMORY = {"files": 2 * GIBIBYTE, "long": 4 * GIBIBYTE}
IDLE = 120.0  # seconds without work after which the process ends and gives its memory back
PAUSE, AFTER_DEATH = 0.5, 2.0
REAP_EVERY = 15.0


class Processes:
    """The worker's side. `look` is called from its main thread: the kernel ends a child with the thread that
    started it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._not_before: dict[str, float] = {}

    def look(self) -> None:
        for name, child in list(self._running.items()):
            code = child.poll()
            if code is not None:
                del self._running[name]
                if code:
                    log.error("the process of the queue %s ended with %d", name, code)
                    self._not_before[name] = time.monotonic() + AFTER_DEATH
        idle = {name for name in MEMORY if name not in self._running}
        idle = {name for name in idle if self._not_before.get(name, 0.0) <= time.monotonic()}
        for name in _with_work(idle):
            environment = {
                **os.environ,
                "SSC_WORKER_QUEUE": f"{name}/{heartbeat.worker_id()}",
                "SSC_SUPERVISOR_PROCESS": str(os.getpid()),
            }
            # Our own interpreter and module. It stays in the worker's group, which the supervisor ends as a
            # whole.
            self._running[name] = subprocess.Popen(self._command, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603

    def stop(self) -> None:
        """What it is at is taken up again at the next start."""
        for child in self._running.values():
            child.terminate()
        for child in self._running.values():
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _with_work(names: set[str]) -> set[str]:
    """Those in which a task may run now, or was left by somebody: whether they still live is asked by who
    takes it up."""
    waiting = (DBTaskResult.objects.ready() | DBTaskResult.objects.running()).filter(queue_name__in=names)
    return set(waiting.order_by().values_list("queue_name", flat=True).distinct())


def run(of_queue: str) -> None:
    """The process of one queue. of_queue: its name, a slash, and the name of the worker that started it."""
    name, _slash, worker = of_queue.partition("/")
    heartbeat.act_for(worker, name)
    # Softly: what cleans a file is a process of its own with its own bound. macOS has the name and not the
    # thing.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY[name], resource.getrlimit(resource.RLIMIT_AS)[1]))
    signal.signal(signal.SIGTERM, _asked_to_stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log.info("queue %s: its process started", name)
    last, reaped = time.monotonic(), 0.0
    try:
        while time.monotonic() - last < IDLE:
            try:
                close_old_connections()
                if time.monotonic() - reaped > REAP_EVERY or not reaped:
                    reaped = time.monotonic()
                    queue.take_back_stalled([name])
                if queue.run_one([name]):
                    last = time.monotonic()
                    continue
            except Exception as error:
                log.error("queue %s goes on after %s", name, type(error).__name__)
                connection.close()
            time.sleep(PAUSE)
    except queue.Interrupted:
        log.info("queue %s: its process was asked to stop", name)


def _asked_to_stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise queue.Interrupted
