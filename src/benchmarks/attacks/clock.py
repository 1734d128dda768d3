"""The worker's clock stands 400 days ahead for a few minutes, then is right again (libfaketime). What was
destroyed, and who sleeps until that year?

The clock of the machine is not touched: the library stands between the worker alone and the kernel. Where it
is absent, nothing is measured."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .. import school, system
from ..figures import Figure

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
AHEAD_FOR, AFTERWARDS = 150.0, 90.0  # seconds
RAISE = """
import django

django.setup()
from datetime import timedelta
from django_scopes import scopes_disabled
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import Rung, raise_duty
from security_center.foundation.organizations.models import Organization

place = Organization.objects.filter(kind="school").first()
ladder = [Rung(now() + timedelta(minutes=after), "role:administrator") for after in (0, 5, 15, 30)]
raise_duty(
    kind="duties.general",
    thing="report:CLOCK1",
    organization=place,
    ladder=ladder,
    actor="reporter",
    urgency="U1",
    due_at=ladder[1].at,
)
"""


def run() -> list[Figure]:
    if LIBRARY is None:
        return [Figure("a clock 400 days ahead", 0, "", note="libfaketime is not here: nothing measured")]
    data = system.fresh("clock")
    school.prepare(data)
    system.manage(data, "demo_data")
    setting = data / "faketime"
    faked = {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(setting),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    _set(setting, "+0")
    worker = _start(data, faked)
    time.sleep(25)
    _set(setting, "+400d")
    time.sleep(10)
    raised = time.monotonic()
    subprocess.run(  # noqa: S603
        [sys.executable, "-c", RAISE],
        env=system.environment(data, SSC_PROGRAM="manage", SSC_DEMO="yes", **faked),
        check=True,
    )
    told = _wait_until_told(data, raised)
    time.sleep(max(0.0, AHEAD_FOR - (time.monotonic() - raised)))
    _set(setting, "+0")
    time.sleep(AFTERWARDS)
    worker.terminate()
    worker.wait(30)
    far = (datetime.now(UTC) + timedelta(days=200)).isoformat(sep=" ")
    return [
        Figure(
            "closed reports, cases and minutes destroyed by a clock 400 days ahead", _destroyed(data), "", 0
        ),
        Figure(
            "jobs due in that year once the clock is right",
            _count(data, "duties_periodicrun WHERE due_at > ?", far),
            "",
            0,
        ),
        Figure(
            "duties that sleep until that year",
            _count(data, "duties_duty WHERE state = 'open' AND next_step_at > ?", far),
            "",
            0,
        ),
        Figure("a danger taken while the clock is wrong tells somebody after", told, "s", 5),
    ]


def _set(setting: Path, offset: str) -> None:
    draft = setting.with_suffix(".part")
    draft.write_text(f"{offset}\n", encoding="ascii")
    draft.replace(setting)


def _start(data: Path, faked: dict[str, str]) -> subprocess.Popen[bytes]:
    settings = {**system.environment(data, SSC_PROGRAM="worker", SSC_DEMO="yes"), **faked}
    settings.pop("SSC_SUPERVISOR_PROCESS", None)
    with (data / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "security_center.project.worker"], env=settings, stdout=log, stderr=log
        )


def _wait_until_told(data: Path, since: float) -> float:
    steps = "duties_dutystep JOIN duties_duty ON duties_duty.id = duty_id WHERE thing = 'report:CLOCK1'"
    while time.monotonic() - since < AHEAD_FOR:
        if _count(data, steps):
            return time.monotonic() - since
        time.sleep(0.2)
    return float("inf")


def _destroyed(data: Path) -> int:
    tables = (
        "reporting_report WHERE shredded_at",
        "threat_assessment_case WHERE expunged_at",
        "threat_assessment_meeting WHERE ended_at",
    )
    return sum(_count(data, f"{table} IS NOT NULL") for table in tables)


def _count(data: Path, what: str, *values: str) -> int:
    connection = sqlite3.connect(data / "center.sqlite3", timeout=20)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {what}", values).fetchone()[0])  # noqa: S608 - our own names
    finally:
        connection.close()
