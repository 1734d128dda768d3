"""The logic tests of simex.md 7.1, over conditions and seeds that hypothesis chooses; the rules are those
that `./ssc simex verify` tries."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simex.network import NetworkEngine
from simex.plan import generate
from simex.population import Population
from simex.scenario import Card, Doors, Kind, Lock, Moment, Notice, Officer, Scenario, Training
from simex.verification import logic

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
    for name in (
        "rooms_completed",
        "rooms_locked",
        "students_safe",
        "students_reported_safe",
        "behind_locked_door",
    ):
        assert np.all((table.columns[name] >= 0) & (table.columns[name] <= 1)), name
    assert np.all(table.columns["students_reported_safe"] <= table.columns["students_safe"])
    assert np.all(table.columns["rooms_completed"] <= table.columns["rooms_locked"])
    times = np.concatenate(
        [table.columns[name] for name in table.columns if name.endswith("_s") and name != "margin_s"]
    )
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
        assert np.array_equal(
            np.bincount(zones[inside], minlength=len(world.zones)), world.zones["occupants"]
        )


@few
@given(CONDITIONS, SEEDS)
def test_without_a_hazard_there_is_no_exposure(scenario: Scenario, seed: int) -> None:
    assert logic.no_hazard_no_exposure(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_with_everybody_in_locked_rooms_nobody_is_exposed_outside_of_where_it_began(
    scenario: Scenario, seed: int
) -> None:
    assert logic.nobody_exposed_behind_locks(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_doubling_the_rate_moves_no_lock_of_a_room_that_nobody_ran_to(scenario: Scenario, seed: int) -> None:
    assert logic.rate_moves_no_lock(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_an_officer_without_radio_or_effect_is_no_officer(scenario: Scenario, seed: int) -> None:
    assert logic.silent_officer_is_none(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_with_equal_chains_the_notice_policy_has_no_effect(scenario: Scenario, seed: int) -> None:
    assert logic.equal_chains_equal_runs(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_without_cue_and_voice_there_is_no_lockdown(scenario: Scenario, seed: int) -> None:
    assert logic.deaf_school_locks_nothing(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_when_every_lock_and_latch_fails_no_room_completes(scenario: Scenario, seed: int) -> None:
    assert logic.broken_locks_complete_nothing(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_earlier_police_never_raises_the_count(scenario: Scenario, seed: int) -> None:
    assert logic.earlier_police_counts_no_more(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_other_names_of_rooms_leave_all_totals_as_they_are(scenario: Scenario, seed: int) -> None:
    assert logic.names_change_nothing(scenario, seed) == []


@pytest.mark.parametrize("doors", list(Doors))
def test_the_same_replicate_gives_the_same_row_whoever_runs_beside_it(doors: Doors) -> None:
    scenario = Scenario(kind=Kind.LOCKDOWN, doors=doors, officer=Officer.PATROL)
    together = ENGINE.run(scenario, seed=5, replicates=np.arange(40))
    backwards = NetworkEngine(SCHOOL).run(scenario, seed=5, replicates=np.arange(40)[::-1])
    for name, column in together.columns.items():
        assert column.tobytes() == backwards.columns[name][::-1].tobytes(), name
    assert together.room_lockdown_s.tobytes() == backwards.room_lockdown_s[::-1].tobytes()


def test_the_color_of_the_walls_changes_nothing() -> None:
    one, two = (
        ENGINE.run(Scenario(kind=Kind.LOCKDOWN, wall_color=color), seed=5, replicates=np.arange(50)).columns
        for color in ("white", "green")
    )
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


def test_more_students_shift_nobodys_luck() -> None:
    """The staff's times to lock are the same numbers, whoever else is in the building."""
    plan = generate("middle", 200)
    one, two = (
        NetworkEngine(plan, population=Population(students=students, staff=30)).run(
            Scenario(lock=Lock.INSIDE_KEY), seed=3, replicates=np.arange(20)
        )
        for students in (150, 200)
    )
    both = np.isfinite(one.room_lockdown_s) & np.isfinite(two.room_lockdown_s)
    assert both.mean() > 0.7
    # The rest: a room that a passer-by told of it
    assert np.mean(one.room_lockdown_s[both] == two.room_lockdown_s[both]) > 0.9


@few
@given(CONDITIONS, SEEDS)
def test_no_one_passes_a_locked_door_but_out(scenario: Scenario, seed: int) -> None:
    assert logic.locked_doors_hold(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_exit_from_a_locked_room_is_always_possible(scenario: Scenario, seed: int) -> None:
    assert logic.locks_hold_nobody(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_people_are_conserved_at_every_moment(scenario: Scenario, seed: int) -> None:
    assert logic.people_are_conserved(scenario, seed) == []


@few
@given(CONDITIONS, SEEDS)
def test_doubling_every_length_and_speed_leaves_times_unchanged(scenario: Scenario, seed: int) -> None:
    assert logic.scale_changes_no_time(scenario, seed) == []


def test_an_officer_who_never_arrives_and_has_no_radio_is_no_officer() -> None:
    assert logic.far_officer_is_none(Scenario(), 2) == []
