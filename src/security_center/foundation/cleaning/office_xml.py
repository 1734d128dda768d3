"""The XML parts of an office file: read by a real parser to be sure of their shape, then freed of names by
their text.

The text is edited in place instead of being written by an XML library, because office programs depend on
prefixes that such a library renames. Only declarations that a parser has accepted are edited."""

import codecs
import re
from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from security_center.foundation.cleaning.results import CannotClean, Code, Refused
from security_center.foundation.cleaning.work import Task

_VALUE = r"""(?:"[^"]*"|'[^']*')"""
_PREFIX = r"(?:[\w.-]+:)?"
# Who wrote a comment or made a change, and when (Word, Excel, PowerPoint; OpenDocument in elements below).
_NAMING_ATTRIBUTES = re.compile(
    rf"(\s{_PREFIX}(?:author|initials|userName|lastModifiedBy|creator)\s*=\s*){_VALUE}"
)
_NAMED_PERSON = re.compile(rf"<{_PREFIX}(?:person|author|cmAuthor|presenceInfo)\s[^>]*>")
_PERSON_ATTRIBUTES = re.compile(
    rf"(\s{_PREFIX}(?:name|displayName|initials|userId|providerId)\s*=\s*){_VALUE}"
)
_NAMING_ELEMENTS = re.compile(
    rf"(<({_PREFIX}(?:author|creator|initial-creator|creator-initials|printed-by|sender-initials|author-initials|author-name))\b[^>]*>)[^<]*(</\2\s*>)"
)
_DATES = re.compile(rf"\s(?:w|w15|w16du):(?:date|dateUtc)\s*=\s*{_VALUE}")
_ODF_DATES = re.compile(
    r"<(dc:date|meta:creation-date|meta:date-string|meta:print-date)\b[^>]*>[^<]*</\1\s*>"
)
_TRACES = re.compile(rf"\s\w+:rsid\w*\s*=\s*{_VALUE}")  # numbers that tie the copies of one document together
_TRACE_LIST = re.compile(r"<w:rsids\b[^>]*>.*?</w:rsids\s*>", re.DOTALL)
_PATHS = re.compile(
    rf"<{_PREFIX}(?:absPath|fileSharing|attachedTemplate|printerSettings|saveThroughXslt)\b[^>]*/>"
)
_PATH_CHOICE = re.compile(
    r"<mc:AlternateContent\b(?:(?!</mc:AlternateContent).)*?absPath.*?</mc:AlternateContent\s*>", re.DOTALL
)
_PRINTER_REFERENCE = re.compile(rf"(<{_PREFIX}pageSetup\b[^>]*?)\s\w+:id\s*=\s*{_VALUE}")
_POINTS_OUTSIDE = re.compile(
    rf"(\s{_PREFIX}(?:href|src|url)\s*=\s*)([\"'])(?:[A-Za-z][A-Za-z0-9+.-]*:|//|\\|/|\.\./)[^\"']*\2"
)
# A field may be cut into pieces, so the harmless ones are listed: what is not seen as harmless as a whole
# shows its last result.
_FIELD_TEXT = re.compile(rf"(<({_PREFIX}instrText)\b[^>]*>)([^<]*)(</\2\s*>)")
_SIMPLE_FIELD = re.compile(rf"(\s{_PREFIX}instr\s*=\s*)({_VALUE})")
_HARMLESS_FIELD = re.compile(
    r"\s*(PAGE|NUMPAGES|SECTIONPAGES|TOC|REF|PAGEREF|SEQ|STYLEREF|SYMBOL|FORMTEXT|FORMCHECKBOX|FORMDROPDOWN)\b[^:|]*"
)
_FORMULA = re.compile(rf"<({_PREFIX}(?:f|formula|formula1|formula2|definedName))\b[^>]*>([^<]*)</\1\s*>")
_REACHING_FORMULA = re.compile(
    r"\b(WEBSERVICE|IMAGE|RTD|CALL|REGISTER(\.ID)?|EXEC|DDE|FILTERXML|HYPERLINK)\s*\(|\||://", re.IGNORECASE
)
_ODF_FORMULA = re.compile(rf"\stable:formula\s*=\s*({_VALUE})")
_SCRIPTS = re.compile(r"<(office:(?:scripts|event-listeners))\b[^>]*?(?:/>|>.*?</\1\s*>)", re.DOTALL)
_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_INSTRUCTIONS = re.compile(r"<\?.*?\?>", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_CODED_CHARACTER = re.compile(r"&#(?:x0*([0-9a-fA-F]+)|0*([0-9]+));")
_NOWHERE = "about:blank"


def clean(name: str, body: bytes, dropped: set[str], task: Task) -> bytes:
    """The part as UTF-8 without names, traces and ways out.

    Args:
        name: the part's path in the archive.
        dropped: paths of parts that are not written again; references to them go.
    """
    text = _decoded(body)
    _check(text)
    text = _COMMENTS.sub("", _DECLARATION.sub("", text, count=1))
    text = _INSTRUCTIONS.sub("", text)
    if name.endswith(".rels"):
        text = _list_of_parts(text, lambda element: _relationship(element, name, dropped, task))
    elif name == "[Content_Types].xml":
        text = _list_of_parts(text, lambda element: element.get("PartName", "").lstrip("/") not in dropped)
    elif name == "META-INF/manifest.xml":
        if "encryption-data" in text:
            raise CannotClean(Code.ENCRYPTED)
        text = _list_of_parts(
            text, lambda element: not _is_gone(element.get("manifest:full-path", ""), dropped)
        )
    else:
        text = _without_ways_out(_without_names(text, task), task)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text.lstrip().encode("utf-8")


def _decoded(body: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding)
    declaration = body[:200].split(b"?>", 1)[0].lower()
    stated = re.search(rb"encoding\s*=\s*[\"']([\w.-]+)", declaration)
    if stated and stated.group(1) not in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}:
        raise CannotClean(Code.NOT_SUPPORTED)
    return body.decode("utf-8")


def _check(text: str) -> None:
    """Well formed and with no document type: entities are how XML explodes and reads other files; no office
    format uses them."""

    def refuse(*_: object) -> None:
        raise Refused(Code.UNSAFE_XML)

    def cannot(*_: object) -> None:
        raise CannotClean(Code.NOT_SUPPORTED)

    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartCdataSectionHandler = (
        cannot  # inside one, what looks like a tag is text and the edits below would be wrong
    )
    _parse(parser, text)
    for found in _CODED_CHARACTER.finditer(text):
        number = int(found.group(1), 16) if found.group(1) else int(found.group(2))
        if number < 0x80 and (chr(number).isalnum() or chr(number) in ":/\\._-"):
            # No program writes letters so; it hides an address from a search like ours
            raise Refused(Code.UNSAFE_XML)


def _parse(parser: expat.XMLParserType, text: str) -> None:
    try:
        parser.Parse(_DECLARATION.sub("", text, count=1).lstrip().encode("utf-8"), True)
    except expat.ExpatError:
        raise CannotClean(Code.DAMAGED) from None


def _list_of_parts(text: str, keep: Callable[[dict[str, str]], bool]) -> str:
    """The three parts that list others are flat: they are read by the parser and written anew, since a missed
    entry would be a way out."""
    out: list[str] = []
    skipped = 0

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal skipped
        if skipped or (len(out) and not keep(attributes)):
            skipped += 1
            return
        out.append(
            f"<{element}" + "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items()) + ">"
        )

    def end(element: str) -> None:
        nonlocal skipped
        if skipped:
            skipped -= 1
        else:
            out.append(f"</{element}>")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    _parse(parser, text)
    return "".join(out)


def _without_names(text: str, task: Task) -> str:
    before = text
    text = _NAMING_ATTRIBUTES.sub(r'\1""', text)
    text = _NAMED_PERSON.sub(lambda found: _PERSON_ATTRIBUTES.sub(r'\1""', found.group()), text)
    text = _NAMING_ELEMENTS.sub(r"\1\3", text)
    text = _ODF_DATES.sub("", _DATES.sub("", text))
    if text != before:
        task.note(Code.NAMES_REMOVED)
    text = _TRACE_LIST.sub("", _TRACES.sub("", text))
    text = _PATHS.sub("", _PATH_CHOICE.sub("", text))
    return _PRINTER_REFERENCE.sub(r"\1", text)


def _without_ways_out(text: str, task: Task) -> str:
    before = text
    text = _POINTS_OUTSIDE.sub(rf"\1\2{_NOWHERE}\2", text)
    text = _FIELD_TEXT.sub(
        lambda found: (
            found.group() if _HARMLESS_FIELD.fullmatch(found.group(3)) else found.group(1) + found.group(4)
        ),
        text,
    )
    text = _SIMPLE_FIELD.sub(
        lambda found: (
            found.group() if _HARMLESS_FIELD.fullmatch(found.group(2)[1:-1]) else found.group(1) + '""'
        ),
        text,
    )
    text = _FORMULA.sub(lambda found: "" if _REACHING_FORMULA.search(found.group(2)) else found.group(), text)
    text = _ODF_FORMULA.sub(
        lambda found: "" if _REACHING_FORMULA.search(found.group(1)) else found.group(), text
    )
    if text != before:
        task.note(Code.LINKS_REMOVED)
    plain = _SCRIPTS.sub("", text)
    if plain != text:
        task.note(Code.ACTIVE_CONTENT_REMOVED)
    return plain


def _relationship(element: dict[str, str], name: str, dropped: set[str], task: Task) -> bool:
    """Whether the entry stays. An entry that points outside stays and points nowhere: the text refers to it
    by its number."""
    if element.get("TargetMode") == "External":
        task.note(Code.LINKS_REMOVED)
        element["Target"] = _NOWHERE
        return True
    target = element.get("Target", "")
    if ":" in target or "\\" in target or target.startswith("//"):
        raise Refused(Code.UNSAFE_NAMES)
    return _resolved(name.rpartition("_rels/")[0], target) not in dropped


def _resolved(folder: str, target: str) -> str:
    path: list[str] = [] if target.startswith("/") else [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            path = path[:-1]
        elif step not in {"", "."}:
            path.append(step)
    return "/".join(path)


def _is_gone(path: str, dropped: set[str]) -> bool:
    return path in dropped or (
        path.endswith("/") and path != "/" and any(name.startswith(path) for name in dropped)
    )
