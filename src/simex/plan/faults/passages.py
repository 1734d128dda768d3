"""Doors and openings: each lies in the wall that it opens, fits into it, and is there once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from ..geometry import distance, edges, length, shared_length
from ..model import OUTSIDE, WALL, LockType, Plan, Portal, PortalKind, PortalState, Region
from .model import Fault, FaultKind

NARROWEST_M = 0.5  # nobody passes less
WHEELCHAIR_M = 0.815  # clear width of 32 inches, ADA Standards 404.2.3 [K]
WALL_TOLERANCE_M = 0.05


def passages(plan: Plan, sound: dict[str, Region]) -> Iterator[Fault]:
    levels = {level.id for level in plan.levels}
    for portal in plan.portals:
        yield from _width(portal)
        yield from _times(portal)
        for end in portal.between:
            if end != OUTSIDE and end in sound and portal.level in levels:
                yield from _in_wall(portal, sound[end])
    yield from _twice(plan)


def _fault(kind: FaultKind, sentence: str, portal: Portal, *others: str) -> Fault:
    return Fault(kind, sentence, portal.level, portal.middle, (portal.id, *others))


def _noun(portal: Portal) -> str:
    return f"Door {portal.id}" if portal.kind is PortalKind.DOOR else f"Opening {portal.id}"


def _width(portal: Portal) -> Iterator[Fault]:
    long = length(portal.segment)
    if portal.width_m > long + 0.01:
        sentence = (
            f"{_noun(portal)} is {portal.width_m:.2f} m wide, but its segment only {long:.2f} m long. "
            "Correct one of them."
        )
        yield _fault(FaultKind.DOOR_WIDTH, sentence, portal)
    elif portal.width_m < NARROWEST_M:
        sentence = (
            f"{_noun(portal)} is {portal.width_m:.2f} m wide: nobody gets through. Give its clear width "
            "in metres."
        )
        yield _fault(FaultKind.DOOR_WIDTH, sentence, portal)
    elif portal.width_m < WHEELCHAIR_M and portal.kind is PortalKind.DOOR:
        sentence = f"{_noun(portal)} is {portal.width_m:.2f} m wide, too narrow for a wheelchair (0.82 m)."
        yield _fault(FaultKind.NARROW_DOOR, sentence, portal)
    if portal.kind is PortalKind.OPENING and (
        portal.lock is not LockType.NO_LOCK or portal.state is not PortalState.OPEN or portal.by_time
    ):
        sentence = (
            f"{_noun(portal)} has a lock or is closed, but an opening has no leaf. Make it a door or "
            "leave lock and state out."
        )
        yield _fault(FaultKind.DOOR_WIDTH, sentence, portal)


def _times(portal: Portal) -> Iterator[Fault]:
    until = 0
    for timed in sorted(portal.by_time, key=lambda one: one.from_minute):
        if not 0 <= timed.from_minute < timed.until_minute <= 24 * 60:
            sentence = f"{_noun(portal)} has a time that ends before it begins. Divide it at midnight."
            yield _fault(FaultKind.TIMES, sentence, portal)
        elif timed.from_minute < until:
            yield _fault(
                FaultKind.TIMES,
                f"{_noun(portal)} has two states at the same time of day. Part their times.",
                portal,
            )
        until = max(until, timed.until_minute)


def _in_wall(portal: Portal, region: Region) -> Iterator[Fault]:
    if portal.level not in (region.level, region.upper_level):
        sentence = (
            f"{_noun(portal)} is drawn on level {portal.level}, but its region {region.id} is on level "
            f"{region.level}. Put both on one."
        )
        yield _fault(FaultKind.WRONG_LEVEL, sentence, portal, region.id)
        return
    near = [edge for edge in edges(region.polygon) if distance(portal.middle, edge) <= WALL + 0.01]
    if not near:
        sentence = (
            f"{_noun(portal)} leads to {region.id}, whose edge is more than {WALL} m away. Put it into "
            "the wall between its two regions."
        )
        yield _fault(FaultKind.DOOR_INTO_NOTHING, sentence, portal, region.id)
        return
    shared = max(shared_length(portal.segment, edge) for edge in near)
    if shared < portal.width_m - WALL_TOLERANCE_M:
        sentence = (
            f"{_noun(portal)} is {portal.width_m:.2f} m wide, but only {shared:.2f} m of it lie on the "
            f"wall of {region.id}. Move or narrow it."
        )
        yield _fault(FaultKind.DOOR_WIDER_THAN_WALL, sentence, portal, region.id)


def _twice(plan: Plan) -> Iterator[Fault]:
    by_pair: dict[tuple[str, ...], list[Portal]] = defaultdict(list)
    for portal in plan.portals:
        by_pair[(portal.level, *sorted(portal.between))].append(portal)
    for portals in by_pair.values():
        for number, portal in enumerate(portals):
            for other in islice(portals, min(number, 200)):
                if (
                    distance(portal.middle, other.segment) < 0.1
                    and shared_length(portal.segment, other.segment) > 0.1
                ):
                    sentence = (
                        f"Portals {other.id} and {portal.id} are at the same place between the same "
                        "regions. Leave one out."
                    )
                    yield _fault(FaultKind.DOOR_TWICE, sentence, portal, other.id)
