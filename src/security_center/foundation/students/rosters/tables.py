"""The files of a roster, read one line at a time; and a zip file that may have been made to hurt."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..csv_rows import UnreadableFile, squeezed

MOST_FILES, MOST_BYTES, MOST_RATIO, LONGEST_LINE = 100, 2 << 30, 200, 64 * 1024
# Grades by the codes of CEDS that ours do not know by themselves: infants, preschool, transitional kindergarten.
BEFORE_SCHOOL = {"it", "pr", "tk"}
GONE = {"tobedeleted", "inactive"}
Row = dict[str, str]  # squeezed heading → cell


@dataclass(frozen=True)
class Guardian:
    name: str
    relation: str
    phone: str


@dataclass(frozen=True)
class RosterStudent:
    number: str
    given: str
    middle: str
    family: str
    born: str
    grade: str
    school: str
    guardians: tuple[Guardian, ...] = ()

    def cells(self, *, born: bool, guardians: bool) -> list[str]:
        family = [cell for one in self.guardians[:2] for cell in (one.name, one.relation, one.phone)] if guardians else []
        return [self.number, self.given, self.middle, self.family, self.grade, self.school, *([self.born] if born else []), *family]


class Files:
    """The CSV files of a roster by name, without case. Each is read as often as it is asked for."""

    def __init__(self, there: Mapping[str, Callable[[], IO[bytes]]]) -> None:
        self._there = there

    def __contains__(self, name: str) -> bool:
        return name in self._there

    def headings(self, name: str) -> list[str]:
        return next(self._cells(name), []) if name in self else []

    def rows(self, name: str) -> Iterator[Row]:
        """Every row, the empty ones too; none where there is no such file."""
        if name not in self:
            return
        cells = self._cells(name)
        headings = next(cells, [])
        for row in cells:
            yield dict(zip(headings, map(str.strip, row), strict=False))

    def _cells(self, name: str) -> Iterator[list[str]]:
        """The squeezed headings, then the cells of each row."""
        with self._there[name]() as raw, io.TextIOWrapper(raw, "utf-8-sig", errors="replace", newline="") as text:
            reader = csv.reader(_bounded(text, name), strict=True)
            try:
                yield [squeezed(cell) for cell in next(reader, [])]
                yield from reader
            except csv.Error:
                raise UnreadableFile("roster_file", f"{name}, {reader.line_num}") from None


def _bounded(text: IO[str], name: str) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise UnreadableFile("roster_file", name)
        yield line


def in_folder(folder: Path) -> Files:
    return Files({path.name.lower(): _opener(path) for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv" and path.is_file()})


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def in_zip(packed: IO[bytes]) -> Files:
    """Looks at the list of contents before anything is unpacked: nothing here grows without bound. Raises UnreadableFile."""
    try:
        archive = zipfile.ZipFile(packed)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise UnreadableFile("roster_zip") from None
    entries = archive.infolist()
    if any(one.filename == "[Content_Types].xml" for one in entries):
        raise UnreadableFile("spreadsheet")
    size, small = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if len(entries) > MOST_FILES or size > MOST_BYTES or size > MOST_RATIO * max(small, 1 << 16) or any(one.flag_bits & 1 for one in entries):
        raise UnreadableFile("roster_zip")
    names = [(one.filename.rpartition("/")[2].lower(), one) for one in entries if one.filename.lower().endswith(".csv")]
    if len({name for name, _one in names}) < len(names):
        raise UnreadableFile("roster_zip")
    return Files({name: _unpacker(archive, one) for name, one in names})


def _unpacker(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        try:
            return archive.open(entry)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
            raise UnreadableFile("roster_zip") from None

    return opened


def csv_line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(" ".join(cell.split()) for cell in cells)
    return written.getvalue()


def school_names(rows: Iterable[Row], known: Collection[str], *, key: str, words: tuple[str, ...]) -> dict[str, str]:
    """The roster's number of each school → the word by which this district knows it; its name where it knows none."""
    found: dict[str, str] = {}
    for row in rows:
        if row.get("type", "school").lower() == "school" and row.get("status", "").lower() not in GONE:
            said = [row.get(word, "") for word in words]
            found[row.get(key, "")] = next((word for word in said if word and squeezed(word) in known), next(filter(None, said[::-1]), ""))
    return found


def grade_of(cell: str) -> str:
    """One grade of a list, the first; the codes for children before kindergarten as PK."""
    first = cell.split(",")[0].strip()
    return "PK" if first.lower() in BEFORE_SCHOOL else first


def name_of(row: Mapping[str, str], *parts: str) -> str:
    return " ".join(filter(None, (row.get(part, "") for part in parts)))
