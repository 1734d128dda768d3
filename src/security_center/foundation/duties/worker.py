"""The worker program: four loops in one process, so that none of them can hold up another, and a process for
each further queue.

  time   compares the wall clock with the seconds that the machine runs (time_watch.py); all others go by what
  it believes clock  gives the sign of life and takes the steps of duties; nothing slow ever runs here, since
  an alert about a life waits for it jobs   periodic jobs (schedule.py) queue  tasks that are soon done:
  messages. Cleaning of files and imports have queues of their own (named_queues.py)

SIGTERM and SIGINT let the current task finish; a second one ends at once.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from django.db import close_old_connections, connection
from django.tasks import DEFAULT_TASK_QUEUE_NAME

from . import heartbeat, named_queues, queue, schedule
from .actions import advance_due_steps
from .time_watch import Watch

log = logging.getLogger("security_center.worker")

PAUSE = 1.0  # seconds between two looks
AFTER_ERROR = 2.0
BEAT_EVERY = 10.0
REAP_EVERY = 15.0


class Loop(threading.Thread):
    """Calls `body` again and again until stopped, through every exception. `body` tells whether it found
    something to do."""

    def __init__(self, name: str, body: Callable[[], bool], stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._body = body
        self._stop_asked = stop

    def run(self) -> None:
        while not self._stop_asked.is_set():
            pause = PAUSE
            try:
                close_old_connections()
                if self._body():
                    pause = 0.0
            except Exception as error:
                log.error("worker loop %s goes on after %s", self.name, type(error).__name__)
                _drop_connection()
                pause = AFTER_ERROR
            if pause:
                self._stop_asked.wait(pause)
        _drop_connection()


def _drop_connection() -> None:
    """A connection that saw an error may be broken or hold a transaction: the next turn opens a new one."""
    try:
        connection.close()
    except Exception as error:
        log.error("worker could not close its connection: %s", type(error).__name__)


class _Every:
    """True once per `seconds`, at first at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def __call__(self) -> bool:
        moment = time.monotonic()
        if moment < self._next:
            return False
        self._next = moment + self._seconds
        return True


def clock_body() -> Callable[[], bool]:
    beat_now = _Every(BEAT_EVERY)

    def body() -> bool:
        if beat_now():
            heartbeat.beat()
        return advance_due_steps() > 0

    return body


def time_body() -> Callable[[], bool]:
    watch: Watch | None = None

    def body() -> bool:
        nonlocal watch
        watch = watch or Watch()
        watch.look()
        return False

    return body


def queue_body() -> Callable[[], bool]:
    reap_now = _Every(REAP_EVERY)

    def body() -> bool:
        if reap_now():
            queue.take_back_stalled([DEFAULT_TASK_QUEUE_NAME])
            queue.wake_overslept()
        return queue.run_one([DEFAULT_TASK_QUEUE_NAME])

    return body


def jobs_body(stop: threading.Event) -> Callable[[], bool]:
    def body() -> bool:
        schedule.run_due(stop.is_set)
        return False

    return body


def run_forever(command: Sequence[str]) -> None:
    """Run until SIGTERM or SIGINT. command: what starts the process of a further queue. Starts, beats and
    rings with or without the key file: jobs that need it fail with VaultLocked and are tried again."""
    stop = threading.Event()

    def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked_to_stop)
    bodies = {"time": time_body(), "clock": clock_body(), "jobs": jobs_body(stop), "queue": queue_body()}
    loops = {name: Loop(name, body, stop) for name, body in bodies.items()}
    try:  # once before the others begin: a clock that is wrong from the start makes nothing due either
        bodies["time"]()
    except Exception as error:  # an alert about a life waits for no fault of the watch
        log.error("the time could not be looked at: %s", type(error).__name__)
    _drop_connection()
    for loop in loops.values():
        loop.start()
    log.info("worker started")
    further = named_queues.Processes(command)
    while not stop.wait(1.0):
        try:
            close_old_connections()
            further.look()
        except Exception as error:
            log.error("the processes of the queues could not be looked after: %s", type(error).__name__)
            _drop_connection()
        for name, loop in loops.items():
            if not loop.is_alive():  # only something worse than an exception ends a loop
                log.error("worker loop %s had ended and is started again", name)
                loops[name] = Loop(name, bodies[name], stop)
                loops[name].start()
    further.stop()
    _drop_connection()
    for loop in loops.values():
        loop.join()
    heartbeat.say_goodbye()
    log.info("worker stopped")
