"""The queue of django-tasks-db, as this worker runs it: claim, run, try again later, take back what a dead
worker left.

The library's own worker keeps tracebacks in the table and the log; a traceback can carry what a reporter
typed, so here only the exception's class is kept."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.tasks.base import TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max
from django_tasks_db.utils import exclusive_transaction

from security_center.foundation.clock import now, wall
from security_center.foundation.notifications import delivery
from security_center.foundation.notifications.tasks import deliver_by_email
from security_center.foundation.vault.provider import VaultLocked

from . import heartbeat, jobs
from .signed_queue import is_ours

log = logging.getLogger("security_center.worker")

MOST_ATTEMPTS = 8
# Tasks that are tried for longer, by their path
PATIENT = {deliver_by_email.module_path: delivery.MOST_ATTEMPTS}
LOCKED_WAIT = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=15)
# A row names a thing and a person. With a look each quarter of an hour, what is done is gone within the hour.
KEEP_FINISHED = timedelta(minutes=30)
KEEP_FAILED = timedelta(days=30)
NOTHING_ASKED: dict[str, object] = {"args": [], "kwargs": {}}


class Interrupted(BaseException):
    """The process is asked to stop. What it is at is taken up again."""


class NotOurs(Exception):
    """The row was not put into the queue by a program of this installation."""


def backoff(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: 10 s, 20 s, 40 s … at most 15 minutes."""
    return min(LONGEST_WAIT, timedelta(seconds=10 * 2 ** min(attempts - 1, 10)))


def run_one(queues: Collection[str] = ()) -> bool:
    """Claim one ready task of these queues (none named: of any) and run it; False when none is ready."""
    claimed = _claim(queues)
    if claimed is None:
        return False
    _run(claimed)
    return True


def _claim(queues: Collection[str]) -> DBTaskResult[Any, Any] | None:
    ready = DBTaskResult.objects.ready()
    if queues:
        ready = ready.filter(queue_name__in=queues)
    if not ready.exists():  # a read, so that an idle worker takes no write lock each second
        return None
    with exclusive_transaction(ready.db):
        row: DBTaskResult[Any, Any] | None = ready.get_locked()
        if row is not None:
            row.claim(heartbeat.worker_id())
    return row


def _run(row: DBTaskResult[Any, Any]) -> None:
    try:
        # Before its function is looked up: whoever can write to the database would choose what is run here
        if not is_ours(row):
            raise NotOurs
        task, result = row.task, row.task_result
        with jobs.running(row):
            if task.takes_context:
                returned = task.call(TaskContext(task_result=result), *result.args, **result.kwargs)
            else:
                returned = task.call(*result.args, **result.kwargs)
        with transaction.atomic():  # takes a turn; so do the writes below
            row.set_successful(returned)
            jobs.ended(row, jobs.State.DONE)
    except jobs.Cancelled:
        with transaction.atomic():
            row.set_successful(None)
            jobs.ended(row, jobs.State.CANCELLED)
    except Interrupted:  # as if it had not begun
        _change_mine(row, status=TaskResultStatus.READY, run_after=wall(), worker_ids=row.worker_ids[:-1])
        raise
    except MemoryError as error:  # another attempt would need as much
        log.error("task %s needed more memory than its queue may have", row.task_path)
        _failed(row, error, final=True)
    except VaultLocked:
        log.error("task %s waits for the key file", row.task_path)
        _wait_for_key(row)
    except (
        NotOurs,
        ImportError,
        SuspiciousOperation,
    ) as error:  # forged, or no such task any more: another attempt cannot help
        _failed(row, error, final=True)
    except Exception as error:
        _failed(row, error, final=_was_last_attempt(row))


def _was_last_attempt(row: DBTaskResult[Any, Any]) -> bool:
    return len(row.worker_ids) >= PATIENT.get(row.task_path, MOST_ATTEMPTS)


def _change_mine(row: DBTaskResult[Any, Any], **changes: object) -> None:
    with transaction.atomic():
        DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING).update(**changes)


def _failed(row: DBTaskResult[Any, Any], error: Exception, *, final: bool) -> None:
    kind = type(error)
    log.error("task %s failed at attempt %d: %s", row.task_path, len(row.worker_ids), kind.__name__)
    changes: dict[str, object] = {
        "exception_class_path": f"{kind.__module__}.{kind.__qualname__}",
        "traceback": "",
    }
    if final:
        changes |= {"status": TaskResultStatus.FAILED, "finished_at": now()}
    else:
        changes |= {"status": TaskResultStatus.READY, "run_after": wall() + backoff(len(row.worker_ids))}
    _change_mine(row, **changes)
    if final:
        with transaction.atomic():
            jobs.ended(row, jobs.State.FAILED, kind.__name__)


def _wait_for_key(row: DBTaskResult[Any, Any]) -> None:
    """Not a failure of the task: it does not count as an attempt, and is not given up however long the key
    file is away."""
    _change_mine(
        row, status=TaskResultStatus.READY, run_after=wall() + LOCKED_WAIT, worker_ids=row.worker_ids[:-1]
    )


def take_back_stalled(queues: Collection[str] = ()) -> int:
    """Tasks of these queues (none named: of any) whose worker died while it ran them become ready again, or
    failed when that was their last attempt. Called between two tasks
    of this worker, so that a running task with this worker's own name is stalled too."""
    living = heartbeat.other_living_workers()
    taken = 0
    left = DBTaskResult.objects.running()
    for row in left.filter(queue_name__in=queues) if queues else left:
        holder = row.worker_ids[-1] if row.worker_ids else ""
        # One of a queue's process lives as long as its worker, unless we are the one that came after it.
        if holder != heartbeat.worker_id() and holder.partition("/")[0] in living:
            continue
        with transaction.atomic():
            final = _was_last_attempt(row)
            changes: dict[str, object] = {"status": TaskResultStatus.READY, "run_after": wall()}
            if final:
                changes = {
                    "status": TaskResultStatus.FAILED,
                    "finished_at": now(),
                    "exception_class_path": "worker.gone",
                }
                jobs.ended(row, jobs.State.FAILED, "Gone")
            taken += DBTaskResult.objects.filter(
                pk=row.pk, status=TaskResultStatus.RUNNING, worker_ids=row.worker_ids
            ).update(**changes)
        log.error("task %s was left by a worker that is gone", row.task_path)
    return taken


def wake_overslept() -> int:
    """Tasks that would wait longer than any task may were put off before the wall's clock, which is the
    library's, was set back: an alert would sleep with them. They are ready now."""
    overslept = DBTaskResult.objects.filter(
        status=TaskResultStatus.READY, run_after__gt=wall() + LONGEST_WAIT
    ).exclude(run_after=get_date_max())
    if not overslept.exists():
        return 0
    with transaction.atomic():
        return overslept.update(run_after=wall())


def prune() -> int:
    """Forget finished tasks within the hour. Those that were given up stay for a month, since they are
    counted, without what they were asked."""
    moment = now()
    done, _ = DBTaskResult.objects.successful().filter(finished_at__lt=moment - KEEP_FINISHED).delete()
    DBTaskResult.objects.failed().filter(finished_at__lt=moment - KEEP_FINISHED).update(
        args_kwargs=NOTHING_ASKED
    )
    jobs.forget(moment - KEEP_FAILED)
    given_up, _ = DBTaskResult.objects.failed().filter(finished_at__lt=moment - KEEP_FAILED).delete()
    return done + given_up
