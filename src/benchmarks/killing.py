"""50 submitters while the public program and the worker are killed with `kill -9` ten times: every receipt
shown opens its report, none doubled."""

from __future__ import annotations

import http.client
import os
import random
import signal
import sqlite3
import threading
import time

from . import client, school, system, threads
from .figures import Figure

SUBMITTERS = 50
EACH = 12
KILLS = 10


def run() -> list[Figure]:
    data = school.ready("killing")
    shown: list[tuple[str, str]] = []
    lock = threading.Lock()
    busy = threading.Event()
    with system.running(data) as ours:

        def submitter(number: int) -> None:
            for turn in range(EACH):
                text = f"Report {number}-{turn}: {client.unique()}"
                words = _send_until_shown(ours.port, text)
                with lock:
                    shown.append((words, text))

        workers = [threading.Thread(target=submitter, args=(number,)) for number in range(SUBMITTERS)]
        killer = threading.Thread(target=_kill, args=(ours, busy))
        for worker in workers:
            worker.start()
        killer.start()
        for worker in workers:
            worker.join()
        busy.set()
        killer.join()
        opened = sum(_opens(ours.port, words, text) for words, text in shown)
    stored = (
        sqlite3.connect(data / "center.sqlite3")
        .execute("select count(*), count(distinct locator_digest) from reporting_report")
        .fetchone()
    )
    return [
        Figure("receipts shown", len(shown), "", SUBMITTERS * EACH, at_least=True),
        Figure("receipts that open their report", opened / len(shown) * 100, "%", 100, at_least=True),
        Figure("reports stored for each receipt shown", stored[0] / len(shown), "", 1.0),
    ]


def _kill(ours: system.System, busy: threading.Event) -> None:
    chance = random.Random(11)  # noqa: S311
    for _turn in range(KILLS):
        if busy.wait(chance.uniform(0.4, 1.2)):
            return
        for program in ("public", "worker"):
            pids = ours.children().get(program, [])
            if pids:
                os.kill(chance.choice(pids), signal.SIGKILL)


def _send_until_shown(port: int, text: str) -> str:
    """Send one form again and again, as a person presses the button again, until the page after it shows the
    receipt."""
    page = _until(lambda: _ask(port, "GET", f"/report/{school.SCHOOL}/"))
    body = client.form_body(
        {"language": "en", "seed": client.seed_of(page), "what_happened": text, "danger_now": "no"}
    )
    answer = _until(lambda: _ask(port, "POST", f"/report/{school.SCHOOL}/", body))
    return threads.receipt_words(answer)


def _until(ask: object) -> str:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            return ask()  # type: ignore[operator, no-any-return]
        except (OSError, http.client.HTTPException, RuntimeError):
            time.sleep(0.1)
    raise RuntimeError("The public program never answered.")


def _ask(port: int, method: str, path: str, body: bytes | None = None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=client.MULTIPART if body else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(str(answer.status))
        return text
    finally:
        connection.close()


def _opens(port: int, words: str, text: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        cookie = threads.come_back(connection, words)
        connection.request("GET", "/report/receipt/thread/", headers={"Cookie": cookie})
        return text in connection.getresponse().read().decode()
    except RuntimeError:
        return False
    finally:
        connection.close()
