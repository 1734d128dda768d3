"""A task that takes minutes, as people see it: how far it is, and that it can be cancelled.

    job = jobs.start(actor=person, task=simulate, thing="scenario:5", scenario_id=5)     # in the caller's
    transaction jobs.cancel(actor=person, job=job)

and inside the task, which is of the queue `long`:

    for done, part in enumerate(parts):
        jobs.progress(done, len(parts))          # ends the task here once somebody has cancelled it
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.tasks import DEFAULT_TASK_QUEUE_NAME, Task
from django_tasks_db.models import DBTaskResult

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Person

from .models import Job

State = Job.State
EVERY = 1.0  # seconds between two notes of how far it is
_current: ContextVar[UUID | None] = ContextVar("job", default=None)
_noted: dict[UUID, float] = {}


class Cancelled(Exception):
    """Somebody has cancelled the job that runs here."""


@transaction.atomic
def start(*, actor: Person | None, task: Task[Any, Any], thing: str, **arguments: Any) -> Job:
    """Put `task` into its queue with these arguments."""
    result = task.enqueue(**arguments)
    return Job.objects.create(task=UUID(result.id), thing=thing, started_by=actor, started_at=now())


@transaction.atomic
def cancel(*, actor: Person, job: Job) -> bool:
    """The caller has asked whether this person may. False for one that has ended."""
    open_states = [State.WAITING, State.RUNNING]
    asked = Job.objects.filter(pk=job.pk, state__in=open_states, cancelled_at__isnull=True).update(
        cancelled_at=now()
    )
    if asked:
        record(actor=actor, verb="job.cancelled", about=job)
    return bool(asked)


def progress(done: int, total: int = 0) -> None:
    """Inside a task: it is so far. Raises Cancelled. Cheap enough to be called often; outside a job it does
    nothing."""
    task = _current.get()
    if task is None or time.monotonic() - _noted.get(task, 0.0) < EVERY:
        return
    _noted[task] = time.monotonic()
    with transaction.atomic():
        Job.objects.filter(pk=task).update(done=done, total=total, state=State.RUNNING)
    if is_cancelled():
        raise Cancelled


def is_cancelled() -> bool:
    task = _current.get()
    return task is not None and Job.objects.filter(pk=task, cancelled_at__isnull=False).exists()


@contextmanager
def running(row: DBTaskResult[Any, Any]) -> Iterator[None]:
    """Around a task, for the queue. Raises Cancelled for one that was cancelled before it began."""
    if row.queue_name == DEFAULT_TASK_QUEUE_NAME:  # a message: no row is asked for more than it has to be
        yield
        return
    task = row.pk
    before = _current.set(task)
    try:
        if is_cancelled():
            raise Cancelled
        yield
    finally:
        _noted.pop(task, None)
        _current.reset(before)


def ended(row: DBTaskResult[Any, Any], state: str, fault: str = "") -> None:
    """For the queue, in its transaction."""
    if row.queue_name != DEFAULT_TASK_QUEUE_NAME:
        Job.objects.filter(pk=row.pk).update(state=state, fault=fault[:80], ended_at=now())


def forget(before: datetime) -> None:
    Job.objects.filter(ended_at__lt=before).delete()
