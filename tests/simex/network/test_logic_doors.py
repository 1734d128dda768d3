"""More of the logic tests of simex.md 7.1, over conditions and seeds that hypothesis chooses: doors, people in every moment, and scale."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.simex.network.settled import parameters
from tests.simex.network.test_logic import CONDITIONS, ENGINE, SCHOOL, SEEDS, few

from simex.network import NetworkEngine, engine
from simex.network.world import COUNTED, IN_ROOM, OUT
from simex.parameters import Parameters
from simex.plan import Plan, benchmark
from simex.population import Population
from simex.scenario import Card, Doors, Kind, Moment, Notice, Officer, Scenario

AREA, LENGTH, FLOW, DENSITY = {"m2"}, {"m", "m/s"}, {"1/(s m)"}, {"1/m2"}


@few
@given(SEEDS, st.sampled_from([Kind.LOCKDOWN, Kind.LOCKDOWN_DRILL]), st.sampled_from(Notice), st.sampled_from(Card))
def test_no_one_passes_a_locked_door_but_out(seed: int, kind: Kind, notice: Notice, card: Card) -> None:
    """Half of all are in the corridors, every door is locked and one room has an adult who could open: the others hold their own people."""
    people = {"lesson_in_rooms": 0.5, "lesson_washroom_corridor": 0.5}
    one = NetworkEngine(SCHOOL, parameters(**people), Population(staff=1))
    one.run(Scenario(kind=kind, doors=Doors.PRE_LOCKED, propped_share=0.0, notice=notice, card=card), seed=seed, replicates=np.arange(1))
    world = one._worlds[frozenset()]
    room_of_zone = {int(room["zone"]): j for j, room in enumerate(world.rooms)}
    keeper = [j for j, room in enumerate(world.rooms) if room["keeper"] >= 0]
    for person in world.people:
        j = room_of_zone.get(int(person["zone"])) if person["state"] not in (0, OUT, COUNTED) else None
        if j is not None and j not in keeper:
            assert (person["state"], person["home"]) == (IN_ROOM, j) or person["home"] == j


@few
@given(SEEDS, st.sampled_from([Doors.PRE_LOCKED, Doors.AUTOMATIC]), st.sampled_from(Moment))
def test_exit_from_a_locked_room_is_always_possible(seed: int, doors: Doors, moment: Moment) -> None:
    """In a fire nobody is held by a lock (life-safety code) …"""
    table = ENGINE.run(Scenario(kind=Kind.EVACUATION, doors=doors, moment=moment), seed=seed, replicates=np.arange(3))
    assert np.all(np.isfinite(table.columns["evacuation_all_s"]))


@few
@given(SEEDS, st.sampled_from([Doors.PRE_LOCKED, Doors.AUTOMATIC]))
def test_who_flees_out_of_a_locked_room_gets_out(seed: int, doors: Doors) -> None:
    """… nor by the lock of a room in which the hazard begins: with all bound for the exit, nobody of that room is left in the building."""
    leaving = {"action_room": 0.0, "action_exit": 1.0, "action_freeze": 0.0, "p_cue_same": 1.0, "t_cue": 0.001, "v_teen": 2.0}
    one = NetworkEngine(SCHOOL, parameters(**leaving), Population(staff=len(SCHOOL.rooms_to_lock)))
    number = 0
    for replicate in range(5):
        one.run(Scenario(kind=Kind.LOCKDOWN, doors=doors, propped_share=0.0, card=Card.TARGETED), seed=seed, replicates=np.array([replicate]))
        people = one._worlds[frozenset()].people
        fled = people[(people["listed"] == 1) & (people["state"] != COUNTED)]
        assert np.all(fled["state"] == OUT)
        number += len(fled)
    assert number > 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONDITIONS, SEEDS, st.floats(0.0, 600.0))
def test_people_are_conserved_at_every_moment(monkeypatch: pytest.MonkeyPatch, scenario: Scenario, seed: int, moment: float) -> None:
    """Inside + outside + counted = those who came, whenever the clock is stopped."""
    monkeypatch.setattr(engine, "HORIZON_S", moment)
    ENGINE.run(scenario, seed=seed, replicates=np.array([0]))
    world = ENGINE._worlds[frozenset()]
    states, zones = world.people["state"], world.people["zone"]
    there = (states > 0) & (states != COUNTED)
    assert world.scene["present"][0] == np.count_nonzero(states)
    assert np.array_equal(np.bincount(zones[there], minlength=len(world.zones)), world.zones["occupants"])
    assert np.count_nonzero(states == OUT) == world.zones["occupants"][-1]


def doubled_plan(plan: Plan) -> Plan:
    def twice(point: tuple[float, float]) -> tuple[float, float]:
        return 2 * point[0], 2 * point[1]

    return replace(
        plan,
        regions=tuple(
            replace(
                region,
                polygon=tuple(twice(point) for point in region.polygon),
                slope_length_m=None if region.slope_length_m is None else 2 * region.slope_length_m,
            )
            for region in plan.regions
        ),
        portals=tuple(
            replace(portal, segment=(twice(portal.segment[0]), twice(portal.segment[1])), width_m=2 * portal.width_m) for portal in plan.portals
        ),
        assembly_points=tuple(replace(point, position=twice(point.position)) for point in plan.assembly_points),
    )


def doubled_numbers() -> Parameters:
    """Every length and speed twice as large, and what is counted by a length or an area accordingly."""
    factor = dict.fromkeys(LENGTH, 2.0) | dict.fromkeys(FLOW, 0.5) | dict.fromkeys(AREA, 4.0) | dict.fromkeys(DENSITY, 0.25)
    return Parameters(
        [
            replace(one, numbers={k: v * factor.get(one.unit, 1.0) for k, v in one.numbers.items()}, ranges={})
            for one in Parameters.defaults().values()
        ]
    )


@few
@given(SEEDS, st.sampled_from(Notice), st.sampled_from(Doors), st.sampled_from([Moment.LESSON, Moment.PASSING]))
def test_doubling_every_length_and_speed_leaves_times_unchanged(seed: int, notice: Notice, doors: Doors, moment: Moment) -> None:
    one, two = (
        NetworkEngine(plan, numbers).run(Scenario(notice=notice, doors=doors, moment=moment), seed=seed, replicates=np.arange(3))
        for plan, numbers in ((SCHOOL, Parameters.defaults()), (doubled_plan(SCHOOL), doubled_numbers()))
    )
    assert np.allclose(one.room_lockdown_s, two.room_lockdown_s, rtol=1e-5, equal_nan=True)
    for name in ("informed_most_s", "stranded_60s", "stranded_120s", "students_safe", "locked_out"):
        assert np.allclose(one.columns[name], two.columns[name], rtol=1e-5, equal_nan=True), name


def test_an_officer_who_never_arrives_and_has_no_radio_is_no_officer() -> None:
    """Simex.md 7.1, infinite distance: run by run the same, but for the few who stand where it begins."""
    still = parameters(v_sro=1e-9, v_sro_search=1e-9, p_sro_radio=0.0)
    one, two = (
        NetworkEngine(benchmark(8), still, Population(students=200, staff=8))
        .run(Scenario(kind=Kind.LOCKDOWN, officer=officer), seed=2, replicates=np.arange(200))
        .columns
        for officer in (Officer.ABSENT, Officer.PATROL)
    )
    apart = np.isnan(two["officer_contact_s"])
    assert 0.2 < apart.mean() < 1
    for name in one.keys() - {"officer_notified_s", "officer_contact_s", "recognition_s"}:
        assert np.allclose(one[name][apart], two[name][apart], rtol=1e-12, equal_nan=True), name
