"""The parent's side: feed a child, hand out what it makes, believe nothing before it says that it is done.

One child per file. Both directions run through pipes in pieces, so a 100 MB video costs the caller two pieces
of memory, and the file is never on a disk in the clear. What the child says is checked too: it has handled
hostile bytes and may speak for them."""

import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from security_center.foundation.cleaning.limits import Limits
from security_center.foundation.cleaning.results import CleanResult, Code, Outcome

from .kinds import KINDS, FileKind

PIECE = 64 * 1024
PARSED = "application/json"  # what a parser of plans gives
FRAME = struct.Struct(">cI")
_SOURCE_ROOT = Path(__file__).resolve().parents[3]
_MEDIA_TYPES = {kind.media_type for kind in KINDS.values()}


class NotFinished(Exception):
    """The result was asked for before the stream was read to its end."""


class AlreadyRead(Exception):
    """A stream can be read once."""


class Cleaning:
    """Iterate to get the cleaned bytes; afterwards `result` says whether they may be kept.

    A caller must throw away what it received unless `result.outcome` is cleaned. Faults of the file never
    raise; an error raised by the source of the chunks (a sealed file that is broken) passes through, and the
    child is ended first."""

    def __init__(
        self, chunks: Iterable[bytes] | int, kind: FileKind, limits: Limits | None = None, parser: str = ""
    ) -> None:
        self._source = (
            chunk for chunk in (_read_pieces(chunks) if isinstance(chunks, int) else chunks) if chunk
        )
        self._kind = kind
        self._limits = limits or Limits()
        self._parser = parser  # a module of ours, by its name (plans.py)
        self._result: CleanResult | None = None
        self._started = False
        self._given_in = 0
        self._given_out = 0
        self._waited = 0.0

    @property
    def result(self) -> CleanResult:
        if self._result is None:
            raise NotFinished
        return self._result

    def __iter__(self) -> Iterator[bytes]:
        if self._started:
            raise AlreadyRead
        self._started = True
        parser = [self._parser] if self._parser else []
        child = subprocess.Popen(  # noqa: S603 - our own interpreter, a fixed module, a kind from the allow-list and numbers
            [
                sys.executable,
                "-E",
                "-s",
                "-B",
                "-m",
                "security_center.foundation.cleaning.child",
                self._kind.code,
                self._limits.to_text(),
                *parser,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # an error message of a decoder can quote the file
            cwd=_SOURCE_ROOT,
            env={},
            start_new_session=True,
            bufsize=0,
        )
        try:
            verdict = yield from self._converse(child)
            if verdict is None:
                self._wait_for_the_end(child)
        finally:
            _end(child)
        self._result = self._judge(verdict, child.returncode)

    def _converse(self, child: "subprocess.Popen[bytes]") -> Generator[bytes, None, bytes | Code | None]:
        """Feed and listen until the child's verdict (its JSON), a limit (a code), or its end without a word
        (None)."""
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child was started without pipes")
        into, out = child.stdin.fileno(), child.stdout.fileno()
        os.set_blocking(into, False)
        os.set_blocking(out, False)
        rest = memoryview(b"")
        received = bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(into, selectors.EVENT_WRITE)
            ready.register(out, selectors.EVENT_READ)
            while True:
                began = time.monotonic()
                events = ready.select(max(0.0, self._limits.waiting_seconds - self._waited))
                self._waited += time.monotonic() - began
                if self._waited >= self._limits.waiting_seconds:
                    return Code.TOOK_TOO_LONG
                for descriptor in sorted(key.fd for key, _ in events):
                    if descriptor == into:
                        rest = rest or memoryview(next(self._source, b""))
                        written = _write(into, rest)
                        if written == 0:  # the source is at its end, or the child has heard enough
                            ready.unregister(into)
                            child.stdin.close()
                        self._given_in += max(0, written)
                        if self._given_in > self._limits.input_bytes:
                            return Code.TOO_LARGE
                        rest = rest[max(0, written) :]
                        continue
                    piece = os.read(out, PIECE)
                    if not piece:
                        return None
                    received += piece
                    while (frame := _take_frame(received)) is not None:
                        sort, body = frame
                        if sort == b"R":
                            return body
                        self._given_out += len(body)
                        if self._given_out > self._limits.output_bytes:
                            return Code.OUTPUT_TOO_LARGE
                        if sort != b"D" or len(body) > PIECE:
                            return Code.DECODER_STOPPED
                        yield body
                    if len(received) > 2 * PIECE + FRAME.size:
                        return Code.DECODER_STOPPED

    def _wait_for_the_end(self, child: "subprocess.Popen[bytes]") -> None:
        # A child that shut its mouth and lives on is ended by the caller
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, self._limits.waiting_seconds - self._waited))

    def _judge(self, verdict: bytes | Code | None, status: int) -> CleanResult:
        if isinstance(verdict, bytes):
            try:
                return self._believe(json.loads(verdict))
            except (ValueError, KeyError, TypeError, AttributeError):
                verdict = Code.DECODER_STOPPED
        if verdict is None:
            verdict = Code.TOOK_TOO_LONG if status == -signal.SIGXCPU else Code.DECODER_STOPPED
        return CleanResult(
            Outcome.CANNOT_CLEAN, reason=verdict, size=self._given_out, notes=self._own_notes()
        )

    def _believe(self, said: dict[str, Any]) -> CleanResult:
        """Turn the child's words into a result; a word that is not in our tables raises ValueError."""
        outcome = Outcome(said["outcome"])
        reason = Code(said["reason"]) if said["reason"] else None
        media_type = str(said["media_type"])
        if (outcome is Outcome.CLEANED) != (reason is None) or (
            outcome is Outcome.CLEANED and media_type not in {*_MEDIA_TYPES, PARSED}
        ):
            raise ValueError
        if outcome is Outcome.CLEANED and not self._given_out:
            raise ValueError
        if outcome is Outcome.CLEANED and (media_type == PARSED) != bool(self._parser):
            raise ValueError
        confinement = frozenset(said["confinement"]) & {"memory", "syscalls", "network"}
        notes = {*self._own_notes(), *(Code(note) for note in said["notes"])}
        if "syscalls" not in confinement:
            notes.add(Code.NOT_CONFINED)
        return CleanResult(outcome, media_type, self._given_out, reason, tuple(sorted(notes)), confinement)

    def _own_notes(self) -> tuple[Code, ...]:
        return (Code.TYPE_DIFFERS,) if self._kind.differs else ()


def clean_stream(chunks: Iterable[bytes] | int, kind: FileKind, limits: Limits | None = None) -> Cleaning:
    """Clean a file that arrives in pieces (or from an open file descriptor): iterate over what this returns,
    then read `.result`."""
    return Cleaning(chunks, kind, limits)


def _write(descriptor: int, rest: memoryview) -> int:
    """Bytes taken; 0 when nothing is left to write or nobody listens; -1 when the pipe is full after all."""
    if not rest:
        return 0
    try:
        return os.write(descriptor, rest[:PIECE])
    except BlockingIOError:
        return -1
    except BrokenPipeError:
        return 0


def _take_frame(received: bytearray) -> tuple[bytes, bytes] | None:
    if len(received) < FRAME.size:
        return None
    sort, length = FRAME.unpack_from(received)
    if len(received) < FRAME.size + length:
        return None
    body = bytes(received[FRAME.size : FRAME.size + length])
    del received[: FRAME.size + length]
    return sort, body


def _read_pieces(descriptor: int) -> Iterator[bytes]:
    while piece := os.read(descriptor, PIECE):
        yield piece


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the child and all that it may have started, however the conversation ended."""
    if child.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
