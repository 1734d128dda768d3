"""`./ssc doctor` asks what runs: the database, and the form through the proxy, and tells one cause from
another."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.postgres.cluster import Cluster
from tests.postgres.conftest import cluster
from tests.programs.start import free_port

from security_center.foundation.notifications.channels.certificates import OWN_AUTHORITY
from security_center.project import cli, doctor, system_users

__all__ = ["cluster"]


def asked(data: Path, url: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SSC_", "DJANGO_"))}
    words = [sys.executable, "-m", "security_center.project.cli", "doctor", "--data", str(data)]
    given = {**kept, "PYTHONPATH": str(cli.REPOSITORY / "src"), "DATABASE_URL": url}
    return subprocess.run(words, env=given, capture_output=True, text=True, timeout=60, check=False).stdout


def test_a_database_that_does_not_answer_is_the_one_thing_said_and_at_once(tmp_path: Path) -> None:
    """It took two and a half minutes, and each look that needs the database ended in “see the logs”."""
    port = free_port()
    said = asked(tmp_path, f"postgresql://ssc:secret@127.0.0.1:{port}/ssc")
    assert f"BROKEN  database: The database at 127.0.0.1:{port} does not answer." in said
    assert "could not be looked at" not in said
    assert "backup:" not in said


@pytest.mark.postgres
def test_a_wrong_password_of_the_database_is_told_apart(cluster: Cluster, tmp_path: Path) -> None:
    rules = cluster.folder / "data" / "pg_hba.conf"
    rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
    cluster.psql("postgres", "SELECT pg_reload_conf()")
    cluster.psql("postgres", "CREATE ROLE locked LOGIN PASSWORD 'right'")
    said = asked(tmp_path, cluster.url("postgres", "locked:wrong"))
    assert "refuses the name or the password of DATABASE_URL" in said
    assert "could not be looked at" not in said


@contextmanager
def answering(
    answers: dict[str, tuple[int, bytes]], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[None]:
    """A proxy under https://report.example.org, whose certificate is taken on trust here."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, body = answers.get(self.path, (200, b""))
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    really, name = urllib.request.urlopen, "https://report.example.org"
    here = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(
        urllib.request, "urlopen", lambda url, **more: really(url.replace(name, here), **more)
    )
    settings.SSC_PUBLIC_URL, settings.SSC_STAFF_URL, settings.SSC_BIND, settings.SSC_PORT = (
        name,
        "http://localhost",
        "127.0.0.1",
        free_port(),
    )
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


WELL = {"/healthz": (200, b"ok\n")}
CASES = [
    (WELL, []),
    ({**WELL, "/report/": (500, b"Something went wrong")}, ["/report/: it answers 500"]),
    (
        {
            **WELL,
            "/readyz": (
                503,
                b'{"ready": false, "checks": {"disk": "ok", "form": "The page cannot be shown."}}',
            ),
        },
        ["The page cannot be shown."],
    ),
    ({"/healthz": (502, b"Bad Gateway")}, ["The public program does not answer on http://127.0.0.1:"]),
]


@pytest.mark.parametrize(
    ("answers", "words"), CASES, ids=["well", "an error for the form", "not ready", "the program is down"]
)
def test_the_form_is_asked_for_and_a_program_that_is_down_is_told_apart_from_its_proxy(
    answers: dict[str, tuple[int, bytes]], words: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    with answering(answers, monkeypatch, settings):
        found = list(doctor.addresses_answer())
    assert len(found) == len(words)
    assert all(
        word in one.sentence and one.grave and "public" in one.mend
        for word, one in zip(words, found, strict=True)
    )


def _refused_certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "said by OpenSSL"
    return error


FAULTS: list[tuple[Exception, str]] = [
    (socket.gaierror(-2, "Name or service not known"), "name server"),
    (ConnectionRefusedError(111, "Connection refused"), "start the web server"),
    (TimeoutError("timed out"), "firewall"),
    (_refused_certificate(10), "have it renewed"),
    (_refused_certificate(62), "to the name in it"),
    (_refused_certificate(20), OWN_AUTHORITY),
]


@pytest.mark.parametrize(("fault", "mend"), FAULTS, ids=[mend for _fault, mend in FAULTS])
def test_what_mends_an_address_that_does_not_answer_is_what_failed(
    fault: Exception, mend: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Each of them pointed to the section on an authority of one's own, or to the way out of the machine."""

    def ask(url: str, timeout: int) -> Any:
        if url.startswith("https:"):
            raise urllib.error.URLError(fault)
        return contextlib.closing(io.BytesIO(b"ok\n"))

    monkeypatch.setattr(urllib.request, "urlopen", ask)
    settings.SSC_PUBLIC_URL, settings.SSC_STAFF_URL = (
        "https://report.example.org",
        "https://staff.example.org",
    )
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [{"settings": {"server_url": "https://accounts.example.org"}}]}
    }
    found = [*doctor.addresses_answer(), *doctor.identity_provider_answers()]
    assert len(found) == 3
    assert all(mend in one.mend for one in found)
    assert all((OWN_AUTHORITY in one.mend) == (mend == OWN_AUTHORITY) for one in found)
    if "certificate" not in str(fault) or mend == "to the name in it":
        assert [
            setting in one.mend
            for setting, one in zip(
                ("SSC_PUBLIC_URL", "SSC_STAFF_URL", "SSC_OIDC_ISSUER"), found, strict=True
            )
        ] == [True] * 3


def test_a_folder_that_the_public_programs_user_cannot_reach_is_named_with_what_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SSC_DATA, settings.DATABASE_URL = tmp_path, ""
    tmp_path.chmod(0o2750)
    (tmp_path / "static").mkdir(mode=0o700)
    monkeypatch.setattr(doctor, "_units", lambda: ["ssc-public", "ssc-staff", "ssc-worker"])
    monkeypatch.setattr(
        doctor.grp, "getgrnam", lambda _name: type("Group", (), {"gr_gid": tmp_path.stat().st_gid})
    )
    [finding] = doctor.files_are_the_owners()
    assert f"cannot reach {tmp_path / 'static'}," in finding.sentence
    assert "./ssc install" in finding.mend
    assert system_users.shut_to_the_group(tmp_path, tmp_path.stat().st_gid) == [tmp_path / "static"]
