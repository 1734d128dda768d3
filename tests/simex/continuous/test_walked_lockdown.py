"""Lockdowns in which everybody walks, against the event engine on the same people and the same luck."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simex.analysis import Results
from simex.continuous import ContinuousEngine, NotWalked
from simex.experiment import Design, FaultyDesign, Study
from simex.measures import BY_COLUMN
from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import Plan, benchmark
from simex.population import Population
from simex.scenario import Card, Doors, Kind, Layer, Notice, Officer, Scenario
from simex.space import Settings
from simex.verification.settled import constants

RUNS = np.arange(12)
DRILL = Scenario(kind=Kind.LOCKDOWN_DRILL)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return benchmark(6)


@pytest.fixture(scope="module")
def walked(plan: Plan) -> ContinuousEngine:
    return ContinuousEngine(plan)


@pytest.fixture(scope="module")
def events(plan: Plan) -> NetworkEngine:
    return NetworkEngine(plan)


@pytest.mark.long
def test_a_drill_is_heard_at_the_same_second_and_locked_within_a_tenth_of_the_event_engines_time(
    walked: ContinuousEngine, events: NetworkEngine
) -> None:
    fine, coarse = (engine.run(DRILL, seed=1, replicates=RUNS) for engine in (walked, events))
    assert np.array_equal(fine.columns["notification_s"], coarse.columns["notification_s"])
    assert np.isnan(fine.room_lockdown_s).mean() == pytest.approx(
        np.isnan(coarse.room_lockdown_s).mean(), abs=0.05
    )
    assert np.nanmean(fine.room_lockdown_s) == pytest.approx(np.nanmean(coarse.room_lockdown_s), rel=0.1)
    assert np.nanmean(np.abs(fine.room_lockdown_s - coarse.room_lockdown_s)) > 0  # they do walk


@pytest.mark.long
@pytest.mark.parametrize("doors", list(Doors))
def test_with_the_hazard_everybody_arrives_and_the_table_is_the_event_engines(
    walked: ContinuousEngine, events: NetworkEngine, doors: Doors
) -> None:
    scenario = Scenario(
        kind=Kind.LOCKDOWN, doors=doors, officer=Officer.PATROL, notice=Notice.DECENTRALIZED, card=Card.MASS
    )
    fine, coarse = (engine.run(scenario, seed=3, replicates=RUNS) for engine in (walked, events))
    assert fine.columns.keys() == coarse.columns.keys() == BY_COLUMN.keys()
    assert fine.room_lockdown_s.shape == coarse.room_lockdown_s.shape
    assert walked.still_walking.sum() == 0
    filled = {column for column in BY_COLUMN if np.isfinite(coarse.columns[column]).all()}
    assert all(np.isfinite(fine.columns[column]).all() for column in filled)


def test_a_run_is_the_same_bytes_whoever_is_run_with_it(walked: ContinuousEngine, plan: Plan) -> None:
    scenario = Scenario(kind=Kind.LOCKDOWN)
    together = walked.run(scenario, seed=5, replicates=RUNS)
    alone = ContinuousEngine(plan).run(scenario, seed=5, replicates=RUNS[7:8])
    for column in BY_COLUMN:
        assert together.columns[column][7:8].tobytes() == alone.columns[column].tobytes()
    assert together.room_lockdown_s[7:8].tobytes() == alone.room_lockdown_s.tobytes()


def test_a_doubled_hazard_moves_no_lock_of_a_drill(walked: ContinuousEngine) -> None:
    drill = walked.run(DRILL, seed=1, replicates=RUNS)
    assert all(np.isnan(drill.columns[column]).all() for column in BY_COLUMN if BY_COLUMN[column].hazard)


def test_rooms_locked_beforehand_with_everybody_inside_leave_nobody_exposed_but_where_it_starts(
    plan: Plan,
) -> None:
    sealed = constants({"absent": 0.0, "lesson_in_rooms": 1.0, "p_prop": 0.0, "p_latch_fail": 0.0})
    engine = ContinuousEngine(plan, sealed, Population(students=150, staff=6))
    table = engine.run(Scenario(kind=Kind.LOCKDOWN, doors=Doors.PRE_LOCKED), seed=1, replicates=np.arange(40))
    assert table.columns["exposure_person_s"].max() == 0
    assert table.columns["rooms_locked"].min() == 1


def test_an_evacuation_empties_the_building_in_about_the_event_engines_time() -> None:
    walked, events = ContinuousEngine(benchmark(12)), NetworkEngine(benchmark(12))
    scenario = Scenario(kind=Kind.EVACUATION)
    fine, coarse = (engine.run(scenario, seed=1, replicates=RUNS).columns for engine in (walked, events))
    assert walked.still_walking.sum() == 0
    assert fine["evacuation_most_s"].mean() == pytest.approx(coarse["evacuation_most_s"].mean(), rel=0.1)
    assert np.isfinite(fine["exit_flow"]).all()


def test_a_closed_exit_is_used_by_nobody(walked: ContinuousEngine, plan: Plan) -> None:
    closed = plan.exits[0].id
    open_all, one = (
        walked.run(Scenario(kind=Kind.EVACUATION, closed_exits=exits), seed=1, replicates=RUNS).columns
        for exits in ((), (closed,))
    )
    assert one["exit_imbalance"].min() == 1
    # Over the runs, not in each: whoever is last to move decides a single one, and rounding differs by
    # processor
    assert one["evacuation_all_s"].mean() > 1.05 * open_all["evacuation_all_s"].mean()


def test_what_has_no_meaning_on_foot_is_refused_by_a_sentence(walked: ContinuousEngine) -> None:
    with pytest.raises(NotWalked, match=r"reunification.*not walked.*network"):
        walked.run(Scenario(kind=Kind.REUNIFICATION), seed=1, replicates=RUNS)
    with pytest.raises(NotWalked, match="corridor_width_factor"):
        walked.run(Scenario(corridor_width_factor=0.8), seed=1, replicates=RUNS)


DOCUMENT = {
    "version": 1,
    "name": "Doors on foot",
    "purpose": "a test of the resolution",
    "plan": {"generate": "elementary", "students": 60},
    "design": {"form": "full-factorial"},
    "common": {"kind": "lockdown-drill"},
    "factors": {"doors": ["manual", "pre-locked"]},
    "runs": {"seed": 4, "replicates": 12, "resolution": "continuous"},
}


def test_a_design_file_chooses_the_resolution_and_the_study_runs_resumes_and_is_analyzed(
    tmp_path: Path, plan: Plan
) -> None:
    study = Study(Design.of(DOCUMENT), plan)
    assert study.engine == "simex.continuous:ContinuousEngine"
    folder = study.run(tmp_path / "runs", workers=1, progress=False)
    chunk = folder / "chunks/neutral-one/cell-0001-00000-00012.parquet"
    content = chunk.read_bytes()
    chunk.unlink()
    (folder / "complete.json").unlink()
    Study.stored(folder).run(folder, workers=1, progress=False)
    assert chunk.read_bytes() == content
    results = Results.load(folder)
    effect = next(
        row for row in results.effects().to_dict("records") if row["measure"] == "room_lockdown_mean_s"
    )
    assert effect["estimate"] < 0
    assert not results.release.allowed  # validated is the network


def test_a_design_that_cannot_be_walked_is_refused_with_the_reason() -> None:
    with pytest.raises(FaultyDesign, match=r"\[runs\] resolution: .*hold.*not walked"):
        Design.of(DOCUMENT | {"common": {"kind": "hold"}})
    with pytest.raises(FaultyDesign, match="resolution"):
        Design.of(DOCUMENT | {"runs": {"resolution": "fine"}})


def test_nothing_of_where_anybody_was_is_left_after_a_run(walked: ContinuousEngine) -> None:
    walked.run(Scenario(kind=Kind.LOCKDOWN), seed=9, replicates=RUNS, layer=Layer())
    for world, ground, _ in walked._ready.values():
        assert world.scene["hazard_zone"][0] == world.scene["hazard_start"][0] == -1
        assert not ground.bodies.x.any()
        assert not ground.bodies.region.any()


def test_how_people_walk_comes_from_the_parameter_file(walked: ContinuousEngine, plan: Plan) -> None:
    """Also from a school's own: with another time gap both the evacuation and the digest of a run's inputs
    are others."""
    slow = Parameters.defaults().changed({"walk_time_gap": 1.3})
    leave = Scenario(kind=Kind.EVACUATION)
    usual, slower = (
        engine.run(leave, seed=2, replicates=RUNS[:6]).columns["evacuation_all_s"]
        for engine in (walked, ContinuousEngine(plan, slow))
    )
    # Not in every run: where the last one out set off late and met nobody, no gap was kept. In which run that
    # is differs between processors.
    assert np.mean(slower != usual) > 0.5
    assert np.mean(slower) > np.mean(usual)
    assert slow.digest() != Parameters.defaults().digest()
    assert Settings.of(slow) == replace(Settings.of(), time_gap_s=1.3)
