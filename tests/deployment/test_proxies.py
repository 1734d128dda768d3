"""The proxies' files that `./ssc install` writes, before the real programs: what goes through, what stays
nowhere, who is cut off."""

from __future__ import annotations

import http.server
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.deployment.proxies import REPORTERS, STAFF, VISITOR, Proxy, running
from tests.running import SMALL_JPEG, StaffBrowser

from benchmarks import client, system, threads
from benchmarks.attacks.slow_clients import FORM
from security_center.project import arrival

pytestmark = [pytest.mark.programs]
NAMES = ["nginx", "caddy"]
CLAIMED = "203.0.113.7"  # what a visitor claims to come from


@dataclass
class Installed:
    ours: system.System
    proxies: dict[str, Proxy]


@pytest.fixture(scope="module")
def installed(district: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in {
            "SSC_BEHIND_TLS_PROXY": "yes",
            "SSC_PUBLIC_URL": f"https://{REPORTERS}",
            "SSC_STAFF_URL": f"https://{STAFF}",
        }.items():
            patch.setenv(name, value)
        ours = stack.enter_context(system.running(district))
        folder = tmp_path_factory.mktemp("proxies")
        yield Installed(
            ours,
            {
                name: stack.enter_context(running(name, folder / name, ours.port, ours.staff_port))
                for name in NAMES
            },
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_report_with_a_photo_goes_through_and_nothing_of_it_or_its_sender_stays_with_the_proxy(
    installed: Installed, name: str
) -> None:
    proxy = installed.proxies[name]
    marker = b"a photo's bytes that must lie nowhere"
    connection = proxy.connection(REPORTERS)
    connection.request("GET", FORM)
    answer = connection.getresponse()
    assert answer.status == 200
    seed = client.seed_of(answer.read().decode())
    photo = SMALL_JPEG[:-2] + marker * 100_000 + SMALL_JPEG[-2:]
    fields = {"language": "en", "seed": seed, "what_happened": f"Sent through {name}.", "danger_now": "no"}
    body = client.form_body(fields, {"files": ("photo.jpg", photo)})
    connection.putrequest("POST", FORM)
    connection.putheader("Content-Type", client.MULTIPART["Content-Type"])
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    connection.send(body[: len(body) // 2])
    time.sleep(0.5)
    assert proxy.holds(marker) == []
    connection.send(body[len(body) // 2 :])
    answer = connection.getresponse()
    page = answer.read().decode()
    assert answer.status == 200
    assert len(threads.receipt_words(page).split()) == 9
    connection.close()
    assert proxy.holds(marker) == []
    assert proxy.holds(VISITOR.encode()) == []
    assert [
        path for path in installed.ours.data.rglob("*.log") if VISITOR in path.read_text(encoding="utf-8")
    ] == []


class StaffBrowserOverTLS(StaffBrowser):
    def __init__(self, data: Path, proxy: Proxy, name: str) -> None:
        super().__init__(data, proxy.port, name)
        self.base = f"https://{STAFF}"
        opener = proxy.opener()
        opener.addheaders = [
            ("Origin", self.base),
            ("X-Forwarded-For", CLAIMED),
            ("X-Forwarded-Proto", "http"),
        ]
        self._open = opener.open


@pytest.mark.parametrize(("name", "person"), [("nginx", "Rosa Ortiz"), ("caddy", "Ivy Chen")])
def test_people_sign_in_over_tls_whatever_a_visitor_claims_about_the_way(
    installed: Installed, name: str, person: str
) -> None:
    browser = StaffBrowserOverTLS(installed.ours.data, installed.proxies[name], person)
    status, _page = browser.sign_in()
    assert status == 200
    assert browser.ask("/desk/")[0] == 200
    assert installed.proxies[name].holds(VISITOR.encode()) == []


def test_a_body_that_drips_and_headers_that_never_end_are_cut_off_through_each_proxy(
    installed: Installed,
) -> None:
    body = (
        f"POST {FORM} HTTP/1.1\r\nHost: {REPORTERS}\r\nContent-Type: "
        "application/x-www-form-urlencoded\r\nContent-Length: 9999\r\n\r\n"
    ).encode()
    head = f"GET {FORM} HTTP/1.1\r\nHost: {REPORTERS}\r\nX-Slow: ".encode()
    held = {
        (name, kind): installed.proxies[name].socket(REPORTERS) for name in NAMES for kind in (body, head)
    }
    for (_name, opening), one in held.items():
        one.sendall(opening)
        one.setblocking(False)
    over: set[tuple[str, bytes]] = set()
    end = time.monotonic() + arrival.GRACE + 30
    while over != set(held) and time.monotonic() < end:
        time.sleep(1)
        for key, one in held.items():
            if key not in over and is_over(one):
                over.add(key)
    assert {(name, "body" if kind is body else "headers") for name, kind in set(held) - over} == set()
    for one in held.values():
        one.close()


def is_over(one: ssl.SSLSocket) -> bool:
    """Sends one byte more; whether an answer or the end of the connection came."""
    try:
        one.send(b"a")
        one.recv(1000)
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize("name", NAMES)
def test_the_staff_program_is_told_where_a_visitor_is_not_what_they_claim_and_the_public_program_neither(
    name: str, tmp_path: Path
) -> None:
    told: list[tuple[str, str]] = []

    class Telling(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.extend(self.headers.items())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Says nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Telling) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with running(name, tmp_path / name, server.server_port, server.server_port) as proxy:
            for host in (REPORTERS, STAFF):
                connection = proxy.connection(host)
                connection.request(
                    "GET",
                    "/",
                    headers={"X-Forwarded-For": CLAIMED, "X-Real-IP": CLAIMED, "Forwarded": f"for={CLAIMED}"},
                )
                assert connection.getresponse().status == 204
                connection.close()
        server.shutdown()
    assert [value for _, value in told if CLAIMED in value] == []
    # For staff alone
    assert [(name.lower(), value) for name, value in told if VISITOR in value] == [
        ("x-forwarded-for", VISITOR)
    ]
    assert {value for name, value in told if name.lower() == "x-forwarded-proto"} == {"https"}
