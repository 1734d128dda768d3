"""What a disk without a free byte does to whoever signs in, signs out or opens something: on a real one,
which SQLite and the kernel refuse."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError

from benchmarks import school, system
from security_center.foundation.full_disk import is_full

# In a place of this process alone, which the kernel takes away with it.
ON_A_SMALL_DISK = 'mount -t tmpfs -o size=24m none "$1" && cp -r "$2" "$1/data" && exec "$3" -c "$4"'

LOOK = f"""
import json, time
from pathlib import Path
from urllib.parse import urlencode
import django; django.setup()
from django.conf import settings
from django.test import Client
from security_center.foundation.organizations.models import Organization, Role, RoleAssignment, SignIn
from security_center.foundation.organizations.sessions import name_of
from security_center.foundation.sqlite import damage
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent
from tests.cast import sign_in
settings.ALLOWED_HOSTS = ["*"]
place = Organization.objects.get(slug={school.SCHOOL!r})
words = ReportContent("Somebody was hurt.")
report = receive_report(actor=None, organization=place, content=words, receipt=Receipt.new()).report
reader = RoleAssignment.objects.filter(role=Role.READER, organization=place).first().person
inside = sign_in(reader, raise_request_exception=False)
copied = inside.cookies["staff_session"].value
ballast = Path(settings.SSC_DATA, "ballast").open("ab", buffering=0)
for piece in (1 << 20, 4096, 1):
    try:
        while True:
            ballast.write(bytes(piece))
    except OSError:
        pass
def ask(client, method, address, data=None):
    began = time.monotonic()
    kind = {{"content_type": "application/x-www-form-urlencoded"}} if method == "post" else {{}}
    body = urlencode({{"csrfmiddlewaretoken": "one", **data}}) if data is not None else None
    answer = getattr(client, method)(address, body, **kind)
    words = answer.content.decode()
    cookie = client.cookies.get("staff_session")
    says = {{"full": "disk is full", "tries": "oo many", "copy": "copy what you typed",
            "back": "Your words should still be there"}}
    return {{"status": answer.status_code, "seconds": time.monotonic() - began,
            "to": answer.headers.get("Location", ""), "cookie": cookie.value if cookie else "",
            **{{name: sentence in words for name, sentence in says.items()}}}}
stranger = Client(raise_request_exception=False)
sign_in_with = {{"login": reader.email, "password": "wrong-wrong-wrong"}}
other = Client(raise_request_exception=False)
other.cookies["staff_session"] = copied
seen = {{
    "sign in": ask(stranger, "post", "/account/login/", sign_in_with),
    "new password": ask(stranger, "post", "/account/password/reset/", {{"email": reader.email}}),
    "open a report": ask(inside, "get", report.path),
    "write": ask(inside, "post", "/language/", {{"language": "es", "next": "/"}}),
    "sign out": ask(inside, "post", "/account/logout/", {{}}),
    "afterwards": ask(inside, "get", "/desk/"),
    "by a copy": ask(other, "get", "/desk/"),
    "rows": SignIn.objects.filter(pk=name_of(copied)).count(),
    "damaged": damage.since() is not None,
}}
ballast.truncate(0)
seen["room again"] = ask(stranger, "post", "/account/login/", sign_in_with)
sign_in(reader)
seen["rows, room again"] = SignIn.objects.filter(pk=name_of(copied)).count()
seen["by a copy, room again"] = ask(other, "get", "/desk/")
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(district: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    disk = tmp_path_factory.mktemp("disk")
    environment = system.environment(
        disk / "data", SSC_PROGRAM="staff", SSC_DEMO="yes", PYTHONWARNINGS="ignore"
    )
    words = [
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        ON_A_SMALL_DISK,
        "sh",
        str(disk),
        str(district),
        sys.executable,
        LOOK,
    ]
    if shutil.which("unshare") is None:
        pytest.skip("no small disk can be made here")
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0 and "mount" in done.stderr.splitlines()[0]:
        pytest.skip("no small disk can be made here")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]), log=done.stderr)


@pytest.mark.long
def test_whoever_signs_in_is_told_that_the_disk_is_full_and_not_that_they_tried_too_often(
    seen: dict[str, Any],
) -> None:
    for what in ("sign in", "new password"):
        got = seen[what]
        assert (got["status"], got["full"], got["tries"]) == (503, True, False), got
        assert got["seconds"] < 5, "nobody waits for the lock of another try: that would be twenty"
    assert seen["room again"]["status"] == 200


@pytest.mark.long
def test_what_cannot_be_stored_fails_at_once_and_no_word_is_promised_to_who_wrote_none(
    seen: dict[str, Any],
) -> None:
    for what in ("open a report", "write"):
        got = seen[what]
        assert (got["status"], got["full"], got["back"]) == (503, True, False), got
        assert got["seconds"] < 5
    assert seen["open a report"]["copy"] is False
    assert seen["write"]["copy"] is True
    assert not seen["damaged"]
    assert "Traceback" not in seen["log"]


@pytest.mark.long
def test_signing_out_ends_the_session_though_its_row_cannot_be_taken_away(seen: dict[str, Any]) -> None:
    assert (seen["sign out"]["status"], seen["sign out"]["cookie"]) == (302, "")
    assert seen["sign out"]["seconds"] < 5
    for what in ("afterwards", "by a copy", "by a copy, room again"):
        assert seen[what]["status"] == 302, what
        assert seen[what]["to"].startswith("/account/login/")
    assert seen["rows"] == 1
    assert seen["rows, room again"] == 0


def test_a_full_disk_of_a_postgresql_server_is_known_by_its_code_and_a_lock_is_none() -> None:
    for said, code, full in (
        ("could not extend file", psycopg.errors.DiskFull(), True),
        ("locked", psycopg.errors.LockNotAvailable(), False),
    ):
        error = OperationalError(said)
        error.__cause__ = code
        assert is_full(error) is full
    assert not is_full(DatabaseError("database is locked"))
