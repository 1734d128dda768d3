"""How a body is read before anybody works on it: what is kept of it where, who is too slow, who asks whom for
a thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.programs.start import target

from security_center.project import arrival, reception

MARKER = b"words that must not lie on a disk "


async def pieces(*given: bytes, pause: float = 0.0) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece
        await asyncio.sleep(pause)


def to_its_end[T](work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: where a browser was driven before in this process, its loop still runs in this
    one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def read(
    folder: Path, *given: bytes, length: int | None = None, pause: float = 0.0, most: int = 1 << 30
) -> arrival.Arrival:
    async def run() -> arrival.Arrival:
        found = arrival.Arrival(pieces(*given, pause=pause), length, most, folder)
        await found.read()
        return found

    return to_its_end(run())


@pytest.fixture(autouse=True)
def _nothing_is_left_over() -> Iterator[None]:
    yield
    assert (arrival.Kept.in_memory, arrival.Kept.on_disk) == (0, 0)


def test_a_long_body_is_kept_on_the_disk_without_a_name_and_never_in_the_clear(tmp_path: Path) -> None:
    sent = [MARKER * 1000 + bytes([number]) for number in range(40)]
    found = read(tmp_path, *sent, length=len(b"".join(sent)))
    assert (found.whole, list(tmp_path.iterdir())) == (True, [])
    (on_disk,) = [
        link.read_bytes() for link in Path("/proc/self/fd").iterdir() if str(tmp_path) in target(link)
    ]
    assert len(on_disk) > 1_000_000
    assert MARKER not in on_disk
    body = arrival.Body(found, asyncio.new_event_loop())
    assert body.read(10) + body.read(200_000) + body.read() == b"".join(sent)
    found.kept.forget()


def test_where_the_disk_has_no_room_a_body_goes_on_into_its_thread_and_nothing_of_it_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "LEFT_FREE", 1 << 62)
    sent = [bytes([number]) * 30_000 for number in range(10)]

    async def run() -> bytes:
        found = arrival.Arrival(pieces(*sent), None, 1 << 30, tmp_path)
        await found.read()
        assert found.straight
        body = arrival.Body(found, asyncio.get_running_loop())
        taken = await asyncio.to_thread(lambda: body.read(100) + body.read(70_000) + body.read())
        found.kept.forget()
        return taken

    assert to_its_end(run()) == b"".join(sent)


def test_who_is_too_slow_after_the_disk_had_no_room_is_not_told_that_it_was_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "LEFT_FREE", 1 << 62)
    monkeypatch.setattr(arrival, "GRACE", 0.3)
    read_by_application: list[int] = []

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        read_by_application.append(len(environ["wsgi.input"].read()))
        start("200 OK", [])
        return [b"taken"]

    class Protocol:
        status = 0

        def __aiter__(self) -> AsyncIterator[bytes]:
            return pieces(b"a" * 70_000, b"b", pause=30)

        def response_bytes(self, status: int, _headers: list[tuple[str, str]], _body: bytes) -> None:
            self.status = status

    sent = {"content-length": "80000", "content-type": "multipart/form-data; boundary=x"}

    class Scope:
        server, client, http_version, method, path, query_string, scheme = (
            "a:80",
            "b:5",
            "1.1",
            "POST",
            "/",
            "",
            "http",
        )
        headers = sent

    protocol = Protocol()
    to_its_end(reception.Reception(application, "public", tmp_path).__rsgi__(Scope, protocol))
    assert (protocol.status, read_by_application) == (408, [70_000])


def test_who_drips_falls_silent_or_takes_too_long_is_cut_and_what_arrived_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "GRACE", 0.3)
    dripping = read(tmp_path, *[b"a"] * 100, length=100, pause=0.05)
    assert (dripping.too_slow, dripping.whole) == (True, False)
    assert 2 < dripping.received < 50
    silent = read(tmp_path, b"a" * 60_000, b"b", length=60_001, pause=1.0)
    assert (silent.too_slow, silent.received) == (True, 60_000)
    monkeypatch.setattr(arrival, "LONGEST_TIME", 0.5)
    monkeypatch.setattr(arrival, "FLOOR", 1)
    endless = read(tmp_path, *[b"a" * 10] * 100, length=1000, pause=0.05)
    assert endless.too_slow
    gone = read(tmp_path, b"half", length=8)
    assert (gone.too_slow, gone.whole, gone.received) == (False, False, 4)
    for one in (dripping, silent, endless, gone):
        one.kept.forget()


def test_what_came_fast_buys_nobody_time_to_drip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-two senders of a hundred megabytes each, a byte now and then after it, once held all of the
    disk's part for half an hour."""
    monkeypatch.setattr(arrival, "GRACE", 0.5)

    async def fast_then_dripping() -> AsyncIterator[bytes]:
        yield b"a" * 4_000_000
        for _number in range(100):
            await asyncio.sleep(0.05)
            yield b"a"

    async def run() -> arrival.Arrival:
        found = arrival.Arrival(fast_then_dripping(), None, 1 << 30, tmp_path)
        await found.read()
        return found

    found = to_its_end(run())
    assert found.too_slow
    assert found.received < 4_000_050
    found.kept.forget()


def test_a_few_large_bodies_leave_room_for_words_and_a_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival.Kept, "most_on_disk", 40_000_000)
    large = [read(tmp_path, *[b"a" * 1_000_000] * 12) for _number in range(5)]
    assert large[-1].straight
    assert arrival.Kept.on_disk < 36_000_000
    small = [read(tmp_path, *[b"a" * 50_000] * 6) for _number in range(10)]
    assert not any(one.straight for one in small)
    for one in (*large, *small):
        one.kept.forget()


def test_of_a_text_beyond_its_limit_nothing_more_is_kept_but_it_is_read_so_that_the_answer_arrives(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, *[b"a" * 1000] * 10, length=10_000, most=2_500)
    assert found.whole
    assert found.kept.size == 2_500
    found.kept.forget()


@pytest.mark.parametrize(
    ("path", "cookie", "lane"),
    [
        ("/healthz", "", "watching"),
        ("/readyz", f"staff_session={'a' * 32}", "watching"),
        ("/desk/", f"staff_language=es; staff_session={'a' * 32}", "signed in"),
        ("/desk/", "staff_session=", "anybody"),
        ("/desk/", "", "anybody"),
        ("/account/login/", f"staff_session={'a' * 32}", "anybody"),
    ],
)
def test_threads_are_kept_for_people_who_are_signed_in_and_for_the_watch(
    tmp_path: Path, path: str, cookie: str, lane: str
) -> None:
    found = reception.Reception(lambda _environ, _start: [], "staff", tmp_path)
    assert found._lane({"PATH_INFO": path, "HTTP_COOKIE": cookie}) == lane


def test_a_header_with_an_underscore_does_not_pass_for_the_one_that_a_proxy_sets(tmp_path: Path) -> None:
    class Headers:
        def items(self) -> list[tuple[str, str]]:
            return [
                ("x_forwarded_for", "10.9.9.9"),
                ("x-forwarded-for", "192.0.2.1"),
                ("cookie", "a=1"),
                ("cookie", "b=2"),
                ("content-type", "text/plain"),
            ]

    class Scope:
        server, client, http_version, method, path, query_string, scheme = (
            "127.0.0.1:80",
            "[::1]:5",
            "1.1",
            "GET",
            "/é",
            "a=1",
            "http",
        )
        headers = Headers()

    environ: dict[str, Any] = reception.Reception(lambda _environ, _start: [], "staff", tmp_path)._environ(
        Scope
    )
    assert (environ["HTTP_X_FORWARDED_FOR"], environ["HTTP_COOKIE"], environ["CONTENT_TYPE"]) == (
        "192.0.2.1",
        "a=1;b=2",
        "text/plain",
    )
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"], environ["PATH_INFO"]) == (
        "::1",
        "80",
        "/é".encode().decode("latin-1"),
    )


@pytest.mark.parametrize(("program", "taken"), [("public", [b"half"]), ("staff", [])])
def test_half_a_report_is_taken_and_half_a_form_of_the_staff_does_nothing(
    tmp_path: Path, program: str, taken: list[bytes]
) -> None:
    seen = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"taken"]

    class Protocol:
        def __aiter__(self) -> Any:
            return pieces(b"half")

        def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
            assert body == reception.TOO_SLOW

    scope = SimpleNamespace(
        server="127.0.0.1:1", client="127.0.0.1:2", http_version="1.1", method="POST", path="/",
        query_string="", scheme="http",
        headers={"content-length": "8", "content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    to_its_end(reception.Reception(application, program, tmp_path).__rsgi__(scope, Protocol()))
    assert seen == taken


@pytest.mark.long
@pytest.mark.parametrize("program", ["public", "staff"])
@pytest.mark.parametrize("disk", ["with room", "full"])
def test_of_forty_heavy_bodies_at_most_four_are_worked_on_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, disk: str
) -> None:
    working, most, done, count = 0, 0, 0, threading.Lock()

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        nonlocal working, most, done
        with count:
            working += 1
            most = max(most, working)
        received = sum(len(piece) for piece in iter(lambda: environ["wsgi.input"].read(65536), b""))
        time.sleep(0.02)
        with count:
            working, done = working - 1, done + (received == 200_000)
        start_response("200 OK", [])
        return [b"taken"]

    class Protocol:
        def __aiter__(self) -> Any:
            return pieces(*[b"a" * 50_000] * 4)

        def response_bytes(self, status: int, _headers: Any, _body: bytes) -> None:
            assert status == 200

    if disk == "full":
        monkeypatch.setattr(arrival, "LEFT_FREE", 1 << 62)
    scope = SimpleNamespace(
        server="127.0.0.1:1", client="127.0.0.1:2", http_version="1.1", method="POST", path="/",
        query_string="", scheme="http",
        headers={"content-length": "200000", "content-type": "multipart/form-data; boundary=x"},
    )  # fmt: skip

    async def all_at_once() -> None:
        takes = reception.Reception(application, program, tmp_path)
        await asyncio.gather(*(takes.__rsgi__(scope, Protocol()) for _number in range(40)))

    to_its_end(all_at_once())
    assert done == 40
    assert 2 <= most <= 4
    assert sum(reception.THREADS[program][lane] for lane in reception.HEAVY) == 4


@pytest.mark.parametrize(("program", "status", "taken"), [("public", 200, [b"half"]), ("staff", 411, [])])
def test_a_body_in_chunks_of_which_nobody_knows_whether_it_is_whole_does_nothing_in_the_staff_program(
    tmp_path: Path, program: str, status: int, taken: list[bytes]
) -> None:
    seen, statuses = [], []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"taken"]

    class Protocol:
        def __aiter__(self) -> Any:
            return pieces(b"half")

        def response_bytes(self, status: int, _headers: Any, _body: bytes) -> None:
            statuses.append(status)

    scope = SimpleNamespace(
        server="127.0.0.1:1", client="127.0.0.1:2", http_version="1.1", method="POST", path="/",
        query_string="", scheme="http",
        headers={"transfer-encoding": "chunked", "content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    to_its_end(reception.Reception(application, program, tmp_path).__rsgi__(scope, Protocol()))
    assert (statuses, seen) == ([status], taken)
