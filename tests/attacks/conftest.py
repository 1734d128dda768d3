"""Fixtures that several kinds of attack share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests import prepared
from tests.attacks.wrong_clock import machine
from tests.duties.conftest import house
from tests.postgres.conftest import cluster
from tests.reporting.acts import valley

__all__ = ["cluster", "house", "machine", "raced", "valley"]

REPOSITORY = Path(__file__).resolve().parents[2]
RACED: dict[str, Any] = {}


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("sqlite", marks=pytest.mark.long),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ],
)
def raced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What came of the races of raced.py, on a real database of either kind: run once, though pytest keeps
    one kind at a time."""
    if request.param not in RACED:
        data = tmp_path_factory.mktemp("raced")
        RACED[request.param] = _race(prepared.database(request, "raced", data), data)
    return RACED[request.param]


def _race(url: str, data: Path) -> Any:
    environment = {
        **os.environ,
        "SSC_DATA": str(data),
        "DATABASE_URL": url,
        "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}",
    }
    script = Path(__file__).with_name("raced.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
