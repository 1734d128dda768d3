"""Office files: the archive is written anew, part by part, within bounds, from the parts that are known.

What names people or machines goes (properties, thumbnails, authors of comments and changes, printers, paths),
pictures inside are made anew from their pixels, and nothing points outside any more: an office program
fetches a linked picture or template when the file is merely opened, and the sender would learn that, when and
from where it was read."""

import codecs
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.parsers import expat

from security_center.foundation.cleaning import office_xml, pictures
from security_center.foundation.cleaning.kinds import KINDS
from security_center.foundation.cleaning.results import CannotClean, Code, Refused
from security_center.foundation.cleaning.work import Cleaned, Task

_MAIN_PARTS = {
    "wordprocessingml.document.main": "docx",
    "spreadsheetml.sheet.main": "xlsx",
    "presentationml.presentation.main": "pptx",
    "presentationml.slideshow.main": "pptx",
    "wordprocessingml.template.main": "docx",
    "spreadsheetml.template.main": "xlsx",
    "presentationml.template.main": "pptx",
}
_DROPPED = re.compile(
    r"(^|/"
    r")(docprops|customxml|thumbnails|printersettings|configurations2|webextensions|customui|usercustomization|_xmlsignatures|layout-cache)(/"
    r"|$)"
    r"|(^|/)(meta|settings)\.xml$|^meta-inf/documentsignatures\.xml$|^manifest\.rdf$|/"
    r"manifest\.rdf$|(^|/)thumbnail\.\w+$|^word/people\.xml$|^xl/connections\.xml$|^xl/querytables/"
)
# Of OOXML; ODF's `settings.xml` holds the printer's name
_KEPT_SETTINGS = re.compile(r"^(word|ppt|xl)/([\w-]+/)*settings\.xml$")
_MACROS = re.compile(
    r"vbaproject|vbadata|(^|/)(basic|scripts|macrosheets|dialogsheets|activex|ctrlprops)(/|$)"
)
_PICTURES = {"jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "png": "png", "gif": "gif", "webp": "webp"}
_UNREAD = {"emf", "wmf", "emz", "wmz", "odttf", "ttf", "otf", "fntdata"}
_XML = {"xml", "rels", "vml"}
_RATIO_FROM = 1024 * 1024
_PIECE = 256 * 1024
_LONGEST_XML = 64 * 1024 * 1024
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def prepare(_code: str) -> None:
    pictures.prepare("")
    expat.ParserCreate()
    zipfile.ZipFile(BytesIO(), "w", zipfile.ZIP_DEFLATED).close()
    codecs.lookup("cp437")  # how an archive writes a name that is not UTF-8


def clean(content: bytearray, task: Task) -> Cleaned:
    out, code = _rewritten(BytesIO(content), task, _Budget(task), 0)
    return Cleaned(KINDS[code].media_type, [out])


class _Budget:
    """Bytes unpacked so far, over an archive and the archives inside it."""

    def __init__(self, task: Task) -> None:
        self.limits = task.limits
        self.unpacked = 0

    def spend(self, amount: int) -> None:
        self.unpacked += amount
        if self.unpacked > self.limits.zip_total_bytes:
            raise Refused(Code.ZIP_BOMB)


def _rewritten(source: BytesIO, task: Task, budget: _Budget, depth: int) -> tuple[memoryview, str]:
    out = BytesIO()
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        entries = _checked_entries(archive, task)
        code = _which(archive, entries, budget)
        dropped = {entry.filename for entry in entries if _is_dropped(entry.filename)}
        for entry in entries:
            if entry.filename in dropped or entry.is_dir():
                continue
            body = _clean_part(
                entry.filename, _unpacked(archive, entry, budget), dropped, task, budget, depth
            )
            fresh = zipfile.ZipInfo(entry.filename, _EARLIEST)
            fresh.compress_type = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
            fresh.create_system = 0
            copy.writestr(fresh, body)
            if out.tell() > task.limits.output_bytes:
                raise CannotClean(Code.OUTPUT_TOO_LARGE)
    return out.getbuffer(), code


def _is_dropped(name: str) -> bool:
    return bool(_DROPPED.search(name.lower())) and not _KEPT_SETTINGS.match(name.lower())


def _checked_entries(archive: zipfile.ZipFile, task: Task) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    limits = task.limits
    if len(entries) > limits.zip_entries:
        raise Refused(Code.ZIP_BOMB)
    seen: set[str] = set()
    total = 0
    for entry in entries:
        name = entry.filename
        lowered = name.lower()
        if (
            name.startswith("/")
            or ".." in name.split("/")
            or any(sign in name for sign in "\\:\x00")
            or not name.isprintable()
            or lowered in seen
        ):
            # Two parts of one name: a scanner reads one of them and the office program the other
            raise Refused(Code.UNSAFE_NAMES)
        seen.add(lowered)
        total += entry.file_size
        if entry.file_size > limits.zip_entry_bytes or total > limits.zip_total_bytes:
            raise Refused(Code.ZIP_BOMB)
        if entry.file_size > _RATIO_FROM and entry.file_size > limits.zip_ratio * max(1, entry.compress_size):
            raise Refused(Code.ZIP_BOMB)
        if entry.flag_bits & 0x1:
            raise CannotClean(Code.ENCRYPTED)
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise CannotClean(Code.NOT_SUPPORTED)
        if _MACROS.search(lowered):
            raise CannotClean(Code.MACROS)
    return entries


def _which(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], budget: _Budget) -> str:
    names = {entry.filename: entry for entry in entries}
    if "mimetype" in names:
        stated = _unpacked(archive, names["mimetype"], budget)[:200].decode("ascii", "replace").strip()
        for code in ("odt", "ods", "odp"):
            if stated == KINDS[code].media_type:
                return code
    elif "[Content_Types].xml" in names:
        types = _unpacked(archive, names["[Content_Types].xml"], budget).decode("utf-8", "replace")
        if "macroEnabled" in types:
            raise CannotClean(Code.MACROS)
        for part, code in _MAIN_PARTS.items():
            if part + "+xml" in types:
                return code
    raise CannotClean(Code.UNKNOWN_TYPE)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """The part's bytes. Counted while unpacking: the size that the directory states is the sender's word."""

    def pieces() -> Iterator[bytes]:
        with archive.open(entry) as part:
            while piece := part.read(_PIECE):
                budget.spend(len(piece))
                yield piece

    return b"".join(pieces())


def _clean_part(
    name: str, body: bytes, dropped: set[str], task: Task, budget: _Budget, depth: int
) -> bytes | memoryview:
    extension = name.rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""
    if name == "mimetype":
        return body.strip()
    if extension in _XML:
        if len(body) > _LONGEST_XML:
            raise CannotClean(Code.NEEDS_TOO_MUCH_MEMORY)
        return office_xml.clean(name, body, dropped, task)
    if extension in _PICTURES:
        return _clean_picture(body, task)
    if extension in {"docx", "xlsx", "pptx"}:
        if depth:
            raise CannotClean(Code.EMBEDDED_FILES)
        return _rewritten(BytesIO(body), task, budget, depth + 1)[0]
    if extension in _UNREAD or name.startswith("ObjectReplacements/"):
        task.note(Code.PARTS_NOT_READ)
        return body
    raise CannotClean(Code.EMBEDDED_FILES)


def _clean_picture(body: bytes, task: Task) -> memoryview:
    """By its content: the extension inside an archive is as little to be believed as outside."""
    for signature, code in (
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x89PNG", "png"),
        (b"GIF8", "gif"),
        (b"RIFF", "webp"),
    ):
        if body.startswith(signature):
            return pictures.remake(BytesIO(body), code, task, upright=False)[0]
    raise CannotClean(Code.DAMAGED)
