"""The logic tests of simex.md 7.1: rules that hold whatever the numbers are. Each is a function of a
condition and a seed that names what breaks it.

`./ssc simex verify` tries them on conditions drawn by numbers; the tests of the project on those that
hypothesis chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simex.decisions.runs import make_runs, set_levers
from simex.decisions.world import COUNTED, OUT, World
from simex.draws import Stream, uniform
from simex.network import NetworkEngine
from simex.network.engine import DRILL, KINDS, lockdown_runs
from simex.parameters import Parameters
from simex.plan import Plan, benchmark
from simex.population import Population
from simex.runs import RunTable
from simex.scenario import Card, Doors, HazardStep, Kind, Layer, Moment, Notice, Officer, Scenario, StopBand

from .check import Checks, Engine, Extent, Finding
from .conditions import certain, condition, everybody_inside, school, usual
from .settled import CERTAIN, constants

checks = Checks(Engine.NETWORK)
Rule = Callable[[Scenario, int], list[str]]
NEVER = Layer(stop_band=StopBand.NEVER)
# One may be the first to recognize it, and can tell nobody
OF_OFFICERS = {"officer_notified_s", "officer_contact_s", "recognition_s"}
LOCKED_DOORS = (Doors.PRE_LOCKED, Doors.AUTOMATIC)


def different(
    one: RunTable,
    two: RunTable,
    *,
    but: set[str] | None = None,
    among: NDArray[np.bool_] | slice = slice(None),
) -> list[str]:
    """The columns in which two tables are not the same."""
    return [
        name
        for name in one.columns.keys() - (but or set())
        if not np.allclose(one.columns[name][among], two.columns[name][among], rtol=1e-12, equal_nan=True)
    ]


def no_hazard_no_exposure(scenario: Scenario, seed: int) -> list[str]:
    table = usual().run(replace(scenario, kind=Kind.LOCKDOWN_DRILL), seed=seed, replicates=np.arange(10))
    names = ("hazard_count", "exposure_person_s", "exposed_peak", "first_meeting_s", "officer_contact_s")
    return [name for name in names if not np.isnan(table.columns[name]).all()]


def nobody_exposed_behind_locks(scenario: Scenario, seed: int) -> list[str]:
    """Everybody is in a locked room and the hazard begins outside of them."""
    shut = Scenario(
        kind=Kind.LOCKDOWN,
        doors=Doors.PRE_LOCKED,
        propped_share=0.0,
        card=Card.MASS,
        notice=scenario.notice,
        officer=scenario.officer,
    )
    table = certain(population=everybody_inside()).run(shut, seed=seed, replicates=np.arange(10))
    return [name for name in ("exposure_person_s", "hazard_count") if table.columns[name].any()]


def rate_moves_no_lock(scenario: Scenario, seed: int) -> list[str]:
    """All inside and the hazard in the corridors. A room that it enters has no time of locking, and whoever
    runs from there is a messenger elsewhere: compared are the runs in which it entered none."""
    lockdown = Scenario(kind=Kind.LOCKDOWN, doors=scenario.doors, notice=scenario.notice, card=Card.MASS)
    engine = certain(population=everybody_inside())
    one, two = (
        engine.run(
            lockdown, seed=seed, replicates=np.arange(30), layer=Layer(hazard_step=step)
        ).room_lockdown_s
        for step in (HazardStep.ONE, HazardStep.DOUBLE)
    )
    untouched = np.isfinite(one).all(axis=1) & np.isfinite(two).all(axis=1)
    return [] if untouched.any() and np.array_equal(one[untouched], two[untouched]) else ["room_lockdown_s"]


@cache
def _silent() -> NetworkEngine:
    return NetworkEngine(school(), Parameters.defaults().changed({"p_sro_radio": 0.0}))


def silent_officer_is_none(scenario: Scenario, seed: int) -> list[str]:
    tables = [
        _silent().run(
            Scenario(kind=Kind.LOCKDOWN, officer=officer, doors=scenario.doors, notice=scenario.notice,
                card=scenario.card),
            seed=seed, replicates=np.arange(10), layer=NEVER,
        )
        for officer in (Officer.ABSENT, Officer.PATROL)
    ]  # fmt: skip
    return different(*tables, but=OF_OFFICERS)


def far_officer_is_none(scenario: Scenario, seed: int) -> list[str]:
    """Who never arrives and has no radio is no officer, run by run, but where one stands where it begins."""
    still = constants(CERTAIN | {"v_sro": 1e-9, "v_sro_search": 1e-9, "p_sro_radio": 0.0})
    engine = NetworkEngine(benchmark(8), still, Population(students=200, staff=8))
    one, two = (
        engine.run(Scenario(kind=Kind.LOCKDOWN, officer=officer), seed=seed, replicates=np.arange(200))
        for officer in (Officer.ABSENT, Officer.PATROL)
    )
    apart = np.isnan(two.columns["officer_contact_s"])
    return (
        different(one, two, but=OF_OFFICERS, among=apart) if 0.2 < apart.mean() < 1 else ["officer_contact_s"]
    )


def equal_chains_equal_runs(scenario: Scenario, seed: int) -> list[str]:
    """Both policies take as long to announce and to call 911. An officer hears of it by another road: with
    one, the announcement is compared."""
    chain = dict.fromkeys(("t_office_call", "t_pa_access"), 2.0) | dict.fromkeys(("t_relay", "t_decide"), 0.0)
    chain |= dict.fromkeys(("t_speak_any", "t_speak_office"), 7.0) | {
        "t_911_lag_any": 37.0,
        "t_911_lag_office": 30.0,
    }
    equal = certain(chain)
    one, two = (
        equal.run(
            Scenario(
                kind=Kind.LOCKDOWN, officer=scenario.officer, doors=scenario.doors, notice=notice,
                card=scenario.card, moment=Moment.LUNCH
            ), seed=seed, replicates=np.arange(10),
        )
        for notice in (Notice.CENTRALIZED, Notice.DECENTRALIZED)
    )  # fmt: skip
    if scenario.officer is Officer.ABSENT:
        return different(one, two, but={"false_alarm_person_h"})
    return [name for name in different(one, two) if name == "notification_s"]


def deaf_school_locks_nothing(scenario: Scenario, seed: int) -> list[str]:
    deaf = dict.fromkeys(("p_cue_same", "p_cue_adjacent", "p_cue_min"), 0.0) | {"p_cue_length": 1e-9}
    deaf |= {f"p_hear_pa_{place}": 0.0 for place in ("room", "corridor", "hall", "outdoors", "washroom")}
    lockdown = Scenario(kind=Kind.LOCKDOWN, notice=scenario.notice, card=Card.TARGETED)
    return (
        ["rooms_locked"]
        if certain(deaf).run(lockdown, seed=seed, replicates=np.arange(10)).columns["rooms_locked"].any()
        else []
    )


def broken_locks_complete_nothing(scenario: Scenario, seed: int) -> list[str]:
    broken = dict.fromkeys(
        ("p_fail_button", "p_fail_key", "p_fail_outside", "p_fail_electronic", "p_latch_fail", "p_prop"), 1.0
    )
    engine = certain(broken)
    tables = [
        engine.run(Scenario(doors=doors, lock=scenario.lock), seed=seed, replicates=np.arange(10))
        for doors in Doors
    ]
    return ["rooms_completed"] if any(table.columns["rooms_completed"].any() for table in tables) else []


def earlier_police_counts_no_more(scenario: Scenario, seed: int) -> list[str]:
    minutes = 2 + seed % 19
    early, late = (
        usual()
        .run(
            Scenario(kind=Kind.LOCKDOWN, doors=scenario.doors, card=scenario.card,
                police_median_minutes=median),
            seed=seed, replicates=np.arange(30),
        ).columns["hazard_count"]
        for median in (minutes / 2, minutes)
    )  # fmt: skip
    return ["hazard_count"] if np.any(early > late + 1e-9) else []


def doubled_plan(plan: Plan) -> Plan:
    def twice(point: tuple[float, float]) -> tuple[float, float]:
        return 2 * point[0], 2 * point[1]

    return replace(
        plan,
        regions=tuple(
            replace(
                region,
                polygon=tuple(map(twice, region.polygon)),
                slope_length_m=None if region.slope_length_m is None else 2 * region.slope_length_m,
            )
            for region in plan.regions
        ),
        portals=tuple(
            replace(
                portal,
                segment=(twice(portal.segment[0]), twice(portal.segment[1])),
                width_m=2 * portal.width_m,
            )
            for portal in plan.portals
        ),
        assembly_points=tuple(
            replace(point, position=twice(point.position)) for point in plan.assembly_points
        ),
    )


@cache
def _doubled() -> NetworkEngine:
    """Every length and speed twice as large, and what is counted by a length or an area accordingly."""
    factor = {"m": 2.0, "m/s": 2.0, "1/(s m)": 0.5, "m2": 4.0, "1/m2": 0.25}
    every = Parameters.defaults().values()
    numbers = [
        replace(one, numbers={k: v * factor.get(one.unit, 1.0) for k, v in one.numbers.items()}, ranges={})
        for one in every
    ]
    return NetworkEngine(doubled_plan(school()), Parameters(numbers))


def scale_changes_no_time(scenario: Scenario, seed: int) -> list[str]:
    drill = Scenario(
        notice=scenario.notice,
        doors=scenario.doors,
        moment=Moment.PASSING if scenario.moment is Moment.PASSING else Moment.LESSON,
    )
    one, two = (engine.run(drill, seed=seed, replicates=np.arange(3)) for engine in (usual(), _doubled()))
    names = ("informed_most_s", "stranded_60s", "stranded_120s", "students_safe", "locked_out")
    apart = [
        name
        for name in names
        if not np.allclose(one.columns[name], two.columns[name], rtol=1e-5, equal_nan=True)
    ]
    return (
        apart
        if np.allclose(one.room_lockdown_s, two.room_lockdown_s, rtol=1e-5, equal_nan=True)
        else [*apart, "room_lockdown_s"]
    )


@cache
def _renamed() -> NetworkEngine:
    plan = school()
    return NetworkEngine(
        replace(
            plan,
            spaces=tuple(replace(space, id=f"x-{space.id}", name="x") for space in plan.spaces),
            regions=tuple(replace(region, space=f"x-{region.space}") for region in plan.regions),
            office=f"x-{plan.office}",
        )
    )


def names_change_nothing(scenario: Scenario, seed: int) -> list[str]:
    one, two = (engine.run(scenario, seed=seed, replicates=np.arange(3)) for engine in (usual(), _renamed()))
    return [
        name
        for name in one.columns
        if not np.array_equal(one.columns[name], two.columns[name], equal_nan=True)
    ]


def stopped(scenario: Scenario, seed: int, seconds: float) -> World:
    """The world of replicate 0 when its clock is stopped after so many seconds. Where the hazard was is
    wiped, as after every run."""
    world = usual()._world(frozenset())
    set_levers(world, scenario, None, usual().population, school())
    runs = make_runs(school(), seed, np.zeros(1, np.int64), seconds)
    lockdown_runs(world, runs, KINDS.index(scenario.kind) != DRILL, True)
    return world


def people_are_conserved(scenario: Scenario, seed: int) -> list[str]:
    """Inside + outside + counted = those who came, whenever the clock is stopped."""
    world = stopped(scenario, seed, 600.0 * uniform(seed, 0, Stream.PLACEMENT, 0, 0))
    states, zones = world.people["state"], world.people["zone"]
    there = (states > 0) & (states != COUNTED)
    faults = [] if world.scene["present"][0] == np.count_nonzero(states) else ["present"]
    faults += (
        []
        if np.array_equal(np.bincount(zones[there], minlength=len(world.zones)), world.zones["occupants"])
        else ["occupants"]
    )
    return faults + ([] if np.count_nonzero(states == OUT) == world.zones["occupants"][-1] else ["outdoors"])


def locked_doors_hold(scenario: Scenario, seed: int) -> list[str]:
    """Half of all are in the corridors, every door is locked and one room has an adult who could open: the
    others hold their own people."""
    engine = certain({"lesson_in_rooms": 0.5, "lesson_washroom_corridor": 0.5}, Population(staff=1))
    shut = Scenario(
        kind=scenario.kind,
        doors=Doors.PRE_LOCKED,
        propped_share=0.0,
        notice=scenario.notice,
        card=scenario.card,
    )
    engine.run(shut, seed=seed, replicates=np.arange(1))
    world = engine._world(frozenset())
    held = {int(room["zone"]): j for j, room in enumerate(world.rooms) if room["keeper"] < 0}
    inside = [
        person
        for person in world.people
        if person["state"] not in (0, OUT, COUNTED) and int(person["zone"]) in held
    ]
    return ["entered"] if any(person["home"] != held[int(person["zone"])] for person in inside) else []


def locks_hold_nobody(scenario: Scenario, seed: int) -> list[str]:
    """Who leaves a locked room gets out, in a fire (life-safety code) and where the hazard begins in it and
    all are bound for the exit."""
    fire = Scenario(kind=Kind.EVACUATION, doors=LOCKED_DOORS[seed % 2], moment=scenario.moment)
    table = usual().run(fire, seed=seed, replicates=np.arange(3))
    faults = [] if np.isfinite(table.columns["evacuation_all_s"]).all() else ["evacuation_all_s"]
    leaving = {
        "action_room": 0.0,
        "action_exit": 1.0,
        "action_freeze": 0.0,
        "p_cue_same": 1.0,
        "t_cue": 0.001,
        "v_teen": 2.0,
    }
    engine, number = certain(leaving, everybody_inside()), 0
    for replicate in range(5):
        begun_inside = Scenario(
            kind=Kind.LOCKDOWN, doors=LOCKED_DOORS[seed % 2], propped_share=0.0, card=Card.TARGETED
        )
        engine.run(begun_inside, seed=seed, replicates=np.array([replicate]))
        people = engine._world(frozenset()).people
        fled = people[(people["listed"] == 1) & (people["state"] != COUNTED)]
        number += len(fled)
        faults += [] if np.all(fled["state"] == OUT) else ["fled"]
    return faults if number else ["nobody fled"]


RULES: dict[str, tuple[Rule, ...]] = {
    "No hazard: no count and no exposure": (no_hazard_no_exposure,),
    "All in locked rooms, nothing propped: no exposure": (nobody_exposed_behind_locks,),
    "Twice the rate moves no lock of a room that nobody ran to": (rate_moves_no_lock,),
    "An officer far away or without radio and effect is no officer": (
        far_officer_is_none,
        silent_officer_is_none,
    ),
    "Equal chains of notice: the policy has no effect": (equal_chains_equal_runs,),
    "No hearing and no cue: no lockdown": (deaf_school_locks_nothing,),
    "All locks and latches fail: no room completes": (broken_locks_complete_nothing,),
    "Earlier police never raises the count": (earlier_police_counts_no_more,),
    "Every length and speed doubled: the same times": (scale_changes_no_time,),
    "Other names of rooms: the same totals": (names_change_nothing,),
    "People conserved whenever the clock is stopped": (people_are_conserved,),
    "Nobody passes a locked door but out": (locked_doors_hold,),
    "Out of a locked room at any time": (locks_hold_nobody,),
}


def tried(rules: tuple[Rule, ...]) -> Callable[[Extent], Finding]:
    def run(extent: Extent) -> Finding:
        broken: list[str] = []
        count = 2 * extent.seeds
        for number in range(count):
            broken += [
                f"{fault} in condition {number}"
                for rule in rules
                for fault in rule(condition(number), number)
            ]
        return Finding(
            f"{count} conditions, {len(broken)} faults{': ' + ', '.join(broken[:3]) if broken else ''}",
            not broken,
        )

    return run


for _number, (_title, _rules) in enumerate(RULES.items(), 1):
    checks.add(f"Logic {_number}", title=_title, target="in every condition", tolerance="none")(tried(_rules))
