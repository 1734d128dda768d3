"""Sound: only what a player plays is written again. The samples themselves are copied, so a voice stays as
recognizable as it was."""

from collections.abc import Iterator

from security_center.foundation.cleaning.results import CannotClean, Code
from security_center.foundation.cleaning.work import Cleaned, Task

_FEWEST_FRAMES = 3
_LONGEST_FORMAT = 64
_BITRATES = {
    (3, 3): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def prepare(_code: str) -> None:
    """Needs nothing but what is imported."""


def clean(content: bytearray, task: Task) -> Cleaned:
    task.note(Code.MEDIA_NOT_REENCODED)
    if task.kind.code == "wav":
        return Cleaned("audio/wav", _wave(memoryview(content)))
    return Cleaned("audio/mpeg", list(_mpeg_frames(content)))


def _wave(content: memoryview) -> list[bytes | memoryview]:
    """A WAV of its format and its samples alone: LIST/INFO, bext, iXML, ID3 and every other chunk are left
    behind."""
    if bytes(content[:4]) != b"RIFF" or bytes(content[8:12]) != b"WAVE":
        raise CannotClean(Code.DAMAGED)
    shape, samples = b"", memoryview(b"")
    at = 12
    while at + 8 <= len(content):
        name, size = bytes(content[at : at + 4]), int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + size]  # a recorder that was cut off leaves a size beyond the end
        if name == b"fmt " and not shape:
            shape = bytes(body)
        elif name == b"data" and not len(samples):
            samples = body
        at += 8 + size + size % 2
    if not 16 <= len(shape) <= _LONGEST_FORMAT or not len(samples):
        raise CannotClean(Code.DAMAGED)
    shape += b"\x00" * (len(shape) % 2)
    padding = b"\x00" * (len(samples) % 2)
    whole = 4 + 8 + len(shape) + 8 + len(samples) + len(padding)
    head = (
        b"RIFF"
        + whole.to_bytes(4, "little")
        + b"WAVEfmt "
        + len(shape).to_bytes(4, "little")
        + shape
        + b"data"
        + len(samples).to_bytes(4, "little")
    )
    return [head, samples, padding]


def _mpeg_frames(content: bytearray) -> Iterator[memoryview]:
    """Runs of whole frames, found by their headers: tags before, between and behind them (ID3v1, ID3v2, APE,
    Lyrics3) are no frames."""
    view = memoryview(content)
    at = _behind_id3(content, 0)
    begin = at
    frames = 0
    while at < len(content):
        length = _frame_length(content, at)
        if length and at + length <= len(content):  # a frame cut by the end of the file is left out
            at += length
            frames += 1
            continue
        if at > begin:
            yield view[begin:at]
        behind = _behind_id3(content, at)
        at = behind if behind > at else _next_start(content, at + 1)
        begin = at
    if at > begin:
        yield view[begin:at]
    if frames < _FEWEST_FRAMES:
        raise CannotClean(Code.DAMAGED)


def _behind_id3(content: bytearray, at: int) -> int:
    while content[at : at + 3] == b"ID3" and at + 10 <= len(content):
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if content[at + 5] & 0x10 else 0)
    return min(at, len(content))


def _next_start(content: bytearray, at: int) -> int:
    """The next place where two frames follow each other: one header alone is found in any picture."""
    while (at := content.find(b"\xff", at)) != -1:
        length = _frame_length(content, at)
        if length and _frame_length(content, at + length):
            return at
        at += 1
    return len(content)


def _frame_length(content: bytearray, at: int) -> int:
    """Bytes of the frame that begins here, 0 when none does (ISO/IEC 11172-3, 13818-3; 2.5 by extension)."""
    if at + 4 > len(content) or content[at] != 0xFF or content[at + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = content[at + 1] >> 3 & 3, content[at + 1] >> 1 & 3
    bitrate_index, rate_index, padding = (
        content[at + 2] >> 4,
        content[at + 2] >> 2 & 3,
        content[at + 2] >> 1 & 1,
    )
    if version == 1 or layer == 0 or rate_index == 3 or bitrate_index in {0, 15}:
        return 0
    bitrate = _BITRATES[3 if version == 3 else 2, layer][bitrate_index] * 1000
    rate = _RATES[version][rate_index]
    if layer == 3:
        return (12 * bitrate // rate + padding) * 4
    return (144 if version == 3 or layer == 2 else 72) * bitrate // rate + padding
