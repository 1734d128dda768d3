"""Turns: the right to write to one database file, for one thread of one process at a time.

Two locks on files beside the database carry it among processes. Who comes next holds the first while the
other still writes, so whoever has just written cannot step in again before them. A turn falls with its
process, however that ends."""

from __future__ import annotations

import fcntl
import os
import threading
import time

from django.db.utils import OperationalError

# Seconds between two looks of the one thread of a process whose turn among the programs comes next.
LOOK_EVERY = 0.0002


class Turn:
    """`rests`: a program that gives way. While others wait, it rests that many times as long as it wrote
    before it asks again."""

    def __init__(self, path: str, timeout: float, rests: float = 0.0) -> None:
        self.path, self.timeout, self.rests = path, timeout, rests
        self.within = threading.Lock()
        self.process = 0
        self.writing = self.next = -1  # descriptors
        self.since = self.not_before = 0.0

    def take(self) -> None:
        """Raises OperationalError when no turn comes within the database's timeout."""
        until = time.monotonic() + self.timeout
        if not self.within.acquire(timeout=self.timeout):
            raise OperationalError("database is locked")
        try:
            # A fork shares the locks of its parent's descriptors: it needs its own
            if self.process != os.getpid():
                self.writing, self.next = self._file(".turn"), self._file(".next")
                self.process = os.getpid()
            rest = self.not_before - time.monotonic()
            if rest > 0:
                time.sleep(rest)
            self._lock(self.next, until)
            try:
                self._lock(self.writing, until)
            finally:
                fcntl.flock(self.next, fcntl.LOCK_UN)
            self.since = time.monotonic()
        except BaseException:
            self.within.release()
            raise

    def give(self) -> None:
        if self.rests:
            ended = time.monotonic()
            self.not_before = ended + self.rests * (ended - self.since) if self._somebody_waits() else 0.0
        fcntl.flock(self.writing, fcntl.LOCK_UN)
        self.within.release()

    def _file(self, ending: str) -> int:
        return os.open(self.path + ending, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _lock(self, descriptor: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise OperationalError("database is locked") from None
                time.sleep(LOOK_EVERY)
            else:
                return

    def _somebody_waits(self) -> bool:
        try:
            fcntl.flock(self.next, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self.next, fcntl.LOCK_UN)
        return False


_turns: dict[str, Turn] = {}
_making = threading.Lock()
os.register_at_fork(after_in_child=_turns.clear)


def turn_of(path: str, timeout: float, rests: float = 0.0) -> Turn:
    with _making:
        return _turns.setdefault(path, Turn(path, timeout, rests))
