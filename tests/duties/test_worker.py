"""The worker's parts, each on its own: queue, periodic jobs, sign of life, loops."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.tasks import task
from django.tasks.base import TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from security_center.foundation.clock import clock_at, now
from security_center.foundation.duties import heartbeat, queue, schedule, worker
from security_center.foundation.duties.models import Heartbeat, PeriodicRun
from security_center.foundation.duties.queries import failed_tasks, failing_jobs
from security_center.foundation.vault.provider import VaultLocked

from .conftest import START, minutes

pytestmark = pytest.mark.django_db

done: list[str] = []
MARKER = "the words of a reporter"


@pytest.fixture(autouse=True)
def _nothing_done_yet() -> None:
    done.clear()


@task()
def note_down(word: str) -> str:
    done.append(word)
    return word


@task(takes_context=True)
def note_attempt(context: TaskContext, word: str) -> None:
    done.append(f"{word} {context.attempt}")


@task()
def break_down() -> None:
    raise ValueError(MARKER)


@task()
def need_the_key() -> None:
    raise VaultLocked(MARKER)


def the_row() -> DBTaskResult:
    return DBTaskResult.objects.get()


def test_a_task_is_run_once() -> None:
    note_down.enqueue("a")
    assert queue.run_one()
    assert not queue.run_one()
    assert done == ["a"]
    assert the_row().status == TaskResultStatus.SUCCESSFUL


def test_a_task_that_wants_its_context_gets_it() -> None:
    note_attempt.enqueue("a")
    queue.run_one()
    assert done == ["a 1"]


def test_the_more_urgent_task_is_run_first() -> None:
    note_down.enqueue("routine")
    note_down.using(priority=50).enqueue("urgent")
    while queue.run_one():
        pass
    assert done == ["urgent", "routine"]


def test_a_failing_task_is_tried_again_later_and_later_then_left_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        break_down.enqueue()
        waits = []
        for attempt in range(1, queue.MOST_ATTEMPTS + 1):
            assert queue.run_one(), attempt
            row = the_row()
            if row.status == TaskResultStatus.FAILED:
                break
            waits.append((row.run_after - now()).total_seconds())
            assert not queue.run_one()
            traveller.move_to(row.run_after)
        assert waits == [10, 20, 40, 80, 160, 320, 640]
        assert row.status == TaskResultStatus.FAILED
        assert failed_tasks() == 1
        traveller.shift(timedelta(days=365))
        assert not queue.run_one()
    # An exception's text may carry what somebody wrote: only its class is kept.
    assert row.exception_class_path == "builtins.ValueError"
    assert MARKER not in f"{row.traceback}{row.exception_class_path}{caplog.text}"
    assert "ValueError" in caplog.text


def test_a_task_that_needs_the_key_waits_for_it_without_using_up_its_attempts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        need_the_key.enqueue()
        for _ in range(queue.MOST_ATTEMPTS + 5):
            assert queue.run_one()
            row = the_row()
            assert (row.status, row.worker_ids) == (TaskResultStatus.READY, [])
            traveller.move_to(row.run_after)
    assert "waits for the key file" in caplog.text
    assert MARKER not in caplog.text


def test_a_task_whose_function_is_gone_fails_at_once() -> None:
    note_down.enqueue("a")
    DBTaskResult.objects.update(task_path="security_center.no_such_room.tasks.gone")
    queue.run_one()
    assert the_row().status == TaskResultStatus.FAILED


def left_running(by: str, *, attempts: int = 1) -> None:
    note_down.enqueue("a")
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=now(), worker_ids=[by] * attempts)


def test_a_task_left_by_a_worker_that_is_gone_is_run_by_another() -> None:
    left_running("gone")
    assert queue.take_back_stalled() == 1
    assert queue.run_one()
    assert done == ["a"]


def test_a_task_of_a_living_worker_is_left_alone() -> None:
    left_running("other")
    Heartbeat.objects.create(worker="other", host="elsewhere", process=1, started_at=now(), beat_at=now())
    assert queue.take_back_stalled() == 0
    assert not queue.run_one()


def test_a_worker_of_this_machine_whose_process_has_ended_is_gone_at_once() -> None:
    import socket
    import subprocess
    import sys

    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left_running("other")
    Heartbeat.objects.create(
        worker="other", host=socket.gethostname(), process=ended.pid, started_at=now(), beat_at=now()
    )
    assert queue.take_back_stalled() == 1


def test_a_task_that_kills_its_worker_each_time_is_given_up() -> None:
    left_running("gone", attempts=queue.MOST_ATTEMPTS)
    queue.take_back_stalled()
    assert the_row().status == TaskResultStatus.FAILED
    assert failed_tasks() == 1


def test_finished_tasks_are_forgotten_within_the_hour_and_given_up_ones_after_a_month() -> None:
    with time_machine.travel(START, tick=False) as traveller:
        note_down.enqueue("a")
        queue.run_one()
        note_down.enqueue("b")
        DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(
            status=TaskResultStatus.FAILED, finished_at=now()
        )
        note_down.enqueue("c")
        traveller.shift(timedelta(minutes=29))
        assert queue.prune() == 0
        assert DBTaskResult.objects.failed().get().args_kwargs["args"] == ["b"]
        traveller.shift(timedelta(minutes=2))
        assert queue.prune() == 1
        assert DBTaskResult.objects.failed().get().args_kwargs["args"] == [], (
            "kept to be counted, without what it was asked"
        )
        traveller.shift(timedelta(days=30))
        assert queue.prune() == 1
    assert the_row().status == TaskResultStatus.READY


# --- periodic jobs
# -------------------------------------------------------------------------------------------------


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One registered job that counts its runs and raises what `state["raise"]` holds."""
    monkeypatch.setattr(schedule, "_jobs", {})
    state: dict[str, Any] = {"runs": 0, "raise": None}

    @schedule.every(60, "tests.job")
    def _run() -> None:
        state["runs"] += 1
        if state["raise"] is not None:
            raise state["raise"]

    return state


def run_at(minute: float) -> int:
    with clock_at(minutes(minute)):
        return schedule.run_due()


def test_a_job_runs_once_a_period(job: dict[str, Any]) -> None:
    assert [run_at(minute) for minute in (0, 0, 0.5, 1, 1.9, 2)] == [1, 0, 0, 1, 0, 1]


def test_periods_that_were_missed_are_one_run(job: dict[str, Any]) -> None:
    run_at(0)
    assert [run_at(600.5), run_at(600.6), run_at(601)] == [1, 0, 1]


def test_a_job_that_another_living_worker_has_is_left_to_it(job: dict[str, Any]) -> None:
    run_at(0)
    PeriodicRun.objects.update(worker="other")
    Heartbeat.objects.create(worker="other", host="elsewhere", started_at=minutes(0), beat_at=minutes(1))
    assert run_at(1) == 0
    assert run_at(4) == 1  # it has given no sign of life for more than two minutes
    assert PeriodicRun.objects.get().worker == ""


def test_of_two_workers_one_gets_the_job(job: dict[str, Any]) -> None:
    run_at(0)
    row = PeriodicRun.objects.get()
    with clock_at(minutes(1)):
        assert schedule._claimed(row)
        assert not schedule._claimed(row)


def test_a_failing_job_is_tried_again_and_named(
    job: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    job["raise"] = VaultLocked(MARKER)
    assert run_at(0) == 1
    assert [(run.name, run.failures, run.last_error) for run in failing_jobs()] == [
        ("tests.job", 1, "VaultLocked")
    ]
    assert MARKER not in caplog.text
    job["raise"] = None
    assert run_at(1) == 1
    assert not failing_jobs().exists()


def test_a_daily_job_that_fails_does_not_wait_for_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_jobs", {})

    @schedule.every(86400, "tests.daily")
    def _run() -> None:
        raise OSError

    assert [run_at(minute) for minute in (0, 0.5, 1, 2, 3)] == [1, 0, 1, 0, 1]


def test_the_head_of_the_ledger_is_signed_each_minute() -> None:
    assert {periodic.name: periodic.seconds for periodic in schedule.jobs()}["ledger.sign_head"] == 60


# --- sign of life
# --------------------------------------------------------------------------------------------------


def test_the_worker_is_alive_for_two_minutes_after_its_last_beat() -> None:
    with clock_at(minutes(0)):
        assert not heartbeat.is_alive()
        assert heartbeat.last() is None
        heartbeat.beat()
        heartbeat.beat()
    for minute, alive in ((1.9, True), (2, True), (2.1, False)):
        with clock_at(minutes(minute)):
            assert heartbeat.is_alive() == alive
    assert heartbeat.last() == minutes(0)
    heartbeat.say_goodbye()
    assert heartbeat.last() is None


def test_old_signs_of_life_are_forgotten() -> None:
    with clock_at(minutes(0)):
        heartbeat.beat()
    with clock_at(minutes(25 * 60)):
        heartbeat.forget_old()
    assert not Heartbeat.objects.exists()


# --- loops
# ---------------------------------------------------------------------------------------------------------


def test_a_loop_goes_on_after_any_exception_and_logs_its_class_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "PAUSE", 0.0)
    monkeypatch.setattr(worker, "AFTER_ERROR", 0.0)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    stop = threading.Event()
    turns: list[int] = []

    def body() -> bool:
        turns.append(1)
        if len(turns) == 4:
            stop.set()
            return False
        raise [ValueError(MARKER), OSError(MARKER), RuntimeError(MARKER)][len(turns) - 1]

    loop = worker.Loop("tests", body, stop)
    loop.start()
    loop.join(timeout=10)
    assert len(turns) == 4
    assert [name in caplog.text for name in ("ValueError", "OSError", "RuntimeError")] == [True, True, True]
    assert MARKER not in caplog.text
