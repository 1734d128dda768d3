"""Long work has a process of its own: an alert leaves beside it, it survives kill -9, it can be cancelled,
and its memory is bounded."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.tasks import DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.models import DBTaskResult
from tests.duties.long_tasks import swallow, walk
from tests.duties.test_worker_process import RAISE, Place, place  # noqa: F401 - a fixture
from tests.house.tree import REPOSITORY

from security_center.foundation.duties import heartbeat, jobs, named_queues, queue
from security_center.foundation.duties.models import Job
from security_center.foundation.notifications.tasks import deliver_by_email
from security_center.foundation.organizations.models import Person
from security_center.foundation.students.tasks import check_import
from security_center.reporting.tasks import clean_attachment

START = """
import django; django.setup()
from security_center.foundation.duties import jobs
from tests.duties import long_tasks
jobs.start(actor=None, task=long_tasks.{task}, thing="{thing}", {arguments})
"""
CANCEL = """
import django; django.setup()
from security_center.foundation.duties import jobs
from security_center.foundation.duties.models import Job
from security_center.foundation.organizations.models import Person
jobs.cancel(actor=Person.objects.first(), job=Job.objects.get(thing="walk:1"))
"""


@pytest.mark.programs
def test_an_alert_leaves_beside_a_long_job_which_survives_a_kill_can_be_cancelled_and_has_a_bound_of_memory(
    place: Place,  # noqa: F811
) -> None:
    place.environment["PYTHONPATH"] += os.pathsep + str(REPOSITORY)
    place.environment["SSC_DEMO"] = "yes"  # mail goes into a folder
    noted = place.data / "noted"

    def began() -> list[int]:
        return [int(line) for line in noted.read_text().split()] if noted.exists() else []

    def state(thing: str) -> tuple[object, ...]:
        return place.ask(f"SELECT state, fault FROM duties_job WHERE thing = '{thing}'")[0]  # noqa: S608

    place.run("-c", START.format(task="walk", thing="walk:1", arguments=f"noted={str(noted)!r}"))
    worker = place.start_worker()
    place.until(lambda: state("walk:1") == ("running", ""))
    place.run("-c", RAISE)
    place.until(lambda: any((place.data / "mail").glob("*")))
    place.until(
        lambda: place.ask("SELECT count(*) FROM notifications_delivery WHERE state = 'queued'") == [(0,)]
    )
    assert state("walk:1") == ("running", "")
    assert len(began()) == 1

    os.kill(began()[0], signal.SIGKILL)
    place.until(lambda: len(began()) == 2)
    place.run("-c", CANCEL)
    place.until(lambda: state("walk:1")[0] == "cancelled")

    place.run("-c", START.format(task="swallow", thing="swallow:1", arguments=""))
    place.until(lambda: state("swallow:1") == ("failed", "MemoryError"))
    assert "needed more memory than its queue may have" in (place.data / "worker.log").read_text()

    place.run("-c", START.format(task="walk", thing="walk:2", arguments=f"noted={str(noted)!r}"))
    place.until(lambda: len(began()) == 3)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert not Path(f"/proc/{began()[2]}").exists()
    again = "SELECT status, worker_ids FROM django_tasks_database_dbtaskresult WHERE status != 'SUCCESSFUL'"
    assert ("READY", "[]") in place.ask(again), "it was interrupted, which is no attempt"


@pytest.fixture
def quiet(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs, "EVERY", 0.0)
    yield
    heartbeat._own.clear()


def test_what_takes_long_has_a_queue_beside_that_of_the_messages() -> None:
    assert deliver_by_email.queue_name == DEFAULT_TASK_QUEUE_NAME
    assert {check_import.queue_name, clean_attachment.queue_name} == set(named_queues.MEMORY)


def test_the_loop_of_the_messages_takes_none_of_another_queue(quiet: None) -> None:
    job = jobs.start(actor=None, task=walk, thing="walk:1", noted="none")
    assert not queue.run_one([DEFAULT_TASK_QUEUE_NAME])
    assert named_queues._with_work(set(named_queues.MEMORY)) == {"long"}
    assert job.state == jobs.State.WAITING


def test_a_job_that_was_cancelled_before_it_began_never_begins(quiet: None, tmp_path: Path) -> None:
    ada = Person.objects.create_user(email="ada@maple.example.org", name="Ada")
    job = jobs.start(actor=ada, task=walk, thing="walk:1", noted=str(tmp_path / "noted"))
    assert jobs.cancel(actor=ada, job=job)
    assert not jobs.cancel(actor=ada, job=job)
    assert queue.run_one(["long"])
    job.refresh_from_db()
    assert job.state == jobs.State.CANCELLED
    assert not (tmp_path / "noted").exists()


def test_a_job_that_fails_for_want_of_memory_says_so_and_is_not_tried_again(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.start(actor=None, task=swallow, thing="swallow:1")

    def too_much(_self: object) -> None:
        raise MemoryError

    monkeypatch.setattr(type(swallow), "call", too_much)
    assert queue.run_one(["long"])
    job.refresh_from_db()
    assert (job.state, job.fault) == (jobs.State.FAILED, "MemoryError")
    assert not queue.run_one(["long"])


def test_what_the_process_of_a_queue_left_is_taken_by_the_one_after_it_and_by_no_other_while_its_worker_lives(
    quiet: None,
) -> None:
    jobs.start(actor=None, task=walk, thing="walk:1", noted="none")
    heartbeat.beat()
    worker = heartbeat.worker_id()
    row = DBTaskResult.objects.get()
    row.claim(f"{worker}/long")
    heartbeat.act_for(f"elsewhere-{uuid4()}", "long")
    assert queue.take_back_stalled(["long"]) == 0
    heartbeat.act_for(worker, "long")
    assert queue.take_back_stalled([DEFAULT_TASK_QUEUE_NAME]) == 0
    assert queue.take_back_stalled(["long"]) == 1
    assert Job.objects.get().state == jobs.State.WAITING
