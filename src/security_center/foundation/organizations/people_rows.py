"""Rows of people with their roles, as people have them: name, e-mail address, role, school. One person may
stand on several lines.

This only reads text; `actions.import_people` stores. Every fault names its line and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override

from security_center.foundation import languages

from .models import Organization, Role
from .pasted_rows import ColumnTable, RowFault, by_word, folded

MOST_ROWS = 2000
COLUMNS = ("name", "email", "role", "place", "job_title")
_TABLE = ColumnTable(
    COLUMNS,
    {
        "name": "name, nombre, person",
        "email": "e-mail, email, mail, e-mail address, email address, correo",
        "role": "role, rol, funcion",
        "place": "school, school or district, escuela, place",
        "job_title": "title, job title, puesto",
    },
    least=2,
    most=MOST_ROWS,
    empty=_lazy("There are no rows yet. Write one line for each person: name, e-mail, role, school."),
    needed=dict.fromkeys(
        ("name", "email", "role"), _lazy("The headings need at least “name”, “e-mail” and “role”.")
    ),
)
_OTHER_WORDS = by_word(
    {
        Role.READER: "triage, lector",
        Role.COUNSELOR: "consejero, school counselor",
        Role.TEAM_LEAD: "lead",
        Role.PRINCIPAL: "director",
        Role.SRO: "officer, resource officer",
        Role.DISTRICT_ON_CALL: "on call, on-call",
        Role.DISTRICT_SAFETY_LEAD: "safety lead, safety",
        Role.ADMINISTRATOR: "admin",
    }
)


@dataclass(frozen=True)
class PersonRow:
    line: int
    name: str
    email: str
    role: Role
    place: Organization
    job_title: str = ""


@dataclass
class ParsedPeople:
    rows: list[PersonRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def role_words() -> dict[str, Role]:
    """Every way to write a role that is understood, folded: its name in each language, its key, and some
    common words."""
    words = {folded(word): role for word, role in _OTHER_WORDS.items()}
    for role in Role:
        words[folded(role.value)] = role
        for language in languages.codes():
            with override(language):
                label = folded(str(role.label))
            words[label] = role
            words[label.partition("(")[0].strip()] = role
    return words


def parse_people(text: str, places: Iterable[Organization]) -> ParsedPeople:
    """Read the rows. `places`: the organizations that may be named; an empty cell means the only or first
    district among them."""
    parsed = ParsedPeople()
    table, parsed.faults = _TABLE.read(text)
    if parsed.faults:
        return parsed
    if not table:
        parsed.faults.append(RowFault(0, _("There are only headings. Add one line for each person.")))
        return parsed
    everywhere = list(places)
    by_name = {folded(place.name): place for place in everywhere} | {
        folded(place.slug): place for place in everywhere
    }
    district = next((place for place in everywhere if place.kind == Organization.Kind.DISTRICT), None)
    words = role_words()
    seen: dict[tuple[str, Role, int], int] = {}
    for line, values in table:
        row = _row(line, values, words, by_name, district, parsed.faults)
        if row is None:
            continue
        key = (row.email, row.role, row.place.pk)
        if key in seen:
            parsed.faults.append(
                RowFault(
                    line,
                    _("The same person with the same role is also on line %(first)d. Delete one.")
                    % {"first": seen[key]},
                )
            )
            continue
        seen[key] = line
        parsed.rows.append(row)
    return parsed


def _row(
    line: int,
    values: Mapping[str, str],
    words: Mapping[str, Role],
    by_name: Mapping[str, Organization],
    district: Organization | None,
    faults: list[RowFault],
) -> PersonRow | None:
    before = len(faults)
    name, email = values.get("name", ""), values.get("email", "").lower()
    if not name:
        faults.append(RowFault(line, _("The name is missing.")))
    elif len(name) > 120:
        faults.append(RowFault(line, _("The name is longer than 120 letters. Shorten it.")))
    try:
        validate_email(email)
    except ValidationError:
        faults.append(
            RowFault(
                line, _("“%(cell)s” is no e-mail address. Write it as name@school.org.") % {"cell": email}
            )
        )
    role = words.get(folded(values.get("role", "")))
    if role is None:
        faults.append(
            RowFault(
                line,
                _("“%(cell)s” is no role. Use one of the names listed below.")
                % {"cell": values.get("role", "")},
            )
        )
    place = by_name.get(folded(values["place"])) if values.get("place") else district
    if place is None:
        faults.append(
            RowFault(
                line,
                _("“%(cell)s” is not entered here. Write the school's name as in step 2.")
                % {"cell": values.get("place", "")},
            )
        )
    if len(values.get("job_title", "")) > 120:
        faults.append(RowFault(line, _("The job title is longer than 120 letters. Shorten it.")))
    if len(faults) > before or role is None or place is None:
        return None
    return PersonRow(line, name, email, role, place, values.get("job_title", ""))
