"""PDF: opened by a real parser, freed of who made it and of everything that acts, and written anew with
reachable objects only.

What may stay is listed, not what must go: of actions only those that move within the document. Earlier
revisions, which a PDF keeps behind its end when it is edited, are not written again."""

import zlib
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from security_center.foundation.cleaning import segments
from security_center.foundation.cleaning.results import CannotClean, Code
from security_center.foundation.cleaning.work import Cleaned, Task

_METADATA = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SourceModified", "/SpiderInfo")
_ACTS = ("/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/Requirements", "/Collection")
_ATTACHES = ("/EmbeddedFiles", "/EmbeddedFile", "/AF", "/EF", "/RichMediaContent", "/RichMediaSettings")
_GOES_OUT = ("/URI",)
_SIGNATURES = ("/Perms", "/DSS", "/Legal")
_ACTION_KINDS = {
    "/GoToR", "/GoToE", "/GoToDp", "/Launch", "/Thread", "/URI", "/Sound", "/Movie", "/Hide", "/SubmitForm",
    "/ResetForm", "/ImportData",
    "/JavaScript", "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView", "/RichMediaExecute",
}  # fmt: skip
_LINKS = {"/URI", "/GoToR", "/GoToE"}
_CARRYING_ANNOTATIONS = {
    "/FileAttachment",
    "/RichMedia",
    "/Movie",
    "/Sound",
    "/Screen",
    "/3D",
    "/Watermark3D",
    "/Projection",
}
_OF_A_PERSON = ("/T", "/M", "/CreationDate", "/NM")
_LONGEST_INNER_PICTURE = 64 * 1024 * 1024
_DEEPEST = 60


def prepare(_code: str) -> None:
    """The parser wants the system's random source when it meets an encrypted file, and keeps it: it is opened
    here, while that is possible."""
    with pikepdf.new() as blank:
        blank.save(BytesIO(), encryption=pikepdf.Encryption(owner="open", user="open"))


def clean(content: bytearray, task: Task) -> Cleaned:
    try:
        document = pikepdf.open(
            BytesIO(content), access_mode=pikepdf.AccessMode.stream, suppress_warnings=True
        )
    except pikepdf.PasswordError:
        raise CannotClean(Code.ENCRYPTED) from None
    with document:
        if document.is_encrypted:
            raise CannotClean(Code.ENCRYPTED)
        if len(document.objects) > task.limits.pdf_objects:
            raise CannotClean(Code.NEEDS_TOO_MUCH_MEMORY)
        if not len(document.pages):
            raise CannotClean(Code.DAMAGED)
        # The first half of an ID is kept through all later versions of a document
        for key in ("/Info", "/ID"):
            if key in document.trailer:
                del document.trailer[key]
        for thing in document.objects:
            _clean_object(thing, task, 0)
        if document.get_warnings():
            task.note(Code.REPAIRED)
        out = BytesIO()
        document.remove_unreferenced_resources()
        document.save(
            out,
            encryption=False,
            deterministic_id=True,
            preserve_pdfa=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        pages = len(document.pages)
    try:
        with pikepdf.open(
            out, suppress_warnings=True
        ) as copy:  # a file mended from a torn one may not be whole
            if len(copy.pages) != pages:
                raise CannotClean(Code.DAMAGED)
    except pikepdf.PdfError:
        raise CannotClean(Code.DAMAGED) from None
    return Cleaned("application/pdf", [out.getbuffer()])


def _clean_object(thing: Object, task: Task, depth: int) -> None:
    """An object and the direct ones inside it; indirect ones come by themselves in the walk over all
    objects."""
    if depth > _DEEPEST:
        raise CannotClean(Code.DAMAGED)
    if isinstance(thing, Stream):
        _clean_stream(thing, task)
    if isinstance(thing, (Dictionary, Stream)):
        _clean_dictionary(thing, task)
        for _, value in list(thing.items()):
            if isinstance(value, (Dictionary, Array)) and not value.is_indirect:
                _clean_object(value, task, depth + 1)
    elif isinstance(thing, Array):
        for value in list(thing):
            if isinstance(value, (Dictionary, Array)) and not value.is_indirect:
                _clean_object(value, task, depth + 1)


def _clean_dictionary(thing: Any, task: Task) -> None:
    if _word(thing, "/Type") == "/Page" and "/Annots" in thing:
        _drop_annotations(thing, task)
    groups: tuple[tuple[tuple[str, ...], Code | None], ...] = (
        (_METADATA, None),
        (_ACTS, Code.ACTIVE_CONTENT_REMOVED),
        (_ATTACHES, Code.ATTACHMENTS_REMOVED),
        (_GOES_OUT, Code.LINKS_REMOVED),
        (_SIGNATURES, None),
    )
    for keys, code in groups:
        for key in keys:
            if key in thing:
                del thing[key]
                if code:
                    task.note(code)
    kind = _word(thing, "/S")
    if (
        kind in _ACTION_KINDS
        and _word(thing, "/Type") in {"", "/Action"}
        and "/P" not in thing
        and "/K" not in thing
    ):
        _disarm(thing, kind, task)
    for key in ("/A", "/PA", "/Next"):
        action = thing.get(key)
        if isinstance(action, Dictionary) and "/S" in action and _word(action, "/S") in _ACTION_KINDS:
            _told(_word(action, "/S"), task)
            del thing[key]
    if _word(thing, "/FT") == "/Sig" or _word(thing, "/Type") in {"/Sig", "/DocTimeStamp"}:
        for key in list(thing.keys()):  # a signature names its signer, and no longer holds
            if key in {
                "/V",
                "/Contents",
                "/Cert",
                "/Name",
                "/Location",
                "/Reason",
                "/ContactInfo",
                "/M",
                "/Reference",
                "/Prop_Build",
            }:
                del thing[key]
    if "/Subtype" in thing and "/Rect" in thing and _word(thing, "/Subtype") != "/Widget":
        for key in _OF_A_PERSON:
            if key in thing:
                del thing[key]
                if key == "/T":
                    task.note(Code.NAMES_REMOVED)


def _drop_annotations(page: Any, task: Task) -> None:
    annotations = page["/Annots"]
    if not isinstance(annotations, Array):
        del page["/Annots"]
        return
    for position in range(len(annotations) - 1, -1, -1):
        annotation = annotations[position]
        if not isinstance(annotation, Dictionary) or _word(annotation, "/Subtype") in _CARRYING_ANNOTATIONS:
            del annotations[position]
            task.note(Code.ATTACHMENTS_REMOVED)


def _disarm(action: Any, kind: str, task: Task) -> None:
    _told(kind, task)
    for key in list(action.keys()):
        del action[key]
    action["/S"] = Name("/Named")
    action["/N"] = Name("/None")


def _told(kind: str, task: Task) -> None:
    task.note(Code.LINKS_REMOVED if kind in _LINKS else Code.ACTIVE_CONTENT_REMOVED)


def _word(thing: Any, key: str) -> str:
    value = thing.get(key)
    return str(value) if isinstance(value, Name) else ""


def _clean_stream(stream: Stream, task: Task) -> None:
    """A camera's JPEG is often put into a PDF as it is, place and all."""
    if _word(stream, "/Type") == "/EmbeddedFile" or _word(stream, "/Subtype") in {"/XML", "/U3D", "/PRC"}:
        _empty(stream)
        return
    raw_filters = stream.get("/Filter")
    if isinstance(raw_filters, Name):
        filters = [str(raw_filters)]
    elif isinstance(raw_filters, Array):
        filters = [str(value) for value in raw_filters]
    else:
        return
    last = filters[-1] if filters else ""
    if last in {"/DCTDecode", "/DCT"}:
        _clean_jpeg(stream, filters, task)
    elif last == "/JPXDecode":
        task.note(Code.PARTS_NOT_READ)  # JPEG 2000 may carry boxes of its own


def _clean_jpeg(stream: Stream, filters: list[str], task: Task) -> None:
    raw = stream.read_raw_bytes()
    if filters[:-1] in (["/FlateDecode"], ["/Fl"]):
        raw = _inflated(raw)
    elif len(filters) > 1:
        task.note(Code.PARTS_NOT_READ)
        return
    try:
        plain = segments.without_segments(raw)
    except segments.BrokenPicture:
        raise CannotClean(Code.DAMAGED) from None
    last_parameters = stream.get("/DecodeParms")
    if isinstance(last_parameters, Array):
        last_parameters = last_parameters[-1]
    stream.write(
        plain,
        filter=Name.DCTDecode,
        decode_parms=last_parameters if isinstance(last_parameters, Dictionary) else None,
    )


def _inflated(raw: bytes) -> bytes:
    machine = zlib.decompressobj()
    plain = machine.decompress(raw, _LONGEST_INNER_PICTURE)
    if machine.unconsumed_tail:
        raise CannotClean(Code.NEEDS_TOO_MUCH_MEMORY)
    return plain


def _empty(stream: Stream) -> None:
    stream.write(b"")
