"""Every page that shows a state's schools, by role, at 190 districts and 2,000 schools: queries, time and
weight, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

from . import school, state_postgresql, system
from .figures import Figure, percentile

TIMES = int(os.environ.get("SSC_BENCH_TIMES", "20"))
MOST_QUERIES, MOST_MS, MOST_KB = 40, 150, 100
DISTRICT, SCHOOL = "alder-valley-school-district", "alder-valley-high-school-1"
STATE_PAGES = (
    "/",
    "/set-up/",
    "/readiness/",
    "/plan/",
    "/schools/",
    "/alerts/",
    "/organizations/",
    "/people/",
)
DISTRICT_PAGES = ("/", "/schools/", "/readiness/", "/plan/", "/alerts/", "/organizations/", "/people/")
_STEPS = ("schools", "people", "coverage", "alerts", "open")
STEPS = (f"/set-up/{DISTRICT}/", *(f"/set-up/{DISTRICT}/{step}/" for step in _STEPS))
YARDSTICK = "/desk/"
# who: (their address' name, where they work, what they open)
ROLES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "state administrator": ("state", "", STATE_PAGES + STEPS),
    "state auditor": (
        "auditor",
        "state-of-franklin",
        ("/", "/readiness/", "/plan/", "/schools/", "/alerts/", "/organizations/"),
    ),
    "administrator of 100 schools": ("administrator", DISTRICT, DISTRICT_PAGES + STEPS),
    "safety lead of 100 schools": (
        "district_safety_lead",
        DISTRICT,
        (YARDSTICK, *DISTRICT_PAGES, "/cases/audit/"),
    ),
    "superintendent of 100 schools": ("superintendent", DISTRICT, ("/", "/schools/", "/readiness/")),
    "principal": ("principal", SCHOOL, ("/",)),
}


def run() -> list[Figure]:
    figures = []
    folder = system.FOLDER / "state"
    if (folder / "whole").exists():  # filling takes longer than measuring: the folder is kept
        school.prepare(folder)  # as the first start after an update does
    else:
        school.prepare(system.fresh("state"))
        _inside(folder, "state_data.fill()")
        (folder / "whole").touch()
    figures += _figures("SQLite", _inside(folder, "state.measure()"))
    with state_postgresql.running() as url:
        folder = system.fresh("state-postgresql")
        more = {"DATABASE_URL": url}
        school.prepare(folder, **more)
        _inside(folder, "state_data.fill()", **more)
        figures += _figures("PostgreSQL", _inside(folder, "state.measure()", **more))
    return figures


def _inside(folder: Any, call: str, **more: str) -> Any:
    """Run a function of this package inside the staff program's settings; what it printed last, read as
    JSON."""
    settings = system.environment(folder, SSC_PROGRAM="staff", SSC_DEMO="no", SSC_PROXIES="", **more)
    code = f"import django; django.setup(); from benchmarks import state, state_data; {call}"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=settings, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads((ended.stdout.splitlines() or ["[]"])[-1])


def _figures(database: str, rows: list[dict[str, Any]]) -> list[Figure]:
    found = []
    desk = next(row["ms"] for row in rows if row["path"] == YARDSTICK)
    for row in rows:
        name = f"{database}, {row['who']}, {row['path'].replace(DISTRICT, '…')}"
        found.append(
            Figure(
                f"{name}: 95 of 100 within",
                row["ms"],
                "ms",
                MOST_MS,
                note=f"processor {row['own_ms']:.0f} ms; desk {desk:.0f} ms",
            )
        )
        found.append(Figure(f"{name}: queries", row["queries"], "", MOST_QUERIES))
        found.append(Figure(f"{name}: weight", row["kb"], "KB", MOST_KB))
    return found


def measure() -> None:
    """Runs inside the staff program's settings: every page of every role through the whole stack of
    middleware."""
    from . import cases

    found = []
    for who, (name, place, paths) in ROLES.items():
        browser = cases.signed_in(_address(name, place))
        for path in paths:
            queries = cases.queries_of(browser, path)
            taken: list[float] = []
            own: list[float] = []
            for _turn in range(TIMES):
                began, worked = time.perf_counter(), time.process_time()
                answer = browser.get(path)
                taken.append((time.perf_counter() - began) * 1000)
                own.append((time.process_time() - worked) * 1000)
            weight = len(answer.content) / 1024
            facts = {"ms": percentile(taken, 0.95), "own_ms": percentile(own, 0.5), "kb": weight}
            found.append({"who": who, "path": path, "queries": queries, **facts})
    sys.stdout.write(json.dumps(found) + "\n")


def _address(name: str, place: str) -> str:
    from security_center.foundation.organizations.models import Person

    people = Person.objects.filter(email__startswith=f"{name}")
    found = (
        people.filter(organization__slug=place).order_by("pk").first()
        if place
        else people.get(email="state@bench.example")
    )
    if found is None:
        raise RuntimeError(f"Nobody is {name} at {place}.")
    return str(found.email)
