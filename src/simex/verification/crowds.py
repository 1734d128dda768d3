"""Many people: speed and density, doors, stairs, jams, counter-flow."""

from __future__ import annotations

import dataclasses
import itertools
import math
import statistics
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simex.plan import OUTSIDE
from simex.plan.generator import benchmark
from simex.space import Goal, Outcome, People, Settings, SpaceModel, furnished

from .check import Checks, Engine, Extent, Finding
from .plans import GROUND, Box, Opening, adults, corridor, crowd, plan_of, room_and_door, scatter

checks = Checks(Engine.CONTINUOUS)
NEVER = 1e4  # seconds, for whoever does not arrive


def weidmann(density: float) -> float:
    """Speed in m/s at a density in people per square metre (Weidmann 1993; simex-verification.md 5)."""
    return 1.34 * (1 - math.exp(-1.913 * (1 / density - 1 / 5.4)))


def last(outcome: Outcome) -> float:
    """Seconds until everybody was out."""
    return float(np.max(np.where(np.isnan(outcome.left_s), NEVER, outcome.left_s)))


def through(outcome: Outcome, model: SpaceModel, portal: str) -> NDArray[np.float64]:
    """Seconds at which people passed a portal, sorted."""
    found: NDArray[np.float64] = np.sort(
        outcome.crossed_s[outcome.crossed_side // 2 == model.floor.portal_index[portal]]
    )
    return found


def steady_flow(times: NDArray[np.float64]) -> float:
    """People a second while the middle six tenths pass."""
    first, second = int(0.2 * len(times)), int(0.8 * len(times))
    return float((second - first) / (times[second] - times[first]))


def spread(values: Sequence[float], digits: int = 1) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def density_and_speed(density: float, seed: int) -> tuple[float, float]:
    """Mean speed (m/s) and density (1/m2) over 4 x 4 m in a corridor of 200 x 4 m, from second 10 to 69."""
    length, width = 200.0, 4.0
    count = round(density * length * width)
    model = SpaceModel(corridor(length, width))
    people = crowd((0.05, 0.05, length - 0.05, width - 0.05), count, seed, apart=9.0)
    frames = model.run(people, [Goal()], until_s=70, frames_every_s=1.0).kept
    speeds, densities = [], []
    for k in range(10, 69):
        here = (frames.x[k] > 108) & (frames.x[k] < 112) & np.isfinite(frames.x[k + 1])
        if here.any():
            speeds.append(float(np.mean(frames.x[k + 1][here] - frames.x[k][here])))
            densities.append(np.count_nonzero(here) / 16)
    return statistics.mean(speeds), statistics.mean(densities)


def median_of(density: float, extent: Extent) -> tuple[float, float]:
    """The medians of speed and density over the seeds."""
    speeds, densities = zip(
        *(density_and_speed(density, seed) for seed in range(1, extent.seeds + 1)), strict=True
    )
    return statistics.median(speeds), statistics.median(densities)


@checks.add(
    "RiMEA 4",
    title="Speed and density in a corridor of 200 x 4 m, measured over 4 x 4 m",
    target="Weidmann's curve, falling",
    tolerance="0.15 m/s below 5.4/m2, median",
)
def fundamental_diagram(extent: Extent) -> Finding:
    found = [
        median_of(density, extent)
        for density in ((0.5, 1, 2, 4) if extent.quick else (0.5, 1, 2, 3, 4, 5, 6))
    ]
    judged = [(speed, density) for speed, density in found if density < 5.4]
    worst = max(abs(speed - weidmann(density)) for speed, density in judged)
    falling = all(later[0] < earlier[0] for earlier, later in itertools.pairwise(found))
    curve = ", ".join(f"{density:.1f}/m2 {speed:.2f}" for speed, density in found)
    return Finding(f"{curve} m/s; at most {worst:.2f} from the curve", worst <= 0.15 and falling)


@checks.add(
    "ISO 13",
    title="No mean speed above the free speed",
    target="at most the free speed",
    tolerance="0.05 m/s, median",
)
def never_faster(extent: Extent) -> Finding:
    speed, _ = median_of(0.5, extent)
    return Finding(f"{speed:.2f} m/s at 0.5/m2, free mean 1.34 m/s", speed <= 1.34 + 0.05)


@checks.add(
    "RiMEA 16",
    title="Single file in a corridor 0.5 m wide",
    target="0.92, 0.60, 0.29, 0.13 m/s at 0.75, 1, 1.5, 2/m",
    tolerance="0.15 m/s, falling",
)
def single_file(_extent: Extent) -> Finding:
    targets = {0.75: 0.92, 1.0: 0.60, 1.5: 0.29, 2.0: 0.13}
    found = []
    for density in targets:
        count = round(120 * density)
        people = People.at([((k + 0.5) / density, 0.25) for k in range(count)], level=GROUND, speed_m_s=1.24)
        frames = SpaceModel(corridor(120, 0.5)).run(people, [Goal()], until_s=40, frames_every_s=1.0).kept
        here = (frames.x[10:-1] > 55) & (frames.x[10:-1] < 75) & np.isfinite(frames.x[11:])
        found.append(float(np.mean((frames.x[11:] - frames.x[10:-1])[here])))
    worst = max(abs(one - target) for one, target in zip(found, targets.values(), strict=True))
    falling = all(later < earlier for earlier, later in itertools.pairwise(found))
    return Finding(
        ", ".join(f"{one:.2f}" for one in found) + f" m/s; at most {worst:.2f} off", worst <= 0.15 and falling
    )


def door_flow(width: float, seed: int, count: int = 150, length: float = 0.2) -> float:
    model = SpaceModel(room_and_door(width, length))
    people = crowd((0.3, 0.3, 5, 9.7), count, seed)
    return steady_flow(through(model.run(people, [Goal()], until_s=900), model, "door"))


@checks.add(
    "L16",
    title="Flow through a door of 1 m; linear in the width from 0.8 to 2 m",
    target="1.6 to 2.2/s; r2 > 0.97",
    tolerance="as stated",
)
def bottleneck(extent: Extent) -> Finding:
    widths = (0.8, 1.0, 1.2, 1.6, 2.0)
    flows = {
        width: statistics.median([door_flow(width, seed) for seed in range(extent.seeds)]) for width in widths
    }
    squared = float(np.corrcoef(list(flows), list(flows.values()))[0, 1] ** 2)
    said = ", ".join(f"{width} m {flow:.2f}" for width, flow in flows.items())
    return Finding(f"{said} /s; r2 {squared:.3f}", 1.6 <= flows[1.0] <= 2.2 and squared > 0.97)


@checks.add(
    "RiMEA 12d",
    title="Passage of 5 m, width 0.8, 1.0, 1.2 m",
    target="flow rises with the width",
    tolerance="strictly",
)
def passage_width(extent: Extent) -> Finding:
    flows = [
        statistics.median([door_flow(width, seed, length=5.0) for seed in range(extent.seeds)])
        for width in (0.8, 1.0, 1.2)
    ]
    return Finding(", ".join(f"{flow:.2f}" for flow in flows) + " /s", flows[0] < flows[1] < flows[2])


@checks.add(
    "RiMEA 12b",
    title="Passage of 5 m against a door of 0.2 m",
    target="the passage takes at least as long",
    tolerance="median; 2 %",
)
def passage_length(extent: Extent) -> Finding:
    times: dict[float, list[float]] = {0.2: [], 5.0: []}
    for length, kept in times.items():
        for seed in range(extent.seeds):
            people = crowd((0.3, 0.3, 5, 9.7), 150, seed)
            model = SpaceModel(room_and_door(1.0, length))
            kept.append(float(through(model.run(people, [Goal()], until_s=900), model, "door")[-1]))
    return Finding(
        f"{spread(times[5.0])} s against {spread(times[0.2])} s",
        statistics.median(times[5.0]) >= 0.98 * statistics.median(times[0.2]),
    )


@checks.add(
    "RiMEA 12a",
    title="Way out 2, 6, 10 m behind a door of 1 m",
    target="time does not shrink as it moves away",
    tolerance="median; 2 %",
)
def goal_position(extent: Extent) -> Finding:
    found = []
    for behind in (2.0, 6.0, 10.0):
        model = SpaceModel(room_and_door(1.0, 0.2, behind))
        found.append(
            [
                last(model.run(crowd((0.3, 0.3, 5, 9.7), 150, seed), [Goal()], until_s=900))
                for seed in range(extent.seeds)
            ]
        )
    medians = [statistics.median(one) for one in found]
    return Finding(
        ", ".join(spread(one) for one in found) + " s",
        all(b >= 0.98 * a for a, b in itertools.pairwise(medians)),
    )


def two_doors(extent: Extent) -> tuple[str, bool, bool]:
    """150 people through two equal doors: what was seen, whether door 2 has no jam on average, whether its
    queue is the shorter one."""
    boxes: dict[str, Box] = {"room": (0, 0, 10, 10), "second": (10, 0, 20, 10), "third": (20, 0, 25, 10)}
    openings: dict[str, Opening] = {
        "door 1": ("room", "second", (10.0, 4.5), (10.0, 5.5)),
        "door 2": ("second", "third", (20.0, 4.5), (20.0, 5.5)),
        "out": ("third", OUTSIDE, (25.0, 0.0), (25.0, 10.0)),
    }
    model = SpaceModel(plan_of("two doors", boxes, openings))
    means: tuple[list[float], list[float]] = ([], [])
    peaks: tuple[list[float], list[float]] = ([], [])
    for seed in range(extent.seeds):
        people = crowd((0.3, 0.3, 5, 9.7), 150, seed)
        outcome = model.run(people, [Goal()], until_s=900, frames_every_s=1.0)
        frames = outcome.kept
        running = frames.times_s <= through(outcome, model, "door 1")[-1]
        for place, door in enumerate((10, 20)):
            counts = np.count_nonzero(
                (frames.x > door - 2) & (frames.x < door) & (np.abs(frames.y - 5) < 1.5), axis=1
            )
            means[place].append(float(np.mean(counts[running])) / 6)
            peaks[place].append(float(np.mean(np.sort(counts)[-10:])))
    one, two = (statistics.median(values) for values in means)
    most_one, most_two = (statistics.median(values) for values in peaks)
    said = (
        f"{one:.2f}/m2 before door 1, {two:.2f}/m2 before door 2; the ten highest counts {most_one:.1f} "
        f"and {most_two:.1f}"
    )
    return said, two < 1.5 and two < one / 2, most_two < most_one


@checks.add(
    "RiMEA 12",
    title="150 people through two equal doors of 1 m",
    target="a jam before door 1, none before door 2",
    tolerance="mean below 1.5/m2 and half of door 1",
    expected_failure=(
        "Two equal doors let as many pass, so chance builds a queue before the second one too. The "
        "guideline asks to record this."
    ),
)
def jam_at_first_door(extent: Extent) -> Finding:
    said, free, _ = two_doors(extent)
    return Finding(said, free)


@checks.add(
    "RiMEA 12c",
    title="The longer queue of two equal doors",
    target="before door 1",
    tolerance="mean of the ten highest counts",
)
def longer_queue(extent: Extent) -> Finding:
    said, _, longer = two_doors(extent)
    return Finding(said, longer)


@checks.add(
    "NIST 2.8",
    "ISO 6",
    "IMO 8",
    title="100 people against 0, 10, 50, 100 through 10 x 2 m",
    target="slower the more come, no deadlock",
    tolerance="all across within 400 s",
)
def counter_flow(extent: Extent) -> Finding:
    boxes: dict[str, Box] = {"left": (0, 0, 10, 10), "corridor": (10, 4, 20, 6), "right": (20, 0, 30, 10)}
    openings: dict[str, Opening] = {
        "a": ("left", "corridor", (10.0, 4.0), (10.0, 6.0)),
        "b": ("corridor", "right", (20.0, 4.0), (20.0, 6.0)),
        "out left": ("left", OUTSIDE, (0.0, 0.0), (0.0, 10.0)),
        "out right": ("right", OUTSIDE, (30.0, 0.0), (30.0, 10.0)),
    }
    model = SpaceModel(plan_of("counter-flow", boxes, openings))
    goals = [Goal(exits=("out right",)), Goal(exits=("out left",))]
    medians, worst = [], 0.0
    for against in (0, 10, 50, 100):
        times = []
        for seed in range(extent.seeds):
            spots = np.concatenate(
                [
                    scatter((0.3, 0.3, 9.7, 9.7), 100, seed),
                    scatter((20.3, 0.3, 29.7, 9.7), against, seed + 50),
                ]
            )
            people = People.at(
                spots, level=GROUND, speed_m_s=adults(100 + against, seed), goal=[0] * 100 + [1] * against
            )
            outcome = model.run(people, goals, until_s=500)
            times.append(float(np.max(np.where(np.isnan(outcome.left_s), NEVER, outcome.left_s)[:100])))
            worst = max(worst, last(outcome))
        medians.append(statistics.median(times))
    rising = all(b > a for a, b in itertools.pairwise(medians))
    return Finding(
        ", ".join(f"{one:.0f}" for one in medians) + f" s; slowest of all {worst:.0f} s",
        rising and worst < 400,
    )


@checks.add(
    "NIST 2.10",
    "ISO 7",
    title="24 people and one slow and wide person",
    target="slower than 25 equal ones",
    tolerance="median",
)
def disabilities(extent: Extent) -> Finding:
    model = SpaceModel(room_and_door(1.0))
    times: list[list[float]] = [[], []]
    for seed in range(extent.seeds):
        spots = scatter((0.5, 0.5, 5, 9.5), 25, seed, apart=0.7)
        for slow in (False, True):
            people = People.at(
                spots,
                level=GROUND,
                speed_m_s=[0.8 if slow else 1.25] + [1.25] * 24,
                radius_m=[0.4 if slow else 0.2] + [0.2] * 24,
            )
            times[slow].append(last(model.run(people, [Goal()], until_s=300)))
    return Finding(
        f"{spread(times[1])} s against {spread(times[0])} s",
        statistics.median(times[1]) > statistics.median(times[0]),
    )


@checks.add(
    "NIST 5.2",
    "ISO 11",
    "IMO 4",
    "L14",
    title="Exit of 1 m with the planner's cap of 1.33/(s m)",
    target="at most 1.33/s; 25 people: last 18.05 s after the first",
    tolerance="one slot, median",
)
def capped_flow(extent: Extent) -> Finding:
    plan = plan_of("room", {"room": (0, 0, 8, 5)}, {"out": ("room", OUTSIDE, (8.0, 2.0), (8.0, 3.0))})
    model = SpaceModel(plan, dataclasses.replace(Settings.of(), flow_limit=1.33))

    def seconds(box: tuple[float, float, float, float], count: int, seed: int) -> float:
        people = People.at(scatter(box, count, seed), level=GROUND)
        out = through(model.run(people, [Goal()], until_s=300), model, "out")
        return float(out[-1] - out[0])

    seeds = range(1, extent.seeds + 1)
    flow = max(99 / seconds((0.3, 0.3, 7, 4.7), 100, seed) for seed in seeds)
    gap = statistics.median([seconds((5, 0.5, 7, 4.5), 25, seed) for seed in seeds])
    return Finding(f"{flow:.3f}/s; {gap:.2f} s", flow <= 1.34 and abs(gap - 24 / 1.33) <= 1 / 1.33)


@checks.add(
    "L15",
    title="Evacuation of the benchmark plan, 8 rooms, at steps of 0.1, 0.05 and 0.025 s",
    target="the same time",
    tolerance="2 % a halving, median",
)
def step_size(extent: Extent) -> Finding:
    plan = benchmark(8)
    spots, levels, _ = furnished(plan)
    medians = []
    for step in (0.1, 0.05, 0.025):
        model = SpaceModel(plan, dataclasses.replace(Settings.of(), step_s=step))
        runs = [
            People.at(spots, level=levels, speed_m_s=adults(len(spots), seed))
            for seed in range(2 * extent.seeds)
        ]
        medians.append(
            statistics.median(
                [float(np.percentile(model.run(people, [Goal()], until_s=600).left_s, 95)) for people in runs]
            )
        )
    changes = [abs(b / a - 1) for a, b in itertools.pairwise(medians)]
    said = ", ".join(f"{one:.2f}" for one in medians)
    return Finding(
        f"95 of 100 out after {said} s; {100 * changes[0]:.1f} and {100 * changes[1]:.1f} %",
        max(changes) < 0.02,
    )
