"""Plain text: decoded, freed of invisible characters, written as UTF-8."""

import codecs
import unicodedata
from collections.abc import Iterator

from security_center.foundation.cleaning.results import Code
from security_center.foundation.cleaning.work import Cleaned, Task

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PIECE = 64 * 1024
# Joiners are part of how Persian, Hindi and family emoji are written; every other format character can hide
# or reorder words.
_SPACES_AND_JOINERS = "\n\t\u200c\u200d"


def prepare(_code: str) -> None:
    for name in ("utf-8", "utf-16-le", "utf-16-be", "cp1252"):
        codecs.lookup(name)


def clean(content: bytearray, task: Task) -> Cleaned:
    encoding, start = _encoding(content)
    return Cleaned("text/plain", _rewritten(memoryview(content)[start:], encoding, task))


def _encoding(content: bytearray) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    try:
        for _ in _decoded(memoryview(content), "utf-8", "strict"):
            pass
    except UnicodeDecodeError:
        return "cp1252", 0
    return "utf-8", 0


def _decoded(content: memoryview, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for at in range(0, len(content), _PIECE):
        yield decoder.decode(bytes(content[at : at + _PIECE]))
    yield decoder.decode(b"", final=True)


def _rewritten(content: memoryview, encoding: str, task: Task) -> Iterator[bytes]:
    seen: set[str] = set()
    hidden: dict[int, None] = {}
    after_return = False
    for piece in _decoded(content, encoding, "replace"):
        text = piece[1:] if after_return and piece.startswith("\n") else piece
        after_return = piece.endswith("\r") if piece else after_return
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        fresh = set(text) - seen
        seen |= fresh
        hidden |= {ord(character): None for character in fresh if _is_hidden(character)}
        plain = text.translate(hidden)
        if plain != text or "\ufffd" in plain:
            task.note(Code.TEXT_CHANGED)
        yield plain.encode("utf-8")


def _is_hidden(character: str) -> bool:
    return character not in _SPACES_AND_JOINERS and unicodedata.category(character) in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
    }
