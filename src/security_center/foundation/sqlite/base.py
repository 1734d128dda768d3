"""Writers of the embedded database take turns before they ask SQLite for its lock.

SQLite lets one writer in at a time and makes the others sleep ever longer before they try again: under a surge some wait for seconds while the lock
lies free, and one of three programs can starve the others. Here a transaction first takes its turn, in its process and then among the programs, and
finds SQLite's lock free. A turn falls with its process, however that ends. Statements outside of a transaction go on as Django has them.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

# Seconds between two looks of the one thread of a process whose turn among the programs comes next. The settings may give a program a longer one
# ("LOOK_EVERY" beside "OPTIONS"): a program that looks less often gives way to the others, and still gets its turns between theirs.
LOOK_EVERY = 0.0005


class Turn:
    """The right to write to one database file: one thread of one process at a time."""

    def __init__(self, path: str, timeout: float, look_every: float = LOOK_EVERY) -> None:
        self.path, self.timeout, self.look_every = path, timeout, look_every
        self.within = threading.Lock()
        self.descriptor = -1
        self.process = 0

    def take(self) -> None:
        """Raises OperationalError when no turn comes within the database's timeout."""
        until = time.monotonic() + self.timeout
        if not self.within.acquire(timeout=self.timeout):
            raise OperationalError("database is locked")
        try:
            if self.process != os.getpid():  # a fork shares the lock of its parent's descriptor: it needs one of its own
                self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                self.process = os.getpid()
            while True:
                try:
                    fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise OperationalError("database is locked") from None
                    time.sleep(self.look_every)
                else:
                    return
        except BaseException:
            self.within.release()
            raise

    def give(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        self.within.release()


_turns: dict[str, Turn] = {}
_making = threading.Lock()


def _renew_after_fork() -> None:
    _turns.clear()


os.register_at_fork(after_in_child=_renew_after_fork)


def turn_of(path: str, timeout: float, look_every: float = LOOK_EVERY) -> Turn:
    with _making:
        return _turns.setdefault(path, Turn(f"{path}.turn", timeout, look_every))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but a transaction holds a turn from BEGIN to COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: Turn | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self._held is None and not self.is_in_memory_db():
            turn = turn_of(
                os.fspath(self.settings_dict["NAME"]),
                float(self.settings_dict["OPTIONS"].get("timeout", 20)),
                float(self.settings_dict.get("LOOK_EVERY", LOOK_EVERY)),
            )
            turn.take()
            self._held = turn
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._give()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._give()  # after a failed COMMIT the transaction is still open: its ROLLBACK gives the turn

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._give()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._give()

    def _give(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.give()
