import json
from pathlib import Path

import pytest

from simex.experiment.release import NEEDED, release_for


def result(folder: Path, digest: str, **verdicts: str) -> None:
    tests = [{"code": code, "verdict": verdicts.get(code, "passed")} for code in (*NEEDED, "V6")]
    (folder / "validation.json").write_text(json.dumps({"about": {"parameter_digest": digest}, "tests": tests}))


def test_the_count_is_released_where_v1_to_v5_passed_for_these_inputs_whatever_v6_says(tmp_path: Path) -> None:
    result(tmp_path, "a", V6="not reproduced")
    assert release_for("a", tmp_path).allowed
    assert not release_for("b", tmp_path).allowed


@pytest.mark.parametrize("code", NEEDED)
def test_one_of_them_that_failed_withholds_it_and_is_named(tmp_path: Path, code: str) -> None:
    result(tmp_path, "a", **{code: "not reproduced"})
    release = release_for("a", tmp_path)
    assert not release.allowed
    assert code in release.reason


def test_without_a_result_or_with_a_damaged_one_it_is_withheld(tmp_path: Path) -> None:
    assert not release_for("a").allowed
    (tmp_path / "validation.json").write_text("[")
    assert not release_for("a", tmp_path).allowed
