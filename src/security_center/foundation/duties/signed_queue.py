"""Rows of the queue that only a program of ours can have written: a row names a function and its arguments,
and the worker runs it with the key at hand. The row's own id is the proof, half of it drawn and half of it
the keyed digest of what the row says, so that it needs no column."""

from __future__ import annotations

import hmac
import json
import os
from typing import Any
from uuid import UUID

from django.conf import settings
from django.tasks import Task
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.models import DBTaskResult

_HALF = 8


class SignedQueue(DatabaseBackend):
    def _task_to_db_task(self, task: Task[Any, Any], args: Any, kwargs: Any) -> DBTaskResult[Any, Any]:
        row: DBTaskResult[Any, Any] = DBTaskResult(
            args_kwargs=json.loads(json.dumps({"args": args, "kwargs": kwargs})),
            priority=task.priority,
            task_path=task.module_path,
            queue_name=task.queue_name,
            run_after=task.run_after,  # type: ignore[misc]
            backend_name=self.alias,
        )
        row.id = proof(row, os.urandom(_HALF))
        row.save(force_insert=True)
        return row


def proof(row: DBTaskResult[Any, Any], drawn: bytes) -> UUID:
    said = json.dumps([row.task_path, row.args_kwargs], sort_keys=True).encode()
    return UUID(
        bytes=drawn + hmac.digest(f"queue row {settings.SECRET_KEY}".encode(), drawn + said, "sha256")[:_HALF]
    )


def is_ours(row: DBTaskResult[Any, Any]) -> bool:
    return hmac.compare_digest(row.id.bytes, proof(row, row.id.bytes[:_HALF]).bytes)
