"""`./ssc up` with its real processes: it starts, refuses, restarts, stops and leaves nothing behind.

The tests of one class stand on one running start, in order, because a start takes seconds.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.programs.start import Start, children, free_port, is_listened_on, processes_on, status, until

pytestmark = pytest.mark.programs


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs") / "a school's data"


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="class")
def start(request: pytest.FixtureRequest, data: Path, ports: tuple[int, int]) -> Iterator[Start]:
    """One start for all tests of a class."""
    if request.cls is TestTheNextStart:
        (data / "keys" / "vault.key").rename(data.parent / "vault.key moved away")
    start = Start(data, *ports)
    try:
        start.wait_ready()
        yield start
    finally:
        start.clear_away()


class TestAStart:
    def test_it_prints_both_addresses_the_key_file_and_the_first_administrators_link(
        self, start: Start
    ) -> None:
        assert f"http://localhost:{start.port}/report/" in start.said
        assert f"http://localhost:{start.staff_port}/" in start.said
        assert str(start.data / "keys" / "vault.key") in start.said
        assert "it works once:" in start.said

    def test_everything_it_keeps_is_the_owners_alone(self, start: Start) -> None:
        # Those anybody may read
        kept = [
            path
            for path in [start.data, *start.data.rglob("*")]
            if "static" not in path.relative_to(start.data).parts
        ]
        assert start.data / "center.sqlite3" in kept
        assert [path for path in kept if path.stat().st_mode & 0o077] == []

    def test_a_second_start_on_the_same_data_says_so_and_refuses(self, start: Start) -> None:
        second = Start(start.data, free_port(), free_port())
        try:
            assert second.process.wait(20) == 2
            assert f"already in use by another start (process {start.process.pid})" in second.said
        finally:
            second.clear_away()
        assert status(start.port) == 200

    def test_a_port_of_something_else_is_told_with_the_option_that_helps(
        self, start: Start, tmp_path: Path
    ) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            second = Start(tmp_path / "data", free_port(), other.getsockname()[1])
            try:
                assert second.process.wait(30) == 2
                assert "is in use by another program" in second.said
                assert "--staff-port" in second.said
            finally:
                second.clear_away()

    @pytest.mark.parametrize("program", ["public", "staff"])
    def test_a_server_whose_main_process_is_killed_leaves_no_worker_and_comes_back(
        self, start: Start, program: str
    ) -> None:
        port = start.port if program == "public" else start.staff_port
        main = start.program(program)
        (worker,) = children(main)
        os.kill(main, signal.SIGKILL)
        until(lambda: worker not in processes_on(start.data), "the orphaned worker is gone", 5)
        until(lambda: status(port) == 200, "it answers again", 30)
        assert start.program(program) != main
        assert f"the {program} program was ended by signal 9; starting it again" in start.said

    def test_a_server_whose_worker_process_is_killed_comes_back(self, start: Start) -> None:
        (worker,) = children(start.program("public"))
        os.kill(worker, signal.SIGKILL)
        until(lambda: worker not in processes_on(start.data), "the worker is gone", 5)
        until(lambda: status(start.port) == 200, "it answers again", 30)

    def test_a_killed_worker_program_comes_back(self, start: Start) -> None:
        killed = start.program("worker")
        os.kill(killed, signal.SIGKILL)
        until(
            lambda: [
                pid
                for pid in children(start.process.pid)
                if pid != killed and b"project.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
            ],
            "a new one",
            30,
        )

    def test_the_logs_name_no_visitor(self, start: Start) -> None:
        logs = start.data / "logs"
        assert {path.name for path in logs.iterdir()} >= {"supervisor.log"}
        assert not [
            line
            for path in logs.iterdir()
            for line in path.read_text().splitlines()
            if "GET /" in line or "healthz" in line
        ]

    def test_after_kill_9_of_the_launcher_nothing_is_left_and_no_port_is_kept(self, start: Start) -> None:
        assert len(processes_on(start.data)) == 5
        start.process.kill()
        start.process.wait()
        until(lambda: not processes_on(start.data), "every process is gone", 5)
        until(
            lambda: not is_listened_on(start.port) and not is_listened_on(start.staff_port),
            "both ports are free",
            5,
        )


class TestTheNextStart:
    """On the data of a start that was killed, with its key file moved away."""

    def test_it_works_on_the_same_ports_and_says_that_nothing_can_be_opened(self, start: Start) -> None:
        assert "the vault's key" in start.said
        assert "is missing" in start.said
        assert not (start.data / "keys" / "vault.key").exists()
        assert status(start.port) == status(start.staff_port) == 200

    def test_all_three_programs_stay_alive_without_the_key(self, start: Start) -> None:
        programs = {name: start.program(name) for name in ("public", "staff", "worker")}
        time.sleep(3)
        assert {name: start.program(name) for name in programs} == programs

    def test_ctrl_c_stops_all_three_within_seconds(self, start: Start) -> None:
        began = time.monotonic()
        os.killpg(start.process.pid, signal.SIGINT)  # what a terminal does
        assert start.process.wait(15) == 0
        assert time.monotonic() - began < 8
        assert "ssc: stopped." in start.said
        assert "did not stop within" not in start.said
        assert processes_on(start.data) == []
        assert not is_listened_on(start.port)


def test_sigterm_during_the_preparation_stops_the_start(tmp_path: Path) -> None:
    start = Start(tmp_path / "data", free_port(), free_port())
    try:
        until(lambda: children(start.process.pid), "the preparation runs", 20)
        start.signal(signal.SIGTERM)
        try:
            start.process.wait(15)
        except subprocess.TimeoutExpired:
            pytest.fail(f"it did not stop; it said:\n{start.said}")
        assert processes_on(start.data) == []
    finally:
        start.clear_away()
