"""`./ssc simex plan …` as a person uses it: files, sentences, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.simex.importing.ifc_school import school
from tests.simex.plan.test_drawing import broken

from simex.command import main
from simex.plan import read_plan, write_plan


def test_a_generated_school_is_sound_and_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "school.json"
    assert main(["plan", "generate", "--kind", "high", "--students", "1000", str(out)]) == 0
    assert "The plan is sound." in capsys.readouterr().out
    assert len(read_plan(out).exits) == 8
    assert main(["plan", "generate", str(out)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["plan", "generate", "--kind", "elementary", "--replace", str(out)]) == 0
    assert read_plan(out).grades == "elementary"
    assert main(["plan", "check", str(out)]) == 0


def test_an_impossible_school_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "generate", "--students", "3", str(tmp_path / "school.json")]) == 2
    assert "students may be from 20 to 6,000, not 3." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_faults_are_told_drawn_and_end_in_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(broken(), tmp_path / "plan.json")
    assert (
        main(["plan", "check", str(tmp_path / "plan.json"), "--picture", str(tmp_path / "faults.svg")]) == 1
    )
    told = capsys.readouterr().out
    assert "Faults (2):" in told
    assert "overlap by 0.50 m. Draw each piece of floor once. [level 1, x 3.8 m, y 5.6 m]" in told
    assert "overlap by 0.50 m" in (tmp_path / "faults.svg").read_text(encoding="utf-8")
    assert main(["plan", "check", str(tmp_path / "plan.json"), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in found] == ["overlap", "no-office"]
    assert found[0]["position"] == [3.75, 5.6]


def test_what_cannot_be_read_or_drawn_ends_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(broken(), tmp_path / "plan.json")
    for words, said in (
        (["check", str(tmp_path / "none.json")], "cannot be read"),
        (["draw", str(tmp_path / "plan.json"), str(tmp_path / "plan.pdf")], ".svg or .png"),
        (["draw", str(tmp_path / "plan.json"), str(tmp_path / "plan.svg"), "--level", "x"], "no level “x”"),
    ):
        assert main(["plan", *words]) == 2
        assert said in capsys.readouterr().err


def test_a_building_is_imported_told_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(school().write(tmp_path / "oak.ifc"))
    out = tmp_path / "oak.json"
    assert main(["plan", "import", source, str(out), "--picture", str(tmp_path / "oak.svg")]) == 0
    told = capsys.readouterr().out
    assert "Oak School: 2 levels, 6 rooms, 8 doors and openings, 1 exit." in told
    assert "Assumed, correct it in the file" in told
    assert main(["plan", "check", str(out)]) == 0
    assert "003 Classroom" in (tmp_path / "oak.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["plan", "import", source, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["doors_two_spaces"] == 2
    assert main(["plan", "import", source, str(out)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["plan", "import", str(tmp_path / "none.ifc")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plan", "--help"])
    assert ended.value.code == 0
    assert "./ssc simex plan generate" in capsys.readouterr().out
