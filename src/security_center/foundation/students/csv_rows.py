"""Rows of a student register as information systems export them: read as a stream, each row checked, each
fault with its row and its code.

This only reads; `actions.checking` compares and keeps. Columns are found by their headings, in English or
Spanish, however they are spelled."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.pasted_rows import folded

from .columns import (
    ALIASES,
    GUARDIAN,
    GUARDIAN_PARTS,
    LONGEST,
    MOST_GUARDIANS,
    NAME_PARTS,
    RELATIONS,
    REQUIRED,
)
from .households import Guardian, Household, to_text
from .models import Grade

OLDEST, YOUNGEST = 24 * 366, 2 * 365  # days: nobody younger or older is a student
_GRADES = {grade.value.lower(): grade.value for grade in Grade} | {
    "pre-k": "PK", "prek": "PK", "prekinder": "PK", "preescolar": "PK", "-1": "PK", "p3": "PK", "p4": "PK",
    "pre-kindergarten": "PK",
    "kg": "K", "kn": "K", "kf": "K", "0": "K", "00": "K", "kinder": "K", "kindergarten": "K",
}  # fmt: skip
_YES, _NO = (
    {"yes", "y", "true", "t", "1", "x", "si", "s", "active"},
    {"no", "n", "false", "f", "0", "none", "inactive"},
)


class UnreadableFile(Exception):
    """Nothing of the file can be used. `code` says why (wording.FAULTS)."""

    def __init__(self, code: str, cell: str = "") -> None:
        super().__init__(code)
        self.code, self.cell = code, cell


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` as a spreadsheet counts, the headings being row 1. `cell` is what stood there: it is kept sealed
    only."""

    row: int
    code: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One good row. `texts` holds the sealed columns that the file has, the name among them; what it has no
    column for is absent."""

    row: int
    identifier: str
    grade: str
    school: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row that cannot be used. Its identifier, when it could be read, so that nobody is taken to have left
    because a date was mistyped."""

    identifier: str
    faults: list[Fault]


def encoding_of(chunks: Iterable[bytes]) -> str:
    """What the file is written in: UTF-8, UTF-16 with its mark, or what older spreadsheets write on Windows.
    Raises UnreadableFile."""
    first, decoder = b"", codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            first = first or chunk[:4]
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "utf-16" if first[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252"
    if first.startswith(b"PK\x03\x04"):
        raise UnreadableFile("spreadsheet")
    return "utf-8-sig"


class _Chunks(io.RawIOBase):
    """A generator of bytes as a file, so that a text wrapper can read it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._left = iter(chunks), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._left:
            try:
                self._left = next(self._chunks)
            except StopIteration:
                return 0
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)


def text_lines(chunks: Iterable[bytes], encoding: str) -> io.TextIOWrapper:
    raw: Any = _Chunks(chunks)
    return io.TextIOWrapper(io.BufferedReader(raw, 1 << 16), encoding, errors="replace", newline="")


class RowReader:
    """Reads a register's rows. `schools`: `words_of_schools`; `only_school`: the whole file is of this
    school.

    Raises UnreadableFile when it is made (no usable headings) and from `rows` (broken quotation marks).
    """

    def __init__(
        self, lines: Iterable[str], *, schools: Mapping[str, int], today: date, only_school: int | None = None
    ) -> None:
        self._schools, self._only, self._today = schools, only_school, today
        source = iter(lines)
        first = next((line for line in source if line.strip()), "")
        if not first:
            raise UnreadableFile("empty")
        if "\0" in first:
            raise UnreadableFile("binary")
        delimiter = max("\t;,|", key=first.count)
        self._reader = csv.reader(_then(first, source), delimiter=delimiter, strict=True)
        try:
            headings = next(self._reader)
        except csv.Error:
            raise UnreadableFile("quotes", "1") from None
        self.columns = [_column(cell) for cell in headings]
        there = set(self.columns)
        if there & {"given"} and "family" in there:
            there.add("name")
        missing = [
            column for column in (*REQUIRED, *(() if only_school else ("school",))) if column not in there
        ]
        if missing:
            raise UnreadableFile(f"no_{missing[0]}")
        twice = next((column for column in self.columns if column and self.columns.count(column) > 1), "")
        if twice:
            raise UnreadableFile("column_twice", headings[self.columns.index(twice)][:60])
        self.texts = sorted(
            {"name"}
            | {
                column
                for column in there
                if column in {"birth_date", "custody_note", "iep", "section_504", "recognize", "schedule"}
            }
            | ({"guardians"} if any(column.startswith("guardian") for column in there) else set())
        )

    def rows(self) -> Iterator[RegisterRow | FaultyRow]:
        number = 1
        try:
            for cells in self._reader:
                number += 1
                if any(map(str.strip, cells)):
                    yield self._row(number, cells)
        except csv.Error:
            raise UnreadableFile("quotes", str(number + 1)) from None

    def _row(self, number: int, cells: list[str]) -> RegisterRow | FaultyRow:
        faults: list[Fault] = []

        def fault(code: str, cell: str = "") -> None:
            faults.append(Fault(number, code, cell[:60]))

        if any(cell.strip() for cell in cells[len(self.columns) :]):
            fault("too_many_cells", next(cell.strip() for cell in cells[len(self.columns) :] if cell.strip()))
        values: dict[str, str] = {}
        for column, cell in zip(self.columns, cells, strict=False):
            if column:
                values[column] = value = _plain(cell)
                if value[:1] in _FORMULA and _is_formula(column, value):
                    fault("formula", value)
                elif len(value) > LONGEST.get(column, 120):
                    fault("too_long", value)
        identifier = values.get("identifier", "")
        if not any(map(str.isalnum, identifier)):
            fault("identifier_missing", identifier)
            identifier = ""
        name = values.get("name", "") or " ".join(filter(None, (values.get(part, "") for part in NAME_PARTS)))
        name = _in_order(name)
        if not any(map(str.isalpha, name)):
            fault("name_missing", name)
        grade = _grade(values.get("grade", ""))
        if not grade:
            fault("grade", values.get("grade", ""))
        school = self._only or school_named(self._schools, values.get("school", ""))
        if not school:
            fault("school", values.get("school", ""))
        texts = {"name": name}
        for column in self.texts:
            if column == "birth_date":
                texts[column] = born = _date(values.get(column, ""), self._today)
                if born == _NO_DATE:
                    fault("birth_date", values.get(column, ""))
            elif column in {"iep", "section_504"}:
                said = _yes_or_no(values.get(column, ""))
                if said is None:
                    fault("yes_no", values[column])
                texts[column] = said or ""
            elif column == "guardians":
                texts[column] = _guardians(values)
            elif column != "name":
                texts[column] = values.get(column, "")
        return (
            FaultyRow(identifier, faults) if faults else RegisterRow(number, identifier, grade, school, texts)
        )


def _then(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


@lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """Letters and digits, without accents and case: how a heading or a school is recognized."""
    return "".join(mark for mark in folded(text) if mark.isalnum())


def words_of_schools(schools: Iterable[Organization]) -> dict[str, int]:
    """What may stand for each school: its name, its short address, its number (the district's, the state's or
    the NCES's, as it was entered). What would name two schools names none."""
    found: dict[str, set[int]] = {}
    for school in schools:
        for word in (school.name, school.slug, school.external_id):
            for form in {squeezed(word), _without_zeros(squeezed(word))} - {""}:
                found.setdefault(form, set()).add(school.pk)
    return {word: pk for word, (pk, *others) in found.items() if not others}


def school_named(words: Mapping[str, int], cell: str) -> int:
    """The school, or 0."""
    word = squeezed(cell)
    return words.get(word) or words.get(_without_zeros(word), 0)


def _without_zeros(word: str) -> str:
    """Spreadsheets eat those that a number begins with: NCES numbers of nine states do."""
    return word.lstrip("0") if word.isdecimal() else word


def _column(heading: str) -> str:
    """The column that a heading names; guardians as "guardian:2:phone"; "" for what this register does not
    keep."""
    word = squeezed(heading.lstrip("\ufeff"))
    if word in ALIASES:
        return ALIASES[word]
    found = GUARDIAN.match(word)
    if found is None:
        return ""
    who, number, part = found.groups()
    # The home of a mother and the home of a father are told apart by number, so that neither stands in the
    # other's place.
    place = number or {"mother": "7", "madre": "7", "father": "8", "padre": "8"}.get(who, "1")
    return (
        f"guardian:{place}:{GUARDIAN_PARTS[part]}" + (f":{RELATIONS[who]}" if who in RELATIONS else "")
        if part in GUARDIAN_PARTS
        else ""
    )


_FORMULA = frozenset("=@+-\t\r|%")


def _plain(cell: str) -> str:
    """The cell without blanks at its ends, and without the dress that keeps a spreadsheet from eating leading
    zeros: ="00123"."""
    value = cell.strip()
    if value.startswith('="') and value.endswith('"') and '"' not in value[2:-1]:
        value = value[2:-1].strip()
    return "" if value in {"-", "--", "n/a", "N/A", "NULL"} else value


def _is_formula(column: str, value: str) -> bool:
    """Whether a spreadsheet that opens this text would run it. A telephone number and a grade may begin with
    a sign."""
    return not (value[0] in "+-" and (column.endswith(":phone") or column == "grade"))


def _in_order(name: str) -> str:
    """“García López, Ana María” as it is spoken."""
    family, comma, given = name.partition(",")
    return " ".join((f"{given} {family}" if comma and given.strip() and "," not in given else name).split())


@lru_cache(maxsize=512)
def _grade(cell: str) -> str:
    word = folded(cell).replace("grade", "").replace("grado", "").strip()
    if word in _GRADES:
        return _GRADES[word]
    number = re.fullmatch(r"0?(\d{1,2})(?:\.0|st|nd|rd|th|o|a|ro|do|to|vo|no)?", word)
    return _GRADES.get(str(int(number[1])), "") if number else ""


_NO_DATE = "no date"


@lru_cache(maxsize=16_384)
def _date(cell: str, today: date) -> str:
    """As 2012-05-30; "" for an empty cell, `_NO_DATE` for what no student can have been born on."""
    if not cell:
        return ""
    born = day_of(cell)
    return (
        born.isoformat()
        if born is not None and timedelta(YOUNGEST) <= today - born <= timedelta(OLDEST)
        else _NO_DATE
    )


def day_of(cell: str) -> date | None:
    """The day, in any of the ways in which exports write one."""
    for pattern, order in _DATES:
        if found := pattern.fullmatch(cell):
            parts = dict(zip(order, map(int, found.groups()), strict=True))
            year = parts["y"] + 2000 if parts["y"] < 100 else parts["y"]
            try:
                return date(year, parts["m"], parts["d"])
            except ValueError:
                return None
    return None


_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?"), "ymd"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})"), "ymd"),
    (re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?: 0?0:00(?::00)?)?"), "mdy"),
    (re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})"), "ymd"),
)


@lru_cache(maxsize=64)
def _yes_or_no(cell: str) -> str | None:
    """None for what is neither."""
    word = folded(cell)
    return "" if not word else "yes" if word in _YES else "no" if word in _NO else None


def _guardians(values: Mapping[str, str]) -> str:
    """Guardians as sealed text. Without a column of households each guardian is a household: two notices too
    many beat one too few."""
    people: dict[str, dict[str, str]] = {}
    for column, value in values.items():
        if value and column.startswith("guardian:"):
            _guardian, place, part, *relation = column.split(":")
            person = people.setdefault(place, {"relation": relation[0]} if relation else {})
            person[part] = value
    homes: dict[str, list[Guardian]] = {}
    for place in sorted(people)[:MOST_GUARDIANS]:
        one = people[place]
        if one.get("name"):
            home = squeezed(one.get("household", "")) or f"alone {place}"
            homes.setdefault(home, []).append(
                Guardian(one["name"], one.get("relation", ""), one.get("phone", ""), one.get("language", ""))
            )
    return to_text([Household(tuple(guardians)) for guardians in homes.values()])
