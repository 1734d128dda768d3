"""`kill -9` while reporters send and the worker works: every receipt that was shown opens its report, and
nothing is stored twice.

`./ssc bench` does the same longer: 50 submitters, ten kills.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.running import NotShown, Reporter, run, ssc, until

from benchmarks import client, school, system, threads

pytestmark = pytest.mark.programs

SUBMITTERS, EACH, KILLS = 20, 3, 3
CLEAN_ALL = """
from django_scopes import scopes_disabled
from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import desk
from security_center.reporting.actions.files import ask_for_clean_copy
from security_center.reporting.models import Attachment
rosa = Person.objects.get(name="Rosa Ortiz")
with scopes_disabled():
    for attachment in Attachment.objects.filter(state="sealed"):
        desk.look(actor=rosa, report=attachment.report)
        ask_for_clean_copy(actor=rosa, attachment=attachment)
"""


@dataclass
class Night:
    data: Path
    ours: system.System
    shown: list[tuple[str, str]] = field(default_factory=list)  # receipt, what was written
    kills: int = 0

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.data / "center.sqlite3", timeout=20)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def kill(self, program: str) -> None:
        # A program may be between death and its next start: then it is killed as soon as it is back.
        until(lambda: self.ours.children().get(program), f"the {program} program runs")
        for pid in self.ours.children().get(program, [])[:1]:
            os.kill(pid, signal.SIGKILL)
            self.kills += 1


def patiently[T](act: Callable[[], T]) -> T:
    """Again and again, as a person presses the button again."""
    end = time.monotonic() + 90
    while True:
        try:
            return act()
        except (OSError, NotShown, system.http.client.HTTPException):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def picture() -> bytes:
    held = io.BytesIO()
    Image.effect_noise((1400, 1000), 60).convert("RGB").save(held, "JPEG", quality=90)
    return held.getvalue()


@pytest.fixture(scope="module")
def night(district: Path) -> Iterator[Night]:
    """Twenty reporters send three reports each while the programs are killed three times."""
    photo = picture()
    with system.running(district) as ours:
        found, lock = Night(district, ours), threading.Lock()

        def submit(number: int) -> None:
            for turn in range(EACH):
                reporter = Reporter(ours.port)
                text = f"Report {number}-{turn} {uuid.uuid4()}"
                form = patiently(lambda reporter=reporter: reporter.page(f"/report/{school.SCHOOL}/"))  # type: ignore[misc]
                given = {
                    "language": "en",
                    "seed": client.seed_of(form),
                    "what_happened": text,
                    "danger_now": "no",
                }
                body = client.form_body(
                    given, {"files": ("a.jpg", photo)} if turn == 0 and number % 4 == 0 else None
                )

                def send(reporter: Reporter = reporter, body: bytes = body) -> str:
                    status, page = reporter.ask(
                        "POST", f"/report/{school.SCHOOL}/", body, client.MULTIPART["Content-Type"]
                    )
                    if status != 200:
                        raise NotShown(str(status))
                    return threads.receipt_words(page)

                words = patiently(send)
                with lock:
                    found.shown.append((words, text))

        submitters = [threading.Thread(target=submit, args=(number,)) for number in range(SUBMITTERS)]
        for submitter in submitters:
            submitter.start()
        for _ in range(KILLS):
            enough = len(found.shown) + 8
            until(
                lambda enough=enough: len(found.shown) >= enough or not any(s.is_alive() for s in submitters),
                "reports go on",
            )  # type: ignore[misc]
            for program in ("public", "worker"):
                found.kill(program)
        for submitter in submitters:
            submitter.join()
        yield found


def test_every_reporter_saw_a_receipt_in_the_end(night: Night) -> None:
    assert len(night.shown) == SUBMITTERS * EACH
    assert night.kills == 2 * KILLS


def test_every_receipt_that_was_shown_opens_its_report_and_shows_its_words(night: Night) -> None:
    def opens(words: str, text: str) -> bool:
        return text in patiently(lambda: Reporter(night.ours.port).come_back(words))

    assert [text for words, text in night.shown if not opens(words, text)] == []


def test_nothing_is_stored_twice(night: Night) -> None:
    assert night.rows("SELECT count(*), count(DISTINCT locator_digest) FROM reporting_report") == [
        (len(night.shown), len(night.shown))
    ]
    raised = "SELECT count(*), count(DISTINCT thing) FROM duties_duty WHERE kind = 'reporting.acknowledge'"
    assert night.rows(raised) == [(len(night.shown), len(night.shown))]
    received = "SELECT count(*), count(DISTINCT thing) FROM ledger_entry WHERE verb = 'report.received'"
    assert night.rows(received) == [(len(night.shown), len(night.shown))]


def test_every_file_that_a_row_names_lies_whole_on_the_disk(night: Night) -> None:
    named = [
        str(uuid.UUID(row[0]))
        for row in night.rows("SELECT file_id FROM reporting_attachment WHERE file_id IS NOT NULL")
    ]
    assert len(named) == SUBMITTERS // 4
    assert [name for name in named if not (night.data / "files" / name[:2] / name).is_file()] == []


def test_a_worker_killed_in_the_middle_of_its_tasks_finishes_each_of_them_once(night: Night) -> None:
    patiently(lambda: night.ours.children()["worker"])
    run(night.data, CLEAN_ALL)
    running = (
        "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'RUNNING' AND task_path "
        "LIKE '%clean_attachment%'"
    )
    for _ in range(2):
        until(lambda: night.rows(running) == [(1,)] or night.rows(_LEFT) == [(0,)], "a task runs")
        night.kill("worker")
    until(lambda: night.rows(_LEFT) == [(0,)], "every task ended", 90)
    assert night.rows("SELECT DISTINCT state FROM reporting_attachment") == [("cleaned",)]
    copies = night.rows("SELECT count(*), count(DISTINCT cleaned_file_id) FROM reporting_attachment")
    assert copies == [(SUBMITTERS // 4, SUBMITTERS // 4)]
    cleaned = "SELECT count(*), count(DISTINCT detail) FROM ledger_entry WHERE verb = 'file.cleaned'"
    assert night.rows(cleaned) == [(SUBMITTERS // 4, SUBMITTERS // 4)]
    assert night.rows(
        "SELECT DISTINCT status FROM django_tasks_database_dbtaskresult WHERE task_path LIKE "
        "'%clean_attachment%'"
    ) == [("SUCCESSFUL",)]


_LEFT = "SELECT count(*) FROM reporting_attachment WHERE state IN ('sealed', 'cleaning')"


def test_after_all_that_the_ledger_is_whole_and_one_changed_byte_is_named(
    night: Night, tmp_path: Path
) -> None:
    """Last: it works on a copy of what the running system keeps."""
    done = ssc(night.data, "verify-ledger")
    assert done.returncode == 0, done.stdout + done.stderr
    data = tmp_path / "data"
    shutil.copytree(night.data / "keys", data / "keys")
    shutil.copy(night.data / "signed-heads.jsonl", data)
    with (
        contextlib.closing(sqlite3.connect(night.data / "center.sqlite3")) as held,
        contextlib.closing(sqlite3.connect(data / "center.sqlite3")) as copy,
    ):
        held.backup(copy)
        sequence, own = copy.execute(
            "SELECT sequence, previous_hash || hash FROM ledger_entry WHERE verb = 'report.received' LIMIT 1"
        ).fetchone()
    file = data / "center.sqlite3"
    place = file.read_bytes().index(own.encode()) + 64  # the first sign of its own hash
    with file.open("r+b") as handle:
        os.pwrite(handle.fileno(), b"x", place)
    done = ssc(data, "verify-ledger")
    assert done.returncode == 1
    assert f"Entry {sequence} was changed" in done.stdout + done.stderr
