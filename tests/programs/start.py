"""Starting the real programs in a folder of their own, and finding every process of that start, however it
was orphaned."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # a loaded machine with two cores


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], sentence: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"after {patience:g} s still not: {sentence}")
        time.sleep(0.05)


class Start:
    """One `./ssc up`."""

    def __init__(self, data: Path, port: int, staff_port: int, *words: str) -> None:
        self.data, self.port, self.staff_port = data, port, staff_port
        self.output = data.parent / f"{data.name}-{time.monotonic_ns()}.out"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SSC_", "DJANGO_")) and name != "DATABASE_URL"
        }
        with self.output.open("wb") as handle:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "security_center.project.cli", "up", "--data", str(data)),
                    *("--port", str(port), "--staff-port", str(staff_port), *words),
                ],
                env={**kept, "PYTHONPATH": str(REPOSITORY / "src"), "SSC_BIND": "127.0.0.1"},
                stdout=handle,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_ready(self) -> None:
        until(
            lambda: "ssc: ready." in self.said or self.process.poll() is not None,
            f"ready; it said:\n{self.said}",
        )
        assert self.process.poll() is None, self.said

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def program(self, name: str) -> int:
        """Process id of the public, staff or worker program (for the web programs: the server's main
        process)."""
        (found,) = [pid for pid in children(self.process.pid) if environment(pid).get("SSC_PROGRAM") == name]
        return found

    def clear_away(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pid in processes_on(self.data):
            if environment(pid).get("SSC_SUPERVISOR_PROCESS") == str(self.process.pid):
                os.kill(pid, signal.SIGKILL)


def environment(pid: int) -> dict[str, str]:
    try:
        pairs = Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return {}
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def state_and_parent(pid: int) -> tuple[str, int]:
    """One letter (Z: dead and not yet collected) and the parent's process id; ("", 0) when there is no such
    process."""
    try:
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return "", 0
    return fields[0], int(fields[1])


def alive() -> list[int]:
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and state_and_parent(int(entry.name))[0] not in {"", "Z"}
    ]


def children(pid: int) -> list[int]:
    return [other for other in alive() if state_and_parent(other)[1] == pid]


def processes_on(data: Path) -> list[int]:
    """Every living program that a start on this data folder left behind or still runs (the launcher itself
    has no such environment)."""
    return [
        pid
        for pid in alive()
        if environment(pid).get("SSC_DATA") == str(data) and "SSC_SUPERVISOR_PROCESS" in environment(pid)
    ]


def is_listened_on(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def status(port: int, path: str = "/healthz") -> int:
    """The HTTP status, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def target(link: Path) -> str:
    """What a link below /proc/<pid>/fd leads to; "" when it is gone."""
    try:
        return str(link.readlink())
    except OSError:
        return ""
