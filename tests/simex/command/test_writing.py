"""Where a command writes is tried before anything is computed, and told when it is done."""

from pathlib import Path

import pytest

from simex.command import main
from simex.plan import generate, write_plan

DRILL = """
version = 1
name = "Small"
purpose = "a test of the command line"
[plan]
generate = "elementary"
students = 60
[population]
students = 60
[design]
form = "full-factorial"
[common]
kind = "lockdown-drill"
[factors]
doors = ["manual", "pre-locked"]
[runs]
seed = 7
replicates = 20
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, a design and a finished study; “file” is a file, so that nothing can be written below it."""
    folder = tmp_path_factory.mktemp("made")
    write_plan(generate("elementary", 60), folder / "plan.json")
    (folder / "drill.toml").write_text(DRILL)
    (folder / "file").write_text("a file")
    assert main(["run", str(folder / "drill.toml"), "--out", str(folder / "study"), "--workers", "1"]) == 0
    return folder


@pytest.mark.parametrize(
    "words",
    [
        "plan draw plan.json file/plan.svg",
        "plan check plan.json --picture file/plan.svg",
        "plan import building.ifc file/plan.json",
        "plan generate file/plan.json",
        "design new file/drill.toml",
        "film plan.json --out file/film.html",
        "film plan.json --out study",
        "report study --out file",
        "run drill.toml --out file",
        "run drill.toml --out file/results",
        "verify --out file",
        "validate --out file/validation",
        "demo --out file",
    ],
)
def test_a_place_that_cannot_be_written_to_is_told_before_anything_is_computed(
    made: Path, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(made)
    assert main(words.split()) == 2
    told = capsys.readouterr()
    assert "cannot be written" in told.err or "is a file. Choose a new folder." in told.err
    assert "People walk" not in told.out
    assert "Running the study" not in told.out


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("plan draw plan.json new/one/plan.svg", "new/one/plan.svg"),
        ("plan check plan.json --picture new/two/plan.svg", "new/two/plan.svg"),
        ("plan generate new/three/plan.json --students 60 --kind elementary", "new/three/plan.json"),
        ("design new new/four/drill.toml", "new/four/drill.toml"),
        ("report study --out new/six", "new/six/report.html"),
        ("verify --only L8a --out new/seven", "new/seven/verification.json"),
        ("sensitivity study --trajectories 2 --points 0 --draws 0 --workers 1", "study/sensitivity.json"),
    ],
)
def test_a_folder_that_is_not_there_is_made_and_what_was_written_is_told(
    made: Path, words: str, file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(made)
    assert main(words.split()) == 0
    assert (made / file).is_file()
    assert file in capsys.readouterr().out
