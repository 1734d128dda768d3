"""Many threads on one real SQLite file: the same form is stored once however often it arrives at once, and
nobody's words are lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests import prepared

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.long
def test_reports_that_arrive_at_once_are_each_stored_once_and_open_with_their_receipts(
    tmp_path: Path,
) -> None:
    prepared.tables(tmp_path)
    environment = {
        **os.environ,
        "SSC_DATA": str(tmp_path),
        "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}",
    }
    script = Path(__file__).with_name("many_at_once.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["faults"] == []
    assert found["same"] == [1, 1]  # one number, and one of the twelve was the first
    assert found["other"] == [6, 6]
    assert (found["reports"], found["duties"], found["ledger"]) == (7, 7, True)
