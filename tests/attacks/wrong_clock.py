"""A machine whose wall clock stands off from the true time, and a worker that looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import heartbeat, time_watch
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.time_watch import Watch
from security_center.foundation.timekeeping.machine import USUAL_PAUSE
from security_center.foundation.timekeeping.queries import sure_moment

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
AHEAD = timedelta(days=400)


@dataclass
class Machine:
    """A machine whose true time goes on by `wait`, and whose wall clock stands `off` from it. Its worker
    looks once a second or slower."""

    true: datetime = START
    off: timedelta = timedelta(0)
    boot: int = 1
    running: float = 100.0
    watch: Watch | None = None

    @property
    def wall(self) -> datetime:
        return self.true + self.off

    def wait(self, by: timedelta, every: timedelta = timedelta(seconds=30)) -> None:
        end = self.true + by
        while self.true < end:
            step = min(every, end - self.true)
            self.true, self.running = self.true + step, self.running + step.total_seconds()
            self.look()

    def look(self) -> None:
        with clock_at(self.wall):
            self.watch = self.watch or Watch()
            self.watch.look()
            heartbeat.beat()
            advance_due_steps()

    def lie_still(self, by: timedelta) -> None:
        """Switched off for so long, and on again."""
        self.true, self.boot, self.running, self.watch = self.true + by, self.boot + 1, 5.0, None
        self.look()


@pytest.fixture
def machine(db: None, monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine()
    # The invented district of other fixtures takes any pause
    monkeypatch.setattr(time_watch, "_usual_pause", lambda: USUAL_PAUSE)
    monkeypatch.setattr(time_watch, "running_for", lambda: (f"boot-{found.boot}", found.running))
    return found


def sure_of(machine: Machine) -> datetime | None:
    with clock_at(machine.wall):
        return sure_moment()
