"""Rows of a file as people have them, checked one by one. This only reads text; `actions.importing` stores.
Every fault names its line."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from security_center.foundation.organizations.pasted_rows import RowFault, folded, table_of
from security_center.foundation.school_years import period_of

from .content_loader import axes, protected
from .models import Import

MOST_ROWS = 250_000
MOST_FAULTS = 100  # more are not listed: the file is the wrong one
IDENTIFIER = "student_id"
ENROLMENT_COLUMNS = ("school", "school_year", "field", "group", "students")


@dataclass(frozen=True)
class StudentRow:
    identifier: str
    values: dict[str, str]


@dataclass(frozen=True)
class EnrolmentRow:
    school: str
    axis: str
    group: str
    students: int


@dataclass
class Parsed:
    rows: list[StudentRow] | list[EnrolmentRow]
    faults: list[RowFault] = field(default_factory=list)
    school_year: str = ""


def parse(kind: str, text: str) -> Parsed:
    """The rows of a file of this kind (Import.Kind), or what is wrong with it."""
    try:
        table = table_of(text) if text.strip() else []
    except csv.Error:
        return Parsed(
            [],
            [
                RowFault(
                    0,
                    _(
                        "A line has an opening quotation mark that is never closed. Save the sheet "
                        "as CSV again."
                    ),
                )
            ],
        )
    if len(table) < 2:
        return Parsed(
            [],
            [
                RowFault(
                    0,
                    _(
                        "The file holds no rows. The first line names the columns, and each line "
                        "after it is one row."
                    ),
                )
            ],
        )
    if len(table) > MOST_ROWS:
        return Parsed(
            [],
            [
                RowFault(
                    0,
                    _(
                        "The file has more rows than any district has students. Check that it is "
                        "the right one."
                    ),
                )
            ],
        )
    columns = [folded(cell).replace(" ", "_") for cell in table[0][1]]
    wanted = (IDENTIFIER, *protected()) if kind == Import.Kind.PROTECTED else ENROLMENT_COLUMNS
    missing = [name for name in wanted if name not in columns]
    if missing:
        return Parsed(
            [],
            [
                RowFault(1, _("The first line must name the column “%(column)s”.") % {"column": name})
                for name in missing
            ],
        )
    places = {name: columns.index(name) for name in wanted}
    rows = [
        (line, {name: cells[place] if place < len(cells) else "" for name, place in places.items()})
        for line, cells in table[1:]
    ]
    return _students(rows) if kind == Import.Kind.PROTECTED else _enrolment(rows)


Rows = list[tuple[int, dict[str, str]]]


def _students(rows: Rows) -> Parsed:
    found, faults, lines = [], _Faults(), dict[str, int]()
    for line, cells in rows:
        identifier = "".join(mark for mark in folded(cells[IDENTIFIER]) if mark.isalnum())
        if not identifier:
            faults.add(line, _("The student's number is missing."))
        elif identifier in lines:
            faults.add(line, _("This student is in line %(line)s already.") % {"line": lines[identifier]})
        lines.setdefault(identifier, line)
        values = {}
        for key, axis in protected().items():
            group = axis.group_of(cells[key]) if cells[key] else ""
            if group is None:
                faults.add(line, _unknown_word(key, [*axis.groups]))
            elif group:
                values[key] = group
        found.append(StudentRow(cells[IDENTIFIER], values))
    return Parsed(found, faults.listed())


def _unknown_word(column: str, words: list[str]) -> str:
    return _("“%(column)s” must be empty or one of: %(words)s.") % {
        "column": column,
        "words": ", ".join(words),
    }


def _enrolment(rows: Rows) -> Parsed:
    found, faults, seen = [], _Faults(), dict[tuple[str, str, str], int]()
    years = {cells["school_year"] for _line, cells in rows}
    for line, cells in rows:
        axis = axes().get(folded(cells["field"]).replace(" ", "_"))
        group = axis.group_of(cells["group"]) if axis is not None else None
        if axis is None:
            faults.add(line, _unknown_word("field", [*axes()]))
        elif group is None:
            faults.add(line, _unknown_word("group", [*axis.groups]))
        if not re.fullmatch(r"[0-9]{1,7}", cells["students"]) or int(cells["students"]) > 1_000_000:
            faults.add(line, _("“students” must be a whole number."))
            continue
        if not cells["school"]:
            faults.add(line, _("The school is missing: its number, short address or name."))
        if axis is None or group is None:
            continue
        key = (folded(cells["school"]), axis.key, group)
        if key in seen:
            faults.add(
                line, _("This school, field and group are in line %(line)s already.") % {"line": seen[key]}
            )
        seen.setdefault(key, line)
        found.append(EnrolmentRow(cells["school"], axis.key, group, int(cells["students"])))
    if len(years) != 1 or not _is_school_year(*years):
        faults.add(0, _("“school_year” must be one and the same in each line, such as 2025-26."))
    return Parsed(found, faults.listed(), next(iter(years)) if len(years) == 1 else "")


def _is_school_year(year: str) -> bool:
    try:
        return period_of(year).half == 0
    except ValueError:
        return False


def uneven_sums(rows: list[EnrolmentRow]) -> list[str]:
    """Schools (as the file calls them) whose fields add up to different numbers of students: somebody is
    missing in one of them."""
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        sums[row.school][row.axis] += row.students
    return [school for school, by_axis in sums.items() if len(set(by_axis.values())) > 1]


@dataclass
class _Faults:
    found: list[RowFault] = field(default_factory=list)
    more: int = 0

    def add(self, line: int, sentence: str) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(RowFault(line, sentence))
        else:
            self.more += 1

    def listed(self) -> list[RowFault]:
        rest = [RowFault(0, _("And %(count)s more.") % {"count": self.more})] if self.more else []
        return [*sorted(self.found, key=lambda fault: fault.line), *rest]
