"""Rosters as districts have them: OneRoster 1.1 and 1.2, School Data Sync v1 and v2.1, from a folder or a zip
file.

A roster becomes the lines of a register's file (`csv_rows.RowReader`), which is checked, compared and undone
as always. Each line stands where the student's line stood in the roster, so that a fault names its row there;
whoever is no student becomes an empty line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from ..csv_rows import UnreadableFile
from . import one_roster, sds_v1, sds_v2
from .tables import Files, csv_line

FORMATS = (one_roster, sds_v2, sds_v1)
HEADINGS = ("student number", "first name", "middle name", "last name", "grade", "school")
GUARDIANS = tuple(f"guardian {number} {part}" for number in (1, 2) for part in ("name", "relation", "phone"))


def lines(files: Files, schools: Mapping[str, int], today: date) -> Iterator[str]:
    """The lines of a register's file. `schools`: `csv_rows.words_of_schools`. Whose time is over `today` is
    no student. Raises UnreadableFile."""
    for one in FORMATS:
        if one.is_mine(files):
            # What the roster does not speak of has no column: so it stays as it is known.
            born, guardians = one.has_births(files), one.has_guardians(files)
            yield csv_line([*HEADINGS, *(["birth date"] if born else []), *(GUARDIANS if guardians else [])])
            for student in one.students(files, schools, today):
                yield (
                    csv_line(student.cells(born=born, guardians=guardians)) if student is not None else "\r\n"
                )
            return
    raise UnreadableFile("roster")
