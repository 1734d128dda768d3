"""Starts and ends the real system for a measurement, and reads what its processes take."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
FOLDER = SOURCE.parent / ".build" / "bench"
PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class System:
    """A running system: the supervisor's process and where it answers."""

    process: subprocess.Popen[bytes]
    data: Path
    port: int
    staff_port: int
    ready_after: float  # seconds from the start to the first answer of both programs

    def children(self) -> dict[str, list[int]]:
        """Process ids by program, the server's own workers included."""
        found: dict[str, list[int]] = {}
        for pid in _below(self.process.pid):
            environment = _environment(pid)
            program = environment.get("SSC_PROGRAM")
            if program:
                found.setdefault(program, []).append(pid)
        return found


def environment(data: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(SOURCE),
        "SSC_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "security_center.project.settings",
        **more,
    }


def fresh(name: str) -> Path:
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def manage(data: Path, *words: str, demo: bool = True) -> None:
    """A management command on the data folder."""
    settings = environment(data, SSC_PROGRAM="manage", SSC_DEMO="yes" if demo else "no")
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "django", *words], env=settings, check=True, stdout=subprocess.DEVNULL
    )


@contextlib.contextmanager
def running(data: Path, *, demo: bool = True) -> Iterator[System]:
    """The system on `data`, ready; ended by Ctrl-C's signal afterwards."""
    port, staff_port = free_port(), free_port()
    words = [
        "demo" if demo else "up",
        "--data",
        str(data),
        "--port",
        str(port),
        "--staff-port",
        str(staff_port),
    ]
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "security_center.project.cli", *words],
        env=environment(data, SSC_BIND="127.0.0.1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for asked in (port, staff_port):
            _wait_for(process, asked)
        yield System(process, data, port, staff_port, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The system ended with code {process.returncode} before it was ready.")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The system was not ready in time.")


def wait_until_idle(data: Path, seconds: float = 30) -> None:
    """Until the worker has done what was due when the system started. Raises RuntimeError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.closing(sqlite3.connect(data / "center.sqlite3", timeout=10)) as database:
            waits = (
                "SELECT COUNT(*) FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
            )
            if database.execute(waits).fetchone() == (0,):
                return
        time.sleep(0.2)
    raise RuntimeError("The worker is not done with what was due.")


def resident(pid: int) -> int:
    """Memory of a process in bytes: its own plus its share of what it shares (PSS), so that processes can be
    added."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0


def peak(pid: int) -> int:
    """The most memory a process has held resident, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def reset_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _below(pid: int) -> list[int]:
    found: list[int] = []
    for child in _children(pid):
        found += [child, *_below(child)]
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text(encoding="ascii").split()]
    return found


def _environment(pid: int) -> dict[str, str]:
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return {}
    pairs = (item.partition(b"=") for item in raw.split(b"\0") if item)
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, _, value in pairs}
