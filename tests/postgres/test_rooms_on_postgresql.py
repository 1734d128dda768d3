"""The tests that touch data, once more on PostgreSQL: each group in a pytest process of its own with its own throw-away cluster.

To see one of them alone: `./ssc test --postgresql tests/duties/test_steps.py`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# The longest of all tests: `tests/dealing.py` lets them begin first, so that none is left running alone at the end.
GROUPS = {
    "cases": ["threat_assessment"],
    "reporting": ["reporting"],
    "organizations": ["organizations", "equity"],
    "prevention": ["prevention", "center"],
    "the_ground_floor": ["ledger", "vault", "duties", "notifications", "students"],
}
# These start browsers, programs or child processes that know nothing of the database behind.
NOT_ABOUT_DATA = "not programs and not browser"

pytestmark = [pytest.mark.postgres]


@pytest.mark.parametrize("group", GROUPS)
def test_what_holds_on_sqlite_holds_on_postgresql(group: str) -> None:
    folders = [f"tests/{room}" for room in GROUPS[group] if (REPOSITORY / "tests" / room).is_dir()]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SSC_", "PYTEST_", "DATABASE_URL")) or name == "SSC_TEST_POSTGRESQL"
    }
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-W", "ignore", "-m", NOT_ABOUT_DATA, *folders],
        cwd=REPOSITORY,
        env={**kept, "SSC_TEST_ON_POSTGRESQL": "yes", "SSC_TEST_ONLY_DATA": "yes"},
        capture_output=True,
        text=True,
        check=False,
    )
    closing = ended.stdout.strip().splitlines()[-1:]
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr[-2_000:]
    assert re.search(r"\d{2,} passed", "".join(closing)), closing
