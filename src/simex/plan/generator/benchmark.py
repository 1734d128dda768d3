"""The benchmark plan: the corridor school that every engine is timed on."""

from __future__ import annotations

from ..model import AssemblyPoint, Level, LockType, Plan, Space, Use
from .draft import WALL_M, Draft, Rectangle

CORRIDOR_M, PITCH_M, DEPTH_M, DOOR_M, EXIT_M = 4.0, 8.0, 10.0, 1.0, 2.0
PUPILS = 25


def benchmark(rooms: int = 40) -> Plan:
    """A corridor 4 m wide along x with classrooms on both sides, 8 m from wall to wall and 10 m deep, and an
    exit of 2 m at each end.

    rooms: an even number from 2 to 2,000; room i of a side has its door of 1 m at x = 4 + 8 i. Each is
    furnished for 25."""
    if not 2 <= rooms <= 2_000 or rooms % 2:
        raise ValueError(f"The benchmark plan has an even number of rooms from 2 to 2,000, not {rooms}.")
    draft = Draft(levels=[Level("1", "Ground floor")])
    end = rooms // 2 * PITCH_M
    half = CORRIDOR_M / 2
    corridor = draft.room(Space("corridor", "Corridor", Use.CORRIDOR), "1", Rectangle(0, -half, end, half))
    for number in range(rooms):
        side, place = number % 2, number // 2
        left, centre = place * PITCH_M, place * PITCH_M + PITCH_M / 2
        near, far = half + WALL_M, half + WALL_M + DEPTH_M
        bottom, top = (near, far) if side else (-far, -near)
        space = Space(f"room-{number + 1:03d}", f"Room {number + 1}", Use.CLASSROOM, PUPILS, lockable=True)
        room = draft.room(space, "1", Rectangle(left + WALL_M / 2, bottom, left + PITCH_M - WALL_M / 2, top))
        y = (half + WALL_M / 2) * (1 if side else -1)
        draft.door(
            f"door-{number + 1:03d}",
            room,
            corridor,
            "1",
            ((centre - DOOR_M / 2, y), (centre + DOOR_M / 2, y)),
            LockType.INSIDE_KEY,
        )
    for name, x in (("west", 0.0), ("east", end)):
        draft.door(f"exit-{name}", corridor, "outside", "1", ((x, -EXIT_M / 2), (x, EXIT_M / 2)))
    draft.assembly_points = [
        AssemblyPoint("assembly-west", "Assembly point west", (-60.0, 0.0)),
        AssemblyPoint("assembly-east", "Assembly point east", (end + 60.0, 0.0)),
    ]
    return draft.plan(f"Benchmark of {rooms} rooms", "room-001", "high", "The benchmark plan of SIMEX")
