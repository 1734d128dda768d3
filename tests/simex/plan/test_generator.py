"""Generated schools: the default one of simex.md 2.9, and that every other passes the checks too."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simex.plan import LockType, PortalState, Use, benchmark, faults, generate
from simex.plan.file import plan_bytes
from simex.plan.generator import KINDS
from simex.plan.geometry import bounds, signed_area


def test_the_default_high_school_is_the_one_of_the_doctrine() -> None:
    plan = generate("high", students=1000)
    uses = Counter(space.use for space in plan.spaces)
    classrooms = [space for space in plan.spaces if space.use is Use.CLASSROOM]
    assert len(classrooms) == 40
    assert {space.capacity for space in classrooms} == {25}
    assert all(space.lockable for space in classrooms)
    assert len(plan.exits) == 8
    assert {
        Use.OFFICE,
        Use.GYM,
        Use.CAFETERIA,
        Use.LIBRARY,
        Use.WASHROOM,
        Use.STAIRS,
        Use.LOBBY,
    } <= uses.keys()
    assert plan.space(plan.office or "").use is Use.OFFICE
    assert len(plan.levels) == 2
    assert faults(plan) == []
    assert next(space.capacity for space in plan.spaces if space.use is Use.CAFETERIA) >= 333


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_school_passes_the_checks_as_it_is(kind: str) -> None:
    plan = generate(kind)
    assert faults(plan) == []
    assert sum(space.capacity for space in plan.spaces if space.use is Use.CLASSROOM) >= KINDS[kind].students
    assert plan.grades == kind


@given(
    kind=st.sampled_from(list(KINDS)),
    students=st.integers(20, 3_000),
    class_size=st.integers(8, 40),
    wings=st.integers(1, 6),
    storeys=st.integers(1, 4),
    lock=st.sampled_from([lock for lock in LockType if lock is not LockType.NO_LOCK]),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_asked_for_passes_the_checks_or_is_refused_in_a_sentence(
    kind: str, students: int, class_size: int, wings: int, storeys: int, lock: LockType
) -> None:
    try:
        plan = generate(kind, students, class_size=class_size, wings=wings, storeys=storeys, lock=lock)
    except ValueError as error:
        assert "Use fewer wings" in str(error) or "Use more wings" in str(error)  # noqa: PT017
        return
    assert faults(plan) == []
    classrooms = [space for space in plan.spaces if space.use is Use.CLASSROOM]
    assert len(classrooms) == -(-students // class_size)
    assert len(plan.exits) == wings + 5
    for space in classrooms:
        # simex.md 2.2, area
        assert (
            sum(signed_area(region.polygon) for region in plan.regions_of(space.id)) >= 1.9 * space.capacity
        )


def test_the_same_numbers_always_give_the_same_bytes() -> None:
    assert plan_bytes(generate("middle", 640, wings=3)) == plan_bytes(generate("middle", 640, wings=3))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"kind": "kindergarten"}, "no kind of school"),
        ({"students": 5}, "students may be from 20"),
        ({"wings": 9}, "wings may be from 1 to 6"),
        ({"students": 6000, "wings": 1, "storeys": 1}, "Use more wings or storeys"),
        ({"students": 20, "wings": 6}, "Use fewer wings or storeys"),
    ],
)
def test_an_impossible_school_is_refused_in_a_sentence(wish: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        generate(**wish)  # type: ignore[arg-type]


def test_the_main_entrance_is_unlocked_while_people_come_and_go() -> None:
    entrance = next(portal for portal in generate().portals if portal.id == "exit-main")
    assert entrance.state_at(10 * 60) is PortalState.LOCKED
    assert entrance.state_at(7 * 60 + 45) is PortalState.CLOSED


def test_the_benchmark_is_the_corridor_that_the_peers_are_timed_on() -> None:
    plan = benchmark(40)
    assert faults(plan) == []
    corridor = plan.region("corridor")
    assert bounds(corridor.polygon) == (0, -2, 160, 2)
    rooms = [space for space in plan.spaces if space.use is Use.CLASSROOM]
    assert len(rooms) == 40
    assert sum(space.capacity for space in rooms) == 1000
    doors = [portal for portal in plan.portals if not portal.is_exit]
    assert sorted({portal.middle[0] for portal in doors}) == [4 + 8 * n for n in range(20)]
    assert {portal.width_m for portal in doors} == {1.0}
    assert sorted(portal.middle for portal in plan.exits) == [(0, 0), (160, 0)]
    assert {portal.width_m for portal in plan.exits} == {2.0}


@pytest.mark.parametrize("rooms", [0, 3, 2002])
def test_a_benchmark_of_odd_or_endless_rooms_is_refused(rooms: int) -> None:
    with pytest.raises(ValueError, match="even number"):
        benchmark(rooms)
