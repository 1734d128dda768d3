"""Measures against cases that a person can add up: four rooms of a corridor, no luck (`settled`)."""

import numpy as np
import pytest
from tests.simex.network.settled import run

from simex.plan import benchmark
from simex.population import Population
from simex.scenario import Doors, Kind, Lock, Notice, Officer, Scenario

PLAN = benchmark(4)
PEOPLE = Population(students=100, staff=4, limited_mobility_share=0.0)
# Walk 3 m at 1.5 m/s, sweep 4 s, find the key 10 s, turn it 4 s.
LOCKING = 2.0 + 4.0 + 14.0
STARTER, OTHERS = LOCKING, 13.0 + 5.0 + LOCKING  # announced at 4 + 2 + 7 s, reaction 5 s


def columns(**levers: object) -> dict[str, float]:
    table = run(PLAN, Scenario(**({"notice": Notice.DECENTRALIZED} | levers)), population=PEOPLE)  # type: ignore[arg-type]
    return {name: float(column[0]) for name, column in table.columns.items()}


def test_m1_m2_m3_word_spreads_with_the_announcement() -> None:
    found = columns()
    assert found["recognition_s"] == 0.0
    assert found["notification_s"] == pytest.approx(4 + 2 + 7)
    assert found["informed_half_s"] == found["informed_most_s"] == pytest.approx(13)


def test_m2_by_the_office_takes_its_relay_and_decision() -> None:
    assert columns(notice=Notice.CENTRALIZED)["notification_s"] == pytest.approx(4 + 8 + 12 + 10 + 8)
    assert columns(notice=Notice.DIRECT_ALERT)["notification_s"] == pytest.approx(3 + 2 + 6)


def test_m4_m6_times_of_locking() -> None:
    found = columns()
    assert found["room_lockdown_mean_s"] == pytest.approx((STARTER + 3 * OTHERS) / 4)
    assert (
        found["room_lockdown_half_s"]
        == found["room_lockdown_most_s"]
        == found["school_lockdown_s"]
        == pytest.approx(OTHERS)
    )
    assert found["rooms_self_started"] == 0.0  # a drill has no direct cue


def test_m5_a_room_completes_when_it_is_locked_and_out_of_sight() -> None:
    found = columns()
    assert found["rooms_locked"] == found["rooms_completed"] == 1.0
    hidden_never = run(PLAN, Scenario(), population=PEOPLE, p_hide_trained=0.0).columns
    assert (hidden_never["rooms_locked"][0], hidden_never["rooms_completed"][0]) == (1.0, 0.0)


def test_m7_people_behind_locked_doors_over_five_minutes() -> None:
    found = columns()
    assert found["behind_locked_door"] == 1.0
    assert found["behind_locked_door_person_min"] == pytest.approx(
        26 * ((300 - STARTER) + 3 * (300 - OTHERS)) / 60
    )


def test_m8_m9_safe_and_reported() -> None:
    found = columns()
    assert found["students_safe"] == found["students_safe_5min"] == found["students_reported_safe"] == 1.0
    late = run(PLAN, Scenario(), population=PEOPLE, t_report=300.0).columns
    assert (
        late["students_safe_5min"][0],
        late["students_reported_safe_5min"][0],
        late["students_reported_safe"][0],
    ) == (1.0, 0.0, 1.0)
    silent = run(PLAN, Scenario(), population=PEOPLE, p_report=0.0).columns
    assert silent["students_reported_safe"][0] == 0.0


def test_m14_m15_officer_and_police() -> None:
    found = columns(officer=Officer.PATROL)
    assert found["officer_notified_s"] == pytest.approx(13 + 6)
    received = 4 + 2 + 30 + 5
    assert found["call_received_s"] == pytest.approx(received)
    assert found["police_dispatched_s"] == pytest.approx(received + 30)
    assert found["police_on_site_s"] == pytest.approx(received + 30 + 180)
    assert columns(police_median_minutes=6)["police_on_site_s"] == pytest.approx(received + 30 + 360)


def test_m17_m18_students_in_the_corridor() -> None:
    """Half of the students are in the corridor, and every room is locked before anybody comes: all of them
    are refused and leave."""
    people = {"lesson_in_rooms": 0.0, "lesson_washroom_corridor": 1.0}
    manual = run(
        PLAN, Scenario(notice=Notice.DECENTRALIZED), population=PEOPLE, t_sweep=0.0, **people
    ).columns
    assert manual["locked_out"][0] == 0.0  # the nearest doors stay unlocked for longer than the walk
    assert manual["stranded_60s"][0] == 0.0
    shut = run(
        PLAN, Scenario(doors=Doors.PRE_LOCKED, notice=Notice.DECENTRALIZED), population=PEOPLE, **people
    ).columns
    assert shut["locked_out"][0] == 100.0
    assert shut["students_safe"][0] == 1.0  # outside, at 50 m


def test_m19_an_outside_key_puts_the_adult_into_the_corridor() -> None:
    assert columns(lock=Lock.OUTSIDE_KEY)["adult_corridor_person_s"] == pytest.approx(4 * 35.0)
    assert columns(lock=Lock.INSIDE_BUTTON)["adult_corridor_person_s"] == 0.0


def test_m25_whoever_hears_little_or_speaks_another_language_is_told_by_others_and_stays_out_longer() -> None:
    """Half of the students are in the corridor, half have the need: its share of those who are stranded is
    above its share of all."""
    for need, kind in (
        ("hearing_share", "hearing"),
        ("language_share", "language"),
        ("limited_mobility_share", "mobility"),
    ):
        people = Population(
            students=100,
            staff=4,
            **({"limited_mobility_share": 0.0, "hearing_share": 0.0, "language_share": 0.0} | {need: 0.5}),
        )
        table = run(
            PLAN, Scenario(doors=Doors.PRE_LOCKED), population=people, replicates=40,
            p_reentry=1.0, lesson_in_rooms=0.5, lesson_washroom_corridor=0.5, p_hear_pa_outdoors=0.2,
            p_code_coded=0.8, v_imp=0.1, t_peer=90.0, t_sweep=0.0,
        ).columns  # fmt: skip
        ratio = table[f"stranded_ratio_{kind}"]
        assert np.nanmean(ratio) > 1.1, kind
        for other in {"hearing", "language", "mobility"} - {kind}:
            assert np.all(np.isnan(table[f"safe_ratio_{other}"])), other


def test_m26_false_alarms_cost_lessons() -> None:
    assert columns()["false_alarm_person_h"] == pytest.approx(0.10 * 9.5 * 20 / 60 * 104)


def test_a_time_that_did_not_come_is_not_a_number() -> None:
    table = run(PLAN, Scenario(lock=Lock.NONE), population=PEOPLE)
    assert np.isnan(table.columns["school_lockdown_s"][0])
    assert np.all(np.isnan(table.room_lockdown_s))
    assert table.columns["room_lockdown_mean_s"][0] == table.horizon_s


def test_drill_fidelity_a_trained_school_with_locks_by_hand_locks_about_nine_of_ten_rooms() -> None:
    """Simex.md 2.4: 89 % locked and 71 % out of sight were observed after training; the defaults must land at
    0.85 to 0.92."""
    from simex.network import NetworkEngine
    from simex.plan import Use, generate
    from simex.scenario import Training

    plan = generate("high", 1000)
    engine = NetworkEngine(plan)
    classrooms = [space.use is Use.CLASSROOM for space in plan.rooms_to_lock]
    trained = engine.run(Scenario(kind=Kind.LOCKDOWN_DRILL), seed=1, replicates=np.arange(300))
    assert 0.85 <= np.isfinite(trained.room_lockdown_s[:, classrooms]).mean() <= 0.92
    completed, locked = (trained.columns[name].mean() for name in ("rooms_completed", "rooms_locked"))
    assert completed / locked == pytest.approx(0.71, abs=0.02)
    untrained = engine.run(
        Scenario(kind=Kind.LOCKDOWN_DRILL, training=Training.UNTRAINED), seed=1, replicates=np.arange(300)
    )
    assert 0.60 <= np.isfinite(untrained.room_lockdown_s[:, classrooms]).mean() <= 0.80
