"""What happens around the hazard, one rule of simex.md 2 and 5 after the other, where a person can work out
the answer."""

import math
from dataclasses import replace

import numpy as np
from tests.simex.network.settled import parameters, run

from simex.decisions.hazard import DWELL_MEAN_S, LENGTH_MU, LENGTH_SIGMA
from simex.distributions import normal_quantile
from simex.draws import Stream, uniform
from simex.network import NetworkEngine
from simex.network.engine import UNTIL_INTERVENTION
from simex.plan import Plan, Portal, PortalKind, benchmark
from simex.population import Population
from simex.scenario import Card, Doors, HazardStep, Kind, Layer, Lock, Notice, Officer, Scenario, StopBand

DEAF = {"p_cue_length": 1e-9, "p_cue_min": 0.0}  # nobody hears from farther than the next zone
NEAR = DEAF | {"p_cue_same": 1.0, "p_cue_adjacent": 1.0}
HEARD = {"p_cue_same": 1.0, "p_cue_adjacent": 1.0, "p_cue_min": 1.0}  # wherever one is
CORRIDOR = Scenario(
    kind=Kind.LOCKDOWN,
    doors=Doors.PRE_LOCKED,
    card=Card.MASS,
    notice=Notice.DECENTRALIZED,
    officer=Officer.PATROL,
)
ROOM = Scenario(kind=Kind.LOCKDOWN, card=Card.TARGETED, notice=Notice.DECENTRALIZED)
INSIDE = Population(students=500, staff=20)
NEVER = Layer(stop_band=StopBand.NEVER)
# Noticed after 8 s, at the phone 4, on the address 2, spoken 7, on the officer's radio 6.
BELIEVED, SPOKEN, TOLD = 8.0, 8.0 + 4 + 2 + 7, 8.0 + 4 + 2 + 7 + 6


def first_pause(seed: int, replicate: int) -> float:
    """Seconds that the hazard stays where it began."""
    return -DWELL_MEAN_S * math.log(1 - uniform(seed, replicate, Stream.HAZARD_WALK, 0, 0))


def own_end(seed: int, replicate: int) -> float:
    return 60 * math.exp(
        LENGTH_MU + LENGTH_SIGMA * float(normal_quantile(uniform(seed, replicate, Stream.HAZARD_START, 0, 2)))
    )


def staying(seconds: float, count: int = 1500) -> np.ndarray:
    """The replicates of seed 1 in which it stays where it began for so long, and does not end before."""
    return np.array([r for r in range(count) if min(first_pause(1, r), own_end(1, r)) > seconds])


def test_an_officer_is_sent_to_where_the_danger_was_noticed_and_not_to_who_reports_it() -> None:
    """Half of all rooms hear it, wherever they are, and give the place. An officer who cannot search gets
    there: 80 m at 2.5 m/s."""
    chosen = staying(TOLD + 35)
    half = {"p_cue_same": 0.5, "p_cue_adjacent": 0.5, "p_cue_min": 0.5, "p_cue_length": 1e-9}
    engine = NetworkEngine(benchmark(20), parameters(v_sro_search=1e-3, **half), INSIDE)
    table = engine.run(CORRIDOR, seed=1, replicates=chosen, layer=NEVER).columns
    assert len(chosen) > 40
    assert np.all(table["officer_contact_s"] <= TOLD + 35)


def test_an_officer_on_the_way_to_what_they_noticed_is_no_searcher_by_a_message_without_a_place() -> None:
    chosen = staying(BELIEVED + 56)
    engine = NetworkEngine(
        benchmark(20), parameters(v_sro_search=1e-3, v_sro=1.5, p_location_any=0.0, **HEARD), INSIDE
    )
    table = engine.run(CORRIDOR, seed=1, replicates=chosen, layer=NEVER).columns
    assert len(chosen) > 20
    assert np.all(table["officer_contact_s"] <= BELIEVED + 56)
    assert np.any(table["officer_contact_s"] > TOLD)


def test_an_officer_who_is_told_without_a_place_and_stands_where_it_is_has_met_it() -> None:
    chosen = staying(TOLD + 1)
    deaf_here = NEAR | {"p_cue_same": 0.0, "p_location_any": 0.0, "v_sro_search": 1e-3}
    engine = NetworkEngine(benchmark(20), parameters(**deaf_here), INSIDE)
    met = engine.run(CORRIDOR, seed=1, replicates=chosen, layer=NEVER).columns["officer_contact_s"]
    assert np.any(np.isclose(met, TOLD))


def test_who_is_in_a_room_that_it_enters_believes_in_time_and_the_adult_raises_the_alarm() -> None:
    """Nobody else can hear anything: what is known and announced came from that room (simex.md 2.3)."""
    table = run(
        benchmark(8),
        ROOM,
        population=Population(students=200, staff=8),
        replicates=100,
        p_cue_same=1.0,
        p_cue_adjacent=0.0,
        **DEAF,
    ).columns
    knew, spoke = (table[name][np.isfinite(table[name])] for name in ("recognition_s", "notification_s"))
    assert np.allclose(knew, BELIEVED)
    # The others: heard from somebody who ran into their room, or a line that was not free
    assert np.isclose(spoke, SPOKEN).mean() > 0.9
    assert len(spoke) >= 97  # the adult is taken out of the scene first no more often than any other of 26


def test_a_room_that_it_left_before_its_people_acted_still_locks() -> None:
    """The targeted card ends with the first count, often before anybody in the room believes it."""
    silent = {"p_hear_pa_room": 0.0, "p_cue_same": 1.0, "p_cue_adjacent": 0.0} | DEAF
    table = run(benchmark(8), ROOM, population=Population(students=200, staff=8), replicates=100, **silent)
    early = np.array(
        [-math.log(1 - uniform(1, r, Stream.HAZARD_THINNING, 0, 0)) < 0.05 * BELIEVED for r in range(100)]
    )
    assert early.sum() > 10
    assert np.isclose(table.room_lockdown_s[early], BELIEVED + 2 + 4 + 14).any(axis=1).mean() > 0.8


def test_a_room_in_which_it_ended_unnoticed_locks_when_it_is_told() -> None:
    """Staff in the corridor notice and announce; nobody in the room does until then. All rooms lock."""
    changes = DEAF | {"p_cue_same": 0.0, "p_cue_adjacent": 1.0}
    table = run(
        benchmark(8), ROOM, population=Population(students=200, staff=40), replicates=100, **changes
    ).columns
    over = (
        np.array([-math.log(1 - uniform(1, r, Stream.HAZARD_THINNING, 0, 0)) / 0.05 for r in range(100)])
        < table["notification_s"]
    )
    kept = over & (table["hazard_count"] > 0)
    assert kept.sum() > 20
    assert np.mean(table["rooms_locked"][kept] == 1.0) > 0.9  # but where its adult was the first count


def test_word_goes_round_wherever_somebody_who_knows_passes() -> None:
    """Only the people of one room know and nobody hears an announcement; half of all stand in the corridor
    that they run through (simex.md 2.8)."""
    halves = {
        "lesson_in_rooms": 0.5,
        "lesson_washroom_corridor": 0.5,
        "action_room": 0.0,
        "action_exit": 1.0,
        "action_freeze": 0.0,
    }
    silent = {f"p_hear_pa_{place}": 0.0 for place in ("room", "corridor", "hall", "outdoors", "washroom")}
    changes = DEAF | halves | silent | {"p_cue_same": 1.0, "p_cue_adjacent": 0.0}
    table = run(
        benchmark(20), ROOM, population=Population(students=500, staff=20), replicates=60, **changes
    ).columns
    assert np.median(table["stranded_120s"]) < 215  # by those in the room alone it would be 240


def joined(plan: Plan, kind: PortalKind) -> Plan:
    """The first two rooms on one side with a door or opening between them."""
    one, two = (plan.regions_of(space.id)[0] for space in (plan.rooms_to_lock[0], plan.rooms_to_lock[2]))
    x = (max(p[0] for p in one.polygon) + min(p[0] for p in two.polygon)) / 2
    ys = [p[1] for p in one.polygon]
    low = sum(ys) / len(ys)
    return replace(
        plan,
        portals=(
            *plan.portals,
            Portal("between", kind, (one.id, two.id), one.level, ((x, low), (x, low + 1.0)), 1.0),
        ),
    )


def test_a_room_is_locked_only_with_all_its_doors_also_those_to_another_room() -> None:
    """An opening between two rooms keeps both from being secured; a door without a lock does so too
    (simex.md 5, L_j)."""
    population = Population(students=100, staff=4)
    for kind in (PortalKind.OPENING, PortalKind.DOOR):
        table = run(joined(benchmark(4), kind), Scenario(), population=population, replicates=3)
        assert np.array_equal(np.isfinite(table.room_lockdown_s), np.tile([False, True, False, True], (3, 1)))


def test_an_adult_who_locks_from_outside_stands_in_the_corridor_in_sight() -> None:
    """It stays in the one corridor zone and ends there: two adults stand before it for 35 s each, everybody
    else is behind a shut door (2.4, M11)."""
    scenario = replace(CORRIDOR, doors=Doors.MANUAL, lock=Lock.OUTSIDE_KEY, officer=Officer.ABSENT)
    chosen = np.array([r for r in range(10_000) if 60 < own_end(1, r) < first_pause(1, r)])
    engine = NetworkEngine(benchmark(2), parameters(**NEAR), Population(students=50, staff=2))
    table = engine.run(scenario, seed=1, replicates=chosen, layer=Layer(hazard_step=HazardStep.HALF)).columns
    whole = np.array(
        [
            n < -math.log(1 - uniform(1, int(r), Stream.HAZARD_THINNING, 0, 0))
            for n, r in zip(table["hazard_count"], chosen, strict=True)
        ]
    )
    assert whole.sum() >= 5
    assert np.allclose(table["exposure_person_s"][whole], 2 * 35.0)
    assert np.allclose(table["adult_corridor_person_s"], 2 * 35.0)


def test_a_locked_room_with_nobody_in_it_is_complete() -> None:
    """M5 asks for its people to be out of sight: there are none."""
    table = run(
        benchmark(4), Scenario(doors=Doors.PRE_LOCKED), population=Population(students=1, staff=1), absent=1.0
    ).columns
    assert table["rooms_completed"][0] == 1.0


def test_in_the_fixture_of_e8_the_police_come_when_it_says_after_onset() -> None:
    engine = NetworkEngine(
        benchmark(4), parameters(t_911_answer=0.0, t_dispatch=0.0, t_police=660.0, t_search=0.0)
    )
    table = engine._run(Scenario(kind=Kind.LOCKDOWN), UNTIL_INTERVENTION, 1, np.arange(3), None)
    assert np.allclose(table.columns["police_contact_s"], 660.0)
