"""Metadata out of a JPEG without touching its pixels: for pictures that lie inside a document, which refers
to their exact coding."""

# JFIF (density) and Adobe (how the colours are coded); all others describe or carry
_KEPT_APPLICATION_SEGMENTS = {0xE0, 0xEE}
_COMMENT = 0xFE


class BrokenPicture(ValueError):
    """The marker structure does not hold."""


def without_segments(jpeg: bytes) -> bytes:
    """The JPEG with no EXIF, XMP, profile, comment or thumbnail, and nothing behind its end."""
    if jpeg[:2] != b"\xff\xd8":
        raise BrokenPicture
    out = bytearray(b"\xff\xd8")
    at = 2
    while True:
        if at + 2 > len(jpeg) or jpeg[at] != 0xFF:
            raise BrokenPicture
        marker = jpeg[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return bytes(out + b"\xff\xd9")
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(jpeg):
            raise BrokenPicture
        if marker == 0xE0:
            out += _plain_jfif(jpeg[at:end])
        elif marker in _KEPT_APPLICATION_SEGMENTS or not (0xE0 <= marker <= 0xEF or marker == _COMMENT):
            out += jpeg[at:end]
        at = end
        if marker == 0xDA:
            at = _end_of_scan(jpeg, at)
            out += jpeg[end:at]


def _plain_jfif(segment: bytes) -> bytes:
    """JFIF without its thumbnail; JFXX (a second thumbnail) goes."""
    if segment[4:9] != b"JFIF\x00" or len(segment) < 18:
        return b""
    return b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00"


def _end_of_scan(jpeg: bytes, at: int) -> int:
    while True:
        at = jpeg.find(b"\xff", at)
        if at == -1 or at + 1 >= len(jpeg):
            raise BrokenPicture
        following = jpeg[at + 1]
        if following == 0 or 0xD0 <= following <= 0xD7 or following == 0xFF:
            at += 1 if following == 0xFF else 2
            continue
        return at
