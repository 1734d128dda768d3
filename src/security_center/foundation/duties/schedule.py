"""Periodic jobs. Each runs once per period, whichever of the workers gets to it; periods missed while none
ran are one run, not many."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction

from security_center.foundation.clock import now

from . import heartbeat
from .models import PeriodicRun

log = logging.getLogger("security_center.worker")

Job = Callable[[], object]
_START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Periodic:
    name: str
    seconds: int
    job: Job


_jobs: dict[str, Periodic] = {}


def every[J: Job](seconds: int, name: str) -> Callable[[J], J]:
    """Register a job for the worker: `every(60, "ledger.sign_head")(sign_head)`, or as a decorator. Its
    result is not used."""
    if seconds < 1:
        raise ValueError("A period is at least one second.")

    def registered(job: J) -> J:
        _jobs[name] = Periodic(name, seconds, job)
        return job

    return registered


def jobs() -> list[Periodic]:
    return sorted(_jobs.values(), key=lambda periodic: periodic.name)


def next_period(seconds: int, at: datetime) -> datetime:
    """The first start of a period after `at`. Periods are counted from a fixed moment, so that all workers
    agree on them."""
    passed = int((at - _START).total_seconds() // seconds)
    return _START + timedelta(seconds=(passed + 1) * seconds)


def run_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Run every job whose moment has come and that no living worker has. Returns how many ran, those that
    failed included."""
    ran = 0
    known = {row.name: row for row in PeriodicRun.objects.filter(name__in=_jobs)}
    living: set[str] | None = None
    for periodic in jobs():
        if stopping():
            break
        row = known.get(periodic.name)
        if row is None:
            row = _first_row(periodic)
        # Due later than a period allows is due by a clock that was ahead: the job would sleep until that day.
        if now() < row.due_at <= now() + timedelta(seconds=periodic.seconds):
            continue
        if row.worker:
            # A row that carries this worker's own name is left from a run whose end could not be written: one
            # thread runs all jobs.
            living = heartbeat.other_living_workers() if living is None else living
            if row.worker in living:
                continue
        if _claimed(row):
            _run(periodic, row)
            ran += 1
    return ran


def _first_row(periodic: Periodic) -> PeriodicRun:
    try:
        with transaction.atomic():
            return PeriodicRun.objects.create(name=periodic.name, due_at=now())
    except IntegrityError:  # another worker was quicker
        return PeriodicRun.objects.get(name=periodic.name)


def _claimed(row: PeriodicRun) -> bool:
    """Compare and set: only one worker finds the row as it was."""
    unchanged = PeriodicRun.objects.filter(name=row.name, due_at=row.due_at, worker=row.worker)
    return bool(unchanged.update(worker=heartbeat.worker_id(), started_at=now()))


def _run(periodic: Periodic, row: PeriodicRun) -> None:
    mine = PeriodicRun.objects.filter(name=row.name, worker=heartbeat.worker_id())
    try:
        periodic.job()
    except Exception as error:
        log.error("job %s failed: %s", periodic.name, type(error).__name__)
        failures = row.failures + 1
        again = now() + timedelta(seconds=min(3600, 30 * 2 ** min(failures, 7)))
        mine.update(
            worker="",
            due_at=min(next_period(periodic.seconds, now()), again),
            failures=failures,
            last_error=type(error).__name__[:80],
        )
        return
    mine.update(
        worker="", due_at=next_period(periodic.seconds, now()), finished_at=now(), failures=0, last_error=""
    )
