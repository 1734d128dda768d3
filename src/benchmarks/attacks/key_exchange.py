"""The vault's key is exchanged while reports are stored: how long the longest of them waits, by how many
digests the register holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .. import school, system
from ..figures import Figure

SIZES = (20_000, 300_000)  # of about 3,000 and 45,000 students

_FILL = """
import os, sys
import django

django.setup()
from django_scopes import scopes_disabled
from security_center.foundation.organizations.models import Organization
from security_center.foundation.students.actions import enter_student
from security_center.foundation.students.models import StudentToken

with scopes_disabled():
    place = Organization.objects.filter(kind="school").first()
    student = enter_student(
        actor=None, school=place, identifier=sys.argv[1], name="Ana Long", grade="9", birth_date="2011-03-04"
    )
    more = int(sys.argv[1]) - StudentToken.objects.count()
    StudentToken.objects.bulk_create(
        (StudentToken(student=student, kind="name", token=os.urandom(32)) for _ in range(more)),
        batch_size=1000,
    )
"""
_SEND = """
import json, os, time
import django

django.setup()
from django_scopes import scopes_disabled
from security_center.foundation.organizations.models import Organization
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent

waits = []
with scopes_disabled():
    place = Organization.objects.filter(kind="school").first()
    print("ready", flush=True)
    while not os.path.exists(os.environ["SSC_DATA"] + "/enough"):
        began = time.perf_counter()
        receive_report(
            actor=None,
            organization=place,
            content=ReportContent("Two boys push a younger one every morning."),
        )
        waits.append(time.perf_counter() - began)
        time.sleep(0.01)
print(json.dumps({"longest": max(waits), "sent": len(waits)}))
"""
_EXCHANGE = """
import json, os, time
import django; django.setup()
from django.core.management import CommandError, call_command
kit = os.environ["SSC_DATA"] + "/kit.txt"
call_command("exchange_vault_key", kit=kit)
began = time.perf_counter()
try:
    call_command("exchange_vault_key", kit=kit, yes=True)
    end = "done"
except CommandError:
    end = "taken back, since reports would have waited longer"
print(json.dumps({"seconds": time.perf_counter() - began, "end": end}))
"""


def run() -> list[Figure]:
    return [figure for size in SIZES for figure in _with(size)]


def _with(size: int) -> list[Figure]:
    data = school.ready(f"key-exchange-{size}")
    _python(data, _FILL, str(size))
    sender = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", _SEND], env=_settings(data), stdout=subprocess.PIPE, text=True
    )
    assert sender.stdout is not None  # noqa: S101 - a pipe, see above
    sender.stdout.readline()
    exchange = json.loads(_python(data, _EXCHANGE).splitlines()[-1])
    (data / "enough").touch()
    sent = json.loads(sender.communicate()[0])
    return [
        Figure(
            f"the longest wait of a report, {size:,} digests lifted",
            sent["longest"],
            "s",
            10.0,
            note=f"{sent['sent']} sent meanwhile",
        ),
        Figure(f"the whole exchange, {size:,} digests", exchange["seconds"], "s", note=exchange["end"]),
    ]


def _settings(data: Path) -> dict[str, str]:
    return system.environment(data, SSC_PROGRAM="manage", SSC_DEMO="yes")


def _python(data: Path, script: str, *given: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script, *given],
        env=_settings(data),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
