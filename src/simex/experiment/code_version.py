"""Which code made the runs: the digest of every file that can change one."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

HERE = Path(__file__).parents[1]
# What a run's bytes depend on. Reports and analyses may change without making old runs unusable.
DECIDE = (
    "decisions",
    "network",
    "space",
    "continuous",
    "plan",
    "parameters",
    "experiment/cells.py",
    "experiment/chunks.py",
    "experiment/factorial.py",
    "experiment/hypercube.py",
)
DECIDE_FILES = ("compiling.py", "distributions.py", "draws.py", "population.py", "runs.py", "scenario.py")


@cache
def code_version() -> str:
    """SHA-256 of the engine's source files, by their names."""
    digest = hashlib.sha256()
    for path in sorted(_files(), key=lambda path: path.relative_to(HERE).as_posix()):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files() -> list[Path]:
    places = [HERE / name for name in (*DECIDE, *DECIDE_FILES)]
    return [
        path
        for place in places
        for path in (place.rglob("*.py") if place.is_dir() else [place])
        if path.is_file()
    ]
