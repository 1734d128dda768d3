"""The rooms' tests that touch data, once more on PostgreSQL: in a pytest process of its own with its own
throw-away cluster.

To see one of them alone: `./ssc test --postgresql tests/duties/test_steps.py`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

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


@pytest.mark.long
def test_what_holds_on_sqlite_holds_on_postgresql() -> None:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SSC_", "PYTEST_", "DATABASE_URL")) or name == "SSC_TEST_POSTGRESQL"
    }
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:xdist",
            "-W",
            "ignore",
            "-m",
            NOT_ABOUT_DATA,
            *rooms(),
        ],
        cwd=REPOSITORY,
        env={**kept, "SSC_TEST_ON_POSTGRESQL": "yes", "SSC_TEST_ONLY_DATA": "yes"},
        capture_output=True,
        text=True,
        check=False,
    )
    closing = ended.stdout.strip().splitlines()[-1:]
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr[-2_000:]
    assert re.search(r"\d{4,} passed", "".join(closing)), closing
