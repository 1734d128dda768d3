"""After an outage ten thousand duties are overdue: how fast one worker and two take their steps, and how long
a new urgent alert waits among them."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from .. import system
from ..figures import Figure

MANY = int(os.environ.get("SSC_BENCH_OVERDUE", "10000"))
URGENT = MANY // 50

_FILL = """
import json, sys
from datetime import UTC, datetime, timedelta
import django

django.setup()
from django.db import connection
from django.core.management import call_command
from security_center.foundation.clock import now
from security_center.foundation.duties.machine import Rung, ladder_to_json
from security_center.foundation.duties.models import Duty
from security_center.foundation.organizations.models import Organization, Person, Role, RoleAssignment
from security_center.prevention.models import CoverageShift

many, urgent = map(int, sys.argv[1:])
if not Organization.objects.exists():
    at = now() - timedelta(days=30)
    district = Organization.objects.create(
        kind="district", name="Long Valley", slug="long-valley", created_at=at
    )
    schools = Organization.objects.bulk_create(
        [
            Organization(
                kind="school", parent=district, name=f"School {n}", slug=f"school-{n}", created_at=at
            )
            for n in range(100)
        ]
    )
    people = Person.objects.bulk_create(
        [Person(email=f"p{n}@example.org", name=f"Person {n}", created_at=at) for n in range(303)]
    )
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(person=person, organization=schools[n % 100], role=Role.READER, starts_at=at)
            for n, person in enumerate(people[:300])
        ]
        + [
            RoleAssignment(
                person=people[300], organization=district, role=Role.DISTRICT_ON_CALL, starts_at=at
            )
        ]
    )
    CoverageShift.objects.bulk_create(
        [
            CoverageShift(
                organization=schools[n % 100],
                person=person,
                weekday=day,
                starts_minute=0,
                ends_minute=1440,
                position=1 + n // 100,
            )
            for n, person in enumerate(people[:300])
            for day in range(7)
        ]
    )
schools = list(Organization.objects.filter(kind="school"))
past, later = now() - timedelta(hours=3), now() + timedelta(days=30)
ladder = ladder_to_json([Rung(past, "reader:1"), Rung(later, "district")])
known = Duty.objects.count()
Duty.objects.bulk_create(
    [
        Duty(
            kind="reporting.acknowledge",
            thing=f"report:N{known + n}",
            organization=schools[n % 100],
            urgency="U1" if n >= many - urgent else "U3",
            raised_at=past,
            due_at=past,
            ladder=ladder,
            next_step_at=past + timedelta(seconds=n / 10),
        )
        for n in range(many)
    ],
    batch_size=500,
)
if connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
"""

_WORK = """
import json, sys, time
import django

django.setup()
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.models import Duty

Duty.objects.count()
print("ready", flush=True)
sys.stdin.readline()
began, processor = time.perf_counter(), time.process_time()
taken = advance_due_steps()
print(
    json.dumps(
        {"taken": taken, "seconds": time.perf_counter() - began, "processor": time.process_time() - processor}
    ),
    flush=True,
)
"""

_URGENT = """
import json, sys, time
import django

django.setup()
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, raise_duty
from security_center.foundation.duties.models import Duty, DutyStep
from security_center.foundation.organizations.models import Organization

school = Organization.objects.filter(kind="school").first()
print("ready", flush=True)
sys.stdin.readline()
time.sleep(2)
waits = []
for number in range(5):
    began = time.perf_counter()
    duty = raise_duty(
        kind="reporting.acknowledge",
        thing=f"report:NEW{number}{int(time.time())}",
        organization=school,
        urgency="U1",
        ladder=[Rung(now(), "reader:1")],
        actor="reporter",
        due_at=now(),
    )
    while not DutyStep.objects.filter(duty=duty).exists() and time.perf_counter() - began < 60:
        time.sleep(0.02)
    waits.append(time.perf_counter() - began)
print(
    json.dumps({"longest": max(waits), "left": Duty.objects.open().filter(next_step_at__lte=now()).count()}),
    flush=True,
)
"""


def run() -> list[Figure]:
    return [*_on("SQLite", {}, workers=(1,)), *_on_postgresql()]


def _on_postgresql() -> list[Figure]:
    with cluster() as url:
        return _on("PostgreSQL", {"DATABASE_URL": url}, workers=(1, 2)) if url else []


@contextmanager
def cluster() -> Iterator[str]:
    sys.path.insert(0, str(system.SOURCE.parent))  # the tests' throw-away cluster
    module = importlib.import_module("tests.postgres.cluster")
    try:
        cluster = module.Cluster()
    except module.NoPostgreSQL:
        yield ""
        return
    try:
        yield cluster.create("overdue")
    finally:
        cluster.stop()


def _on(name: str, more: dict[str, str], workers: tuple[int, ...]) -> list[Figure]:
    data = system.fresh(f"overdue-{name.lower()}")
    _python(
        (
            "import django; django.setup(); from django.core.management import call_command; "
            "call_command('migrate', verbosity=0)"
        ),
        data,
        more,
    )
    figures, alone = [], 0.0
    for count in workers:
        _python(_FILL, data, more, str(MANY), str(URGENT))
        seconds, _urgent = _work(data, more, count)
        alone = alone or seconds
        note = "" if count == 1 else f"{alone / seconds:.1f} times as fast as one"
        figures.append(
            Figure(
                f"{MANY:,} overdue duties, {count} worker{'s' * (count > 1)}, {name}",
                seconds,
                "s",
                60.0,
                note=note,
            )
        )
    _python(_FILL, data, more, str(MANY), str(URGENT))
    _seconds, urgent = _work(data, more, 1, among=True)
    figures.append(
        Figure(
            f"a new urgent alert among {MANY:,} overdue, longest of five, {name}",
            urgent["longest"],
            "s",
            1.0,
            note=f"{urgent['left']} left",
        )
    )
    return figures


def _work(
    data: Path, more: dict[str, str], count: int, *, among: bool = False
) -> tuple[float, dict[str, float]]:
    """Seconds until the last worker found nothing left to do; with `among`, what an urgent alert waited
    meanwhile."""
    scripts = [_WORK] * count + [_URGENT] * among
    running = [_started(script, data, more) for script in scripts]
    for process in running:
        standard_out(process).readline()
    for process in running:
        standard_in(process).write("go\n")
        standard_in(process).flush()
    found = [json.loads(process.communicate()[0]) for process in running]
    return max(one["seconds"] for one in found[:count]), found[-1] if among else {}


def _started(script: str, data: Path, more: dict[str, str]) -> subprocess.Popen[str]:
    settings = system.environment(data, **more)
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", script], env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def standard_out(process: subprocess.Popen[str]) -> IO[str]:
    return cast("IO[str]", process.stdout)


def standard_in(process: subprocess.Popen[str]) -> IO[str]:
    return cast("IO[str]", process.stdin)


def _python(script: str, data: Path, more: dict[str, str], *given: str) -> None:
    subprocess.run([sys.executable, "-c", script, *given], env=system.environment(data, **more), check=True)  # noqa: S603
