"""The child's side: shut oneself in, read the whole file into memory, clean it, write the copy and a verdict.

Started by `stream.Cleaning` only. Nothing of the file is ever written to standard error or into the verdict.
"""

import importlib
import json
import sys
from collections.abc import Callable, Iterable
from typing import BinaryIO

from security_center.foundation.cleaning import confinement
from security_center.foundation.cleaning.kinds import KINDS, PLAN_KINDS
from security_center.foundation.cleaning.limits import Limits
from security_center.foundation.cleaning.results import CannotClean, Code, Outcome
from security_center.foundation.cleaning.stream import FRAME, PARSED, PIECE
from security_center.foundation.cleaning.work import Cleaned, Task

# Only the parser that the kind needs is loaded: what is not in memory cannot be attacked.
_CLEANERS = {
    "jpeg": "pictures", "png": "pictures", "gif": "pictures", "webp": "pictures", "heic": "pictures",
    "pdf": "pdf",
    "docx": "office", "xlsx": "office", "pptx": "office", "odt": "office", "ods": "office", "odp": "office",
    "mp4": "boxes", "mov": "boxes", "m4a": "boxes",
    "mp3": "sound", "wav": "sound", "ogg": "ogg",
    "text": "text",
}  # fmt: skip


def main(arguments: list[str], into: BinaryIO, out: BinaryIO) -> None:
    code, limits = arguments[0], Limits.from_text(arguments[1])
    parser = arguments[2] if len(arguments) > 2 else ""
    holds = confinement.limit_cost(limits)
    clean = _parser(code, parser) if parser else _load(code)
    holds |= confinement.shut_in(threads=code == "heic")
    task = Task(PLAN_KINDS[code] if parser else KINDS[code], limits)
    outcome, reason, media_type = Outcome.CLEANED, None, ""
    try:
        if clean is None:
            raise CannotClean(Code.NOT_INSTALLED if parser else Code.NOT_SUPPORTED)
        cleaned = clean(_read_all(into, limits.input_bytes), task)
        media_type = cleaned.media_type
        _send(out, cleaned.pieces)
    except CannotClean as refusal:
        outcome, reason = refusal.outcome, refusal.code
    except MemoryError:
        outcome, reason = Outcome.CANNOT_CLEAN, Code.NEEDS_TOO_MUCH_MEMORY
    except Exception:  # whatever a parser says about hostile bytes ends as one plain code
        outcome, reason = Outcome.CANNOT_CLEAN, Code.DAMAGED
    verdict = {
        "outcome": outcome,
        "reason": reason,
        "media_type": media_type,
        "notes": sorted(task.notes),
        "confinement": sorted(holds),
    }
    body = json.dumps(verdict).encode()
    out.write(FRAME.pack(b"R", len(body)) + body)
    out.flush()


def _load(code: str) -> Callable[[bytearray, Task], Cleaned] | None:
    name = _CLEANERS.get(code)
    if name is None:
        return None
    module = importlib.import_module(f"security_center.foundation.cleaning.{name}")
    module.prepare(code)
    clean: Callable[[bytearray, Task], Cleaned] = module.clean
    return clean


def _parser(code: str, name: str) -> Callable[[bytearray, Task], Cleaned] | None:
    """None where the module, or what it needs, is not installed."""
    try:
        module = importlib.import_module(name)
        module.prepare(code)
    except ImportError:
        return None

    def parse(content: bytearray, task: Task) -> Cleaned:
        return Cleaned(PARSED, [module.parse(bytes(content), task.kind.code)])

    return parse


def _read_all(into: BinaryIO, most: int) -> bytearray:
    content = bytearray()
    while piece := into.read(PIECE):
        content += piece
        if len(content) > most:
            raise CannotClean(Code.TOO_LARGE)
    if not content:
        raise CannotClean(Code.DAMAGED)
    return content


def _send(out: BinaryIO, pieces: Iterable[bytes | bytearray | memoryview]) -> None:
    for piece in pieces:
        view = memoryview(piece)
        for at in range(0, len(view), PIECE):
            part = view[at : at + PIECE]
            out.write(FRAME.pack(b"D", len(part)))
            out.write(part)


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer)
