"""The invented students of the sample districts, sent as each district's administrator would: one file,
checked and put in force."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django_scopes import scope

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Role
from security_center.foundation.students import actions
from security_center.foundation.students.actions.checking import check_import
from security_center.foundation.vault import files

from .district import SampleDistrict

HEADINGS = (
    "Student Number", "First Name", "Last Name", "Date of Birth", "Grade", "School", "Guardian 1 Name",
    "Guardian 1 Relation", "Guardian 1 Phone",
    "Guardian 1 Language", "Guardian 1 Household", "Guardian 2 Name", "Guardian 2 Relation",
    "Guardian 2 Phone", "Guardian 2 Household",
    "Custody Note", "IEP", "504", "How to recognize", "Schedule",
)  # fmt: skip
GRADES = {
    Organization.Level.ELEMENTARY: ("K", "1", "2", "3", "4", "5"),
    Organization.Level.MIDDLE: ("6", "7", "8"),
    Organization.Level.HIGH: ("9", "10", "11", "12"),
    Organization.Level.COMBINED: ("K", "2", "4", "6", "8"),
}
GIVEN = [
    "Avery",
    "Blake",
    "Camila",
    "Devon",
    "Elena",
    "Felix",
    "Gia",
    "Hana",
    "Isaac",
    "Jade",
    "Kofi",
    "Lucia",
    "Mateo",
    "Nadia",
    "Owen",
    "Paloma",
    "Remy",
    "Sana",
    "Theo",
    "Vera",
]
FAMILY = [
    "Adler",
    "Benitez",
    "Cho",
    "Dawson",
    "Engel",
    "Flores",
    "Grant",
    "Hassan",
    "Ibarra",
    "Jensen",
    "Kapoor",
    "Lund",
    "Mercado",
    "Novak",
    "Osei",
    "Park",
    "Rowe",
    "Silva",
    "Tran",
    "Ulrich",
    "Wells",
]
SCHEDULE = "1: Room 12; 2: Room 8; 3: Gym; lunch: second sitting; 4: Library; 5: Room 31"
# Whom the sample cases are about, and a pair that is easily mixed up: number, given, family, grade, school,
# what else is known.
NAMED = (
    (
        "20418",
        "Jordan",
        "Lee",
        "8",
        "Lincoln Middle School",
        {"How to recognize": "Tall, short black hair, red glasses", "Schedule": SCHEDULE},
    ),
    (
        "20977",
        "Jordon",
        "Leigh",
        "8",
        "Lincoln Middle School",
        {"How to recognize": "Small, long brown hair, wears a brace", "Schedule": SCHEDULE},
    ),
    ("20733", "Sky", "Romero", "7", "Lincoln Middle School", {"504": "yes", "Schedule": SCHEDULE}),
    ("20561", "Devon", "Price", "8", "Lincoln Middle School", {"Schedule": SCHEDULE}),
    (
        "20122",
        "Casey",
        "Nguyen",
        "8",
        "Lincoln Middle School",
        {"Custody Note": "Lives with her father. Call him first."},
    ),
)


def enter(sample: SampleDistrict) -> None:
    """Each district's administrator sends the file of its students. Called under the clock of the day the
    districts began."""
    for district in sample.districts.values():
        administrator = sample.holder(Role.ADMINISTRATOR, district)
        if administrator is None:
            raise RuntimeError("Each sample district has an administrator.")
        with scope(district=[district.pk]):
            file_id, file_key, _size = files.write([_file(sample, district).encode()])
            actor = sample.fresh(administrator)
            row = actions.begin_import(actor=actor, district=district, file_id=file_id, file_key=file_key)
            checked = check_import(import_id=row.pk)
            if checked is None or checked.faulty:
                raise RuntimeError("A row of the sample register cannot be used.")
            actions.apply_import(actor=actor, student_import=checked)


def _file(sample: SampleDistrict, district: Organization) -> str:
    text = io.StringIO()
    rows = csv.DictWriter(text, HEADINGS)
    rows.writeheader()
    rows.writerows(_students(sample, district))
    return text.getvalue()


def _students(sample: SampleDistrict, district: Organization) -> Iterator[dict[str, str]]:
    schools = [school for school in sample.schools.values() if school.parent_id == district.pk]
    here = {school.name for school in schools}
    yield from (
        _row(number, given, family, grade, school) | more
        for number, given, family, grade, school, more in NAMED
        if school in here
    )
    for place, school in enumerate(schools):
        for turn in range(7):
            number = place * 7 + turn + (70 if district.slug != "cedar-valley" else 0)
            grades = GRADES[Organization.Level(school.level)]
            row = _row(
                f"{30000 + number * 13}",
                GIVEN[number % 20],
                FAMILY[number * 8 % 21],
                grades[turn % len(grades)],
                school.name,
            )
            yield row | {
                "IEP": "yes" if number % 9 == 4 else "no",
                "504": "yes" if number % 11 == 7 else "no",
            }


def _row(number: str, given: str, family: str, grade: str, school: str) -> dict[str, str]:
    """A student of two households when the number is even, else of one."""
    apart = int(number) % 2 == 0
    age = 6 + (0 if grade == "K" else int(grade))
    return {
        "Student Number": number,
        "First Name": given,
        "Last Name": family,
        "Date of Birth": f"{now().year - age}-{1 + int(number) % 12:02d}-{1 + int(number) % 28:02d}",
        "Grade": grade,
        "School": school,
        "Guardian 1 Name": f"{GIVEN[int(number) % 19]} {family}",
        "Guardian 1 Relation": "mother",
        "Guardian 1 Phone": f"555-01{int(number) % 100:02d}",
        "Guardian 1 Language": "es" if int(number) % 5 == 0 else "en",
        "Guardian 1 Household": "first",
        "Guardian 2 Name": f"{GIVEN[int(number) % 17]} {family}",
        "Guardian 2 Relation": "father",
        "Guardian 2 Phone": f"555-01{int(number) % 97:02d}",
        "Guardian 2 Household": "second" if apart else "first",
    }
