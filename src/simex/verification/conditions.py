"""The school of the logic tests, engines that run it, and conditions drawn by a number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from simex.draws import Stream, uniform
from simex.network import NetworkEngine
from simex.plan import Plan, generate
from simex.population import Population
from simex.scenario import Card, Doors, Kind, Lock, Moment, Notice, Officer, Scenario, Training

from .settled import CERTAIN, constants


@cache
def school() -> Plan:
    return generate("middle", 200)


@cache
def usual() -> NetworkEngine:
    return NetworkEngine(school())


def everybody_inside() -> Population:
    """One member of staff a room, and nobody else on the way."""
    return Population(staff=len(school().rooms_to_lock))


def certain(changes: dict[str, float] | None = None, population: Population | None = None) -> NetworkEngine:
    return NetworkEngine(school(), constants(CERTAIN | (changes or {})), population)


def condition(number: int) -> Scenario:
    """A lockdown or drill with levers drawn by a number."""

    def one_of[T](place: int, levels: Iterable[T]) -> T:
        every = list(levels)
        return every[int(uniform(71, number, Stream.PLACEMENT, place, 0) * len(every))]

    return Scenario(
        kind=one_of(0, (Kind.LOCKDOWN, Kind.LOCKDOWN_DRILL)), officer=one_of(1, Officer),
        doors=one_of(2, Doors), notice=one_of(3, Notice),
        card=one_of(4, Card), moment=one_of(5, Moment), lock=one_of(6, Lock), training=one_of(7, Training),
    )  # fmt: skip
