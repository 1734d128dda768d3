"""A plan from somebody else's file: what kind it is, is told by its content."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from simex.files import TooLarge, ordinary_size, read_ordinary

from .assembly import Wishes, assemble
from .bounded import read_bounded
from .drawn import Drawn
from .problems import Imported, Unimportable
from .summary import Summary

LARGEST_FILE = 256 * 1024 * 1024
MOST_MEMBERS = 1_000
KNOWN = "Files of IFC (.ifc, .ifczip), DXF, GeoJSON and IMDF (.zip) can be imported."


def import_plan(path: str | Path, wishes: Wishes | None = None) -> Imported:
    """Reads an IFC, DXF, GeoJSON or IMDF file, in a process of its own: bounded in time and memory whatever
    the file holds.

    Raises `Unimportable` with a sentence.
    """
    place = Path(path)
    _head(place)  # what is no file, or of no kind that is known, needs no process
    return read_bounded(place, wishes or Wishes())


def read_here(path: Path, wishes: Wishes | None = None) -> Imported:
    """The same in this process, without a bound on time and memory."""
    drawn, summary = _drawn(path, _head(path))
    plan = assemble(drawn, wishes or Wishes())
    summary.left_out = [note for note in plan.notes if "left out" in note.lower()]
    return Imported(plan, summary.tidied())


def _head(place: Path) -> bytes:
    """The first bytes of a file. Raises `Unimportable` where it is none, is too large or of no kind that is
    known."""
    try:
        size = ordinary_size(place)
        with place.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise Unimportable(f"{place} cannot be read: {error.strerror or error}.") from None
    if not head:
        raise Unimportable(f"{place.name} is empty. Copy or export it again.")
    if _kind(head) == "":
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        hint = "It is text in UTF-16: save it as UTF-8. " if wide else ""
        raise Unimportable(f"{place.name} is of no kind that is known. {hint}{KNOWN}")
    if size > LARGEST_FILE:
        raise Unimportable(
            f"{place.name} is larger than {LARGEST_FILE // 1024**2} MB. Export the building alone, "
            "without furniture and terrain."
        )
    return head


def _kind(head: bytes) -> str:
    """ "zip", "ifc", "geojson", "dxf", or nothing."""
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    text = head.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if text.startswith(b"ISO-10303-21"):
        return "ifc"
    if text.startswith((b"{", b"[")):
        return "geojson"
    return (
        "dxf"
        if text.startswith((b"AutoCAD Binary DXF", b"999")) or (text[:1].isdigit() and b"SECTION" in head)
        else ""
    )


def _drawn(place: Path, head: bytes) -> tuple[Drawn, Summary]:
    kind = _kind(head)
    if kind == "zip":
        return _packed(place)
    if kind == "dxf":
        from .dxf import read_dxf

        return read_dxf(place)
    try:
        content = read_ordinary(place, LARGEST_FILE)
    except TooLarge:
        raise Unimportable(f"{place.name} grew while it was read. Try again.") from None
    if kind == "ifc":
        from .ifc import read_ifc

        return read_ifc(content, place.name)
    from .geojson import read_geojson

    return read_geojson({place.name: content}, place.name)


def _packed(place: Path) -> tuple[Drawn, Summary]:
    """A zip of one IFC file, or of the GeoJSON files of an IMDF archive. Never unpacks more than the largest
    file."""
    members: dict[str, bytes] = {}
    room = LARGEST_FILE
    try:
        with zipfile.ZipFile(place) as archive:
            listed = archive.infolist()
            if len(listed) > MOST_MEMBERS:
                raise Unimportable(f"{place.name} holds {len(listed):,} files: too many for a floor plan.")
            for member in listed:
                if not member.filename.lower().endswith((".ifc", ".geojson", ".json")):
                    continue
                with archive.open(member) as file:
                    content = file.read(room + 1)
                room -= len(content)
                if room < 0:
                    raise Unimportable(
                        f"{place.name} unpacks to more than {LARGEST_FILE // 1024**2} MB: too much "
                        "for a floor plan."
                    )
                members[member.filename] = content
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Unimportable(
            f"{place.name} is a zip file that cannot be unpacked: {error}. Pack it again, without a password."
        ) from None
    buildings = [name for name in members if name.lower().endswith(".ifc")]
    if len(buildings) == 1:
        from .ifc import read_ifc

        return read_ifc(members[buildings[0]], buildings[0].rsplit("/", 1)[-1])
    if len(buildings) > 1:
        raise Unimportable(f"{place.name} holds {len(buildings)} IFC files. Import one of them.")
    if not members:
        raise Unimportable(f"{place.name} holds no file that can be imported. {KNOWN}")
    from .geojson import read_geojson

    return read_geojson(members, place.name)
