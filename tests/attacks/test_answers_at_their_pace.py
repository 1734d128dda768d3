"""Long answers go out at the pace at which they are fetched, and take no memory meanwhile."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.programs.start import free_port, target, until

SERVE = """
import sys
from pathlib import Path
from types import SimpleNamespace
from granian.constants import HTTPModes, Interfaces
from granian.server import Server
from security_center.project.reception import Reception

made = Path(sys.argv[2]) / "made"


def pieces():
    for number in range(1024):
        made.write_text(str(number))
        yield bytes([number % 251]) * 65536


def application(environ, start):
    start("200 OK", [("Content-Length", str(64 * 1024 * 1024))])
    return pieces()


def load(_target):
    return Reception(application, "staff", Path(sys.argv[2]))


server = Server(
    "x:y",
    port=int(sys.argv[1]),
    interface=Interfaces.RSGI,
    http=HTTPModes.http1,
    log_enabled=False,
    workers_kill_timeout=1,
)
server.serve(target_loader=load)
"""


PAGE = """
import sys
from pathlib import Path
from granian.constants import HTTPModes, Interfaces
from granian.server import Server
from security_center.project import reception
from security_center.project.server import give_memory_back

reception.STALL = 5.0


class Page(reception.KeptAnswer):
    # Says in a file when it lies on the disk and begins to be read from there.

    begun = False

    def read(self, size=-1):
        if not self.begun:
            self.begun = True
            with (Path(sys.argv[2]) / "begun").open("a") as begun:
                begun.write(".")
        return super().read(size)


reception.KeptAnswer = Page


def application(environ, start):
    page = bytes(range(256)) * 32768
    start("200 OK", [("Content-Length", str(len(page)))])
    return (page,)


def load(_target):
    give_memory_back()
    return reception.Reception(application, "public", Path(sys.argv[2]))


server = Server(
    "x:y",
    port=int(sys.argv[1]),
    interface=Interfaces.RSGI,
    http=HTTPModes.http1,
    log_enabled=False,
    workers_kill_timeout=1,
)
server.serve(target_loader=load)
"""


def memory_below(pid: int) -> int:
    """Resident bytes of the process and its children."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")) + sum(
        map(memory_below, children)
    )


def test_pages_that_nobody_fetches_take_no_memory_and_are_given_up_and_whoever_fetches_gets_all_of_one(
    tmp_path: Path,
) -> None:
    """Two hundred senders who never read their page of seven megabytes once took two gigabytes of the
    program."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", PAGE, str(port), str(tmp_path)], env={**os.environ, "PYTHONPATH": "src"}
    )
    waiting = []
    try:
        until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "the server listens")
        before = memory_below(process.pid)
        for _number in range(30):  # 240 MB of pages
            asking = socket.socket()
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            asking.connect(("127.0.0.1", port))
            asking.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            waiting.append(asking)
        begun = tmp_path / "begun"
        until(lambda: begun.exists() and len(begun.read_text()) == 30, "every page waits to be fetched")
        assert memory_below(process.pid) - before < 80_000_000
        with socket.create_connection(("127.0.0.1", port), timeout=30) as asking:
            asking.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            received = bytearray()
            while piece := asking.recv(1 << 20):
                received += piece
        assert received.partition(b"\r\n\r\n")[2] == bytes(range(256)) * 32768
        held = lambda: [  # noqa: E731
            link
            for task in Path("/proc").glob("[0-9]*/fd/*")
            if str(tmp_path) in (link := target(task)) and "deleted" in link
        ]
        until(lambda: not held(), "the pages that nobody fetched are given up", patience=90)
    finally:
        for asking in waiting:
            asking.close()
        process.terminate()
        process.wait(20)


def test_who_fetches_a_long_answer_slowly_takes_no_memory_for_it_and_gets_all_of_it(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port), str(tmp_path)], env={**os.environ, "PYTHONPATH": "src"}
    )
    try:
        until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "the server listens")
        with socket.create_connection(("127.0.0.1", port), timeout=30) as asking:
            asking.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            until(lambda: (tmp_path / "made").exists(), "the answer has begun")
            time.sleep(1)
            # What socket, pipe and server hold, not all of it
            assert int((tmp_path / "made").read_text()) < 300
            received = bytearray()
            while piece := asking.recv(1 << 20):
                received += piece
        body = received.partition(b"\r\n\r\n")[2]
        assert len(body) == 64 * 1024 * 1024
        assert all(body[number * 65536] == number % 251 for number in range(1024))
    finally:
        process.terminate()
        process.wait(20)
