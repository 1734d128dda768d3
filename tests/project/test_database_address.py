"""Addresses of PostgreSQL as people write them: a wrong one is told in a sentence that holds no password."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from security_center.project import database_address


@pytest.mark.parametrize(
    "wrong",
    [
        "postgresql://ssc:Marker/1@localhost:5432/ssc",
        "postgresql://ssc:Marker#1@localhost/ssc",
        "postgresql://ssc:Marker@localhost:a/ssc",
        "postgresql://localhost",
        "mysql://a@localhost/b",
    ],
)
def test_a_wrong_address_is_refused_and_nothing_of_it_is_said(wrong: str) -> None:
    with pytest.raises(database_address.NoDatabaseAddress, match="write / as %2F") as refused:
        database_address.parsed(wrong)
    assert "Marker" not in str(refused.value)


def test_a_right_one_is_taken_apart() -> None:
    assert (
        database_address.parsed("postgresql://ssc:a%2Fb@localhost:5432/ssc?host=/run/postgresql").port == 5432
    )
    assert database_address.parsed("postgresql:///ssc").path == "/ssc"


def test_a_start_with_a_wrong_address_ends_in_one_sentence(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": "src",
        "SSC_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://ssc:Marker/1@localhost/ssc",
    }
    started = [sys.executable, "-c", "import security_center.project.settings"]
    ended = subprocess.run(started, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("ssc: DATABASE_URL must look like")
    assert "Marker" not in ended.stderr
    assert "Traceback" not in ended.stderr
