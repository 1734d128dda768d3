"""OGG voice messages and songs (Opus and Vorbis, one stream): the comment packet is blanked in its place, so
no later page has to change.

The packet keeps its length: the maker's name, the comments and a cover picture become one vendor name of
spaces (RFC 7845, section 5.2; Vorbis I, section 5). Only the pages it lies on get a new checksum."""

from dataclasses import dataclass

from security_center.foundation.cleaning.results import CannotClean, Code
from security_center.foundation.cleaning.work import Cleaned, Task

_HEAD = 27
_CONTINUED = 1
_POLYNOMIAL = 0x04C11DB7
_LONGEST_COMMENT = 16 * 1024 * 1024
_TABLE: list[int] = []


@dataclass(frozen=True, slots=True)
class _Page:
    start: int
    body: int
    end: int
    lacing: bytes
    continued: bool


def prepare(_code: str) -> None:
    for number in range(256):
        value = number << 24
        for _ in range(8):
            value = value << 1 ^ _POLYNOMIAL if value & 0x80000000 else value << 1
        _TABLE.append(value & 0xFFFFFFFF)


def clean(content: bytearray, task: Task) -> Cleaned:
    pages = _pages(content)
    first = bytes(content[pages[0].body : pages[0].end])
    if first.startswith(b"OpusHead"):
        prefix, framing = b"OpusTags", b""
    elif first.startswith(b"\x01vorbis"):
        prefix, framing = b"\x03vorbis", b"\x01"
    else:
        raise CannotClean(Code.NOT_SUPPORTED)
    _blank_comments(content, pages, prefix, framing)
    task.note(Code.MEDIA_NOT_REENCODED)
    return Cleaned("audio/ogg", [memoryview(content)[: pages[-1].end]])


def _pages(content: bytearray) -> list[_Page]:
    """All whole pages from the start. What is behind the last is left out; a second stream beside or behind
    the first is not understood here."""
    pages: list[_Page] = []
    at, serial = 0, bytes(content[14:18])
    while content[at : at + 4] == b"OggS" and at + _HEAD <= len(content):
        segments = content[at + 26]
        lacing = bytes(content[at + _HEAD : at + _HEAD + segments])
        body = at + _HEAD + segments
        end = body + sum(lacing)
        if end > len(content):
            break
        if bytes(content[at + 14 : at + 18]) != serial:
            raise CannotClean(Code.NOT_SUPPORTED)
        pages.append(_Page(at, body, end, lacing, bool(content[at + 5] & _CONTINUED)))
        at = end
    if len(pages) < 3:  # head, comments, sound
        raise CannotClean(Code.DAMAGED)
    return pages


def _blank_comments(content: bytearray, pages: list[_Page], prefix: bytes, framing: bytes) -> None:
    pieces, touched = _second_packet(pages)
    length = sum(end - start for start, end in pieces)
    packet = b"".join(content[start:end] for start, end in pieces)
    vendor = length - len(prefix) - 4 - 4 - len(framing)
    if not packet.startswith(prefix) or vendor < 0 or length > _LONGEST_COMMENT:
        raise CannotClean(Code.DAMAGED)
    fresh = prefix + vendor.to_bytes(4, "little") + b" " * vendor + b"\x00" * 4 + framing
    at = 0
    for start, end in pieces:
        content[start:end] = fresh[at : at + end - start]
        at += end - start
    for page in touched:
        content[page.start + 22 : page.start + 26] = b"\x00" * 4
        content[page.start + 22 : page.start + 26] = _checksum(content[page.start : page.end]).to_bytes(
            4, "little"
        )


def _second_packet(pages: list[_Page]) -> tuple[list[tuple[int, int]], list[_Page]]:
    """Where the packet behind the head lies: it begins the second page and ends with the first segment
    shorter than 255."""
    pieces: list[tuple[int, int]] = []
    touched: list[_Page] = []
    for page in pages[1:]:
        if page.continued is not bool(pieces):
            raise CannotClean(Code.DAMAGED)
        at = page.body
        touched.append(page)
        for size in page.lacing:
            pieces.append((at, at + size))
            at += size
            if size < 255:
                return pieces, touched
    raise CannotClean(Code.DAMAGED)


def _checksum(page: bytearray) -> int:
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value
