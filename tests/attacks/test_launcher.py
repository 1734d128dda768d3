"""What a bare machine is made to install before anything of ours runs there."""

from __future__ import annotations

import re
from pathlib import Path

from security_center.project.cli import COMMANDS

TREE = Path(__file__).resolve().parents[2]
LOCK = "requirements-uv.lock"


def test_the_tool_that_installs_the_packages_is_taken_by_version_and_hash_only() -> None:
    installs = re.findall(
        r".*pip install.*",
        re.sub(r"(?m)^\s*#.*|apt-get install[^)\n]*", "", (TREE / "ssc").read_text(encoding="utf-8")),
    )
    assert installs
    assert all("--require-hashes" in line and LOCK in line for line in installs), installs
    locked = (TREE / LOCK).read_text(encoding="utf-8")
    assert re.match(r"uv==\d+\.\d+\.\d+ ", locked)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", locked)) > 5  # one a kind of machine
    assert locked.count("==") == 1


def test_every_command_that_the_help_names_gets_its_packages() -> None:
    """`breach` and `repair` once ended in a traceback, on the very evening when they are needed."""
    words = {
        word
        for line in re.findall(
            r"(?m)^    ([a-z| -]+)\) ?(?:lock|$)", (TREE / "ssc").read_text(encoding="utf-8")
        )
        for word in line.split(" | ")
    }
    assert words == set(COMMANDS)
