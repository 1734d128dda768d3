import math
from pathlib import Path

import numpy as np
import pytest
from tests.simex.experiment.tiny import study

from simex.analysis import Results, Verdict
from simex.analysis.effects import effects, simple_effects_of
from simex.analysis.robustness import rank_correlations, through_layers
from simex.analysis.summary import one_way_table, pairing
from simex.experiment import CannotRun, Release
from simex.experiment.stored import stored_tables
from simex.measures import CORE, MEASURES

ALLOWED = Release(True, "for this test")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    made = study(runs={"seed": 7, "replicates": 200}, robustness={"replicates": 30})
    folder = made.run(tmp_path_factory.mktemp("study") / "runs", workers=1, progress=False, release=ALLOWED)
    return Results(made, stored_tables(made, folder), folder, ALLOWED)


def test_every_core_effect_is_found_with_its_size_and_direction(results: Results) -> None:
    found = {(one.measure, one.label): one for one in effects(results)}
    notice = found["notification_s", "notice"]
    assert notice.estimate == pytest.approx(-10)
    assert notice.verdict is Verdict.BETTER
    assert (notice.with_it - notice.without) == pytest.approx(-10)
    doors = found["rooms_completed", "doors"]
    assert doors.low < 0.05 < doors.high  # five in a hundred rooms fail to lock by hand
    officer = found["students_reported_safe", "officer"]
    assert officer.estimate == pytest.approx(0.05)
    assert officer.verdict is Verdict.BETTER
    count = found["hazard_count", "officer"]
    assert count.scale == "ratio"
    assert count.estimate == pytest.approx(0.7, rel=0.01)
    assert math.isnan(count.with_it)  # shown as a ratio only
    assert count.model == "negative binomial" or count.model.startswith("Poisson")


def test_the_confirmatory_family_is_the_three_factors_on_the_core_measures_under_holm(
    results: Results,
) -> None:
    family = [one for one in effects(results) if one.confirmatory]
    assert len(family) == 3 * len(CORE)
    assert all(one.p_adjusted >= one.p for one in family)


def test_no_effect_is_a_tested_claim_and_not_only_a_large_p_value(results: Results) -> None:
    officer = next(
        one for one in effects(results) if (one.measure, one.label) == ("rooms_completed", "officer")
    )
    assert officer.estimate == 0
    assert officer.verdict is Verdict.EQUIVALENT


def test_the_hazard_count_is_shown_only_where_it_is_released(results: Results) -> None:
    withheld = Results(results.study, results._stored, release=Release(False, "not validated"))
    assert "hazard_count" not in {one.measure for one in effects(withheld)}
    assert "hazard_count" not in {measure.column for measure, _, _ in one_way_table(withheld, CORE)}
    for shown in (results, withheld):
        assert "hazard_count" not in shown.runs.columns
        assert "hazard_count" not in set(shown.conditions()["measure"])
    # No validation of this parameter set is on record
    assert Results(results.study, results._stored).release.allowed is False


def test_what_is_withheld_cannot_be_had_by_any_way_of_results(results: Results) -> None:
    """Simex.md 2.1 and decision 0022: where it is released a ratio and never a number, in a preview
    nothing."""
    withheld = Results(results.study, results._stored, release=Release(False, "not validated"))
    for measure in (measure for measure in MEASURES if measure.relative_only):
        for ask in (results.flat, results.paired):
            with pytest.raises(CannotRun, match="only as a ratio between conditions"):
                ask(measure.column)
        for ask in (withheld.flat, withheld.paired):
            with pytest.raises(CannotRun, match="is withheld"):
                ask(measure.column)
    kept = {
        name
        for cells in withheld._stored.tables.values()
        for table in cells.values()
        for name in table.columns
    }
    assert not kept & {measure.column for measure in MEASURES if measure.relative_only}
    with pytest.raises(CannotRun, match="There is no measure “rubbish”"):
        results.flat("rubbish")


def test_one_way_tables_are_those_of_all_runs(results: Results) -> None:
    table = {(measure.column, factor): one for measure, factor, one in one_way_table(results, CORE)}
    assert table["notification_s", "notice"].between == 1
    assert table["notification_s", "notice"].within == 3200 - 2
    assert table["notification_s", "officer"].p > 0.9


def test_sharing_random_numbers_is_seen_to_help(results: Results) -> None:
    by_measure = {one.measure: one for one in pairing(results)}
    assert by_measure["notification_s"].correlation == pytest.approx(1)
    assert all(one.helps for one in by_measure.values())


def test_conditions_have_tails_and_the_share_that_never_came(results: Results) -> None:
    table = results.conditions()
    one = table[(table["measure"] == "students_reported_safe") & (table["condition"] == 0)].iloc[0]
    assert one["p10"] < one["median"] < one["p90"]
    assert one["runs"] == 400
    assert results.censored("notification_s", 0) == 0
    assert np.isnan(results.room_times(0)).mean() == pytest.approx(0.05, abs=0.02)


def test_layers_show_where_the_officer_matters_and_that_the_order_holds(results: Results) -> None:
    layers = {
        (one.layer.stop_band.value, one.layer.hazard_step.value): one.effects
        for one in through_layers(results)
    }
    assert len(layers) == 9

    def officer(band: str, step: str) -> float:
        return next(
            one.estimate
            for one in layers[band, step]
            if (one.measure, one.label) == ("hazard_count", "officer")
        )

    assert officer("optimistic", "double") == pytest.approx(0.5, rel=0.02)
    assert officer("never", "half") == pytest.approx(1, rel=0.02)
    assert rank_correlations(results)["rooms_completed"] > 0.5


def test_a_two_way_effect_that_matters_is_told_as_simple_effects(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = effects(results)
    assert not simple_effects_of(results, found)  # this engine has no interaction of two levers
    for cells in results._stored.tables.values():
        for index, table in cells.items():
            cell = results.study.cells[index]
            if cell.levels["officer"] == "patrol" and cell.levels["doors"] == "pre-locked":
                monkeypatch.setitem(
                    table.columns, "students_reported_safe", table.columns["students_reported_safe"] + 0.2
                )
    told = [
        one for one in simple_effects_of(results, effects(results)) if one.measure == "students_reported_safe"
    ]
    officer = {one.label: one.estimate for one in told}
    assert officer["officer where doors is manual"] == pytest.approx(0.05)
    assert officer["officer where doors is pre-locked"] == pytest.approx(0.25)


def test_an_unfinished_study_is_not_analyzed(tmp_path: Path) -> None:
    folder = study(runs={"seed": 7, "replicates": 2}).run(tmp_path / "a", workers=1, progress=False)
    (folder / "complete.json").unlink()
    with pytest.raises(CannotRun, match="not finished"):
        Results.load(folder)


def test_the_replica_is_analyzed_as_the_original_was(tmp_path: Path) -> None:
    made = study(design={"form": "replica"})
    results = Results(
        made, stored_tables(made, made.run(tmp_path / "r", workers=1, progress=False)), None, ALLOWED
    )
    assert results.run_count == 24
    doors = next(
        one for one in effects(results) if (one.measure, one.label) == ("room_lockdown_mean_s", "doors")
    )
    assert doors.model == "analysis of variance, HC3 errors"
    assert doors.low < -40 < doors.high
    assert {one.within for _, _, one in one_way_table(results, CORE)} == {22}


def test_unpaired_runs_are_analyzed_as_unpaired(tmp_path: Path) -> None:
    made = study(
        runs={"seed": 7, "replicates": 60, "common_random_numbers": False}, robustness={"replicates": 10}
    )
    results = Results(
        made, stored_tables(made, made.run(tmp_path / "u", workers=1, progress=False)), None, ALLOWED
    )
    notice = next(one for one in effects(results) if (one.measure, one.label) == ("notification_s", "notice"))
    assert notice.low < -10 < notice.high
    assert notice.high - notice.low > 0.1
    assert math.isnan(notice.rank_p)


def test_options_are_compared_with_today(tmp_path: Path) -> None:
    options = {
        "today": {"doors": "manual"},
        "self-closing": {"doors": "automatic"},
        "both": {"doors": "automatic", "notice": "decentralized"},
    }
    made = study(
        design={"form": "options"},
        options=options,
        common={"kind": "lockdown-drill"},
        runs={"seed": 3, "replicates": 40},
    )
    results = Results(made, stored_tables(made, made.run(tmp_path / "o", workers=1, progress=False)))
    found = {(one.measure, one.label): one.estimate for one in effects(results)}
    assert found["notification_s", "self-closing"] == 0
    assert found["notification_s", "both"] == pytest.approx(-10)


def test_a_table_of_runs_does_not_tell_which_card_a_run_met(tmp_path: Path) -> None:
    one = study(
        runs={"seed": 7, "replicates": 30, "common_random_numbers": False}, robustness={"replicates": 10}
    )
    one.run(tmp_path, workers=1, progress=False)
    runs = Results.load(tmp_path).runs
    assert "card" not in runs.columns
    assert set(runs["replicate"]) == set(range(30))  # with numbers of its own each card would be told by them
    pairs = runs.groupby(["condition", "replicate"])["notification_s"]
    assert pairs.is_monotonic_increasing.all()  # two runs each, in the order of what came of them
    assert (pairs.size() == 2).all()
