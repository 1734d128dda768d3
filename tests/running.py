"""The real programs on a small sample district, and reporters who talk to them over HTTP. For tests that
kill, back up, steal or take keys away."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests import prepared

from benchmarks import client, school, system, threads

FORM = f"/report/{school.SCHOOL}/"
THREAD = "/report/receipt/thread/"
SMALL_JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb0043") + b"\x08" * 64 + b"\xff\xd9"


class NotShown(Exception):
    """The page that should have followed did not come."""


@dataclass
class Reporter:
    """A browser without script at the public program."""

    port: int
    cookie: str = ""

    def ask(self, method: str, path: str, body: bytes | str | None = None, kind: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {name: value for name, value in (("Content-Type", kind), ("Cookie", self.cookie)) if value}
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            found = answer.read().decode()
            cookie = answer.getheader("Set-Cookie")
            if cookie and "receipt_session=" in cookie:
                self.cookie = cookie.split(";", 1)[0]
            return answer.status, unescape(found)
        finally:
            connection.close()

    def page(self, path: str) -> str:
        status, text = self.ask("GET", path)
        if status != 200:
            raise NotShown(f"{path}: {status}")
        return text

    def send(
        self,
        what_happened: str,
        files: dict[str, tuple[str, bytes]] | None = None,
        *,
        form: str = FORM,
        **fields: str,
    ) -> str:
        """Send a report; returns the receipt's words as the page after it shows them."""
        shown = self.page(form)
        given = {
            "language": "en",
            "seed": client.seed_of(shown),
            "what_happened": what_happened,
            "danger_now": "no",
            **fields,
        }
        status, text = self.ask(
            "POST", form, client.form_body(given, files), client.MULTIPART["Content-Type"]
        )
        if status != 200 or 'id="receipt"' not in text or 'name="what_happened"' in text:
            raise NotShown(f"after sending: {status}")
        return threads.receipt_words(text)

    def come_back(self, words: str) -> str:
        """The page of the thread that the receipt opens."""
        self.cookie = ""
        status, _ = self.ask(
            "POST", "/report/receipt/", urlencode({"words": words}), "application/x-www-form-urlencoded"
        )
        if status != 303:
            raise NotShown(f"the receipt was not taken: {status}")
        return self.page(THREAD)

    def write(self, body: str, files: dict[str, tuple[str, bytes]] | None = None, **fields: str) -> str:
        """Write into the thread that is open; returns the page after it."""
        shown = self.page(THREAD)
        given = {
            "proof": hidden(shown, "proof"),
            "message": hidden(shown, "message"),
            "act": "write",
            "body": body,
            **fields,
        }
        status, _ = self.ask("POST", THREAD, client.form_body(given, files), client.MULTIPART["Content-Type"])
        if status != 303:
            raise NotShown(f"the message was not taken: {status}")
        return self.page(THREAD)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise NotShown(f"the page has no field {name}")
    return found[1]


def run(data: Path, code: str, **environment: str) -> str:
    """Run a piece of Python as `./ssc manage` would, on `data`; returns what it prints."""
    settings = system.environment(
        data, SSC_PROGRAM="manage", SSC_DEMO="yes", PYTHONWARNINGS="ignore", **environment
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ssc(data: Path, command: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command of the command line."""
    settings = system.environment(data, SSC_DEMO="yes", PYTHONWARNINGS="ignore", **environment)
    settings.pop("SSC_DATA")
    return subprocess.run(
        [sys.executable, "-m", "security_center.project.cli", command, "--data", str(data), *words],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )


def until(true: Callable[[], object], sentence: str, patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"after {patience:g} s still not: {sentence}"
        time.sleep(0.05)


def make_district(data: Path) -> None:
    """Tables, key and the sample district without its months of reports, in the database that the environment
    names."""
    if not os.environ.get("DATABASE_URL"):
        return prepared.district(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    school.prepare(data, PYTHONWARNINGS="ignore")
    school.fill(data, PYTHONWARNINGS="ignore")
    return None


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of this module's own, with the sample district and no report."""
    data = tmp_path_factory.mktemp("running") / "data"
    prepared.district(data)
    return data


class StaffBrowser:
    """A signed-in person at the staff program: password and one-time code, as the pages ask for them."""

    def __init__(self, data: Path, port: int, name: str) -> None:
        self.base = f"http://localhost:{port}"
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open
        held = json.loads((data / "demo-sign-in.json").read_text(encoding="utf-8"))
        self._password = held["password"]
        (self._person,) = [person for person in held["people"] if person["name"] == name]

    def ask(self, path: str, given: dict[str, str] | None = None) -> tuple[int, str]:
        body = urlencode(given).encode() if given is not None else None
        try:
            with self._open(urllib.request.Request(self.base + path, body), timeout=60) as answer:
                return int(answer.status), unescape(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.code, unescape(error.read().decode())

    def sign_in(self) -> tuple[int, str]:
        """Returns the status and the page that the sign-in led to."""
        from tests.cast import totp_code

        _, page = self.ask("/account/login/")
        given = {
            "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
            "login": self._person["email"],
            "password": self._password,
        }
        status, page = self.ask("/account/login/", given)
        if status != 200 or 'name="code"' not in page:
            return status, page
        code = totp_code(self._person["secret"])
        return self.ask(
            "/account/2fa/authenticate/",
            {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"), "code": code},
        )
