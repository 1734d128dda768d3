"""Many people are entered while reports come in: nobody who sends one is turned away, and how long the
longest of them waits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from .. import system
from ..figures import Figure
from .overdue import cluster, standard_in, standard_out

_FILL = """
import sys
import django

django.setup()
from django.conf import settings
from django.core.management import call_command

call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.provider import create_key_file
from security_center.prevention import actions as plan

settings.SSC_DEMO = True
create_key_file()
root = Person.objects.create_user(email="root@example.org", name="Root", is_first_administrator=True)
state = people.create_organization(actor=root, kind="state", name="State")
district = people.create_organization(actor=root, kind="district", name="District", parent=state)
plan.adopt_plan(actor=None, organization=district)
for number in range(int(sys.argv[1])):
    school = people.create_organization(actor=root, kind="school", name=f"School {number}", parent=district)
    reader = people.add_person(
        actor=root,
        organization=school,
        name=f"Reader {number}",
        email=f"r{number}@example.org",
        role="reader",
    )
    plan.set_coverage(
        actor=None, organization=school, rows=[plan.ShiftRow(reader.pk, day, 0, 1440) for day in range(7)]
    )
"""

# What holds the turn of all writers: an import, or a holiday of a whole district.
_ACT = """
import json, sys, time
import django

django.setup()
from datetime import date
from security_center.foundation.organizations import actions, people_rows
from security_center.foundation.organizations.models import Organization, Person
from security_center.prevention.actions import add_holiday

people_rows.MOST_ROWS = 10**6
many = int(sys.argv[1])
schools = Organization.objects.filter(kind="school").count()
roles = ("reader", "counselor", "principal", "team lead", "sro")
text = "\\n".join(
    f"Person {n}, p{n}-{many}@example.org, {roles[n % 5]}, School {n % schools}" for n in range(many)
)
root, district = Person.objects.get(email="root@example.org"), Organization.objects.get(kind="district")
print("ready", flush=True)
sys.stdin.readline()
began = time.perf_counter()
if many:
    done = actions.import_people(actor=root, district=district, text=text).roles
else:
    done = bool(
        add_holiday(
            actor=None,
            organization=district.parent,
            first_day=date(2026, 12, 24),
            last_day=date(2026, 12, 31),
            name="Winter",
        )
    )
print(json.dumps({"seconds": time.perf_counter() - began, "done": done}), flush=True)
"""

_SEND = """
import json, sys, threading, time
import django

django.setup()
from django.db import connection
from security_center.foundation.organizations.models import Organization
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent

schools, over = (
    list(Organization.objects.filter(kind="school").select_related("parent__parent")[:3]),
    threading.Event(),
)
waits, refused = [], []


def send(school):
    while not over.is_set():
        began = time.perf_counter()
        try:
            receive_report(
                actor=None, organization=school, content=ReportContent("They wait for him behind the gym.")
            )
            waits.append(time.perf_counter() - began)
        except Exception as error:
            refused.append(repr(error))
    connection.close()


receive_report(actor=None, organization=schools[0], content=ReportContent("The first takes longer."))
print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=send, args=[school]) for school in schools]
[thread.start() for thread in threads]
sys.stdin.readline()
over.set()
[thread.join() for thread in threads]
print(json.dumps({"sent": len(waits), "refused": refused, "longest": max(waits)}), flush=True)
"""


def run() -> list[Figure]:
    figures = _on("SQLite", system.fresh("imports-sqlite"), {})
    with cluster() as url:
        return (
            figures + _on("PostgreSQL", system.fresh("imports-postgresql"), {"DATABASE_URL": url})
            if url
            else figures
        )


def _on(name: str, data: Path, more: dict[str, str]) -> list[Figure]:
    fill(data, more)
    found = []
    for many in (2_000, 20_000, 0):
        said = race(data, more, many)
        what = (
            f"{many:,} people are entered"
            if many
            else "a state with a district of 100 schools gets a holiday"
        )
        note = f"{said['sent']} reports, {len(said['refused'])} refused; it took {said['seconds']:.1f} s"
        found.append(
            Figure(
                f"longest wait of a report while {what}, {name}",
                said["longest"],
                "s",
                20.0 if many > 2_000 else 2.0,
                note=note,
            )
        )
    return found


def fill(data: Path, more: dict[str, str], schools: int = 100) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", _FILL, str(schools)], env=system.environment(data, **more), check=True
    )


def race(data: Path, more: dict[str, str], many: int) -> dict[str, Any]:
    """Enter so many people (0: a holiday) while three senders send one report after the other."""
    settings = system.environment(data, **more)
    act, send = (
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", script, str(many)],
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for script in (_ACT, _SEND)
    )
    try:
        for process in (act, send):
            standard_out(process).readline()
        for process in (send, act):
            _say(process)
        acted = json.loads(standard_out(act).readline())
        _say(send)
        return {**acted, **json.loads(send.communicate(timeout=60)[0])}
    finally:
        for process in (act, send):
            process.kill()
            process.wait()


def _say(process: subprocess.Popen[str]) -> None:
    standard_in(process).write("go\n")
    standard_in(process).flush()
