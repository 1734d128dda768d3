"""What a bare machine is made to install before anything of ours runs there."""

from __future__ import annotations

import re
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
LOCK = "requirements-uv.lock"


def test_the_tool_that_installs_the_packages_is_taken_by_version_and_hash_only() -> None:
    installs = re.findall(r".*pip install.*", re.sub(r"(?m)^\s*#.*|apt-get install[^)\n]*", "", (TREE / "ssc").read_text(encoding="utf-8")))
    assert installs
    assert all("--require-hashes" in line and LOCK in line for line in installs), installs
    locked = (TREE / LOCK).read_text(encoding="utf-8")
    assert re.match(r"uv==\d+\.\d+\.\d+ ", locked)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", locked)) > 5  # one a kind of machine
    assert locked.count("==") == 1
