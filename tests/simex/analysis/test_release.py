import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.simex.experiment.tiny import study

from simex.analysis import Results
from simex.experiment import CannotRun
from simex.experiment.code_version import code_version
from simex.experiment.release import NEEDED, OF_THE_HAZARD, Release, release_for
from simex.experiment.stored import stored_tables
from simex.parameters import Label, Parameters

SHOWN: dict[str, dict[str, Any]] = {
    "V1": {"effect": 0.1, "low": 0.05, "high": 0.2, "share_significant": 0.6},
    "V2": {
        "neutral": [0.8, 0.7, 0.9],
        "optimistic": [0.6, 0.5, 0.7],
        "never": [1, 1, 1],
        "never_without_radio": 1.0,
        "share_significant": 0.5,
    },
    "V3": {"effect": 0.1, "low": 0.05, "high": 0.2, "share_significant": 0.8},
    "V4": {"effect": 0.1, "low": 0.05, "high": 0.2, "share_significant": 0.5},
    "V5": {"effect": -200, "low": -210, "high": -190, "share_significant": 1.0},
}
NOT_SHOWN: dict[str, dict[str, Any]] = {
    "V1": {"low": -0.01},
    "V2": {"optimistic": [0.9, 0.8, 1.01]},
    "V3": {"share_significant": 0.79},
    "V4": {"low": float("nan")},
    "V5": {"high": 1},
}


def record(
    folder: Path,
    *,
    about: dict[str, Any] | None = None,
    numbers: dict[str, dict[str, Any]] | None = None,
    **verdicts: str,
) -> None:
    """A record as `validate` writes it, of the parameters “a”."""
    made_of = {
        "parameter_digest": "a",
        "engine_digest": code_version(),
        "replicates_per_cell": 400,
        "experiments_of_24_runs": 500,
    } | (about or {})
    tests = [
        {
            "code": code,
            "verdict": verdicts.get(code, "passed"),
            "numbers": SHOWN.get(code, {}) | (numbers or {}).get(code, {}),
        }
        for code in (*NEEDED, "V6")
    ]
    (folder / "validation.json").write_text(json.dumps({"about": made_of, "tests": tests}))


def test_the_count_is_released_where_v1_to_v5_passed_for_these_parameters_whatever_v6_says(
    tmp_path: Path,
) -> None:
    record(tmp_path, V6="not reproduced")
    release = release_for("a", tmp_path)
    assert release.allowed
    assert "made by whoever ran the study. Nobody else has checked it" in release.reason
    assert release_for("b", tmp_path).reason.count("it is of other parameters") == 1


@pytest.mark.parametrize("code", NEEDED)
def test_one_of_them_that_failed_withholds_it_and_is_named(tmp_path: Path, code: str) -> None:
    record(tmp_path, numbers={code: NOT_SHOWN[code]}, **{code: "not reproduced"})
    release = release_for("a", tmp_path)
    assert not release.allowed
    assert f"{code} of the validation tests V1 to V5 was not reproduced (validation.json)" in release.reason


@pytest.mark.parametrize("code", NEEDED)
def test_the_word_passed_without_numbers_that_show_it_releases_nothing(tmp_path: Path, code: str) -> None:
    record(tmp_path, numbers={code: NOT_SHOWN[code]})
    assert f"its words and its numbers differ in {code}" in release_for("a", tmp_path).reason
    record(tmp_path, numbers={code: {"share_significant": "much", "low": None, "neutral": []}})
    assert not release_for("a", tmp_path).allowed


def test_a_record_of_words_only_releases_nothing(tmp_path: Path) -> None:
    (tmp_path / "validation.json").write_text(
        json.dumps(
            {
                "about": {"parameter_digest": "a"},
                "tests": [{"code": code, "verdict": "passed"} for code in NEEDED],
            }
        )
    )
    assert "lacks the digests of parameters and engine, or the numbers" in release_for("a", tmp_path).reason


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"engine_digest": "0"}, "another version of the engine"),
        ({"replicates_per_cell": 199}, "fewer than 200 replicates"),
        ({"experiments_of_24_runs": 499}, "500 small experiments"),
    ],
)
def test_a_record_of_another_engine_or_of_too_few_runs_releases_nothing(
    tmp_path: Path, about: dict[str, Any], why: str
) -> None:
    record(tmp_path, about=about)
    release = release_for("a", tmp_path)
    assert not release.allowed
    assert why in release.reason


def test_without_a_result_or_with_a_damaged_one_it_is_withheld(tmp_path: Path) -> None:
    assert not release_for("a").allowed
    for content in ("[", "[]", "{}", "[" * 100_000, '{"about": 1, "tests": {}}'):
        (tmp_path / "validation.json").write_text(content)
        assert not release_for("a", tmp_path).allowed


def test_a_record_in_the_folder_never_overrules_the_project_s_own(tmp_path: Path) -> None:
    defaults = Parameters.defaults().digest()
    record(tmp_path, about={"parameter_digest": defaults})
    assert release_for(defaults, tmp_path) == release_for(defaults)


def test_what_measures_the_hazard_is_withheld_by_what_the_runs_hold_whatever_kind_the_study_says(
    tmp_path: Path,
) -> None:
    preview = study(runs={"seed": 7, "replicates": 10})
    stored = stored_tables(
        preview,
        preview.run(tmp_path / "runs", workers=1, progress=False, release=Release(True, "for this test")),
    )
    assert stored.columns & OF_THE_HAZARD
    said = Results(
        replace(preview, design=replace(preview.design, common={"kind": "lockdown-drill"})), stored
    )
    assert not said.preview
    assert "hazard_count" not in {measure.column for measure in said.measures} | set(said.runs)
    with pytest.raises(CannotRun, match=r"M12 .* is withheld"):
        said.flat("hazard_count")


def test_no_file_of_a_preview_holds_what_measures_the_hazard_and_a_later_record_does_not_bring_it_back(
    tmp_path: Path,
) -> None:
    one = study(runs={"seed": 7, "replicates": 10})
    one = replace(one, parameters=one.parameters.changed({"t_cue.median": 8.0}, label=Label.LOCAL))
    own = {"parameter_digest": one.parameters.digest()}
    preview = one.run(tmp_path / "preview", workers=1, progress=False)
    for path in preview.rglob("*.parquet"):
        assert not OF_THE_HAZARD & set(pq.read_schema(path).names)
    record(preview, about=own)
    later = Results.load(preview)
    assert later.preview
    assert "Run the study again into a new folder that holds validation.json" in later.release.reason

    (released := tmp_path / "released").mkdir()
    record(released, about=own)
    replace(one, design=replace(one.design, preview=False)).run(released, workers=1, progress=False)
    assert not Results.load(released).preview
    assert OF_THE_HAZARD & set(pq.read_schema(next(released.rglob("*.parquet"))).names)
