"""A plan from somebody else's file: what kind it is, is told by its content."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from simex.plan import Plan

from .assembly import Wishes, assemble
from .drawn import Drawn
from .problems import Unimportable
from .summary import Summary

LARGEST_FILE = 256 * 1024 * 1024
MOST_MEMBERS = 1_000
KNOWN = "Files of IFC (.ifc, .ifczip), DXF, GeoJSON and IMDF (.zip) can be imported."


@dataclass(frozen=True, slots=True)
class Imported:
    """plan: with notes on what was guessed or left out; it may have faults. summary: what the file held."""

    plan: Plan
    summary: Summary


def import_plan(path: str | Path, wishes: Wishes | None = None) -> Imported:
    """Reads an IFC, DXF, GeoJSON or IMDF file. Raises `Unimportable` with a sentence; bounded in time and memory whatever the file holds."""
    place = Path(path)
    try:
        with place.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise Unimportable(f"{place} cannot be read: {error.strerror or error}.") from None
    if not head:
        raise Unimportable(f"{place.name} is empty. Copy or export it again.")
    drawn, summary = _drawn(place, head)
    return Imported(assemble(drawn, wishes or Wishes()), summary)


def _drawn(place: Path, head: bytes) -> tuple[Drawn, Summary]:
    if head.startswith(b"PK\x03\x04"):
        return _packed(place)
    text = head.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if text.startswith(b"ISO-10303-21"):
        from .ifc import read_ifc

        return read_ifc(_whole(place), place.name)
    if text.startswith((b"{", b"[")):
        from .geojson import read_geojson

        return read_geojson({place.name: _whole(place)}, place.name)
    if text.startswith((b"AutoCAD Binary DXF", b"999")) or (text[:1].isdigit() and b"SECTION" in head):
        from .bounded import read_bounded

        found: tuple[Drawn, Summary] = read_bounded("dxf:read_dxf", place)
        return found
    raise Unimportable(f"{place.name} is of no kind that is known. {KNOWN}")


def _whole(place: Path) -> bytes:
    with place.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise Unimportable(f"{place.name} is larger than {LARGEST_FILE // 1024**2} MB. Export the building alone, without furniture and terrain.")
    return content


def _packed(place: Path) -> tuple[Drawn, Summary]:
    """A zip of one IFC file, or of the GeoJSON files of an IMDF archive. Never unpacks more than the largest file."""
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
                    raise Unimportable(f"{place.name} unpacks to more than {LARGEST_FILE // 1024**2} MB: too much for a floor plan.")
                members[member.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise Unimportable(f"{place.name} is a zip file that cannot be unpacked: {error}. Pack it again, without a password.") from None
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
