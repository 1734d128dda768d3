"""The logic tests of simex.md 7.1, over conditions and seeds that hypothesis chooses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simex.network.settled import parameters, run

from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import generate
from simex.population import Population
from simex.scenario import Card, Doors, HazardStep, Kind, Layer, Lock, Moment, Notice, Officer, Scenario, StopBand, Training

SCHOOL = generate("middle", 200)
ENGINE = NetworkEngine(SCHOOL)
SEEDS = st.integers(0, 2**32)
CONDITIONS = st.builds(
    Scenario,
    kind=st.sampled_from([Kind.LOCKDOWN, Kind.LOCKDOWN_DRILL]),
    officer=st.sampled_from(Officer),
    doors=st.sampled_from(Doors),
    notice=st.sampled_from(Notice),
    card=st.sampled_from(Card),
    moment=st.sampled_from(Moment),
    lock=st.sampled_from(Lock),
    training=st.sampled_from(Training),
)
few = settings(max_examples=25, deadline=None)
REPLICATES = np.arange(10)


@few
@given(CONDITIONS, SEEDS)
def test_shares_are_shares_and_no_time_is_before_onset(scenario: Scenario, seed: int) -> None:
    table = ENGINE.run(scenario, seed=seed, replicates=REPLICATES)
    for name in ("rooms_completed", "rooms_locked", "students_safe", "students_reported_safe", "behind_locked_door"):
        assert np.all((table.columns[name] >= 0) & (table.columns[name] <= 1)), name
    assert np.all(table.columns["students_reported_safe"] <= table.columns["students_safe"])
    assert np.all(table.columns["rooms_completed"] <= table.columns["rooms_locked"])
    times = np.concatenate([table.columns[name] for name in table.columns if name.endswith("_s") and name != "margin_s"])
    assert not np.any(times < 0)
    locked = np.isfinite(table.room_lockdown_s).mean(axis=1)
    assert np.allclose(locked, table.columns["rooms_locked"])


@few
@given(CONDITIONS, SEEDS)
def test_nobody_is_lost(scenario: Scenario, seed: int) -> None:
    for replicate in range(3):
        ENGINE.run(scenario, seed=seed, replicates=np.array([replicate]))
        world = ENGINE._worlds[frozenset()]
        states, zones = world.people["state"], world.people["zone"]
        inside = (states > 0) & (states < 6)
        assert world.scene["present"][0] == np.count_nonzero(states)
        assert np.array_equal(np.bincount(zones[inside], minlength=len(world.zones)), world.zones["occupants"])


@few
@given(CONDITIONS, SEEDS)
def test_without_a_hazard_there_is_no_exposure(scenario: Scenario, seed: int) -> None:
    table = ENGINE.run(replace(scenario, kind=Kind.LOCKDOWN_DRILL), seed=seed, replicates=REPLICATES)
    for name in ("hazard_count", "exposure_person_s", "exposed_peak", "first_meeting_s", "officer_contact_s"):
        assert np.all(np.isnan(table.columns[name])), name


@few
@given(SEEDS, st.sampled_from(Notice), st.sampled_from(Officer))
def test_with_everybody_in_locked_rooms_nobody_is_exposed_outside_of_where_it_began(seed: int, notice: Notice, officer: Officer) -> None:
    scenario = Scenario(kind=Kind.LOCKDOWN, doors=Doors.PRE_LOCKED, propped_share=0.0, notice=notice, officer=officer)
    everybody_inside = Population(staff=len(SCHOOL.rooms_to_lock))
    table = run(SCHOOL, scenario, seed=seed, replicates=10, population=everybody_inside)
    assert np.all(table.columns["exposure_person_s"] == 0)
    assert np.all(table.columns["hazard_count"] == 0)


@few
@given(SEEDS, st.sampled_from(Doors), st.sampled_from(Notice))
def test_doubling_the_rate_moves_no_lock_of_a_room_that_nobody_ran_to(seed: int, doors: Doors, notice: Notice) -> None:
    """All inside and the hazard in the corridors. A room that it enters has no time of locking, and whoever runs from there is a messenger elsewhere:
    compared are the runs in which it entered none."""
    scenario = Scenario(kind=Kind.LOCKDOWN, doors=doors, notice=notice)
    everybody_inside = Population(staff=len(SCHOOL.rooms_to_lock))
    one, two = (
        run(SCHOOL, scenario, seed=seed, replicates=30, population=everybody_inside, layer=Layer(hazard_step=step)).room_lockdown_s
        for step in (HazardStep.ONE, HazardStep.DOUBLE)
    )
    untouched = np.isfinite(one).all(axis=1) & np.isfinite(two).all(axis=1)
    assert np.array_equal(one[untouched], two[untouched])
    assert untouched.any()


@few
@given(SEEDS, st.sampled_from(Doors), st.sampled_from(Notice), st.sampled_from(Card))
def test_an_officer_without_radio_or_effect_is_no_officer(seed: int, doors: Doors, notice: Notice, card: Card) -> None:
    silent = NetworkEngine(SCHOOL, Parameters.defaults().changed({"p_sro_radio": 0.0}))
    tables = [
        silent.run(
            Scenario(kind=Kind.LOCKDOWN, officer=officer, doors=doors, notice=notice, card=card),
            seed=seed,
            replicates=REPLICATES,
            layer=Layer(stop_band=StopBand.NEVER),
        )
        for officer in (Officer.ABSENT, Officer.PATROL)
    ]
    without = {"officer_notified_s", "officer_contact_s", "recognition_s"}  # an officer may be the first to recognize it, and can tell nobody
    for name in tables[0].columns.keys() - without:
        assert np.allclose(tables[0].columns[name], tables[1].columns[name], rtol=1e-12, equal_nan=True), name


@few
@given(SEEDS, st.sampled_from(Doors), st.sampled_from(Officer), st.sampled_from(Card))
def test_with_equal_chains_the_notice_policy_has_no_effect(seed: int, doors: Doors, officer: Officer, card: Card) -> None:
    equal = parameters(
        t_office_call=2.0, t_pa_access=2.0, t_relay=0.0, t_decide=0.0, t_speak_any=7.0, t_speak_office=7.0, t_911_lag_any=37.0, t_911_lag_office=30.0
    )
    one, two = (
        NetworkEngine(SCHOOL, equal).run(
            Scenario(kind=Kind.LOCKDOWN, officer=officer, doors=doors, notice=notice, card=card, moment=Moment.LUNCH),
            seed=seed,
            replicates=REPLICATES,
        )
        for notice in (Notice.CENTRALIZED, Notice.DECENTRALIZED)
    )
    different = {"false_alarm_person_h", "officer_notified_s", "officer_contact_s"} if officer is not Officer.ABSENT else {"false_alarm_person_h"}
    if officer is Officer.ABSENT:
        for name in one.columns.keys() - different:
            assert np.allclose(one.columns[name], two.columns[name], equal_nan=True), name
    else:
        assert np.allclose(one.columns["notification_s"], two.columns["notification_s"], equal_nan=True)


@few
@given(SEEDS, st.sampled_from(Notice))
def test_without_cue_and_voice_there_is_no_lockdown(seed: int, notice: Notice) -> None:
    deaf = dict.fromkeys(("p_cue_same", "p_cue_adjacent", "p_cue_min"), 0.0) | {"p_cue_length": 1e-9}
    deaf |= dict.fromkeys(("p_hear_pa_room", "p_hear_pa_corridor", "p_hear_pa_hall", "p_hear_pa_outdoors", "p_hear_pa_washroom"), 0.0)
    table = run(SCHOOL, Scenario(kind=Kind.LOCKDOWN, notice=notice, card=Card.TARGETED), seed=seed, replicates=10, **deaf)
    assert np.all(table.columns["rooms_locked"] == 0)


@few
@given(SEEDS, st.sampled_from(Doors), st.sampled_from(Lock))
def test_when_every_lock_and_latch_fails_no_room_completes(seed: int, doors: Doors, lock: Lock) -> None:
    broken = dict.fromkeys(("p_fail_button", "p_fail_key", "p_fail_outside", "p_fail_electronic", "p_latch_fail", "p_prop"), 1.0)
    table = run(SCHOOL, Scenario(doors=doors, lock=lock), seed=seed, replicates=10, **broken)
    assert np.all(table.columns["rooms_completed"] == 0)


@few
@given(SEEDS, st.sampled_from(Doors), st.sampled_from(Card), st.integers(2, 20))
def test_earlier_police_never_raises_the_count(seed: int, doors: Doors, card: Card, minutes: int) -> None:
    early, late = (
        ENGINE.run(Scenario(kind=Kind.LOCKDOWN, doors=doors, card=card, police_median_minutes=median), seed=seed, replicates=np.arange(30))
        for median in (minutes / 2, minutes)
    )
    assert np.all(early.columns["hazard_count"] <= late.columns["hazard_count"] + 1e-9)


@few
@given(SEEDS, CONDITIONS)
def test_other_names_of_rooms_leave_all_totals_as_they_are(seed: int, scenario: Scenario) -> None:
    renamed = replace(
        SCHOOL,
        spaces=tuple(replace(space, id=f"x-{space.id}", name="x") for space in SCHOOL.spaces),
        regions=tuple(replace(region, space=f"x-{region.space}") for region in SCHOOL.regions),
        office=f"x-{SCHOOL.office}",
    )
    one, two = (NetworkEngine(plan).run(scenario, seed=seed, replicates=np.arange(3)).columns for plan in (SCHOOL, renamed))
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


@pytest.mark.parametrize("doors", list(Doors))
def test_the_same_replicate_gives_the_same_row_whoever_runs_beside_it(doors: Doors) -> None:
    scenario = Scenario(kind=Kind.LOCKDOWN, doors=doors, officer=Officer.PATROL)
    together = ENGINE.run(scenario, seed=5, replicates=np.arange(40))
    backwards = NetworkEngine(SCHOOL).run(scenario, seed=5, replicates=np.arange(40)[::-1])
    for name, column in together.columns.items():
        assert column.tobytes() == backwards.columns[name][::-1].tobytes(), name
    assert together.room_lockdown_s.tobytes() == backwards.room_lockdown_s[::-1].tobytes()


def test_the_color_of_the_walls_changes_nothing() -> None:
    one, two = (ENGINE.run(Scenario(kind=Kind.LOCKDOWN, wall_color=color), seed=5, replicates=np.arange(50)).columns for color in ("white", "green"))
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


def test_more_students_shift_nobodys_luck() -> None:
    """The staff's times to lock are the same numbers, whoever else is in the building."""
    plan = generate("middle", 200)
    one, two = (
        NetworkEngine(plan, population=Population(students=students, staff=30)).run(Scenario(lock=Lock.INSIDE_KEY), seed=3, replicates=np.arange(20))
        for students in (150, 200)
    )
    both = np.isfinite(one.room_lockdown_s) & np.isfinite(two.room_lockdown_s)
    assert both.mean() > 0.7
    assert np.mean(one.room_lockdown_s[both] == two.room_lockdown_s[both]) > 0.9  # the rest: a room that a passer-by told of it
