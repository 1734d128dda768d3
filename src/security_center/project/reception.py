"""Between the server and the application: takes each request in, and gives it a thread when everything of it
is there.

The threads are kept apart by who asks, so that no crowd of strangers can take them all: those who watch
whether the program is alive, people who are signed in, everybody else, and those whose bodies are long. Where
people sign in counts as everybody else whatever cookie comes along: checking a password is the costliest
thing that a stranger can ask for."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from .arrival import IN_MEMORY, Arrival, Body, KeptAnswer, NoRoom, Pace
from .bodies import LONGEST, Application

# Bodies that are no form with files: more than this of them is read and thrown away, since the application
# refuses them by their length.
LONGEST_TEXT = 4 * 1024 * 1024
# An answer of a known length beyond this goes out at the pace at which it is fetched (`_at_its_pace`), and
# not from memory.
LONG_ANSWER = 64 * 1024
PIECE = 256 * 1024  # of a page on its way to the disk: more than would stay in memory (arrival.IN_MEMORY)
STALL = 60.0  # seconds of patience with whoever fetches a long answer: it leaves here in large pieces
PIPE = 64 * 1024  # what the kernel holds of one, bytes
# What a request leaves behind in circles, its megabytes of text too, waits for the collector, which rests
# (server.py): here it does not wait.
HEAVY = ("long", "straight")
# Of "long" and "straight" together four: so many heavy bodies are worked on at once.
THREADS = {
    "public": {"watching": 2, "anybody": 24, "long": 2, "straight": 2, "unfinished": 1},
    "staff": {"watching": 2, "signed in": 16, "anybody": 8, "long": 2, "straight": 2},
}
WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
SESSION = re.compile(r"(?:^|;)\s*staff_session=[0-9a-zA-Z]{20,64}(?:;|$)")
# Shown before anybody knows which language the sender reads, and without the application: it holds both
# languages and its own style.
TOO_SLOW = (Path(__file__).parent / "cut_off.html").read_bytes()
TOO_SLOW_HEADERS = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("connection", "close"),
]


class Reception:
    """The RSGI application that the server calls for each request."""

    def __init__(self, application: Application, program: str, folder: Path) -> None:
        self._application, self._folder = application, folder
        self._pools = {
            lane: ThreadPoolExecutor(threads, f"{lane} ") for lane, threads in THREADS[program].items()
        }
        self._environment = {
            "SCRIPT_NAME": "",
            "SERVER_SOFTWARE": "Granian",
            "wsgi.errors": sys.stderr,
            "wsgi.input_terminated": True,
            "wsgi.multiprocess": False,
            "wsgi.multithread": True,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        environ = self._environ(scope)
        length = environ.get("CONTENT_LENGTH", "")
        if length in {"", "0"} and "HTTP_TRANSFER_ENCODING" not in environ:
            await self._serve(self._lane(environ), environ, protocol)
            return
        if not length and "unfinished" not in self._pools:
            # Nobody can tell a body in chunks that broke off from a whole one, and half a form of the staff
            # must do nothing. Browsers name a length.
            cut_off(protocol, 411)
            return
        with_files = environ.get("CONTENT_TYPE", "").lower().startswith("multipart/")
        arrival = Arrival(
            aiter(protocol),
            int(length) if length else None,
            LONGEST if with_files else LONGEST_TEXT,
            self._folder,
        )
        try:
            await arrival.read()
            environ["wsgi.input"] = Body(arrival, asyncio.get_running_loop())
            if arrival.straight:
                lane = "straight"
            else:
                environ.setdefault("CONTENT_LENGTH", str(arrival.received))
                lane = "long" if arrival.kept.size > IN_MEMORY else self._lane(environ)
            if arrival.straight or arrival.whole:
                await self._serve(lane, environ, protocol, arrival)
                return
            if "unfinished" in self._pools:
                # Half a warning is better than none: what has arrived of the words is stored. The sender is
                # not told that it was taken.
                await self._in_thread("unfinished", lambda: close(said(self._application, environ).body))
            cut_off(protocol)
        finally:
            arrival.kept.forget()

    def _environ(self, scope: Any) -> dict[str, Any]:
        name, _, port = scope.server.rpartition(":")
        environ = self._environment | {
            "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
            "SERVER_NAME": name,
            "SERVER_PORT": port,
            "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
            "REQUEST_METHOD": scope.method,
            "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
            "QUERY_STRING": scope.query_string,
            "wsgi.url_scheme": scope.scheme,
            "wsgi.input": NOTHING,
        }
        for name, value in scope.headers.items():
            if "_" in name:  # else X_Forwarded_For, which no proxy takes away, would pass for X-Forwarded-For
                continue
            key = name.upper().replace("-", "_")
            key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
            environ[key] = (
                f"{environ[key]}{';' if name == 'cookie' else ','}{value}" if key in environ else value
            )
        return environ

    def _lane(self, environ: dict[str, Any]) -> str:
        path = environ["PATH_INFO"]
        if path in WATCHED:
            return "watching"
        if (
            "signed in" in self._pools
            and not path.startswith("/account/")
            and SESSION.search(environ.get("HTTP_COOKIE", ""))
        ):
            return "signed in"
        return "anybody"

    async def _in_thread(self, lane: str, work: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pools[lane], work)

    async def _serve(
        self, lane: str, environ: dict[str, Any], protocol: Any, arrival: Arrival | None = None
    ) -> None:
        answered: Answer = await self._in_thread(
            lane, lambda: answer(self._application, environ, arrival, protocol, heavy=lane in HEAVY)
        )
        if arrival is not None:
            arrival.kept.forget()  # not as long as somebody takes to fetch the answer
        if isinstance(answered.body, bytes):
            return
        if isinstance(answered.body, tuple):  # (heads.py)
            await self._out_of_memory(answered, protocol)
            return
        pieces = iter(answered.body)
        try:
            await self._at_its_pace(
                answered, protocol, lambda: self._in_thread(lane, lambda: next(pieces, b""))
            )
        finally:
            await self._in_thread(lane, lambda: close(answered.body))

    async def _out_of_memory(self, answered: Answer, protocol: Any) -> None:
        """A long page that is there as a whole waits on the disk for whoever fetches it: two hundred who
        never did took two gigabytes."""
        page, pieces, answered.body = KeptAnswer(self._folder), cast("tuple[bytes]", answered.body), ()
        (body,) = pieces
        del pieces
        try:
            for start in range(0, len(body), PIECE):
                page.write(body[start : start + PIECE])
                await asyncio.sleep(0)  # the loop has others too
            page.rewind()
            del body

            # Not in a thread, where it would stand in line behind everybody's bodies
            async def more() -> bytes:
                return page.read(PIPE)

            await self._at_its_pace(answered, protocol, more)
        except NoRoom:
            cut_off(protocol, 503)
        finally:
            page.forget()

    async def _at_its_pace(
        self, answered: Answer, protocol: Any, more: Callable[[], Awaitable[bytes]]
    ) -> None:
        """A long answer, made piece by piece (`more`) as it is fetched.

        The server would take every piece at once and hold what a slow line does not take (100 MB for one
        file, tried); only a file it reads as it sends. So it is given a pipe as a file, and the pieces go
        through that: never on a disk."""
        loop, written, pace = asyncio.get_running_loop(), 0, Pace(STALL)
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(reading, True)
        try:
            protocol.response_file(answered.status, answered.headers, f"/proc/self/fd/{reading}")
            while piece := memoryview(await more()):
                while piece:
                    try:
                        done = os.write(writing, piece)
                    except BlockingIOError:
                        await asyncio.wait_for(_writable(loop, writing), pace.patience())
                        continue
                    piece, written = piece[done:], written + done
                    pace.came(done)
                    # Some was fetched, so the server has opened it; ours is closed so that its end is seen
                    if written > PIPE and reading >= 0:
                        os.close(reading)
                        reading = -1
        except (BrokenPipeError, TimeoutError):
            return  # whoever fetched it is gone
        finally:
            os.close(writing)
            if reading >= 0:
                os.close(reading)


class Nothing:
    """The body of a request without one."""

    def read(self, _size: int | None = None) -> bytes:
        return b""

    readline = read


NOTHING = Nothing()


class Answer:
    """Status, headers, and the whole body or, for a long one, its pieces."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Iterable[bytes]

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
        self.status, self.headers = int(status.split(" ", 1)[0]), headers


def answer(
    application: Application, environ: dict[str, Any], arrival: Arrival | None, protocol: Any, *, heavy: bool
) -> Answer:
    """In a worker thread: what the application says, sent from here, without a wait for the loop's turn,
    unless it is long."""
    given = said(application, environ)
    if arrival is not None and arrival.too_slow:  # one that went straight and was cut off within its thread
        close(given.body)
        given.body = b""
        cut_off(protocol)
    elif isinstance(given.body, bytes):
        protocol.response_bytes(given.status, given.headers, given.body)
    if heavy:
        gc.collect()
    return given


def said(application: Application, environ: dict[str, Any]) -> Answer:
    given = Answer()
    given.body = application(environ, given.start)
    length = next((value for name, value in given.headers if name.lower() == "content-length"), "0")
    if int(length) > LONG_ANSWER and environ["REQUEST_METHOD"] != "HEAD" and not isinstance(given.body, list):
        return given
    try:
        pieces, given.body = given.body, b"".join(given.body)
    finally:
        close(pieces)
    return given


def cut_off(protocol: Any, status: int = 408) -> None:
    protocol.response_bytes(status, TOO_SLOW_HEADERS, TOO_SLOW)


def close(body: Any) -> None:
    if hasattr(body, "close"):
        body.close()


def _writable(loop: asyncio.AbstractEventLoop, descriptor: int) -> asyncio.Future[None]:
    ready: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_writer(descriptor, tell)
    ready.add_done_callback(lambda _: loop.remove_writer(descriptor))
    return ready
