"""Rows of trained staff as people have them: name, day, e-mail, trainer. This only reads text;
`actions.training.import_trainings` stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.organizations.pasted_rows import ColumnTable, RowFault

MOST_ROWS = 2000
COLUMNS = ("name", "day", "email", "trainer")
_TABLE = ColumnTable(
    COLUMNS,
    {
        "name": "name, nombre, person, staff",
        "day": "day, date, trained on, fecha, dia",
        "email": "e-mail, email, mail, e-mail address, email address, correo",
        "trainer": "trainer, by, capacitador, instructor",
    },
    known="name",
    most=MOST_ROWS,
    empty=_lazy("There are no rows yet. Write one line for each person: name, day, e-mail."),
)
_FORMS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")


@dataclass(frozen=True)
class TrainedRow:
    line: int
    name: str
    day: date
    email: str = ""
    trainer: str = ""


@dataclass
class ParsedTrainings:
    rows: list[TrainedRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def parse_trainings(text: str, day: date | None = None) -> ParsedTrainings:
    """Read the rows. `day`: of every row whose own is empty."""
    parsed = ParsedTrainings()
    rows, parsed.faults = _TABLE.read(text)
    for line, values in rows:
        row = _row(line, values, day, parsed.faults)
        if row is not None:
            parsed.rows.append(row)
    return parsed


def _row(line: int, values: dict[str, str], day: date | None, faults: list[RowFault]) -> TrainedRow | None:
    before, name, written = len(faults), values.get("name", ""), values.get("day", "")
    if not name:
        faults.append(RowFault(line, _("The name is missing.")))
    elif len(name) > 120:
        faults.append(RowFault(line, _("The name is longer than 120 letters. Shorten it.")))
    found = _day(written) if written else day
    if found is None:
        faults.append(
            RowFault(
                line,
                _("“%(cell)s” is no day. Write it as 2026-09-30, or choose one day for all.")
                % {"cell": written},
            )
        )
    if len(faults) > before or found is None:
        return None
    return TrainedRow(line, name, found, values.get("email", "").lower(), values.get("trainer", ""))


def _day(text: str) -> date | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
