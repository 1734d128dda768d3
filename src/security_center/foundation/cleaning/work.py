"""What every cleaner is given and gives back."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from security_center.foundation.cleaning.limits import Limits
from security_center.foundation.cleaning.results import Code

from .kinds import FileKind


@dataclass(slots=True)
class Task:
    """The kind to expect, the limits to keep, and the notes that gather on the way."""

    kind: FileKind
    limits: Limits
    notes: set[Code] = field(default_factory=set)

    def note(self, code: Code) -> None:
        self.notes.add(code)


@dataclass(frozen=True, slots=True)
class Cleaned:
    media_type: str
    pieces: Iterable[bytes | bytearray | memoryview]
