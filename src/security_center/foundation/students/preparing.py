"""What is costly about new students, done before anything is stored: each record's key, the sealed texts, the
digests.

Of a large file a second process does it, for the next rows while the first stores the last ones. It gets the
texts by a pipe and gives back what may lie in the database; it asks no database, and ends when its pipe does.
"""

from __future__ import annotations

import pickle
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self
from uuid import UUID, uuid4

from security_center.foundation.vault.actions import SealedTo, prepare_with
from security_center.foundation.vault.columns import sealed_texts
from security_center.foundation.vault.tokens import Blinder

from . import sealing
from .models import Student


@dataclass(frozen=True, slots=True)
class NewStudent:
    """Ready to be stored: the record and its sealed keys, the student's own id, column → sealed text, and
    what the student is found by."""

    record: UUID
    keys: tuple[SealedTo, ...]
    uuid: UUID
    sealed: dict[str, bytes | None]
    content: bytes
    tokens: list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Work:
    """Rows of new students: identifier, column → text. `keys`: recipient → version and public key."""

    district_id: int
    keys: Mapping[str, tuple[int, bytes]]
    rows: Sequence[tuple[str, Mapping[str, str]]] = field(repr=False)


def prepare(work: Work) -> list[NewStudent]:
    """In the order of the rows. Raises VaultLocked without the key file."""
    blind = Blinder(work.district_id, sealing.REALM)
    return [_prepared(blind, work.keys, identifier, texts) for identifier, texts in work.rows]


def _prepared(
    blind: Blinder, keys: Mapping[str, tuple[int, bytes]], identifier: str, texts: Mapping[str, str]
) -> NewStudent:
    new = prepare_with(keys)
    own = uuid4()
    return NewStudent(
        new.opened.record,
        new.rows,
        own,
        sealed_texts(new.opened, Student, own, {"identifier": identifier, **texts}),
        sealing.content_of(blind, identifier, texts),
        sealing.found_by(blind, texts["name"], texts.get("birth_date", "")),
    )


class Ahead:
    """Prepares one piece of work at a time: `begin` it, do something else, `finish` it. In this process until
    `apart` is called."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._ready = (
            False  # it takes the child longer to start than this process to prepare a few thousand rows
        )
        self._begun: Work | None = None
        self._sent = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def apart(self) -> None:
        """By a second process as soon as it is up; where it cannot be started, or dies, this one goes on
        alone."""
        if self._child is None:
            command = [sys.executable, "-m", "security_center.foundation.students.preparing_child"]
            with suppress(OSError):
                self._child = subprocess.Popen(  # noqa: S603
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                )

    def begin(self, work: Work) -> None:
        self._begun, self._sent = work, False
        if self._child is not None and self._child.stdin is not None and self._is_up(self._child):
            try:
                send(work, self._child.stdin)
                self._sent = True
            except OSError:
                self._end()

    def finish(self) -> list[NewStudent]:
        """Of the work that was begun last. Raises VaultLocked."""
        work, self._begun = self._begun, None
        if work is None:
            return []
        if self._sent and self._child is not None and self._child.stdout is not None:
            try:
                found: list[NewStudent] = pickle.load(self._child.stdout)  # noqa: S301 - our own process, started above
            except (EOFError, OSError, pickle.UnpicklingError):
                self._end()
            else:
                return found
        return prepare(work)

    def _is_up(self, child: subprocess.Popen[bytes]) -> bool:
        """Whether the child has said, by an empty answer, that it waits for work."""
        if not self._ready and child.stdout is not None and select.select([child.stdout], [], [], 0)[0]:
            with suppress(EOFError, OSError, pickle.UnpicklingError):
                self._ready = pickle.load(child.stdout) == []  # noqa: S301 - our own process, started above
            if not self._ready:
                self._end()
        return self._ready

    def _end(self) -> None:
        child, self._child, self._ready = self._child, None, False
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def send(thing: Work | list[NewStudent], pipe: IO[bytes]) -> None:
    pickle.dump(thing, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()
