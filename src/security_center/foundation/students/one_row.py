"""One student entered by hand, as a file of one row: checked, compared, put in force and undone by the same
rules as any other file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date

from .csv_rows import Fault, FaultyRow, RowReader

# What is typed → a heading that the reader understands. What is left empty has no column: what is known of it
# stays.
HEADINGS = {
    "identifier": "student number",
    "name": "name",
    "grade": "grade",
    "birth_date": "birth date",
    "guardian_1": "guardian 1 name",
    "phone_1": "guardian 1 phone",
    "guardian_2": "guardian 2 name",
    "phone_2": "guardian 2 phone",
    "custody_note": "custody note",
    "iep": "iep",
    "section_504": "504",
    "recognize": "recognize",
    "schedule": "schedule",
}
NEEDED = ("identifier", "name", "grade")
# Code of a fault → the field that it belongs to, where the code alone says so.
FIELD_OF = {
    "identifier_missing": "identifier",
    "name_missing": "name",
    "grade": "grade",
    "birth_date": "birth_date",
}


def as_csv(typed: Mapping[str, str]) -> str:
    kept = {name: typed.get(name, "") for name in HEADINGS if name in NEEDED or typed.get(name, "").strip()}
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow([HEADINGS[name] for name in kept])
    writer.writerow(list(kept.values()))
    return sheet.getvalue()


def faults_of(typed: Mapping[str, str], *, today: date) -> list[tuple[str, Fault]]:
    """(field or "", fault): what the check of a file would say of this row."""
    rows = RowReader(io.StringIO(as_csv(typed), newline=""), schools={}, today=today, only_school=1).rows()
    found = next(iter(rows), None)
    if not isinstance(found, FaultyRow):
        return []
    return [(FIELD_OF.get(fault.code) or _field_with(typed, fault.cell), fault) for fault in found.faults]


def _field_with(typed: Mapping[str, str], cell: str) -> str:
    return next((name for name, text in typed.items() if cell and text.strip().startswith(cell)), "")
