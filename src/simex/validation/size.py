"""E8 of simex.md 3.2: the size of the one table that could be recovered, in a set-up that no scenario
offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from simex.distributions import Shape
from simex.network import NetworkEngine
from simex.network.engine import UNTIL_INTERVENTION
from simex.parameters import Parameters
from simex.plan import generate
from simex.scenario import Card, Kind, Layer, Lock, Officer, Scenario, StopBand

from .table import Judged, Statement

POLICE_S, REFERENCE = 660.0, 20.0  # seen: Purdue 2014-15, police only: 10 to 12 minutes, about 20
AT_ONCE = ("t_911_answer", "t_dispatch", "t_search")


def _police_after(parameters: Parameters, seconds: float) -> Parameters:
    """Police at the place so many seconds after onset, at which this fixture calls them."""
    values = dict.fromkeys(AT_ONCE, 0.0) | {"t_police": seconds}
    fixed = [
        replace(p, shape=Shape.VALUE, numbers={"value": values[p.id]}, ranges={}) if p.id in values else p
        for p in parameters.values()
    ]
    return Parameters(fixed, parameters.version)


def size(
    parameters: Parameters, replicates: int, seed: int, tell: Callable[[str], None] = lambda line: None
) -> Statement:
    """An unlocked school, an event that lasts until somebody intervenes, police 11 minutes after onset; then
    with an officer, optimistic band."""
    tell("size of the one recovered table")
    engine = NetworkEngine(generate("high", 1000), _police_after(parameters, POLICE_S))
    # All else as a school is by default: no further measure was in the reference
    base = Scenario(kind=Kind.LOCKDOWN, lock=Lock.NONE, card=Card.MASS)
    numbers, layer = np.arange(replicates), Layer(stop_band=StopBand.OPTIMISTIC)
    alone, officer = (
        engine._run(replace(base, officer=one), UNTIL_INTERVENTION, seed, numbers, layer)
        .columns["hazard_count"]
        .mean()
        for one in (Officer.ABSENT, Officer.PATROL)
    )
    ratio = float(officer / alone)
    return Statement(
        "E8",
        "Size: unlocked school, until police come after 11 minutes; then with an officer (optimistic band)",
        f"mean count {alone / REFERENCE:.2f} of the reference's; ratio with an officer {ratio:.2f}",
        "0.5 to 1.65 of the reference's (10 to 33); ratio 0.20 to 0.60 (reference 0.33)",
        Judged.PASSED if 10 <= alone <= 33 and 0.20 <= ratio <= 0.60 else Judged.FAILED,
        {"ratio": ratio},
    )
