"""The checks: one change to a sound plan, one fault, with its place."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simex.plan.small import OPENING, rectangle, small_plan

from simex.plan import (
    AssemblyPoint,
    Fault,
    FaultKind,
    FaultyPlan,
    LockType,
    Plan,
    Portal,
    PortalState,
    Region,
    Space,
    TimedState,
    Use,
    faults,
    generate,
)
from simex.plan.faults import REMARKS, refuse


def with_(noun: str, identifier: str, **changes: Any) -> Plan:
    """The small plan with one item of a list changed."""
    plan = small_plan()
    items = tuple(
        dataclasses.replace(item, **changes) if item.id == identifier else item
        for item in getattr(plan, noun)
    )
    return dataclasses.replace(plan, **{noun: items})


def without(noun: str, identifier: str) -> Plan:
    plan = small_plan()
    return dataclasses.replace(
        plan, **{noun: tuple(item for item in getattr(plan, noun) if item.id != identifier)}
    )


def and_(noun: str, *items: Any) -> Plan:
    plan = small_plan()
    return dataclasses.replace(plan, **{noun: (*getattr(plan, noun), *items)})


def twice_a_door() -> Plan:
    plan = small_plan()
    door = plan.portals[2]
    return dataclasses.replace(plan, portals=(*plan.portals, dataclasses.replace(door, id="again")))


def plus_region(region: Region, *portals: Portal) -> Plan:
    plan = small_plan()
    return dataclasses.replace(plan, regions=(*plan.regions, region), portals=(*plan.portals, *portals))


ONE_CHANGE: list[tuple[FaultKind, Callable[[], Plan], str]] = [
    (FaultKind.SAME_IDENTIFIER, lambda: and_("spaces", Space("room", "Again", Use.OTHER)), "room"),
    (
        FaultKind.UNKNOWN_REFERENCE,
        lambda: with_("portals", "door-room", between=("rome", "corridor")),
        "door-room",
    ),
    (FaultKind.UNKNOWN_REFERENCE, lambda: with_("regions", "room", space="rome"), "room"),
    (FaultKind.UNKNOWN_REFERENCE, lambda: with_("regions", "room", level="7"), "room"),
    (FaultKind.UNKNOWN_REFERENCE, lambda: dataclasses.replace(small_plan(), office="nowhere"), "nowhere"),
    (
        FaultKind.HUGE_COORDINATES,
        lambda: with_("regions", "upper", polygon=rectangle(17_200, 0, 25_000, 6)),
        "upper",
    ),
    (
        FaultKind.TINY_REGION,
        lambda: with_("regions", "upper", polygon=rectangle(17.2, 0, 17.3, 0.1)),
        "upper",
    ),
    (
        FaultKind.CROSSES_ITSELF,
        lambda: with_("regions", "room", polygon=((4.2, 3.2), (12, 3.2), (4.2, 10), (12, 10))),
        "room",
    ),
    (
        FaultKind.CLOCKWISE,
        lambda: with_("regions", "room", polygon=tuple(reversed(rectangle(4.2, 3.2, 12, 10)))),
        "room",
    ),
    (
        FaultKind.NOT_CONVEX,
        lambda: with_("regions", "room", polygon=((4.2, 3.2), (12, 3.2), (12, 10), (8, 5), (4.2, 10))),
        "room",
    ),
    (FaultKind.OVERLAP, lambda: with_("regions", "room", polygon=rectangle(3.5, 3.2, 12, 10)), "room"),
    (FaultKind.SPACE_WITHOUT_FLOOR, lambda: and_("spaces", Space("attic", "Attic", Use.OTHER)), "attic"),
    (FaultKind.STAIRS_TO_NOWHERE, lambda: without("portals", "door-upper"), "stairs"),
    (FaultKind.STAIRS_TO_NOWHERE, lambda: with_("regions", "room", slope_length_m=5.0), "room"),
    (FaultKind.STAIRS_NOT_RISING, lambda: with_("regions", "stairs", slope_length_m=1.0), "stairs"),
    (FaultKind.STAIRS_NOT_RISING, lambda: with_("levels", "2", elevation_m=0.0), "stairs"),
    (
        FaultKind.DOOR_INTO_NOTHING,
        lambda: with_("portals", "door-room", segment=((6, 5), (7, 5))),
        "door-room",
    ),
    (
        FaultKind.DOOR_WIDER_THAN_WALL,
        lambda: with_("portals", "door-room", segment=((3.5, 3.1), (4.7, 3.1)), width_m=1.2),
        "door-room",
    ),
    (FaultKind.DOOR_WIDTH, lambda: with_("portals", "door-room", width_m=1.5), "door-room"),
    (FaultKind.DOOR_WIDTH, lambda: with_("portals", "door-room", width_m=0.2), "door-room"),
    (FaultKind.DOOR_WIDTH, lambda: with_("portals", "foot", lock=LockType.AUTOMATIC), "foot"),
    (FaultKind.DOOR_TWICE, twice_a_door, "again"),
    (FaultKind.WRONG_LEVEL, lambda: with_("portals", "door-room", level="2"), "door-room"),
    (
        FaultKind.TIMES,
        lambda: with_("portals", "door-room", by_time=(TimedState(600, 500, PortalState.OPEN),)),
        "door-room",
    ),
    (
        FaultKind.TIMES,
        lambda: with_(
            "portals",
            "exit",
            by_time=(TimedState(1, 9, PortalState.OPEN), TimedState(5, 20, PortalState.LOCKED)),
        ),
        "exit",
    ),
    (FaultKind.NO_EXIT, lambda: without("portals", "exit"), ""),
    (FaultKind.NO_DOOR, lambda: plus_region(Region("island", "room", "2", rectangle(0, 0, 5, 5))), "island"),
    (
        FaultKind.UNREACHABLE,
        lambda: plus_region(
            Region("one", "room", "2", rectangle(0, 0, 5, 5)),
            Portal(
                "between", OPENING, ("one", "one-more"), "2", ((5, 0), (5, 5)), 5.0, state=PortalState.OPEN
            ),
        ),
        "one",
    ),
    (FaultKind.CANNOT_BE_LEFT, lambda: with_("portals", "door-room", between=("corridor", "room")), "room"),
    (FaultKind.NO_OFFICE, lambda: dataclasses.replace(small_plan(), office=None), ""),
    (FaultKind.CANNOT_BE_LOCKED, lambda: with_("portals", "door-room", lock=LockType.NO_LOCK), "room"),
    (FaultKind.TOO_MANY_PEOPLE, lambda: with_("spaces", "room", capacity=500), "room"),
    (
        FaultKind.NO_ROOM_TO_LOCK,
        lambda: dataclasses.replace(
            small_plan(), spaces=tuple(dataclasses.replace(s, lockable=False) for s in small_plan().spaces)
        ),
        "",
    ),
    (FaultKind.NO_ASSEMBLY_POINT, lambda: without("assembly_points", "field"), ""),
    (
        FaultKind.NEAR_ASSEMBLY_POINT,
        lambda: and_("assembly_points", AssemblyPoint("yard", "Yard", (-10, 0))),
        "yard",
    ),
    (FaultKind.NARROW_DOOR, lambda: with_("portals", "door-room", width_m=0.7), "door-room"),
]


def test_the_small_plan_is_sound() -> None:
    assert faults(small_plan()) == []


@pytest.mark.parametrize(
    ("kind", "make", "subject"),
    ONE_CHANGE,
    ids=[f"{kind}-{number}" for number, (kind, _, _) in enumerate(ONE_CHANGE)],
)
def test_one_change_is_found_and_named_with_its_place(
    kind: FaultKind, make: Callable[[], Plan], subject: str
) -> None:
    found = [fault for fault in faults(make()) if fault.kind is kind]
    assert found, f"{kind} was not found"
    if subject:
        named = [fault for fault in found if subject in fault.subjects]
        assert named
        if kind not in (FaultKind.SAME_IDENTIFIER, FaultKind.SPACE_WITHOUT_FLOOR) and subject != "nowhere":
            assert named[0].position is not None
            assert named[0].level is not None
    assert all(fault.sentence.endswith((".", "?")) for fault in found)


def test_every_kind_of_fault_is_made_here_once() -> None:
    assert {kind for kind, _, _ in ONE_CHANGE} == set(FaultKind)


@pytest.mark.parametrize(
    ("kind", "make", "_"),
    ONE_CHANGE,
    ids=[f"{kind}-{number}" for number, (kind, _, _) in enumerate(ONE_CHANGE)],
)
def test_a_fault_is_refused_with_the_list_and_a_remark_is_not(
    kind: FaultKind, make: Callable[[], Plan], _: str
) -> None:
    if kind in REMARKS:
        refuse(make())
    else:
        with pytest.raises(FaultyPlan, match="fault") as refused:
            refuse(make())
        assert kind in {fault.kind for fault in refused.value.faults}


def moved(plan: Plan, turn: Callable[[float, float], tuple[float, float]], *, mirrored: bool) -> Plan:
    """The plan with every point moved; a mirrored outline is turned round again."""

    def shape(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        new = [turn(x, y) for x, y in points]
        return tuple(reversed(new)) if mirrored else tuple(new)

    return dataclasses.replace(
        plan,
        regions=tuple(dataclasses.replace(region, polygon=shape(region.polygon)) for region in plan.regions),
        portals=tuple(
            dataclasses.replace(one, segment=(turn(*one.segment[0]), turn(*one.segment[1])))
            for one in plan.portals
        ),
        assembly_points=tuple(
            dataclasses.replace(one, position=turn(*one.position)) for one in plan.assembly_points
        ),
    )


def test_a_plan_of_very_many_faults_is_not_checked_to_its_end() -> None:
    plan = small_plan()
    many = tuple(
        Region(f"copy-{number}", "room", "1", rectangle(4.2, 3.2, 12, 10)) for number in range(2_500)
    )
    found = faults(dataclasses.replace(plan, regions=plan.regions + many))
    assert sum(fault.kind is FaultKind.OVERLAP for fault in found) == 300
    stars = tuple(
        dataclasses.replace(one, polygon=tuple((float(x % 7), float(x % 5)) for x in range(150)))
        for one in many
    )
    found = faults(dataclasses.replace(plan, regions=plan.regions + stars))
    assert sum(fault.kind is FaultKind.CROSSES_ITSELF for fault in found) == 300


def test_a_star_that_turns_left_all_the_way_crosses_itself() -> None:
    star = tuple(
        (7 + 3 * math.cos(math.tau * 2 * n / 5), 7 + 3 * math.sin(math.tau * 2 * n / 5)) for n in range(5)
    )
    assert FaultKind.CROSSES_ITSELF in {
        fault.kind for fault in faults(with_("regions", "room", polygon=star))
    }


@given(x=st.floats(-1_000, 1_000), y=st.floats(-1_000, 1_000), mirror=st.booleans(), quarter=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_moved_turned_or_mirrored_school_has_no_fault(
    x: float, y: float, mirror: bool, quarter: bool
) -> None:
    def turn(a: float, b: float) -> tuple[float, float]:
        a = -a if mirror else a
        return (x - b, y + a) if quarter else (x + a, y + b)

    assert faults(moved(generate("elementary"), turn, mirrored=mirror)) == []


def test_a_plan_turned_by_any_angle_keeps_its_faults() -> None:
    def turn(a: float, b: float) -> tuple[float, float]:
        return 0.8 * a - 0.6 * b, 0.6 * a + 0.8 * b

    def kinds(found: list[Fault]) -> list[FaultKind]:
        return sorted(fault.kind for fault in found)

    for _, make, _ in ONE_CHANGE:
        assert kinds(faults(moved(make(), turn, mirrored=False))) == kinds(faults(make()))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_mutilated_plan_makes_the_checks_fail(data: st.DataObject) -> None:
    plan = small_plan()
    for noun in ("levels", "spaces", "regions", "portals"):
        if data.draw(st.booleans()):
            items = getattr(plan, noun)
            kept = data.draw(st.lists(st.sampled_from(items), max_size=len(items)))
            plan = dataclasses.replace(plan, **{noun: tuple(kept)})
    number = st.floats(-1e6, 1e6) | st.integers(-5, 20).map(float)
    shape = st.lists(st.tuples(number, number), min_size=3, max_size=8).map(tuple)
    regions = tuple(
        dataclasses.replace(region, polygon=data.draw(shape)) if data.draw(st.booleans()) else region
        for region in plan.regions
    )
    assert isinstance(faults(dataclasses.replace(plan, regions=regions)), list)


def test_shapes_of_very_many_corners_over_each_other_end_at_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_module("simex.plan.faults.shapes"), "MOST_EFFORT", 1_000)
    circle = tuple((5 * math.cos(n * math.tau / 60), 5 * math.sin(n * math.tau / 60)) for n in range(60))
    plan = small_plan()
    over = [Region(f"circle-{n}", plan.spaces[0].id, plan.levels[0].id, circle) for n in range(20)]
    found = faults(dataclasses.replace(plan, regions=(*plan.regions, *over)))
    assert any("Very many regions lie over each other" in fault.sentence for fault in found)
    assert sum(fault.kind is FaultKind.OVERLAP for fault in found) < 20
