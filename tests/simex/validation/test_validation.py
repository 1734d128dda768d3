import json
from pathlib import Path

import numpy as np
import pytest

from simex.experiment.criteria import reproduced
from simex.experiment.release import NEEDED, RECORDED, release_for
from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import benchmark
from simex.validation import Judged, Statement, as_json, as_markdown
from simex.validation.directions import Interval, one_way, ratio
from simex.validation.study import CONDITIONS, effect, interaction, small_experiments

ARCHIVE = Path(__file__).parents[3] / "docs/simex/validation"


def cells(value: object) -> np.ndarray:
    """(8 conditions, 2 cards, 6 replicates) from a rule for a condition."""
    return np.array([[[value(c)] * 6] * 2 for c in CONDITIONS], float)  # type: ignore[operator]


def test_effects_and_interactions_are_those_that_were_built_in() -> None:
    built = cells(lambda c: 10 + 3 * c.officer - 2 * c.pre_locked + 4 * (c.officer and c.decentralized))
    assert np.allclose(effect(built, 0), 3 + 2)  # half of the runs with an officer have the 4
    assert np.allclose(effect(built, 1), -2)
    assert np.allclose(interaction(built, (0, 2)), 2)
    assert np.allclose(interaction(built, (0, 1)), 0)
    assert ratio(cells(lambda c: 2 if c.officer else 4), 0, 1).mean == pytest.approx(0.5)


def test_an_interval_is_that_of_students_t() -> None:
    interval = Interval.of(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert (interval.mean, interval.low, interval.high) == pytest.approx(
        (3.0, 3 - 2.776445 * 0.7071068, 3 + 2.776445 * 0.7071068)
    )


def test_a_small_experiment_is_judged_by_one_way_variance() -> None:
    values = np.array([[1.0 + c.officer, 1.5 + c.officer, 0.5 + c.officer] for c in CONDITIONS])
    difference, p = one_way(values, 0)
    assert difference == pytest.approx(1.0)
    assert p < 0.001
    assert one_way(np.ones((8, 3)), 0) == (0.0, 1.0)


def test_small_experiments_have_the_form_of_the_original_and_share_no_run() -> None:
    engine = NetworkEngine(benchmark(4))
    found = list(small_experiments(engine, 1, 4))
    assert [one["rooms_completed"].shape for one in found] == [(8, 3)] * 4
    times = np.concatenate([one["recognition_s"].ravel() for one in found])
    assert len(np.unique(times[np.isfinite(times)])) == np.isfinite(times).sum()


def test_the_table_names_what_is_not_reproduced() -> None:
    row = Statement("V1", "More | safe", "found", "criterion", Judged.FAILED, {"effect": 0.1})
    assert "| V1 | More / safe | found | criterion | **not reproduced** |" in as_markdown([row], {"seed": 1})
    assert json.loads(as_json([row], {"seed": 1}))["tests"][0]["verdict"] == "not reproduced"


def test_the_archived_numbers_give_the_archived_verdicts() -> None:
    archived = [
        json.loads(path.read_text(encoding="utf-8"))["tests"] for path in sorted(ARCHIVE.glob("*.json"))
    ]
    assert archived
    for tests in archived:
        told = {test["code"]: test for test in tests if test["code"] in NEEDED}
        assert {code: reproduced(code, test["numbers"]) for code, test in told.items()} == {
            code: test["verdict"] == "passed" for code, test in told.items()
        }


def test_the_first_result_of_the_default_parameter_set_is_archived_and_the_report_follows_it() -> None:
    """Whoever changes a default runs ./ssc simex validate, archives what it shows and adds its verdicts to
    validated.json."""
    defaults = Parameters.defaults()
    archived = json.loads(
        (ARCHIVE / f"{defaults.version}-{defaults.digest()[:8]}.json").read_text(encoding="utf-8")
    )
    assert archived["about"]["parameter_digest"] == defaults.digest()
    verdicts = {test["code"]: test["verdict"] for test in archived["tests"]}
    assert json.loads(RECORDED.read_text(encoding="utf-8"))[defaults.digest()] == verdicts
    missed = [code for code in ("V1", "V2", "V3", "V4", "V5") if verdicts[code] != "passed"]
    release = release_for(defaults.digest())
    assert release.allowed == (not missed)
    assert all(code in release.reason for code in missed)
    assert release_for("0" * 64).allowed is False
