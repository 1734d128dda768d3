"""The public program works on one request at a time, reads side by side, and never lets one that hangs stop
the others."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any

import pytest

from security_center.project import one_at_a_time as module
from security_center.project.one_at_a_time import one_at_a_time


class Dripping(BytesIO):
    """A body whose sender waits until it is let go."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.reached, self.go = threading.Event(), threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.reached.set()
        assert self.go.wait(20)
        return super().read(size)


def request(body: Any = b"", method: str = "POST") -> dict[str, Any]:
    stream = body if isinstance(body, BytesIO) else BytesIO(body)
    length = len(stream.getbuffer())
    return {"REQUEST_METHOD": method, "CONTENT_LENGTH": str(length) if length else "", "wsgi.input": stream}


def in_thread(run: Any) -> threading.Thread:
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_requests_are_worked_on_one_after_the_other() -> None:
    inside, most = [0], [0]
    go = threading.Event()

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        go.wait(0.05)
        inside[0] -= 1
        return [environ["wsgi.input"].read()]

    served = one_at_a_time(application)
    threads = [in_thread(lambda: served(request(b"what happened"), None)) for _ in range(5)]
    for thread in threads:
        thread.join()
    assert most[0] == 1


def test_a_body_that_drips_in_holds_up_nobody() -> None:
    served = one_at_a_time(lambda environ, start_response: [environ["wsgi.input"].read()])
    slow, answers = Dripping(b"slow words"), []
    waiting = in_thread(lambda: answers.append(served(request(slow), None)))
    assert slow.reached.wait(20)
    assert served(request(b"quick words"), None) == [b"quick words"]
    slow.go.set()
    waiting.join()
    assert answers == [[b"slow words"]]


def test_behind_a_request_that_hangs_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    hangs, go = threading.Event(), threading.Event()

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read()
        if body == b"hang":
            hangs.set()
            assert go.wait(20)
        return [body]

    served = one_at_a_time(application)
    hanging = in_thread(lambda: served(request(b"hang"), None))
    assert hangs.wait(20)
    assert served(request(b"next"), None) == [b"next"]
    go.set()
    hanging.join()
    assert served(request(b"after"), None) == [b"after"]


def test_after_a_fault_the_next_request_is_served() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["wsgi.input"].read() == b"bad":
            raise ValueError("bad")
        return [b"good"]

    served = one_at_a_time(application)
    with pytest.raises(ValueError, match="bad"):
        served(request(b"bad"), None)
    assert served(request(b"fine"), None) == [b"good"]


def test_a_large_body_goes_its_own_way_and_is_not_read_into_memory() -> None:
    stream = BytesIO(b"x" * (module.SMALL + 1))
    served = one_at_a_time(lambda environ, start_response: environ["wsgi.input"] is stream)  # type: ignore[arg-type,return-value]
    assert served(request(stream), None) is True
