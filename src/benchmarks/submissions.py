"""Full encrypted submissions from 8 reporters at once, in turn with the yardstick."""

from __future__ import annotations

import http.client
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import client, school, system
from .figures import Figure, percentile

REPORTERS = 8
ROUNDS = 5
SECONDS = 5.0
SEEDS = 30_000  # more than are sent
COUNTED = 500  # submissions whose parts are timed


def run() -> list[Figure]:
    data = school.ready("submissions")
    bare_folder = system.fresh("bare")
    bare_port = system.free_port()
    code = "import sys; from benchmarks import bare; bare.make_table(); bare.serve(int(sys.argv[1]))"
    settings = {**system.environment(data), "BENCH_BARE_DATABASE": str(bare_folder / "bare.sqlite3")}
    settings.pop("DJANGO_SETTINGS_MODULE")
    bare = subprocess.Popen([sys.executable, "-c", code, str(bare_port)], env=settings)  # noqa: S603
    try:
        with system.running(data) as ours:
            _wait(bare_port)
            seeds = itertools.cycle(_seeds(data, SEEDS))
            mine: list[client.Timings] = []
            theirs: list[client.Timings] = []
            for _round in range(ROUNDS):
                theirs.append(
                    client.in_parallel(
                        REPORTERS, SECONDS, lambda _n: client.poster(bare_port, "/take/", _bare_body)
                    )
                )
                mine.append(
                    client.in_parallel(
                        REPORTERS,
                        SECONDS,
                        lambda _n: client.poster(ours.port, f"/report/{school.SCHOOL}/", _body(seeds)),
                    )
                )
    finally:
        bare.terminate()
        bare.wait()
    taken = [seconds for timings in mine for seconds in timings.taken]
    ratio = statistics.median(t.rate / m.rate for t, m in zip(theirs, mine, strict=True))
    failed = sum(t.failed for t in mine)
    return [
        Figure(
            "submissions a second, 8 at once",
            statistics.median(t.rate for t in mine),
            "/s",
            100,
            at_least=True,
            note=f"{len(taken)} sent",
        ),
        Figure("submission, 95 of 100 within", percentile(taken, 0.95) * 1000, "ms", 150),
        Figure("cost beside a bare POST with one INSERT", ratio, "times", 3, note="median of rounds in turn"),
        Figure("submissions that failed", failed, "", 0),
        Figure("bare POSTs a second", statistics.median(t.rate for t in theirs), "/s"),
        *(
            Figure(f"of it, {part}", cost, "ms", note="one thread, no network")
            for part, cost in _parts(data).items()
        ),
    ]


def _parts(data: Path) -> dict[str, float]:
    settings = system.environment(data, SSC_PROGRAM="public", SSC_DEMO="yes")
    words = [sys.executable, "-m", "benchmarks.submission_parts", str(COUNTED)]
    return dict(
        json.loads(subprocess.run(words, env=settings, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    )


def _wait(port: int) -> None:
    for _turn in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The yardstick did not start.")


_MAKE_SEEDS = """
import django; django.setup()
import sys
from security_center.foundation.vault.receipts import Receipt, seal_seed
for _ in range(int(sys.argv[1])): print(seal_seed(Receipt.new()))
"""


def _seeds(data: Path, count: int) -> list[str]:
    """Fresh receipts as forms carry them, one for each submission. Opening the form is not measured here."""
    settings = system.environment(data, SSC_PROGRAM="public", SSC_DEMO="yes")
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _MAKE_SEEDS, str(count)],
        env=settings,
        check=True,
        capture_output=True,
        text=True,
    )
    return ended.stdout.split()


def _body(seeds: Iterator[str]) -> Callable[[], bytes]:
    return lambda: client.form_body(fields(next(seeds)))


def fields(seed: str) -> dict[str, str]:
    """The same form for both."""
    return {
        "language": "en",
        "seed": seed,
        "what_happened": f"{client.TEXT} {client.unique()}",
        "who": "Two boys of grade 8",
        "when_where": "By the gym, after last period",
        "danger_now": "no",
        "weapon": "",
        "how_do_you_know": "I heard it myself",
        "category": "",
        "may_we_message": "yes",
    }


def _bare_body() -> bytes:
    return client.form_body(fields("x" * 52))
