"""Who may write next: turns among threads and among processes, and what becomes of a turn whose process is
killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db.utils import OperationalError

from security_center.foundation.sqlite.turns import Turn

HOLD = """
import sys, time
from security_center.foundation.sqlite.turns import Turn
turn = Turn(sys.argv[1], 20.0)
turn.take()
print("mine", flush=True)
sys.stdin.readline()
turn.give()
print("given", flush=True)
time.sleep(60)
"""


def other_program(path: Path) -> subprocess.Popen[str]:
    """Another process that has the turn when this returns, and gives it when a line is written to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    return process


def test_a_turn_that_does_not_come_in_time_is_said_as_a_locked_database(tmp_path: Path) -> None:
    path = tmp_path / "database"
    other = other_program(path)
    try:
        with pytest.raises(OperationalError, match="locked"):
            Turn(str(path), 0.05).take()
    finally:
        other.kill()
        other.wait()


def test_a_turn_falls_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "database"
    other = other_program(path)
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    mine = Turn(str(path), 5.0)
    mine.take()
    mine.give()


def test_whoever_waits_goes_before_whoever_has_just_written(tmp_path: Path) -> None:
    """Without this, a program that writes again and again keeps all others out: its lock is free for a few
    microseconds only."""
    path = str(tmp_path / "database")
    busy, waiting = Turn(path, 20.0), Turn(path, 20.0)
    order: list[str] = []
    ended = threading.Event()

    def write_once() -> None:
        waiting.take()
        order.append("waiting")
        waiting.give()
        ended.set()

    busy.take()
    other = threading.Thread(target=write_once)
    other.start()
    while not busy._somebody_waits():
        time.sleep(0.001)
    for _turn in range(3):
        busy.give()
        busy.take()
        order.append("busy")
    busy.give()
    assert ended.wait(20)
    other.join()
    assert order[0] == "waiting"


def test_a_program_that_gives_way_rests_only_while_others_wait(tmp_path: Path) -> None:
    path = str(tmp_path / "database")
    worker, reporter = Turn(path, 20.0, rests=3.0), Turn(path, 20.0)
    worker.take()
    worker.give()
    assert worker.not_before == 0.0
    worker.take()
    other = threading.Thread(target=lambda: (reporter.take(), reporter.give()))
    other.start()
    while not worker._somebody_waits():
        time.sleep(0.001)
    worker.give()
    other.join()
    assert worker.not_before > worker.since


def test_a_forked_process_waits_for_its_parent_s_turn(tmp_path: Path) -> None:
    path = str(tmp_path / "database")
    parent = Turn(path, 0.05)
    parent.take()
    child = os.fork()
    if child == 0:
        parent.within = threading.Lock()
        try:
            parent.take()
        except OperationalError:
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    parent.give()
