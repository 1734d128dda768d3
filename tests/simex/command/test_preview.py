"""The hazard mode on the command line while it is not released (simex.md 7.2, decision 0022)."""

import json
from pathlib import Path

import pytest

from simex.command import main

DESIGN = """
version = 1
name = "Small"
purpose = "a test of the command line"
[plan]
generate = "elementary"
students = 60
[design]
form = "replica"
"""


def test_a_design_with_a_hazard_is_refused_with_the_tests_that_were_missed_and_how_to_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d.toml").write_text(DESIGN)
    assert main(["run", str(tmp_path / "d.toml"), "--out", str(tmp_path / "runs")]) == 2
    said = capsys.readouterr().err
    assert "not reproduced" in said
    assert "--preview" in said
    assert not (tmp_path / "runs").exists()


def test_a_preview_that_is_asked_for_runs_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d.toml").write_text(DESIGN)
    runs = tmp_path / "runs"
    assert main(["run", str(tmp_path / "d.toml"), "--out", str(runs), "--workers", "1", "--preview"]) == 0
    assert "Preview: not validated" in capsys.readouterr().err
    assert json.loads((runs / "study.json").read_text())["design"]["preview"] is True
    assert main(["resume", str(runs), "--workers", "1"]) == 0  # asked for once
    assert "Preview: not validated" in capsys.readouterr().err
