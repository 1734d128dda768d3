"""A reporter comes back: the receipt is typed, then the thread is opened."""

from __future__ import annotations

import http.client
import re
import time
from urllib.parse import urlencode

from . import client, school, system
from .figures import Figure, percentile

TIMES = 200


def run() -> list[Figure]:
    data = school.ready("threads")
    typed, opened = [], []
    with system.running(data) as ours:
        system.wait_until_idle(data)  # the first mail of the new district
        connection = http.client.HTTPConnection("127.0.0.1", ours.port, timeout=30)
        connection.request("GET", f"/report/{school.SCHOOL}/")
        page = connection.getresponse().read().decode()
        words = receipt_words(page)
        body = client.form_body(
            {"language": "en", "seed": client.seed_of(page), "what_happened": client.TEXT, "danger_now": "no"}
        )
        connection.request("POST", f"/report/{school.SCHOOL}/", body=body, headers=client.MULTIPART)
        connection.getresponse().read()
        for _turn in range(TIMES):
            started = time.perf_counter()
            cookie = come_back(connection, words)
            typed.append(time.perf_counter() - started)
            started = time.perf_counter()
            connection.request("GET", "/report/receipt/thread/", headers={"Cookie": cookie})
            answer = connection.getresponse()
            text = answer.read().decode()
            opened.append(time.perf_counter() - started)
            if answer.status != 200 or "Someone in my grade" not in text:
                raise RuntimeError("The thread did not open.")
    return [
        Figure(
            "thread opened with its receipt, 95 of 100 within", percentile(opened, 0.95) * 1000, "ms", 100
        ),
        Figure("receipt typed, 95 of 100 within", percentile(typed, 0.95) * 1000, "ms", 100),
    ]


def receipt_words(page: str) -> str:
    """The words in the element with id `receipt`, in their order."""
    part = page[page.index('id="receipt"') :]
    return " ".join(re.findall(r"<li>\s*([^<\s]+)\s*</li>", part)[:9])


def come_back(connection: http.client.HTTPConnection, words: str) -> str:
    """Type the receipt; returns the cookie of the session. Raises RuntimeError when it is not taken."""
    connection.request(
        "POST",
        "/report/receipt/",
        body=urlencode({"words": words}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    answer = connection.getresponse()
    answer.read()
    cookie = answer.getheader("Set-Cookie") or ""
    if answer.status not in {302, 303} or not cookie:
        raise RuntimeError(f"The receipt was not taken (status {answer.status}).")
    return cookie.split(";", 1)[0]
