"""The floors: a room imports only from floors below it. import-linter reads the contract in
pyproject.toml."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.tree import REPOSITORY, dotted, none, room_folders

from security_center.project import code_checks


def test_every_import_goes_downwards() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[done.stdout.find("Contracts\n") :]


def test_every_room_stands_on_a_floor_of_the_contract() -> None:
    """A room that the contract does not name would be free to import anything."""
    contract = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    none(
        [
            room
            for room in map(dotted, room_folders())
            if f'"{room}' not in contract and f"| {room}" not in contract
        ]
    )


def test_every_room_stands_in_the_table_of_floors() -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in page.splitlines() if line.startswith("| "))
    none([room for room in map(dotted, room_folders()) if f"`{room.partition('.')[2]}`" not in table])


def test_the_simulation_engine_stands_alone() -> None:
    assert code_checks.simulation_engine_imports() == ""


@pytest.mark.parametrize(
    "line",
    [
        "import django",
        "from django.db import models",
        "from security_center.foundation import clock",
        "import security_center",
    ],
)
def test_an_engine_that_leans_on_the_web_system_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "engine.py").write_text(f"import numpy\n{line}\n", encoding="utf-8")
    ast.parse(line)
    assert "engine.py:2" in code_checks.simulation_engine_imports(tmp_path)
