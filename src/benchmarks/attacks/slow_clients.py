"""500 senders that never come to an end, at each of the two programs: how long somebody who is signed in, a
reporter and a watch over the program wait meanwhile."""

from __future__ import annotations

import http.client
import itertools
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from .. import client, school, system
from ..figures import Figure, percentile

DRIPPING = 500
SECONDS = 40.0  # longer than any of them is borne
FORM = f"/report/{school.SCHOOL}/"
# A body of a form, one in chunks, one with a file, and headers that never end. What follows comes a byte at a
# time.
OPENINGS = (
    (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        b"application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nlogin="
    ),
    (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        b"application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    ),
    (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; "
        b"boundary=x\r\nContent-Length: 20000000\r\n\r\n--x\r\n"
    ),
    b"POST %b HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
)
DROPS = (b"a", b"1\r\na\r\n", b"a", b"a")


class Dripping:
    """Connections that each send a byte a second, to none's end. Those that are cut are counted and, with
    `again`, opened anew."""

    def __init__(self, port: int, path: str, *, many: int = DRIPPING, again: bool = False) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < 3 * many:
            resource.setrlimit(
                resource.RLIMIT_NOFILE,
                (min(hard, 3 * many) if hard != resource.RLIM_INFINITY else 3 * many, hard),
            )
        self.cut = 0
        self._port, self._path, self._again, self._stop = port, path.encode(), again, threading.Event()
        self._kinds = itertools.cycle(range(len(OPENINGS)))
        self._open = [self._begin() for _ in range(many)]
        self._thread = threading.Thread(target=self._drip)

    def _begin(self) -> tuple[socket.socket, int]:
        kind = next(self._kinds)
        held = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        held.sendall(OPENINGS[kind] % self._path)
        held.setblocking(False)
        return held, kind

    def _drip(self) -> None:
        while not self._stop.wait(1.0):
            for place, (held, kind) in enumerate(self._open):
                if held.fileno() < 0:
                    continue
                try:
                    held.send(DROPS[kind])
                    # An answer before the end, or the end of the connection
                    over = held.recv(4096) is not None
                except BlockingIOError:
                    over = False
                except OSError:
                    over = True
                if over:
                    self.cut += 1
                    held.close()
                    if self._again:
                        self._open[place] = self._begin()

    def __enter__(self) -> Dripping:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        for held, _ in self._open:
            held.close()


_SIGN_IN = """
import django

django.setup()
import time
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client
from security_center.foundation.organizations.models import Person

person = Person.objects.get(email="ivy.chen@cedarvalley.example")
browser = Client(HTTP_HOST="localhost")
browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
session = browser.session
session[AUTHENTICATION_METHODS_SESSION_KEY] = [
    {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
]
session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
session.save()
print(browser.cookies["staff_session"].value)
"""


def signed_in(data: Path) -> str:
    """The session cookie of a reader of the sample district."""
    settings = system.environment(data, SSC_PROGRAM="staff", SSC_DEMO="yes", PYTHONWARNINGS="ignore")
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _SIGN_IN], env=settings, check=True, capture_output=True, text=True
    )
    return f"staff_session={ended.stdout.split()[-1]}"


def get(port: int, path: str, cookie: str = "") -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "GET", path, headers={"Host": "localhost", **({"Cookie": cookie} if cookie else {})}
        )
        answer = connection.getresponse()
        page = answer.read().decode()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}.")
    return page


def report(port: int) -> None:
    body = client.form_body(
        {
            "language": "en",
            "seed": client.seed_of(get(port, FORM)),
            "what_happened": client.TEXT,
            "danger_now": "no",
        }
    )
    if not client.poster(port, FORM, lambda: body)():
        raise RuntimeError("The report was not taken.")


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def run() -> list[Figure]:
    data = school.ready("slow-clients")
    cookie = signed_in(data)
    figures = []
    with system.running(data) as ours:
        acts: dict[str, Callable[[], object]] = {
            "a signed-in page": lambda: get(ours.staff_port, "/desk/", cookie),
            "a report, form and sending": lambda: report(ours.port),
            "health of the staff program": lambda: get(ours.staff_port, "/healthz"),
            "health of the public program": lambda: get(ours.port, "/healthz"),
        }
        for act in acts.values():
            act()
        with (
            Dripping(ours.staff_port, "/account/login/", again=True) as staff,
            Dripping(ours.port, FORM, again=True) as public,
        ):
            taken: dict[str, list[float]] = {name: [] for name in acts}
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                for name, act in acts.items():
                    taken[name].append(timed(act))
        for name, seconds in taken.items():
            figures.append(
                Figure(
                    f"{name} beside {DRIPPING} dripping, 95 of 100",
                    percentile(seconds, 0.95) * 1000,
                    "ms",
                    2000,
                    note=f"{len(seconds)} asked",
                )
            )
        figures.append(
            Figure(
                "dripping connections that were cut meanwhile",
                staff.cut + public.cut,
                "",
                2 * DRIPPING,
                at_least=True,
            )
        )
    return figures
