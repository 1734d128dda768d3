"""Settings that cannot work stop the start with a sentence: what passed them was found out by the first alert that reached nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from security_center.project import cli


def settings_read(tmp_path: Path, **given: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SSC_", "DJANGO_"))}
    environment = {**kept, "PYTHONPATH": str(cli.REPOSITORY / "src"), "SSC_PROGRAM": "manage", "SSC_DATA": str(tmp_path), **given}
    words = [sys.executable, "-c", "import security_center.project.settings"]
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("sender", ["School Security <no-reply", "School Security", "no-reply@example.org>", "a b@example.org"])
def test_a_sender_that_is_no_address_stops_the_start(tmp_path: Path, sender: str) -> None:
    done = settings_read(tmp_path, SSC_EMAIL_FROM=sender)
    assert done.returncode == 2
    assert "SSC_EMAIL_FROM is" in done.stderr


@pytest.mark.parametrize("sender", ["no-reply@localhost", "Escuela “Río” <no-reply@example.org>", "<no-reply@example.org>"])
def test_a_sender_with_or_without_a_name_is_taken(tmp_path: Path, sender: str) -> None:
    assert settings_read(tmp_path, SSC_EMAIL_FROM=sender).returncode == 0
