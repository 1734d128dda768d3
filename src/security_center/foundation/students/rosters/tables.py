"""The files of a roster, read one line at a time; and a zip file that may have been made to hurt."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from ..csv_rows import UnreadableFile, day_of, encoding_of, school_named, squeezed

MOST_FILES, MOST_BYTES, MOST_RATIO, LONGEST_LINE = 100, 2 << 30, 200, 64 * 1024
# Of one file: School Data Sync takes no more rows either. What is kept of a roster beside the line at hand
# stays within some hundred megabytes.
MOST_ROWS, LONGEST_CELL = 500_000, 500
# Grades by the codes of CEDS that ours do not know by themselves: infants, preschool, transitional
# kindergarten.
BEFORE_SCHOOL = {"it", "pr", "tk"}
GONE = {"tobedeleted", "inactive"}
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
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
        family = (
            [cell for one in self.guardians[:2] for cell in (one.name, one.relation, one.phone)]
            if guardians
            else []
        )
        return [
            self.number,
            self.given,
            self.middle,
            self.family,
            self.grade,
            self.school,
            *([self.born] if born else []),
            *family,
        ]


class Files:
    """The CSV files of a roster by name, without case. Each is read as often as it is asked for."""

    def __init__(self, there: Mapping[str, Callable[[], IO[bytes]]]) -> None:
        self._there = there
        self._encodings: dict[str, str] = {}

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
        for number, row in enumerate(cells):
            if number == MOST_ROWS:
                raise UnreadableFile("roster_rows", name)
            yield dict(zip(headings, (cell[:LONGEST_CELL].strip() for cell in row), strict=False))

    def _cells(self, name: str) -> Iterator[list[str]]:
        """The squeezed headings, then the cells of each row."""
        try:
            with (
                self._there[name]() as raw,
                io.TextIOWrapper(raw, self._encoding(name), errors="replace", newline="") as text,
            ):
                reader = csv.reader(_bounded(text, name), strict=True)
                try:
                    yield [squeezed(cell) for cell in next(reader, [])]
                    yield from reader
                except csv.Error:
                    raise UnreadableFile("roster_file", f"{name}, {reader.line_num}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError):
            # Damaged on its way: found out where the bytes are reached
            raise UnreadableFile("roster_zip") from None

    def _encoding(self, name: str) -> str:
        """The standards ask for UTF-8, with or without its mark; what a spreadsheet has saved again is in
        what Windows writes."""
        if name not in self._encodings:
            with self._there[name]() as raw:
                self._encodings[name] = encoding_of(iter(lambda: raw.read(1 << 16), b""))
        return self._encodings[name]


def _bounded(text: IO[str], name: str) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise UnreadableFile("roster_file", name)
        yield line


def in_folder(folder: Path) -> Files:
    return Files(
        {
            path.name.lower(): _opener(path)
            for path in sorted(folder.iterdir())
            if path.suffix.lower() == ".csv" and path.is_file()
        }
    )


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def in_zip(packed: IO[bytes]) -> Files:
    """Looks at the list of contents before anything is unpacked: nothing here grows without bound. Raises
    UnreadableFile."""
    try:
        archive = zipfile.ZipFile(packed)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise UnreadableFile("roster_zip") from None
    entries = archive.infolist()
    if any(one.filename == "[Content_Types].xml" for one in entries):
        raise UnreadableFile("spreadsheet")
    size, small = sum(one.file_size for one in entries), sum(one.compress_size for one in entries)
    if (
        len(entries) > MOST_FILES
        or size > MOST_BYTES
        or size > MOST_RATIO * max(small, 1 << 16)
        or any(one.flag_bits & 1 or one.compress_type not in PACKINGS for one in entries)
    ):
        raise UnreadableFile("roster_zip")
    names = [
        (one.filename.rpartition("/")[2].lower(), one)
        for one in entries
        if one.filename.lower().endswith(".csv")
    ]
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


def school_names(
    rows: Iterable[Row], known: Mapping[str, int], *, key: str, words: tuple[str, ...]
) -> dict[str, str]:
    """The roster's number of each school → the word by which this district knows it; its name where it knows
    none. What is no school by its type (a campus, a program) is one where the district knows it."""
    found: dict[str, str] = {}
    for row in rows:
        said = [word for word in (row.get(one, "") for one in words) if word]
        ours = next((word for word in said if school_named(known, word)), "")
        is_school = row.get("type", "school").lower() == "school"
        if said and (ours or is_school) and not (is_gone(row) and not ours):
            found[row.get(key, "")] = ours or said[-1]
    return found


def is_gone(row: Row) -> bool:
    return row.get("status", "").lower() in GONE


def is_over(cell: str, today: date) -> bool:
    """Whether a last day has passed. One that cannot be read ends nothing."""
    last = day_of(cell.partition("T")[0]) if cell else None
    return last is not None and last < today


def grade_of(cell: str) -> str:
    """One grade of a list, the first; the codes for children before kindergarten as PK."""
    first = cell.split(",")[0].strip()
    return "PK" if first.lower() in BEFORE_SCHOOL else first


def name_of(row: Mapping[str, str], *parts: str) -> str:
    return " ".join(filter(None, (row.get(part, "") for part in parts)))
