"""E1 to E7 of simex.md 3.2: the signs that published models and experiments agree on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import generate
from simex.scenario import Card, Doors, Kind, Lock, Notice, Scenario, Training

from .directions import Interval
from .table import Judged, Statement

BASE = Scenario(kind=Kind.LOCKDOWN, notice=Notice.DECENTRALIZED, card=Card.MASS)
WALK = Scenario(kind=Kind.EVACUATION)


@dataclass(frozen=True)
class Sign:
    """better against worse on one measure, which must rise or fall (sign)."""

    code: str
    statement: str
    better: Scenario
    worse: Scenario
    measure: str
    sign: int


def signs(exits: tuple[str, ...]) -> Iterator[Sign]:
    """exits: ids of exits to close for E6."""
    yield Sign(
        "E1", "Police sooner (3 against 10 minutes): lower count", replace(BASE, police_median_minutes=3),
        replace(BASE, police_median_minutes=10),
        "hazard_count", -1,
    )  # fmt: skip
    yield Sign(
        "E2", "Locked doors: lower count", replace(BASE, doors=Doors.PRE_LOCKED), BASE, "hazard_count", -1
    )
    yield Sign(
        "E3", "Hiding in a locked room better than in one that cannot be locked: less exposure",
        replace(BASE, lock=Lock.INSIDE_BUTTON),
        replace(BASE, lock=Lock.NONE), "exposure_person_s", -1,
    )  # fmt: skip
    yield Sign(
        "E4", "Announcement heard in all rooms against in four of ten: safe earlier",
        replace(BASE, announcement_coverage=1.0),
        replace(BASE, announcement_coverage=0.4), "behind_locked_door_person_min", 1,
    )  # fmt: skip
    wide, narrow = replace(WALK, corridor_width_factor=1.3), replace(WALK, corridor_width_factor=0.7)
    yield Sign("E5", "Wider halls and exits: faster evacuation", wide, narrow, "evacuation_most_s", -1)
    yield Sign(
        "E6",
        "More usable exits: faster evacuation",
        WALK,
        replace(WALK, closed_exits=exits),
        "evacuation_most_s",
        -1,
    )
    drill = Scenario(kind=Kind.LOCKDOWN_DRILL)
    yield Sign(
        "E7",
        "Trained leaders: more rooms complete lockdown",
        drill,
        replace(drill, training=Training.UNTRAINED),
        "rooms_completed",
        1,
    )


def literature(
    parameters: Parameters, replicates: int, seed: int, tell: Callable[[str], None] = lambda line: None
) -> list[Statement]:
    """Each sign on paired replicates: the 95 % interval of the difference must exclude 0 on the right
    side."""
    plan = generate("high", 1000)
    engine = NetworkEngine(plan, parameters)
    tell("signs of the literature")
    numbers = np.arange(replicates)
    rows = []
    for one in signs(tuple(portal.id for portal in plan.exits[: len(plan.exits) // 2])):
        better, worse = (
            engine.run(scenario, seed=seed, replicates=numbers).columns[one.measure]
            for scenario in (one.better, one.worse)
        )
        both = np.isfinite(better) & np.isfinite(worse)
        interval = Interval.of((better - worse)[both])
        right = interval.low > 0 if one.sign > 0 else interval.high < 0
        found: dict[str, Any] = {
            "effect": interval.mean,
            "low": interval.low,
            "high": interval.high,
            "pairs": int(both.sum()),
        }
        shown = (
            interval.words(digits=3)
            if one.measure != "hazard_count"
            else f"ratio {better[both].mean() / worse[both].mean():.3f}, interval of the difference "
        )
        if one.measure == "hazard_count":
            shown += "below 0" if interval.high < 0 else "includes 0 or lies above"
        rows.append(
            Statement(
                one.code, one.statement, f"{shown}; {int(both.sum())} pairs",
                f"95 % interval {'above' if one.sign > 0 else 'below'} 0",
                Judged.PASSED if right else Judged.FAILED, found,
            )
        )  # fmt: skip
    return rows
