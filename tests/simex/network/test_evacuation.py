"""Evacuation and the milder actions against cases that a person can add up."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.simex.network.settled import parameters, run

from simex.network import NetworkEngine
from simex.plan import benchmark, generate
from simex.population import Population
from simex.scenario import Kind, Moment, Scenario

EVACUATION = Scenario(kind=Kind.EVACUATION)
NOBODY_LIMITED = Population(students=48, staff=1, limited_mobility_share=0.0)
INSTANT = {"v_teen": 50.0, "v_adult": 50.0, "t_pre_fire": 20.0, "t_alarm": 3.0, "q_network": 1.33}


@pytest.mark.long
def test_m20_m21_the_queue_at_a_door_sets_the_pace() -> None:
    """25 people through a door of 1 m and 24 through another, 1.33 a second and metre, after 23 s; all to the
    west exit of 2 m."""
    columns = run(benchmark(2), EVACUATION, population=NOBODY_LIMITED, **INSTANT).columns
    assert columns["evacuation_all_s"][0] == pytest.approx(23 + 24 / 1.33, abs=0.8)
    assert columns["evacuation_most_s"][0] == pytest.approx(23 + 22.5 / 1.33, abs=1.5)
    assert columns["exit_imbalance"][0] == 1.0
    assert columns["exit_flow"][0] == pytest.approx(48 / (24 / 1.33) / 2, rel=0.05)


def test_m20_a_lone_walker_needs_distance_over_speed() -> None:
    """From room 1 (door at x = 4) of a corridor of 8 m to the exit at x = 0: inside the room up to twice 5.1
    m, then 4.5 m."""
    alone = Population(students=1, staff=1, limited_mobility_share=0.0)
    columns = run(
        benchmark(2), EVACUATION, population=alone, v_teen=1.25, v_adult=1.25, t_pre_fire=20.0
    ).columns
    assert (
        20 + math.hypot(4, 2.1) / 1.25 - 0.5
        < columns["evacuation_all_s"][0]
        < 20 + (10.4 + math.hypot(4, 2.1)) / 1.25 + 0.5
    )


def test_m23_distance_at_the_assembly_point() -> None:
    columns = run(benchmark(4), EVACUATION).columns
    assert columns["assembly_distance_min_m"][0] == pytest.approx(60)
    assert columns["beyond_standoff"][0] == 1.0  # 46 m


def test_m25_people_with_limited_mobility_take_longer() -> None:
    everybody = run(
        benchmark(20), EVACUATION, population=Population(limited_mobility_share=0.5), replicates=20
    ).columns
    assert np.mean(everybody["evacuation_ratio_mobility"]) > 1.0


def test_everybody_gets_out_of_the_generated_schools() -> None:
    for kind, students in (("elementary", 300), ("middle", 400), ("high", 1000)):
        table = NetworkEngine(generate(kind, students)).run(EVACUATION, seed=1, replicates=np.arange(20))
        assert np.all(np.isfinite(table.columns["evacuation_all_s"])), kind


def test_with_two_exits_left_all_take_longer() -> None:
    plan = generate("high", 1000)
    engine = NetworkEngine(plan)
    shut = Scenario(kind=Kind.EVACUATION, closed_exits=tuple(portal.id for portal in plan.exits[2:]))
    one, two = (
        engine.run(scenario, seed=1, replicates=np.arange(20)).columns["evacuation_most_s"]
        for scenario in (EVACUATION, shut)
    )
    assert np.all(two > one)


@pytest.mark.long
def test_twice_the_lengths_and_speeds_take_the_same_time() -> None:
    plan = benchmark(10)

    def twice(point: tuple[float, float]) -> tuple[float, float]:
        return 2 * point[0], 2 * point[1]

    large = replace(
        plan,
        regions=tuple(replace(region, polygon=tuple(map(twice, region.polygon))) for region in plan.regions),
        portals=tuple(
            replace(portal, segment=(twice(portal.segment[0]), twice(portal.segment[1])))
            for portal in plan.portals
        ),
    )
    slow = {"v_teen": 1.2, "v_adult": 1.2, "v_imp": 0.9, "door_distance": 4.0, "t_pre_fire": 5.0}
    fast = slow | {"v_teen": 2.4, "v_adult": 2.4, "v_imp": 1.8, "door_distance": 8.0}
    drill = Scenario()
    one, two = (run(each, drill, **numbers).columns for each, numbers in ((plan, slow), (large, fast)))
    assert one["room_lockdown_mean_s"][0] == pytest.approx(two["room_lockdown_mean_s"][0])
    small, big = (
        run(each, EVACUATION, **numbers).columns["evacuation_all_s"][0]
        for each, numbers in ((plan, slow), (large, fast))
    )
    assert big == pytest.approx(small, rel=0.05)  # the same doors; crowding reckons with twice the floor


def test_a_bomb_threat_takes_its_decision_first() -> None:
    fire, threat = (
        run(benchmark(4), Scenario(kind=kind), t_threat_decide=300.0, t_pre_fire=20.0).columns
        for kind in (Kind.EVACUATION, Kind.BOMB_THREAT)
    )
    assert threat["evacuation_all_s"][0] == pytest.approx(fire["evacuation_all_s"][0] + 300)


@pytest.mark.long
def test_in_from_outdoors_takes_notice_reaction_and_the_way() -> None:
    """2 + 8 s notice, 5 s reaction, 30 m outdoors and the way from the exit to a room, at 1.5 m/s; nobody is
    anywhere else."""
    people = Population(students=2, staff=2, limited_mobility_share=0.0)
    columns = run(
        benchmark(2),
        Scenario(kind=Kind.REVERSE_EVACUATION, moment=Moment.ARRIVAL),
        population=people,
        arrival_outdoors=1.0,
        outdoor_distance=30.0,
        v_teen=1.5,
    ).columns
    assert columns["notification_s"][0] == pytest.approx(10)
    assert columns["in_place_all_s"][0] == pytest.approx(15 + (30 + math.hypot(4, 2.1)) / 1.5, abs=1.0)


@pytest.mark.long
def test_a_refuge_takes_as_many_as_its_floor_has_room_for() -> None:
    """Four rooms of 25 and a corridor of 16 m whose end pieces have an exit: nobody finds a refuge. 40 rooms:
    18 pieces of 8 x 4 m at 0.75 m2."""
    none = run(
        benchmark(4), Scenario(kind=Kind.SHELTER), population=Population(students=100, staff=4)
    ).columns
    assert none["refuge_overflow"][0] == 104
    some = run(
        benchmark(40), Scenario(kind=Kind.SHELTER), population=Population(students=900, staff=40)
    ).columns
    assert some["refuge_overflow"][0] == 940 - 18 * math.floor(32 / 0.75)


@pytest.mark.long
def test_outer_doors_are_locked_one_after_the_other_by_whoever_is_free() -> None:
    """One free adult (in the office, room 1), two exits: 10 s notice, 5 s reaction, then there, 5 s a door,
    and on to the other end."""
    people = Population(students=50, staff=3)
    columns = run(benchmark(2), Scenario(kind=Kind.SECURE), population=people).columns
    there = 15 + (5.1 + 1.0) / 1.5
    assert there + 10 - 3 < columns["perimeter_locked_s"][0] < there + 10 + 8 / 1.5 + 3


def test_hold_clears_the_corridors() -> None:
    columns = run(
        benchmark(4),
        Scenario(kind=Kind.HOLD, moment=Moment.PASSING),
        population=Population(students=100, staff=4),
    ).columns
    assert 15 < columns["in_place_most_s"][0] <= columns["in_place_all_s"][0] < 60


@pytest.mark.long
def test_m24_one_counter_hands_over_one_family_after_the_other() -> None:
    """All come at 15 min; check-in 10 s at 100 counters, verification 60 s at one, runner 240 s by 100: the
    last after 10 + 50 x 60 + 240 s."""
    numbers = parameters(
        t_reunify_arrival=0.0, t_reunify_transport=15.0, t_reunify_check_in=10.0, t_reunify_verify=60.0,
        t_reunify_runner=240.0,
        reunify_check_in=100.0, reunify_verify=1.0, reunify_runners=100.0,
    )  # fmt: skip
    columns = run(
        benchmark(2),
        Scenario(kind=Kind.REUNIFICATION),
        population=Population(students=50, staff=2),
        numbers=numbers,
    ).columns
    assert columns["reunified_per_hour"][0] == pytest.approx(3600 * 50 / (10 + 50 * 60 + 240))
    assert columns["reunification_wait_most_min"][0] == pytest.approx((10 + 45 * 60 + 240) / 60)


def test_up_to_grade_five_a_class_moves_as_a_unit_as_fast_as_its_slowest_quarter() -> None:
    """Simex.md 2.2; who has limited mobility keeps their own speed. In older grades everybody has their
    own."""
    for kind, unit in (("elementary", True), ("high", False)):
        engine = NetworkEngine(generate(kind, 200))
        engine.run(Scenario(kind=Kind.EVACUATION), seed=3, replicates=np.arange(1))
        people = engine._worlds[frozenset()].people
        for j in set(people["room"][people["room"] >= 0].tolist()):
            speeds = people["speed"][(people["room"] == j) & (people["state"] > 0) & (people["limited"] == 0)]
            if len(speeds) > 8:
                assert (len(np.unique(speeds)) == 1) == unit
                assert speeds.min() > 0.5
