"""The real public program on a data folder of its own, behind its real server: for what only a real process,
disk and socket can show.

`real_public` gives it with one school whose form is open. Everything it ever printed is in `printed`, before
any logbook could clean it."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests import prepared
from tests.programs.start import REPOSITORY, free_port, status, until

SLUG = "maple-high-school"

SET_UP = """
import django

django.setup()
from django.conf import settings

settings.SSC_DEMO = True  # readers need not prove their alerts
from security_center.project import preparation

preparation.make_tables()
preparation.make_key_file()
preparation.collect_static()
from security_center.foundation.duties import heartbeat
from security_center.foundation.organizations import actions
from security_center.foundation.organizations.models import Person
from security_center.prevention import actions as plan

root = Person.objects.create_user(email="root@example.org", name="Ruth Root", is_first_administrator=True)
district = actions.create_organization(actor=root, kind="district", name="Maple Valley School District")
school = actions.create_organization(
    actor=root, kind="school", parent=district, name="Maple High School", level="high"
)
rosa = actions.add_person(actor=root, organization=school, name="Rosa Ortiz", email="rosa@example.org")
actions.assign_role(actor=root, person=rosa, organization=school, role="reader")
plan.adopt_plan(actor=None, organization=district)
plan.set_coverage(
    actor=None, organization=school, rows=[plan.ShiftRow(rosa.pk, day, 0, 1440, 1) for day in range(7)]
)
heartbeat.beat()
"""


@dataclass
class RealPublic:
    data: Path
    temporary: Path
    output: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], str]:
        """An iterator goes out in chunks, without a length."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return (
                answer.status,
                {name.title(): value for name, value in answer.getheaders()},
                answer.read().decode(),
            )
        finally:
            connection.close()

    def post(
        self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), {**kind, **(headers or {})})

    def post_files(
        self,
        path: str,
        fields: dict[str, str],
        files: list[tuple[str, bytes]],
        headers: dict[str, str] | None = None,
        chunked: bool = False,
    ) -> tuple[int, dict[str, str], str]:
        edge = "----edge-of-a-part"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, content in files:
            head = (
                f'Content-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: image/png'
            )
            parts.append(f"--{edge}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
        body = b"".join([*parts, f"--{edge}--\r\n".encode()])
        sent = in_chunks(body) if chunked else body
        return self.ask(
            "POST", path, sent, {"Content-Type": f"multipart/form-data; boundary={edge}", **(headers or {})}
        )

    def seed(self) -> str:
        return hidden_in(self.ask("GET", f"/report/{SLUG}/")[2], "seed")

    def everything_on_disk(self) -> list[Path]:
        """Every file under the data folder and the temporary folder, and what the program printed."""
        return [
            *(path for folder in (self.data, self.temporary) for path in folder.rglob("*") if path.is_file()),
            self.output,
        ]


def in_chunks(body: bytes, size: int = 10_000) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def hidden_in(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"The page has no hidden field {name}."
    return unescape(found[1])


def receipt_in(page: str) -> str:
    found = re.search(r'id="receipt"[^>]*>(.*?)</ol>', page, re.S)
    assert found, "The page shows no receipt."
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


@pytest.fixture
def real_public(tmp_path: Path) -> Iterator[RealPublic]:
    data, temporary, output = tmp_path / "data", tmp_path / "tmp", tmp_path / "printed.txt"
    prepared.tables(data)
    temporary.mkdir()
    port = free_port()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SSC_", "DJANGO_")) and name != "DATABASE_URL"
    }
    environment = {
        **kept,
        "PYTHONPATH": str(REPOSITORY / "src"),
        "DJANGO_SETTINGS_MODULE": "security_center.project.settings",
        "SSC_DATA": str(data),
        "SSC_PORT": str(port),
        "SSC_PROGRAM": "manage",
        "TMPDIR": str(temporary),
    }
    done = subprocess.run(
        [sys.executable, "-c", SET_UP], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with output.open("wb") as handle:
        # Without the key file, as the rule wants it: the public program never needs it.
        (data / "keys" / "vault.key").rename(tmp_path / "vault.key")
        process = subprocess.Popen(
            [sys.executable, "-m", "security_center.project.server"],
            env={**environment, "SSC_PROGRAM": "public", "SSC_SUPERVISOR_PROCESS": str(os.getpid())},
            stdout=handle,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: status(port) == 200 or process.poll() is not None, "the public program answers")
        assert process.poll() is None, output.read_text(encoding="utf-8")
        yield RealPublic(data, temporary, output, port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
