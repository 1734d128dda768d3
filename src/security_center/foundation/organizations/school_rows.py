"""Rows of schools as people have them: copied out of a spreadsheet (tabs) or a CSV file, with or without a
line of headings.

This only reads text; `actions.import_schools` stores. Every fault names its line and what to do.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from .models import Organization
from .pasted_rows import ColumnTable, RowFault, by_word, folded

MOST_ROWS = 2000
_LEVELS = by_word(
    {
        Organization.Level.ELEMENTARY: "elementary, elem, primary, es, k-5, k-6, pk-5, primaria, elemental",
        Organization.Level.MIDDLE: "middle, junior, ms, 6-8, 7-8, intermedia, secundaria",
        Organization.Level.HIGH: "high, senior, hs, secondary, 9-12, preparatoria",
        Organization.Level.COMBINED: "combined, k-8, k-12, pk-8, pk-12, 6-12, combinada",
    }
)
_HEADINGS = {
    "name": "name, school, school name, nombre, escuela",
    "level": "level, school level, grades, nivel, grados",
    "city": "city, town, ciudad",
    "enrollment": "enrollment, students, pupils, matricula, alumnos, estudiantes",
    "external_id": "number, school number, code, id, external id, numero, codigo, nces, nces id, ncessch",
    "district": "district, district name, lea name, distrito",
    "time_zone": "time zone, timezone, zona horaria",
    "dispatch_number": "dispatch, dispatch number, police dispatch number, central de policia",
}
COLUMNS = ("name", "level", "city", "enrollment", "external_id")
# A school may be called anything, so one matching word makes no heading unless it is the only cell there is.
_TABLE = ColumnTable(
    COLUMNS,
    _HEADINGS,
    least=2,
    alone=True,
    most=MOST_ROWS,
    empty=_lazy("There are no rows yet. Paste one line for each school, its name first."),
    needed={"name": _lazy("The headings name no column for the school's name. Call one of them “name”.")},
)
_TABLE_OF_A_STATE = replace(
    _TABLE,
    order=("district", *COLUMNS, "time_zone", "dispatch_number"),
    needed={
        "district": _lazy("The headings name no column for the district. Call one of them “district”."),
        **_TABLE.needed,
    },
)


@dataclass(frozen=True)
class SchoolRow:
    line: int
    name: str
    level: str = ""
    city: str = ""
    enrollment: int | None = None
    external_id: str = ""
    district: str = ""  # in the rows of a state
    time_zone: str = ""
    dispatch_number: str = ""


@dataclass
class Parsed:
    rows: list[SchoolRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def parse(text: str, *, of_a_state: bool = False) -> Parsed:
    """Read pasted or uploaded rows. Columns by their headings if the first line has them, else: name, level,
    city, students, number.

    `of_a_state`: each row names its district too, first of all columns; one without a school says only what
    is known of the district."""
    parsed = Parsed()
    table, parsed.faults = (_TABLE_OF_A_STATE if of_a_state else _TABLE).read(text)
    if parsed.faults:
        return parsed
    first_line_of: dict[tuple[str, str], int] = {}
    for line, values in table:
        row, faults = _row(line, values, of_a_state=of_a_state)
        known = (folded(row.district), folded(row.name)) if row else ("", "")
        if row and known in first_line_of:
            faults.append(
                RowFault(
                    line,
                    _("“%(name)s” is also on line %(first)d. Delete one of the two.")
                    % {"name": row.name or row.district, "first": first_line_of[known]},
                )
            )
        elif row:
            first_line_of[known] = line
        parsed.faults.extend(faults)
        if row and not faults:
            parsed.rows.append(row)
    if not table:
        parsed.faults.append(RowFault(0, _("There are only headings. Add one line for each school.")))
    return parsed


def _row(
    line: int, values: Mapping[str, str], *, of_a_state: bool
) -> tuple[SchoolRow | None, list[RowFault]]:
    faults: list[RowFault] = []
    if values[""]:
        faults.append(
            RowFault(
                line,
                _(
                    "There are more cells than columns. Put a name with a comma in it between "
                    "quotation marks, or remove “%(cell)s”."
                )
                % {"cell": values[""]},
            )
        )
    name, district = values.get("name", ""), values.get("district", "") if of_a_state else ""
    if of_a_state and not district:
        faults.append(RowFault(line, _("The name of the district is missing.")))
    elif len(district) > 200:
        faults.append(RowFault(line, _("The name is longer than 200 letters. Shorten it.")))
    zone = values.get("time_zone", "") if of_a_state else ""
    if zone and zone not in zoneinfo.available_timezones():
        faults.append(
            RowFault(line, _("“%(cell)s” is no time zone. Write it as America/Chicago.") % {"cell": zone})
        )
    if not name and not of_a_state:
        faults.append(RowFault(line, _("The name of the school is missing.")))
    elif len(name) > 200:
        faults.append(RowFault(line, _("The name is longer than 200 letters. Shorten it.")))
    level = ""
    if values.get("level"):
        level = _level(values["level"])
        if not level:
            faults.append(
                RowFault(
                    line,
                    _("“%(cell)s” is no level. Write elementary, middle, high or combined.")
                    % {"cell": values["level"]},
                )
            )
    enrollment: int | None = None
    if values.get("enrollment"):
        digits = values["enrollment"].replace(",", "").replace(".", "").replace(" ", "").replace("\u00a0", "")
        if digits.isascii() and digits.isdigit() and len(digits) <= 6:
            enrollment = int(digits)
        else:
            faults.append(
                RowFault(
                    line,
                    _("“%(cell)s” is no number of students. Write digits only, such as 640.")
                    % {"cell": values["enrollment"]},
                )
            )
    for column, most, label in (
        ("city", 120, _("city")),
        ("external_id", 40, _("school number")),
        ("dispatch_number", 40, _("dispatch number")),
    ):
        if len(values.get(column, "")) > most:
            faults.append(
                RowFault(
                    line,
                    _("The %(column)s is longer than %(most)d letters. Shorten it.")
                    % {"column": label, "most": most},
                )
            )
    if faults or not (name or district):
        return (SchoolRow(line, name, district=district) if name or district else None), faults
    dispatch = values.get("dispatch_number", "") if of_a_state else ""
    return SchoolRow(
        line,
        name,
        level,
        values.get("city", ""),
        enrollment,
        values.get("external_id", ""),
        district,
        zone,
        dispatch,
    ), faults


def _level(cell: str) -> str:
    words = folded(cell).replace("–", "-").replace("school", "").replace("escuela", "").split()
    joined = "".join(words)
    for candidate in [joined, *words]:
        if candidate in _LEVELS:
            return _LEVELS[candidate]
    return ""
