"""Lockdown checks of the event driven engine: L2 to L8 and L14 of simex-verification.md 4."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simex.decisions.hazard import LENGTH_MU, LENGTH_SIGMA
from simex.distributions import normal_quantile
from simex.draws import Stream, uniform
from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import Plan, benchmark
from simex.population import Population
from simex.scenario import Card, Doors, Kind, Moment, Notice, Officer, Scenario

from .caught import SPEED, flee, stand
from .check import Checks, Engine, Extent, Finding
from .race import race
from .settled import INSIDE, PLAIN_WALK, SHUT, constants

checks = Checks(Engine.NETWORK)
SEED = 11


@checks.add(
    "L2", title="Race: danger reaches door i at 4 + 8 i s, 20 rooms lock at 60 s",
    target="7 rooms lost, margins 56, 48, ..., 8 s; door 7 is a tie",
    tolerance="exact; a tie is locked",
)  # fmt: skip
def race_along_a_corridor(extent: Extent) -> Finding:
    near: NDArray[np.float64] = np.arange(20, dtype=np.float64) * 8.0 + 4.0
    won, margin = race(benchmark(20), near, np.full(20, 60.0))
    expected = float((near - 60.0).mean())
    return Finding(
        f"{round((1 - won) * 20)} lost, mean margin {margin:.2f} s",
        round((1 - won) * 20) == 7 and math.isclose(margin, expected),
    )


def _seconds_in_sight(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """How long anybody was in sight: the count runs at 3 a minute meanwhile."""
    return count / (3 / 60)


def _whole(count: NDArray[np.float64], replicates: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The runs in which nobody was taken out of the scene."""
    return count < np.array(
        [-math.log(1 - uniform(SEED, int(r), Stream.HAZARD_THINNING, 0, 0)) for r in replicates]
    )


def _glass(plan: Plan) -> Plan:
    return replace(
        plan, spaces=tuple(replace(space, glazing_beside_lock=space.lockable) for space in plan.spaces)
    )


@checks.add(
    "L3",
    title="Secured stays secured for 20 minutes; then glass beside the lock",
    target="0 person-s; 0.3 x occupants x time",
    tolerance="exact",
)
def secured_stays_secured(extent: Extent) -> Finding:
    numbers = constants(INSIDE | SHUT)
    population = Population(students=50, staff=2)
    scenario = Scenario(kind=Kind.LOCKDOWN, doors=Doors.PRE_LOCKED, card=Card.MASS)
    replicates = np.arange(1_000)
    plain = (
        NetworkEngine(benchmark(2), numbers, population)
        .run(scenario, seed=SEED, replicates=replicates)
        .columns["exposure_person_s"]
    )
    glazed = (
        NetworkEngine(_glass(benchmark(2)), numbers, population)
        .run(scenario, seed=SEED, replicates=replicates)
        .columns
    )
    seconds = _seconds_in_sight(glazed["hazard_count"])
    whole = _whole(glazed["hazard_count"], replicates)  # 52 people all the time
    off = float(np.abs(glazed["exposure_person_s"][whole] - 0.3 * 52 * seconds[whole]).max())
    return Finding(
        f"{plain.max():g} person-s; with glass within {off:.1e} of 0.3 x 52 x time ({whole.sum()} runs)",
        bool(plain.max() == 0 and off < 1e-6 and whole.sum() > 10),
    )


@checks.add(
    "L4", title=(
        "Interruption: the shorter of its own end and the police, run by run; response log-normal "
        "(median 300 s, 0.3) against 300 s"
    ),
    target="exact; 0.500", tolerance="3 standard errors of the share",
)  # fmt: skip
def interruption(extent: Extent) -> Finding:
    fixed = dict.fromkeys(("t_911_answer", "t_dispatch"), 0.0) | {"t_police": 120.0, "t_search": 60.0}
    numbers, runs = constants(INSIDE | SHUT | fixed), np.arange(1_000)
    engine = NetworkEngine(_glass(benchmark(2)), numbers, Population(students=50, staff=2))
    scenario = Scenario(
        kind=Kind.LOCKDOWN, doors=Doors.PRE_LOCKED, card=Card.MASS, notice=Notice.DIRECT_ALERT
    )
    table = engine.run(scenario, seed=SEED, replicates=runs).columns
    ends = np.array(
        [
            60
            * math.exp(
                LENGTH_MU + LENGTH_SIGMA * normal_quantile(uniform(SEED, int(r), Stream.HAZARD_START, 0, 2))
            )
            for r in runs
        ]
    )
    contact = np.where(np.isnan(table["police_contact_s"]), np.inf, table["police_contact_s"])
    # So that of the 52 behind glass more than one is left in sight all the time
    short = np.minimum(ends, contact) < 600
    off = np.abs(_seconds_in_sight(table["hazard_count"]) - np.minimum(ends, contact))[short]
    cut = int((contact < ends)[short].sum())

    count = 4_000
    drawn = Parameters.defaults().changed({"t_police.median": 300.0, "t_police.sigma": 0.3})
    columns = (
        NetworkEngine(benchmark(2), drawn)
        .run(Scenario(notice=Notice.DIRECT_ALERT), seed=SEED, replicates=np.arange(count))
        .columns
    )
    share = float((columns["police_on_site_s"] - columns["police_dispatched_s"] <= 300).sum() / count)
    passed = (
        0 < cut < len(off) and float(off.max()) < 1e-6 and abs(share - 0.5) <= 3 * math.sqrt(0.25 / count)
    )
    said = (
        f"{cut} of {len(off)} runs cut short, within {off.max(initial=0):.1e} s; share {share:.3f} of "
        f"{count:,}"
    )
    return Finding(said, passed)


@checks.add(
    "L5", title="Caught outside at 80 m, doors at 76 and 84 m, danger at 70 m",
    target="to 84 m, away from danger; locked there: on to 92 m",
    tolerance="time of the way exact",
)  # fmt: skip
def caught_outside(extent: Extent) -> Finding:
    calm, _ = flee(danger=False)
    away, seconds = flee()
    further, _ = flee(door_locked=True)
    # One stands anywhere in 2 m of corridor
    way = 2 * uniform(0, 0, Stream.MOVEMENT, 0, 1) + math.dist((81, 0), (84, 1.1))
    passed = (calm, away, further) == ("room at 76", "room at 84", "room at 92") and math.isclose(
        seconds, way / SPEED, rel_tol=1e-6
    )
    return Finding(
        (
            f"{away} after {seconds:.2f} s ({way:.2f} m at {SPEED:g} m/s); locked: {further}; without "
            f"danger: {calm}"
        ),
        passed,
    )


@checks.add(
    "L6", title="In plain sight at 10 m for 7 s, then round a corner; behind a wall or a shut door",
    target="7.0 person-s; 0",
    tolerance="exact",
)  # fmt: skip
def exposure_clock(extent: Extent) -> Finding:
    seen, wall, shut = (
        stand("here", 7.0, "corner"),
        stand("corner", 7.0, "corner"),
        stand("room at 76", 7.0, "room at 76"),
    )
    opened = stand("room at 76", 7.0, "corner", door_open=True)
    passed = math.isclose(seen, 7.0) and math.isclose(opened, 7.0) and wall == shut == 0
    return Finding(
        (
            f"{seen:g} person-s in sight, {wall:g} behind a wall, {shut:g} behind a shut door, "
            f"{opened:g} through an open one"
        ),
        passed,
    )


def turned(plan: Plan, degrees: float, mirrored: bool = False) -> Plan:
    """The same building, rotated about the origin and mirrored at the y axis."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def move(point: tuple[float, float]) -> tuple[float, float]:
        x, y = (-point[0] if mirrored else point[0]), point[1]
        return x * cos - y * sin, x * sin + y * cos

    return replace(
        plan,
        regions=tuple(
            replace(
                region,
                polygon=tuple(move(p) for p in (reversed(region.polygon) if mirrored else region.polygon)),
            )
            for region in plan.regions
        ),
        portals=tuple(
            replace(portal, segment=(move(portal.segment[0]), move(portal.segment[1])))
            for portal in plan.portals
        ),
        assembly_points=tuple(
            replace(point, position=move(point.position)) for point in plan.assembly_points
        ),
    )


@checks.add(
    "L7",
    title="Mirrored and turned plan (45, 90 degrees)",
    target="same distribution; fixed case the same",
    tolerance="KS p > 0.01; 1 %",
)
def mirror(extent: Extent) -> Finding:
    from scipy import stats

    plan, count = benchmark(20), 300 if extent.quick else 1_000
    scenario = Scenario(kind=Kind.LOCKDOWN, moment=Moment.PASSING, officer=Officer.PATROL)
    others = [turned(plan, 45), turned(plan, 90), turned(plan, 0, mirrored=True)]
    reference = NetworkEngine(plan).run(scenario, seed=1, replicates=np.arange(count)).columns
    worst = 1.0
    for number, other in enumerate(others):
        columns = NetworkEngine(other).run(scenario, seed=2 + number, replicates=np.arange(count)).columns
        for name in ("exposure_person_s", "room_lockdown_mean_s", "stranded_60s"):
            worst = min(worst, float(stats.ks_2samp(reference[name], columns[name]).pvalue))
    walk = constants(PLAIN_WALK)
    times = [
        float(
            NetworkEngine(one, walk)
            .run(Scenario(kind=Kind.EVACUATION), seed=1, replicates=np.arange(1))
            .columns["evacuation_all_s"][0]
        )
        for one in (plan, *others)
    ]
    off = max(abs(time / times[0] - 1) for time in times)
    return Finding(f"least KS p {worst:.3f}; fixed case {off:.2%} off", worst > 0.01 and off <= 0.01)


@checks.add(
    "L8b", title="Same seed in any order and company (event mode)", target="identical bytes", tolerance="none"
)
def same_seed(extent: Extent) -> Finding:
    engine, count = NetworkEngine(benchmark(20)), 200
    scenario = Scenario(kind=Kind.LOCKDOWN, officer=Officer.PATROL)
    whole = engine.run(scenario, seed=SEED, replicates=np.arange(count)).columns
    engine.run(replace(scenario, doors=Doors.AUTOMATIC), seed=SEED, replicates=np.arange(5))
    order = np.random.Generator(np.random.PCG64(1)).permutation(count)
    parts = [
        NetworkEngine(benchmark(20)).run(scenario, seed=SEED, replicates=part).columns
        for part in np.array_split(order, 7)
    ]
    different = [
        name
        for name in whole
        if whole[name][order].tobytes() != np.concatenate([part[name] for part in parts]).tobytes()
    ]
    return Finding(f"{len(whole) - len(different)} of {len(whole)} columns identical", not different)


@checks.add(
    "L14b",
    title="Queue: 25 people at a door of 1 m, 1.33 a metre and second (event mode)",
    target="18.05 s",
    tolerance="one place, 0.75 s",
)
def queue(extent: Extent) -> Finding:
    numbers = constants(PLAIN_WALK | INSIDE | {"q_network": 1.33, "v_teen": 50.0, "v_adult": 50.0})
    # 25 people in one room, 24 in the other
    population = Population(students=48, staff=1, limited_mobility_share=0.0)
    table = NetworkEngine(benchmark(2), numbers, population).run(
        Scenario(kind=Kind.EVACUATION), seed=SEED, replicates=np.arange(1)
    )
    last = float(table.columns["evacuation_all_s"][0])
    return Finding(f"{last:.2f} s", abs(last - 24 / 1.33) <= 1 / 1.33)
