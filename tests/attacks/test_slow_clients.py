"""Senders that never come to an end hold up nobody, and are cut off. With the real programs; `./ssc bench
attacks` measures how long others wait."""

from __future__ import annotations

import http.client
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.running import hidden, until

from benchmarks import client, system
from benchmarks.attacks.slow_clients import FORM, Dripping, get, report, signed_in, timed
from security_center.project import arrival

pytestmark = [pytest.mark.programs]

MANY = 500
PATIENCE = 10.0  # seconds for one answer on a busy machine, while they drip


@dataclass
class Siege:
    """Dripping senders at both programs, what others waited meanwhile, and a report whose sender fell
    silent."""

    waited: dict[str, float]
    cut_while_others_were_answered: int
    cut: tuple[int, int]
    half_sent: http.client.HTTPResponse
    reports_before: int
    reports: int


@pytest.fixture(scope="module")
def siege(district: Path) -> Iterator[Siege]:
    cookie = signed_in(district)
    with system.running(district) as ours:
        before = reports(district)
        half_sent = send_half_a_report(ours.port)
        acts: dict[str, Callable[[], object]] = {
            "health of the staff program": lambda: get(ours.staff_port, "/healthz"),
            "health of the public program": lambda: get(ours.port, "/healthz"),
            "a signed-in page": lambda: get(ours.staff_port, "/", cookie),
            "the page to sign in": lambda: get(ours.staff_port, "/account/login/"),
            "a report": lambda: report(ours.port),
        }
        with (
            Dripping(ours.staff_port, "/account/login/", many=MANY) as staff,
            Dripping(ours.port, FORM, many=MANY) as public,
        ):
            time.sleep(1.5)  # until the programs have begun to read them
            waited = {name: timed(act) for name, act in acts.items()}
            early = staff.cut + public.cut
            until(lambda: staff.cut == public.cut == MANY, "all are cut off", patience=arrival.GRACE + 30)
            yield Siege(
                waited, early, (staff.cut, public.cut), half_sent.getresponse(), before, reports(district)
            )
        half_sent.close()


def send_half_a_report(port: int) -> http.client.HTTPConnection:
    fields = {
        "language": "en",
        "seed": hidden(get(port, FORM), "seed"),
        "what_happened": client.TEXT,
        "danger_now": "no",
    }
    sent = client.form_body(fields, {"files": ("a.jpg", b"x" * 200_000)})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", FORM)
    connection.putheader("Content-Type", client.MULTIPART["Content-Type"])
    connection.putheader("Content-Length", str(len(sent)))
    connection.endheaders()
    connection.send(sent[:-1000])
    return connection


def reports(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data / 'center.sqlite3'}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM reporting_report").fetchone()[0])


def test_five_hundred_dripping_senders_at_each_program_hold_up_nobody(siege: Siege) -> None:
    assert {name: seconds for name, seconds in siege.waited.items() if seconds > PATIENCE} == {}
    assert siege.cut_while_others_were_answered < MANY  # they were there the while


def test_they_are_cut_off(siege: Siege) -> None:
    assert siege.cut == (MANY, MANY)


def test_what_arrived_of_a_report_that_came_too_slowly_is_stored_and_its_sender_is_not_told_that_it_was_taken(
    siege: Siege,
) -> None:
    assert siege.half_sent.status == 408
    assert siege.half_sent.getheader("Connection") == "close"
    assert siege.reports == siege.reports_before + 2  # beside the one that was sent whole
