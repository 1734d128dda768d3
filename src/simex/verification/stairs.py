"""Many people on stairs."""

from __future__ import annotations

import statistics

import numpy as np

from simex.plan import OUTSIDE
from simex.space import Goal, SpaceModel

from .check import Checks, Engine, Extent, Finding
from .crowds import steady_flow, through
from .plans import GROUND, Box, Opening, crowd, plan_of

checks = Checks(Engine.CONTINUOUS)


def stairs_after_corridor(seed: int, count: int) -> tuple[float, float, float, float, float]:
    """Flow at the corridor's mouth and at the foot of the stairs (1/s); densities before the room's exit,
    mid-corridor, before the foot."""
    boxes: dict[str, Box] = {
        "room": (0, 0, 5, 8),
        "corridor": (5, 3, 17, 5),
        "flight": (17, 3, 27, 5),
        "up landing": (27, 3, 30, 5),
    }
    openings: dict[str, Opening] = {
        "mouth": ("room", "corridor", (5.0, 3.0), (5.0, 5.0)),
        "foot": ("corridor", "flight", (17.0, 3.0), (17.0, 5.0)),
        "up top": ("flight", "up landing", (27.0, 3.0), (27.0, 5.0)),
        "up out": ("up landing", OUTSIDE, (30.0, 3.0), (30.0, 5.0)),
    }
    model = SpaceModel(plan_of("stairs after a corridor", boxes, openings, stairs={"flight": 11.5}))
    people = crowd((0.3, 0.3, 4.7, 7.7), count, seed)
    outcome = model.run(people, [Goal()], until_s=900, frames_every_s=1.0)
    frames = outcome.kept

    def peak(low: float, high: float) -> float:
        inside = (frames.x > low) & (frames.x < high) & (frames.y > 3) & (frames.y < 5)
        return float(np.mean(np.sort(np.count_nonzero(inside, axis=1))[-10:])) / (2 * (high - low))

    mouth, foot = through(outcome, model, "mouth"), through(outcome, model, "foot")
    return float(30 / (mouth[30] - mouth[0])), steady_flow(foot), peak(3, 5), peak(9, 11), peak(15, 17)


@checks.add(
    "RiMEA 13 (3.0)",
    "IMO 11",
    title="Room, corridor 2 m, stairs up: 150 people",
    target="flow at the foot of the stairs below the corridor's",
    tolerance="by more than 0.05/s",
)
def jam_at_stairs(extent: Extent) -> Finding:
    found = [stairs_after_corridor(seed, 150) for seed in range(extent.seeds)]
    mouth, foot = statistics.median(one[0] for one in found), statistics.median(one[1] for one in found)
    return Finding(f"{mouth:.2f}/s into the corridor, {foot:.2f}/s at the stairs", mouth - foot > 0.05)


@checks.add(
    "NIST 5.1",
    "ISO 10",
    title="Room, corridor, stairs: 100 people",
    target="densest at the room's exit and at the stairs",
    tolerance="each above mid-corridor",
)
def congestion(extent: Extent) -> Finding:
    found = [stairs_after_corridor(seed, 100) for seed in range(extent.seeds)]
    room, middle, foot = (statistics.median(one[part] for one in found) for part in (2, 3, 4))
    return Finding(
        f"{room:.2f}, {middle:.2f}, {foot:.2f} /m2 at room, mid-corridor, stairs",
        room > middle and foot > middle,
    )


def speeds_by_density(up: bool, seed: int) -> list[tuple[int, float]]:
    """For each second of 100 people on a flight of 2 x 5 m seen from above: how many are on it, and their
    mean speed seen from above, m/s."""
    boxes: dict[str, Box] = {
        "room": (0, 0, 10, 10), "approach": (10, 4, 12, 6), "flight": (12, 4, 17, 6),
        "up approach": (17, 4, 19, 6), "up room": (19, 0, 29, 10),
    }  # fmt: skip
    openings: dict[str, Opening] = {
        "in": ("room", "approach", (10.0, 4.0), (10.0, 6.0)),
        "foot": ("approach", "flight", (12.0, 4.0), (12.0, 6.0)),
        "up top": ("flight", "up approach", (17.0, 4.0), (17.0, 6.0)),
        "up in": ("up approach", "up room", (19.0, 4.0), (19.0, 6.0)),
        "out": ("room", OUTSIDE, (0.0, 0.0), (0.0, 10.0)),
        "up out": ("up room", OUTSIDE, (29.0, 0.0), (29.0, 10.0)),
    }
    model = SpaceModel(plan_of("flight", boxes, openings, stairs={"flight": 5.8}))
    start = (0.3, 0.3, 9.7, 9.7) if up else (19.3, 0.3, 28.7, 9.7)
    people = crowd(start, 100, seed, level=GROUND if up else "upper")
    frames = model.run(
        people, [Goal(exits=("up out",) if up else ("out",))], until_s=300, frames_every_s=1.0
    ).kept
    on_it = (frames.x > 12) & (frames.x < 17) & (frames.y > 4) & (frames.y < 6)
    ways = np.abs(np.diff(frames.x, axis=0))
    return [
        (int(on_it[k].sum()), float(ways[k][stay].mean()))
        for k, stay in enumerate(on_it[:-1] & on_it[1:])
        if stay.any()
    ]


@checks.add(
    "RiMEA 13",
    title="Stairs of 2 x 5 m, 100 people up and 100 down: speed by density",
    target="down faster than up at 0.6 to 1.5/m2, in each bin of 0.1",
    tolerance="none; the published band is not at hand, so its half of the test is not run",
)
def stair_diagram(extent: Extent) -> Finding:
    means = []
    for up in (True, False):
        seen = [pair for seed in range(extent.seeds) for pair in speeds_by_density(up, seed)]
        means.append(
            {
                people: statistics.mean(one)
                for people in range(6, 16)
                if (one := [speed for count, speed in seen if count == people])
            }
        )
    shared = means[0].keys() & means[1].keys()  # people on 10 m2
    least = min((means[1][people] / means[0][people] for people in shared), default=0.0)
    said = "; ".join(
        f"{where} {min(one.values()):.2f} to {max(one.values()):.2f}"
        for where, one in zip(("up", "down"), means, strict=True)
    )
    return Finding(
        f"{said} m/s; down at least {least:.2f} times as fast in {len(shared)} bins",
        len(shared) >= 8 and least > 1,
    )


@checks.add(
    "ISO 12",
    title="Stairs of 1.0, 1.2, 1.4, 1.6, 1.8 m, 100 people",
    target="flow rises with the width",
    tolerance="slope above 0",
)
def stair_width(extent: Extent) -> Finding:
    widths, flows = (1.0, 1.2, 1.4, 1.6, 1.8), []
    for width in widths:
        low, high = 5 - width / 2, 5 + width / 2
        boxes: dict[str, Box] = {
            "room": (0, 0, 10, 10),
            "flight": (10, low, 15, high),
            "up landing": (15, 0, 20, 10),
        }
        openings: dict[str, Opening] = {
            "foot": ("room", "flight", (10.0, low), (10.0, high)),
            "up top": ("flight", "up landing", (15.0, low), (15.0, high)),
            "up out": ("up landing", OUTSIDE, (20.0, 0.0), (20.0, 10.0)),
        }
        model = SpaceModel(plan_of("stairs", boxes, openings, stairs={"flight": 5.8}))
        runs = [
            model.run(crowd((0.3, 0.3, 8, 9.7), 100, seed), [Goal()], until_s=900)
            for seed in range(extent.seeds)
        ]
        flows.append(statistics.median(steady_flow(through(one, model, "foot")) for one in runs))
    slope = float(np.polyfit(widths, flows, 1)[0])
    return Finding(
        ", ".join(f"{flow:.2f}" for flow in flows) + f" /s; slope {slope:.2f} per m and s", slope > 0
    )
