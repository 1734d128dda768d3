"""What kind of file this is, told by its content and by nothing else.

The name and the type a browser declares are typed by a stranger: they never choose a parser. They are only
compared with what the content says, so that the reader can be told when "photo.jpg" is a document."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind on the allow-list. `differs` is true when the name or the declared type claims another
    kind."""

    code: str
    media_type: str
    extension: str
    family: str  # picture | document | video | sound | text
    differs: bool = False


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS: dict[str, FileKind] = {
    kind.code: kind
    for kind in (
        FileKind("jpeg", "image/jpeg", "jpg", "picture"),
        FileKind("png", "image/png", "png", "picture"),
        FileKind("gif", "image/gif", "gif", "picture"),
        FileKind("webp", "image/webp", "webp", "picture"),
        FileKind("heic", "image/heic", "heic", "picture"),
        FileKind("pdf", "application/pdf", "pdf", "document"),
        FileKind("docx", _OOXML + "wordprocessingml.document", "docx", "document"),
        FileKind("xlsx", _OOXML + "spreadsheetml.sheet", "xlsx", "document"),
        FileKind("pptx", _OOXML + "presentationml.presentation", "pptx", "document"),
        FileKind("odt", _ODF + "text", "odt", "document"),
        FileKind("ods", _ODF + "spreadsheet", "ods", "document"),
        FileKind("odp", _ODF + "presentation", "odp", "document"),
        FileKind("mp4", "video/mp4", "mp4", "video"),
        FileKind("mov", "video/quicktime", "mov", "video"),
        FileKind("webm", "video/webm", "webm", "video"),
        FileKind("mp3", "audio/mpeg", "mp3", "sound"),
        FileKind("m4a", "audio/mp4", "m4a", "sound"),
        FileKind("wav", "audio/wav", "wav", "sound"),
        FileKind("ogg", "audio/ogg", "ogg", "sound"),
        FileKind("text", "text/plain", "txt", "text"),
    )
}

# Plans of buildings: not on the list of attachments, and read by whatever a room has registered (plans.py).
PLAN_KINDS: dict[str, FileKind] = {
    kind.code: kind
    for kind in (
        FileKind("ifc", "application/x-step", "ifc", "plan"),
        FileKind("dxf", "image/vnd.dxf", "dxf", "plan"),
        FileKind("geojson", "application/geo+json", "geojson", "plan"),
    )
}

# Other spellings that are no contradiction.
_EXTENSIONS = {kind.extension: kind.code for kind in KINDS.values()} | {
    "jpeg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "heif": "heic", "qt": "mov", "m4v": "mp4", "3gp": "mp4",
    "oga": "ogg", "opus": "ogg",
    "csv": "text", "log": "text", "md": "text", "text": "text",
}  # fmt: skip
_MEDIA_TYPES = {kind.media_type: kind.code for kind in KINDS.values()} | {
    "image/jpg": "jpeg", "image/pjpeg": "jpeg", "image/heif": "heic", "video/3gpp": "mp4",
    "video/x-m4v": "mp4", "audio/mp3": "mp3",
    "audio/x-m4a": "m4a", "audio/m4a": "m4a", "audio/x-wav": "wav", "audio/wave": "wav",
    "audio/vnd.wave": "wav", "audio/opus": "ogg",
    "application/ogg": "ogg", "audio/webm": "webm", "text/csv": "text", "text/markdown": "text",
}  # fmt: skip
_SAYS_NOTHING = {"", "application/octet-stream", "binary/octet-stream", "application/x-download"}
# A sound recording may be offered as a video of the same container and the other way round.
_SAME_CONTAINER = {frozenset({"mp4", "m4a"}), frozenset({"mp4", "mov"}), frozenset({"mov", "m4a"})}

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MP4_BRANDS = {
    b"isom",
    b"iso2",
    b"iso3",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
    b"3gp4",
    b"3gp5",
    b"3gp6",
    b"3g2a",
}
_MARKUP = (b"{\\rtf", b"%!ps", b"<svg", b"<html", b"<!doctype", b"<?xml", b"<?php", b"<script")


def identify(first_bytes: bytes, name: str, declared: str) -> FileKind | None:
    """The kind the first bytes (4 KiB are enough) show, or None when it is not on the allow-list.

    Args:
        first_bytes: the beginning of the content.
        name: the file's name as sent; only compared.
        declared: the media type as sent; only compared.
    """
    code = _by_content(first_bytes)
    if code is None:
        return None
    kind = KINDS[code]
    return replace(kind, differs=True) if _contradicts(code, name, declared) else kind


def identify_plan(first_bytes: bytes) -> FileKind | None:
    """The kind of plan, or of picture, that the first bytes show."""
    text = first_bytes.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if text.startswith(b"ISO-10303-21"):
        return PLAN_KINDS["ifc"]
    if text.startswith(b"{"):
        return PLAN_KINDS["geojson"]
    if text.startswith((b"AutoCAD Binary DXF", b"999")) or (text[:1].isdigit() and b"SECTION" in first_bytes):
        return PLAN_KINDS["dxf"]
    kind = identify(first_bytes, "", "")
    return kind if kind is not None and kind.family == "picture" else None


def _contradicts(code: str, name: str, declared: str) -> bool:
    _, dot, extension = name.strip().lower().rpartition(".")
    claims: list[str | None] = []
    if dot and extension:
        claims.append(_EXTENSIONS.get(extension))
    media_type = declared.split(";", 1)[0].strip().lower()
    if media_type not in _SAYS_NOTHING:
        claims.append(_MEDIA_TYPES.get(media_type))
    return any(claim != code and frozenset({claim, code}) not in _SAME_CONTAINER for claim in claims)


def _by_content(start: bytes) -> str | None:
    for signature, code in (
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"%PDF-", "pdf"),
        (b"OggS", "ogg"),
    ):
        if start.startswith(signature):
            return code
    if start[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(start[8:12])
    if start[:4] == b"\x1aE\xdf\xa3":
        return "webm" if b"webm" in start[:128] else None
    if start[4:8] in {b"ftyp", b"moov", b"wide", b"mdat"}:
        return _boxes(start)
    if start[:4] == b"PK\x03\x04":
        return _office(start)
    if start[:3] == b"ID3" or _is_mpeg_sound(start):
        return "mp3"
    return "text" if _is_text(start) else None


def _boxes(start: bytes) -> str | None:
    if start[4:8] != b"ftyp":
        return "mov"  # QuickTime files from before ftyp existed begin with one of the other three
    length = min(int.from_bytes(start[:4]), len(start), 512)
    brands = [start[8:12], *(start[at : at + 4] for at in range(16, length - 3, 4))]
    major = brands[0]
    if major == b"qt  ":
        return "mov"
    if major in {b"M4A ", b"M4B "}:
        return "m4a"
    if major in {b"avif", b"avis"}:
        return None
    if major in _HEIC_BRANDS:
        return "heic"
    return "mp4" if _MP4_BRANDS.intersection(brands) else None


def _office(start: bytes) -> str | None:
    """Which office format: the names of the first parts tell. The child reads the whole directory and decides
    for good."""
    if start[30:38] == b"mimetype":
        for code in ("odt", "ods", "odp"):
            stated = KINDS[code].media_type.encode()
            if start[38 : 38 + len(stated)] == stated and start[38 + len(stated) :][:1] in {b"P", b""}:
                return code
        return None
    at = 0
    office = False
    while (at := start.find(b"PK\x03\x04", at)) != -1:
        length = int.from_bytes(start[at + 26 : at + 28], "little")
        part = start[at + 30 : at + 30 + length]
        office = office or part in {b"[Content_Types].xml", b"_rels/.rels"}
        for folder, code in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
            if part.startswith(folder):
                return code
        at += 4
    return "docx" if office else None


def _is_mpeg_sound(start: bytes) -> bool:
    if len(start) < 4 or start[0] != 0xFF or start[1] & 0xE0 != 0xE0:
        return False
    return (
        (start[1] >> 3) & 3 != 1
        and (start[1] >> 1) & 3 == 1
        and start[2] >> 4 not in {0, 15}
        and (start[2] >> 2) & 3 != 3
    )


def _is_text(start: bytes) -> bool:
    if not start:
        return False
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return False  # text-shaped, but a program or a page with an author of its own
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = start[: len(start) // 2 * 2].decode("utf-16", errors="replace")
        return "\x00" not in text and text.count("\ufffd") <= 1
    controls = sum(1 for byte in start if byte < 0x20 and byte not in b"\t\n\r\f\x1b")
    if b"\x00" in start or controls or b"%PDF-" in start[:1024]:
        return False
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(start) - error.start >= 4:  # not a character cut at the end of the sample
            undefined = sum(1 for byte in start if byte in b"\x81\x8d\x8f\x90\x9d\x7f")
            high = sum(1 for byte in start if byte >= 0x80)
            return not undefined and high * 3 < len(start)
    return True
