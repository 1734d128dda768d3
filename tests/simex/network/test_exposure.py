"""M5, M10 to M13 and M16 against cases that a person can add up, and what the hazard may never do."""

import math
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simex.network.settled import parameters, run

from simex.draws import Stream, uniform
from simex.network import NetworkEngine
from simex.plan import Plan, benchmark
from simex.population import Population
from simex.scenario import Card, Doors, HazardStep, Kind, Layer, Officer, Scenario, StopBand
from simex.verification.race import race

RATE = 3 / 60
SHUT = Scenario(kind=Kind.LOCKDOWN, doors=Doors.PRE_LOCKED, card=Card.MASS)
PEOPLE = Population(students=50, staff=2)


def glazed(plan: Plan) -> Plan:
    return replace(
        plan, spaces=tuple(replace(space, glazing_beside_lock=space.lockable) for space in plan.spaces)
    )


def first_threshold(seed: int, replicate: int) -> float:
    return -math.log(1 - uniform(seed, replicate, Stream.HAZARD_THINNING, 0, 0))


def test_m16_m5_margins_of_a_race_that_can_be_drawn_on_paper() -> None:
    """Danger beside rooms at 10, 20, 30, 40 s; locked at 15, 20, 25, 30 s: margins -5, 0, 5, 10 s; a tie is
    locked."""
    won, margin = race(benchmark(4), np.array([10.0, 20.0, 30.0, 40.0]), np.array([15.0, 20.0, 25.0, 30.0]))
    assert (won, margin) == (0.75, 2.5)


def test_m10_m11_m12_behind_glass_all_people_count_by_the_weight_of_the_glass() -> None:
    """One corridor zone, two rooms of 26 behind glass (0.3): 15.6 in sight as long as the hazard is there,
    which counts 3 a minute."""
    table = run(glazed(benchmark(2)), SHUT, population=PEOPLE, seed=7, replicates=400).columns
    whole = np.array(
        [count < first_threshold(7, replicate) for replicate, count in enumerate(table["hazard_count"])]
    )
    assert whole.sum() >= 5
    assert np.allclose(table["exposed_peak"], 0.3 * 52)
    assert np.allclose(table["exposure_person_s"][whole], 0.3 * 52 * table["hazard_count"][whole] / RATE)


def test_treated_glass_hides_more() -> None:
    plain, treated = (
        run(
            glazed(benchmark(2)),
            replace(SHUT, glazing_treated=treated),
            population=PEOPLE,
            seed=7,
            replicates=50,
        ).columns["exposed_peak"]
        for treated in (False, True)
    )
    assert np.allclose(plain, 0.3 * 52)
    assert np.allclose(treated, 0.1 * 52)


def test_m12_the_three_fixed_steps_scale_the_count_of_a_crowd_in_sight() -> None:
    """Until somebody is taken out of the scene, the count is the rate times the time in sight."""
    tables = {
        step: run(
            glazed(benchmark(2)),
            SHUT,
            population=PEOPLE,
            seed=7,
            replicates=400,
            layer=Layer(hazard_step=step),
        ).columns["hazard_count"]
        for step in HazardStep
    }
    few = np.array([tables[HazardStep.DOUBLE][k] < first_threshold(7, k) for k in range(400)])
    assert few.sum() >= 3
    assert np.allclose(tables[HazardStep.DOUBLE][few], 2 * tables[HazardStep.ONE][few])
    assert np.allclose(tables[HazardStep.HALF][few], 0.5 * tables[HazardStep.ONE][few])


def test_m13_nobody_is_met_where_everybody_is_locked_in() -> None:
    table = run(benchmark(4), SHUT, population=Population(students=100, staff=4), replicates=50).columns
    assert np.all(np.isnan(table["first_meeting_s"]))
    assert np.all(table["rooms_before_hazard"] == 1.0)
    assert np.all(table["margin_positive"] == 1.0)


def test_m14_contact_ends_the_hazard_at_once_later_or_not_at_all() -> None:
    plan, scenario = glazed(benchmark(2)), replace(SHUT, officer=Officer.PATROL)
    counts = {
        band: run(
            plan,
            scenario,
            population=PEOPLE,
            seed=3,
            replicates=200,
            layer=Layer(stop_band=band),
            p_sro_radio=0.0,
        ).columns["hazard_count"]
        for band in StopBand
    }
    assert np.all(counts[StopBand.OPTIMISTIC] <= counts[StopBand.NEUTRAL] + 1e-9)
    assert np.all(counts[StopBand.NEUTRAL] <= counts[StopBand.NEVER] + 1e-9)
    absent = run(
        plan,
        SHUT,
        population=PEOPLE,
        seed=3,
        replicates=200,
        layer=Layer(stop_band=StopBand.NEVER),
        p_sro_radio=0.0,
    ).columns["hazard_count"]
    assert np.allclose(counts[StopBand.NEVER], absent)


def test_a_targeted_card_ends_with_the_first_count() -> None:
    table = run(
        benchmark(4),
        Scenario(kind=Kind.LOCKDOWN, card=Card.TARGETED),
        population=Population(students=100, staff=4),
        replicates=200,
    ).columns
    first = np.array([first_threshold(1, replicate) for replicate in range(200)])
    assert np.all(table["hazard_count"] <= first + 1e-9)
    assert np.any(np.isclose(table["hazard_count"], first))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(Doors), st.sampled_from(Officer))
def test_the_count_is_never_more_than_the_rate_times_the_time(
    seed: int, doors: Doors, officer: Officer
) -> None:
    engine = NetworkEngine(benchmark(8), parameters())
    table = engine.run(
        Scenario(kind=Kind.LOCKDOWN, doors=doors, officer=officer), seed=seed, replicates=np.arange(20)
    )
    assert np.all(table.columns["hazard_count"] <= RATE * table.horizon_s)
    assert np.all(table.columns["exposed_peak"] * table.horizon_s >= table.columns["exposure_person_s"])
    assert np.all((table.columns["hazard_count"] == 0) == (table.columns["exposure_person_s"] == 0))
