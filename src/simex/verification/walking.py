"""One person after another: speeds, stairs, corners, setting off, who people are."""

from __future__ import annotations

import dataclasses
import statistics

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from simex.distributions import Shape, quantile
from simex.draws import Stream, uniform
from simex.parameters import Parameters
from simex.plan import OUTSIDE
from simex.space import Goal, Outcome, People, Settings, SpaceModel

from .check import Checks, Engine, Extent, Finding
from .plans import GROUND, corridor, plan_of, scatter

checks = Checks(Engine.CONTINUOUS)
STEPS = (0.05, 0.025)  # the engine's step and half of it: both must pass


def settings(step: float) -> Settings:
    return dataclasses.replace(Settings.of(), step_s=step)


def stretch_time(outcome: Outcome, model: SpaceModel, first: str, last: str) -> float:
    """Seconds of the only person between two portals."""
    portals = outcome.crossed_side // 2
    begin, end = (
        float(outcome.crossed_s[portals == model.floor.portal_index[name]][0]) for name in (first, last)
    )
    return end - begin


def timed_corridor(length: float, speed: float, step: float) -> float:
    """Seconds over `length` metres with 10 m before and after."""
    boxes = {
        "run-up": (0, 0, 10, 2),
        "stretch": (10, 0, 10 + length, 2),
        "run-out": (10 + length, 0, 20 + length, 2),
    }
    openings = {
        "begin": ("run-up", "stretch", (10.0, 0.0), (10.0, 2.0)),
        "end": ("stretch", "run-out", (10 + length, 0.0), (10 + length, 2.0)),
        "out": ("run-out", OUTSIDE, (20 + length, 0.0), (20 + length, 2.0)),
    }
    model = SpaceModel(plan_of("timed corridor", boxes, openings), settings(step))  # type: ignore[arg-type]
    outcome = model.run(People.at([(0.5, 1.0)], level=GROUND, speed_m_s=speed), [Goal()], until_s=600)
    return stretch_time(outcome, model, "begin", "end")


def timed_stairs(length: float, speed: float, factor: float, step: float, *, up: bool) -> float:
    """Seconds on a flight of `length` metres along the slope, landings of 10 m before and after."""
    run = length * 0.866  # a slope of 30 degrees
    boxes = {
        "landing": (0, 0, 10, 2),
        "flight": (10, 0, 10 + run, 2),
        "up landing": (10 + run, 0, 20 + run, 2),
    }
    openings = {
        "foot": ("landing", "flight", (10.0, 0.0), (10.0, 2.0)),
        "up top": ("flight", "up landing", (10 + run, 0.0), (10 + run, 2.0)),
        "out": ("landing", OUTSIDE, (0.0, 0.0), (0.0, 2.0)),
        "up out": ("up landing", OUTSIDE, (20 + run, 0.0), (20 + run, 2.0)),
    }
    model = SpaceModel(plan_of("stairs", boxes, openings, stairs={"flight": length}), settings(step))  # type: ignore[arg-type]
    start = (0.5, 1.0) if up else (19.5 + run, 1.0)
    people = People.at(
        [start], level=GROUND if up else "upper", speed_m_s=speed, up_factor=factor, down_factor=factor
    )
    outcome = model.run(people, [Goal(exits=("up out",) if up else ("out",))], until_s=1200)
    return stretch_time(outcome, model, *(("foot", "up top") if up else ("up top", "foot")))


@checks.add(
    "RiMEA 1",
    title="Speed in a corridor of 40 m at 1.33 m/s",
    target="30.08 s",
    tolerance="± 0.5 s, at the step and half of it within 2 %",
)
def corridor_speed(_extent: Extent) -> Finding:
    times = [timed_corridor(40, 1.33, step) for step in STEPS]
    return Finding(
        f"{times[0]:.2f} s; half step {times[1]:.2f} s",
        all(abs(one - 30.08) <= 0.5 for one in times) and abs(times[1] / times[0] - 1) < 0.02,
    )


@checks.add(
    "NIST 2.1",
    "ISO 2",
    "IMO 1",
    title="Speed in a corridor of 40 m at 1.0 m/s",
    target="1.0 m/s",
    tolerance="± 0.02 m/s",
)
def corridor_speed_one(_extent: Extent) -> Finding:
    speeds = [40 / timed_corridor(40, 1.0, step) for step in STEPS]
    return Finding(
        f"{speeds[0]:.3f} m/s; half step {speeds[1]:.3f} m/s", all(abs(one - 1) <= 0.02 for one in speeds)
    )


def _stairs(speed: float, *, up: bool) -> Finding:
    times = [timed_stairs(10, speed, 1.0, step, up=up) for step in STEPS]
    return Finding(
        f"{times[0]:.2f} s; half step {times[1]:.2f} s",
        all(abs(one * speed / 10 - 1) <= 0.02 for one in times),
    )


@checks.add("RiMEA 2", "IMO 2", title="Up 10 m of stairs at 0.61 m/s", target="16.39 s", tolerance="± 2 %")
def stairs_up(_extent: Extent) -> Finding:
    return _stairs(0.61, up=True)


@checks.add(
    "RiMEA 3",
    "IMO 3",
    title="Down 10 m of stairs at 0.69 m/s; down faster than up",
    target="14.49 s",
    tolerance="± 2 %",
)
def stairs_down(_extent: Extent) -> Finding:
    down = _stairs(0.69, up=False)
    faster = timed_stairs(10, 1.34, 0.65, 0.05, up=False) < timed_stairs(10, 1.34, 0.45, 0.05, up=True)
    return Finding(
        f"{down.measured}; down faster with the default factors: {'yes' if faster else 'no'}",
        bool(down.passed) and faster,
    )


@checks.add(
    "NIST 2.2", title="100 m of stairs at 1.0 m/s, up and down", target="1.0 m/s", tolerance="± 0.05 m/s"
)
def long_stairs(_extent: Extent) -> Finding:
    speeds = [100 / timed_stairs(100, 1.0, 1.0, step, up=up) for step in STEPS for up in (True, False)]
    return Finding(
        ", ".join(f"{one:.3f}" for one in speeds) + " m/s", all(abs(one - 1) <= 0.05 for one in speeds)
    )


@checks.add(
    "ISO 3", title="10 m of stairs, factor 0.5, at 1.0 m/s", target="0.50 m/s", tolerance="± 0.05 m/s"
)
def half_speed_stairs(_extent: Extent) -> Finding:
    speeds = [10 / timed_stairs(10, 1.0, 0.5, step, up=up) for step in STEPS for up in (True, False)]
    return Finding(
        ", ".join(f"{one:.3f}" for one in speeds) + " m/s", all(abs(one - 0.5) <= 0.05 for one in speeds)
    )


def starts(drawn: NDArray[np.float64], seed: int, every: float = 0.05) -> NDArray[np.float64]:
    """Seconds at which ten people in RiMEA's room of 8 x 5 m have moved more than 0.05 m."""
    plan = plan_of("room", {"room": (0, 0, 8, 5)}, {"out": ("room", OUTSIDE, (8.0, 2.0), (8.0, 3.0))})
    people = People.at(scatter((0.3, 0.3, 7, 4.7), len(drawn), seed, apart=0.8), level=GROUND, start_s=drawn)
    frames = (
        SpaceModel(plan).run(people, [Goal()], until_s=float(drawn.max()) + 60, frames_every_s=every).kept
    )
    moved = ~(np.hypot(frames.x - frames.x[0], frames.y - frames.y[0]) <= 0.05)
    first: NDArray[np.float64] = frames.times_s[np.argmax(moved, axis=0)]
    return first


@checks.add(
    "RiMEA 5",
    "IMO 5",
    title="Ten people set off 10 to 100 s after the alarm",
    target="each at the drawn time",
    tolerance="0.5 s",
)
def setting_off(extent: Extent) -> Finding:
    worst = 0.0
    for seed in range(extent.seeds):
        drawn = np.array([10 + 90 * uniform(seed, 0, Stream.RECOGNITION, person, 0) for person in range(10)])
        worst = max(worst, float(np.max(starts(drawn, seed) - drawn)))
    return Finding(f"at most {worst:.2f} s later", worst <= 0.5)


@checks.add(
    "NIST 1.1",
    "ISO 1",
    title="Setting off by four distributions",
    target="the distribution, by the Kolmogorov-Smirnov test",
    tolerance="p > 0.05",
)
def four_distributions(extent: Extent) -> Finding:
    families = {
        "uniform": stats.uniform(10, 90),
        "gamma": stats.gamma(1.291, scale=103.901),
        "log-normal": stats.lognorm(0.967, scale=np.exp(4.586)),
        "Weibull": stats.weibull_min(1.195, scale=139.285),
    }
    rounds = 20 if extent.quick else 100
    found: dict[str, float] = {}
    for family, (name, law) in enumerate(families.items()):
        shares = np.array(
            [
                [uniform(11, turn, Stream.RECOGNITION, person, family) for person in range(10)]
                for turn in range(rounds)
            ]
        )
        observed = np.concatenate(
            [starts(np.asarray(law.ppf(row)), turn, 0.25) for turn, row in enumerate(shares)]
        )
        found[name] = float(stats.kstest(observed, law.cdf).pvalue)
    return Finding("; ".join(f"{name} p {p:.2f}" for name, p in found.items()), min(found.values()) > 0.05)


@checks.add(
    "RiMEA 6",
    "NIST 2.3",
    "ISO 4",
    "IMO 6",
    title="20 people round a corner",
    target="all out within 60 s, none in a wall",
    tolerance="1 mm, every step",
)
def corner(extent: Extent) -> Finding:
    from shapely import contains_xy
    from shapely.geometry import LineString, Polygon

    boxes = {"arm": (0, 0, 10, 2), "turn": (10, 0, 12, 2), "leg": (10, 2, 12, 12)}
    openings = {
        "to turn": ("arm", "turn", (10.0, 0.0), (10.0, 2.0)),
        "from turn": ("turn", "leg", (10.0, 2.0), (12.0, 2.0)),
        "out": ("leg", OUTSIDE, (10.0, 12.0), (12.0, 12.0)),
    }
    plan = plan_of("corner", boxes, openings)  # type: ignore[arg-type]
    floor = Polygon([(0, 0), (12, 0), (12, 12), (10, 12), (10, 2), (0, 2)]).buffer(0.001)
    slowest, outside = 0.0, 0
    for seed in range(extent.seeds):
        for step in STEPS:
            people = People.at(scatter((0.2, 0.2, 6, 1.8), 20, seed), level=GROUND)
            outcome = SpaceModel(plan, settings(step)).run(people, [Goal()], until_s=120, frames_every_s=step)
            frames = outcome.kept
            slowest = max(slowest, float(np.max(np.where(np.isnan(outcome.left_s), 999.0, outcome.left_s))))
            present = np.isfinite(frames.x)
            outside += int(np.count_nonzero(~contains_xy(floor, frames.x[present], frames.y[present])))
            for person in range(20):
                here = present[:, person]
                outside += not floor.contains(
                    LineString(np.column_stack([frames.x[here, person], frames.y[here, person]]))
                )
    return Finding(
        f"last out after {slowest:.1f} s; {outside} positions or ways in a wall",
        slowest <= 60 and outside == 0,
    )


def observed_speeds(speeds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres per second of people who walk far from each other, over 5 s of a wide corridor."""
    plan = corridor(30.0, 3.0 * len(speeds) + 3.0)
    spots = [(2.0, 3.0 + 3.0 * person) for person in range(len(speeds))]
    frames = (
        SpaceModel(plan)
        .run(People.at(spots, level=GROUND, speed_m_s=speeds), [Goal()], until_s=6, frames_every_s=1.0)
        .kept
    )
    way = np.hypot(np.diff(frames.x[1:6], axis=0), np.diff(frames.y[1:6], axis=0))
    mean: NDArray[np.float64] = np.nanmean(way, axis=0)
    return mean


@checks.add(
    "NIST 2.4",
    "ISO 5",
    title="100 people with speeds normal(1.2, 0.2)",
    target="mean 1.2, sd 0.2 m/s",
    tolerance="0.05 m/s; median p > 0.05",
)
def normal_speeds(extent: Extent) -> Finding:
    means, deviations, chances = [], [], []
    for seed in range(3 if extent.quick else 5):
        drawn = np.array(
            [1.2 + 0.2 * stats.norm.ppf(uniform(seed, 0, Stream.SPEEDS, person, 0)) for person in range(100)]
        )
        seen = observed_speeds(drawn)
        means.append(float(seen.mean()))
        deviations.append(float(seen.std(ddof=1)))
        chances.append(float(stats.kstest(seen, stats.norm(1.2, 0.2).cdf).pvalue))
    mean, deviation, chance = (
        statistics.median(means),
        statistics.median(deviations),
        statistics.median(chances),
    )
    passed = abs(mean - 1.2) <= 0.05 and abs(deviation - 0.2) <= 0.05 and chance > 0.05
    return Finding(f"mean {mean:.3f}, sd {deviation:.3f} m/s, p {chance:.2f}", passed)


@checks.add(
    "RiMEA 7",
    "IMO 7",
    title="Speeds by our own tables of pupils and staff",
    target="each table, in its band",
    tolerance="p > 0.05, one seed of five may miss",
)
def demographics(extent: Extent) -> Finding:
    parameters = Parameters.defaults()
    said, passed = [], True
    for name in ("v_prek", "v_prim", "v_mid", "v_teen", "v_adult"):
        numbers = parameters[name].quad()
        misses, worst, mean = 0, 0.0, 0.0
        for seed in range(3 if extent.quick else 5):
            drawn = np.array(
                [
                    quantile(int(Shape.NORMAL), *numbers, uniform(seed, 0, Stream.SPEEDS, person, 1))
                    for person in range(50)
                ]
            )
            seen = observed_speeds(drawn)
            low, high = numbers[2] - 0.03, numbers[3] + 0.03
            worst = max(worst, float(np.max(np.maximum(low - seen, seen - high))))
            table = np.array([quantile(int(Shape.NORMAL), *numbers, (k + 0.5) / 2000) for k in range(2000)])
            misses += stats.ks_2samp(seen, table).pvalue <= 0.05
            mean += float(seen.mean()) / (3 if extent.quick else 5)
        said.append(f"{name} {mean:.2f} m/s")
        passed = passed and misses <= 1 and worst <= 0
    return Finding(", ".join(said), passed)
