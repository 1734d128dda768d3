"""A reporter's browser as far as a measurement needs one: opens the form, sends it, comes back. Plain HTTP
over one connection."""

from __future__ import annotations

import http.client
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BOUNDARY = "ssc-bench-boundary"
TEXT = (
    "Someone in my grade says they want to hurt another student after school. I heard it at lunch "
    "and I am worried. "
) * 3


def form_body(fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (filename, content) in (files or {}).items():
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{filename}"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def seed_of(page: str) -> str:
    found = re.search(r'name="seed" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("The form shows no receipt.")
    return found[1]


@dataclass
class Timings:
    """Seconds of each answered request, and how many failed."""

    taken: list[float] = field(default_factory=list)
    failed: int = 0
    lasted: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.taken) / self.lasted if self.lasted else 0.0


def in_parallel(workers: int, seconds: float, make: Callable[[int], Callable[[], bool]]) -> Timings:
    """Run `workers` loops for `seconds`. `make(n)` prepares loop n and returns one request; a request returns
    whether it succeeded."""
    results = Timings()
    lock = threading.Lock()
    begin = threading.Barrier(workers + 1)
    until = [0.0]

    def run(number: int) -> None:
        act = make(number)
        begin.wait()
        taken, failed = [], 0
        while time.monotonic() < until[0]:
            started = time.perf_counter()
            if act():
                taken.append(time.perf_counter() - started)
            else:
                failed += 1
        with lock:
            results.taken.extend(taken)
            results.failed += failed

    threads = [threading.Thread(target=run, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    until[0] = time.monotonic() + seconds + 0.05
    begin.wait()
    started = time.monotonic()
    for thread in threads:
        thread.join()
    results.lasted = time.monotonic() - started
    return results


def poster(port: int, path: str, body: Callable[[], bytes], expect: int = 200) -> Callable[[], bool]:
    """One keep-alive connection that posts; True when the answer has the status expected."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def act() -> bool:
        try:
            connection.request("POST", path, body=body(), headers=MULTIPART)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return False
        return answer.status == expect

    return act


def unique() -> str:
    return secrets.token_hex(8)
