"""A register of 100,000 students: checked and put in force, then a year later with every grade changed, then
undone; time and memory."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path

from . import school, system
from .figures import Figure

MANY = 100_000
MEGA = 1_000_000
GIVEN = (
    "Ana",
    "Ben",
    "Carla",
    "Diego",
    "Ella",
    "Finn",
    "Grace",
    "Hugo",
    "Iris",
    "Jonah",
    "Kira",
    "Liam",
    "Maya",
    "Noah",
    "Olive",
    "Priya",
    "Rosa",
)
BEGINS = (
    "Ab",
    "Bar",
    "Cor",
    "Del",
    "Ezk",
    "Fer",
    "Gar",
    "Hal",
    "Iv",
    "Jim",
    "Ker",
    "Lim",
    "Mor",
    "Nav",
    "Ok",
    "Per",
    "Quin",
    "Ram",
    "Sol",
    "Tor",
)
MIDDLES = ("a", "e", "i", "o", "an", "er", "in", "ol", "am", "et")
ENDS = ("cia", "dez", "ford", "kins", "ler", "man", "nez", "ros", "son", "ton")
SCHOOLS = (
    "Lincoln Middle School",
    "North High School",
    "Willow Creek Elementary",
    "Riverside Elementary",
    "Maple Ridge School",
)
HEADINGS = (
    "Student Number", "Last Name", "First Name", "Date of Birth", "Grade", "School", "Guardian 1 Name",
    "Guardian 1 Relation", "Guardian 1 Phone",
    "Guardian 1 Language", "Guardian 2 Name", "Guardian 2 Phone", "Custody Note", "IEP", "504", "Schedule",
)  # fmt: skip

_IMPORT = """
import json, os, sys, time
import django

django.setup()
from django_scopes import scope
from security_center.foundation.organizations.models import Organization
from security_center.foundation.students import actions
from security_center.foundation.students.actions import checking, clearing
from security_center.foundation.vault import files

district = Organization.objects.get(slug="cedar-valley")
found = []
with scope(district=[district.pk]):
    for path in sys.argv[1:]:
        began = time.perf_counter()
        with open(path, "rb") as handle:
            file_id, file_key, _ = files.write(iter(lambda: handle.read(65536), b""))
        row = checking.check_import(
            import_id=actions.begin_import(
                actor=None, district=district, file_id=file_id, file_key=file_key
            ).pk
        )
        checked = time.perf_counter()
        row = actions.apply_import(actor=None, student_import=row)
        done = time.perf_counter()
        found.append(
            {
                "seconds": done - began,
                "applying": done - checked,
                "came": row.came,
                "changed": row.changed,
                "faulty": row.faulty,
            }
        )
    began = time.perf_counter()
    actions.undo_import(actor=None, student_import=row)
    undone = time.perf_counter() - began
    clearing.clear_import(row=row)
    times = []
    from security_center.foundation.students import queries

    for number in range(200):
        began = time.perf_counter()
        queries.look_up(district, name="Ana Garaman", identifier=f"{number:07d}")
        times.append(time.perf_counter() - began)
from benchmarks import system

peak = system.peak(os.getpid())  # not `getrusage`, which counts the bench from which this was started
print(
    json.dumps(
        {"imports": found, "undone": undone, "look": sorted(times)[int(len(times) * 0.95)], "peak": peak}
    )
)
"""


def write_register(path: Path, *, year: int = 0) -> None:
    """A made-up register; `year` later everybody is a grade further."""
    chance = random.Random(2026)  # noqa: S311 - a register of nobody
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(HEADINGS)
        for number in range(MANY):
            grade, home = 1 + number % 10, _family(chance)
            given = chance.choice(GIVEN) + (f" {chance.choice(GIVEN)}" if number % 3 == 0 else "")
            family = home + (f" {_family(chance)}" if number % 5 == 0 else "")
            born = f"{2018 - grade}-{1 + number % 12:02d}-{1 + number % 28:02d}"
            first = (f"{chance.choice(GIVEN)} {home}", "mother", f"555-{number % 10_000:04d}", "en")
            second = (f"{chance.choice(GIVEN)} {home}", "555-0100") if number % 2 else ("", "")
            notes = (
                "Mother only" if number % 50 == 0 else "",
                "yes" if number % 9 == 0 else "no",
                "no",
                "1: Room 12; 2: Gym; 3: Room 4; 4: Library",
            )
            rows.writerow(
                [
                    f"{number:07d}",
                    family,
                    given,
                    born,
                    grade + year,
                    SCHOOLS[number % 5],
                    *first,
                    *second,
                    *notes,
                ]
            )


def _family(chance: random.Random) -> str:
    return chance.choice(BEGINS) + chance.choice(MIDDLES) + chance.choice(ENDS)


def run() -> list[Figure]:
    data = school.ready("students")
    files = [data / "register.csv", data / "register-next-year.csv"]
    for year, path in enumerate(files):
        write_register(path, year=year)
    settings = system.environment(data, SSC_PROGRAM="worker", SSC_DEMO="yes")
    command = [sys.executable, "-c", _IMPORT, *map(str, files)]
    ended = subprocess.run(command, env=settings, check=True, capture_output=True, text=True)  # noqa: S603
    found = json.loads(ended.stdout.splitlines()[-1])
    first, second = found["imports"]
    if (first["came"], second["changed"], first["faulty"], second["faulty"]) != (MANY, MANY, 0, 0):
        raise RuntimeError(f"The register was not read whole: {found}")
    return [
        Figure(f"a first register of {MANY:,} students, checked and in force", first["seconds"], "s", 60),
        Figure(f"the next year's, with {MANY:,} changes", second["seconds"], "s", 60),
        Figure(
            "of these, while other writers wait for it to come in force",
            max(first["applying"], second["applying"]),
            "s",
        ),
        Figure("the next year's, undone", found["undone"], "s"),
        Figure("most memory of all that", found["peak"] / MEGA, "MB", 500),
        Figure(f"a look-up among {MANY:,}, 95 of 100 within", found["look"] * 1000, "ms", 100),
    ]
