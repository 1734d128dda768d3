"""What the worker's loops and the processes of its queues are handed, without a process being started."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult
from tests.duties.long_tasks import walk
from tests.duties.test_worker import left_running

from security_center.foundation.duties import heartbeat, jobs, named_queues, queue, worker

pytestmark = pytest.mark.django_db


class Child:
    """In the place of a process. `code`: what it ended with, None while it runs."""

    started: list[Child]

    def __init__(self, command: list[str], *, env: dict[str, str], **_given: Any) -> None:
        self.command, self.environment, self.code = command, env, None
        Child.started.append(self)

    def poll(self) -> int | None:
        return self.code


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    Child.started = []
    monkeypatch.setattr(subprocess, "Popen", Child)
    return Child.started


def test_a_queue_with_work_gets_one_process_and_after_a_death_a_pause(
    children: list[Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr(named_queues.time, "monotonic", lambda: moment[0])
    processes = named_queues.Processes(["the", "command"])
    processes.look()
    assert children == []
    jobs.start(actor=None, task=walk, thing="walk:1", noted="none")
    processes.look()
    processes.look()
    assert [child.command for child in children] == [["the", "command"]]
    assert children[0].environment["SSC_WORKER_QUEUE"] == f"long/{heartbeat.worker_id()}"
    children[0].code = -9
    processes.look()
    assert len(children) == 1
    moment[0] += named_queues.AFTER_DEATH
    processes.look()
    assert len(children) == 2
    children[1].code = 0
    processes.look()
    assert len(children) == 3, "one that ended because nothing was to do is followed at once"


def test_the_process_of_a_queue_stands_for_the_worker_that_started_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stood_for: list[str] = []
    bounds: list[Any] = []

    def taken_back(_queues: list[str]) -> int:
        stood_for.append(heartbeat.worker_id())
        raise queue.Interrupted

    monkeypatch.setattr(queue, "take_back_stalled", taken_back)
    monkeypatch.setattr(named_queues.signal, "signal", lambda *_given: None)
    monkeypatch.setattr(named_queues.resource, "setrlimit", lambda *given: bounds.append(given))
    before = dict(heartbeat._own)
    named_queues.run("long/elsewhere-1")
    heartbeat._own.clear()
    heartbeat._own.update(before)
    assert stood_for == ["elsewhere-1/long"]
    assert [bound[1][0] for bound in bounds] == [named_queues.MEMORY["long"]]


def test_the_loop_of_the_queue_takes_back_what_a_dead_worker_left() -> None:
    left_running("gone")
    body = worker.queue_body()
    assert body()
    assert not body()
    assert not DBTaskResult.objects.running().exists()


class LoopThatDies:
    made: list[tuple[str, Callable[[], bool]]]

    def __init__(self, name: str, body: Callable[[], bool], _stop: threading.Event) -> None:
        self.name = name
        LoopThatDies.made.append((name, body))

    def start(self) -> None: ...

    def join(self) -> None: ...

    def is_alive(self) -> bool:
        return self.name != "clock"


class Twice:
    """In the place of the event that stops: two turns, then the end."""

    def __init__(self) -> None:
        self.turns = 0

    def wait(self, _seconds: float) -> bool:
        self.turns += 1
        return self.turns > 2

    def is_set(self) -> bool:
        return False


def test_a_loop_that_ended_is_started_again_with_its_own_work(monkeypatch: pytest.MonkeyPatch) -> None:
    LoopThatDies.made = []
    monkeypatch.setattr(worker, "Loop", LoopThatDies)
    monkeypatch.setattr(worker.threading, "Event", Twice)
    monkeypatch.setattr(worker.signal, "signal", lambda *_given: None)
    monkeypatch.setattr(worker, "_drop_connection", lambda: None)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    worker.run_forever(["nothing"])
    names = [name for name, _body in LoopThatDies.made]
    assert names == ["time", "clock", "jobs", "queue", "clock", "clock"]
    clock = [body for name, body in LoopThatDies.made if name == "clock"]
    assert clock[0] is clock[1] is clock[2]
