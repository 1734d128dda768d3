"""The rooms' tests whose statements differ between the databases (repeats.py), once more on PostgreSQL: in a
pytest process of its own with its own throw-away cluster.

To see one of them alone: `./ssc test --postgresql tests/duties/test_steps.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from tests.postgres.repeats import LIST

REPOSITORY = Path(__file__).resolve().parents[2]
# These start browsers, programs or child processes that know nothing of the database behind.
NOT_ABOUT_DATA = "not programs and not browser"

pytestmark = [pytest.mark.postgres]


def rooms() -> list[str]:
    """The folders of tests about a room."""
    names = {room.rsplit(".", 1)[1] for room in settings.ROOMS}
    return sorted(
        f"tests/{folder.name}"
        for folder in (REPOSITORY / "tests").iterdir()
        if folder.name in names and any(folder.glob("test_*.py"))
    )


@pytest.fixture(scope="module")
def repeated() -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SSC_", "PYTEST_", "DATABASE_URL"))
        or name in {"SSC_TEST_POSTGRESQL", "SSC_TEST_PREPARED", "SSC_WRITE_REPEATS"}
    }
    chosen = ["-p", "tests.postgres.repeats", "-m", NOT_ABOUT_DATA, *rooms()]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-W", "ignore", *chosen],
        cwd=REPOSITORY,
        env={**kept, "SSC_TEST_ON_POSTGRESQL": "yes"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_what_holds_on_sqlite_holds_on_postgresql(repeated: subprocess.CompletedProcess[str]) -> None:
    closing = repeated.stdout.strip().splitlines()[-1:]
    assert repeated.returncode == 0, repeated.stdout[-20_000:] + repeated.stderr[-2_000:]
    passed = re.search(r"(\d+) passed", "".join(closing))
    assert passed, closing
    assert int(passed[1]) >= len(json.loads(LIST.read_text(encoding="utf-8"))["tests"])


@pytest.mark.long
def test_every_function_that_touches_data_runs_on_postgresql(
    repeated: subprocess.CompletedProcess[str],
) -> None:
    (new,) = re.findall(r"^new functions that no repeat reaches: (.*)$", repeated.stdout, re.MULTILINE)
    assert json.loads(new) == [], "See repeats.py."
