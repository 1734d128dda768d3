"""A school from a few numbers: a main hall, common rooms on its south side, classroom wings on its north
side, stairs at every end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from ..model import AssemblyPoint, Level, LockType, Plan, Point, Space, Use
from .common_rooms import build_common_rooms, common_rooms, places
from .corridor import Corridor, build_corridor
from .draft import WALL_M, Draft, Rectangle
from .stairs import End, build_tower, exit_door, tower_length
from .wing import DEPTH_M, RoomRules, Wing, build_wing

COURT_M = 10.0  # between two wings
STOREY_M = 4.0
ASSEMBLY_M = 60.0  # from the building; 50 m count as safe (simex.md section 5, M8)
MOST_SLOTS = 25


@dataclass(frozen=True, slots=True)
class Kind:
    """What a school is like where the caller says nothing: our choices [A]. wings: classroom corridors off
    the main hall. Lengths in metres."""

    students: int
    class_size: int
    wings: int
    storeys: int
    wing_corridor_m: float
    hall_m: float
    gym_m: tuple[float, float]
    floor_per_student_m2: float


KINDS = {
    "elementary": Kind(450, 22, 2, 1, 3.0, 3.6, (22.0, 15.0), 3.0),
    "middle": Kind(700, 25, 2, 2, 3.4, 4.2, (26.0, 18.0), 2.8),
    "high": Kind(1000, 25, 3, 2, 3.6, 4.8, (30.0, 20.0), 2.8),
}


def generate(
    kind: str = "high",
    students: int | None = None,
    *,
    class_size: int | None = None,
    wings: int | None = None,
    storeys: int | None = None,
    lock: LockType = LockType.INSIDE_KEY,
    glazing_beside_lock: bool = False,
    name: str | None = None,
) -> Plan:
    """A school's plan that passes the checks; the same numbers always give the same plan.

    kind: "elementary", "middle" or "high". students: 20 to 6,000. class_size: 8 to 40 in a classroom. wings:
    1 to 6. storeys: 1 to 4. lock: of every room that is meant to be locked. glazing_beside_lock: of every
    classroom. `generate("high", 1000)` is the default school of simex.md 2.9: 40 classrooms of 25, office,
    gym, cafeteria, library, washrooms, stairs, 8 exits. Raises ValueError with a sentence where a number
    cannot be."""
    if kind not in KINDS:
        raise ValueError(f"There is no kind of school “{kind}”. Use {', '.join(KINDS)}.")
    usual = KINDS[kind]
    students = _within("students", students, usual.students, 20, 6_000)
    class_size = _within("class_size", class_size, usual.class_size, 8, 40)
    classrooms = math.ceil(students / class_size)
    wings = _within("wings", wings, min(usual.wings, classrooms), 1, 6)
    storeys = _within("storeys", storeys, max(1, min(usual.storeys, classrooms // wings)), 1, 4)
    if classrooms < wings * storeys:
        raise ValueError(
            f"{classrooms} classrooms are too few for {wings} wings of {storeys} storeys. Use fewer "
            "wings or storeys."
        )
    # Places on each side of a wing's corridor: for its classrooms and at least one more, for washrooms.
    slots = math.ceil((math.ceil(classrooms / (wings * storeys)) + 1) / 2)
    if slots > MOST_SLOTS:
        raise ValueError(
            f"{classrooms} classrooms in {wings} wings of {storeys} storeys would make corridors "
            "too long. Use more wings or storeys."
        )
    school = _School(
        usual,
        students,
        class_size,
        classrooms,
        wings,
        storeys,
        slots,
        RoomRules(class_size, lock, glazing_beside_lock),
    )
    words = (
        f"Generated: {kind} school, {students} students, classes of {class_size}, wings: {wings}, "
        f"storeys: {storeys}"
    )
    return school.draft.plan(
        name or f"{kind.capitalize()} school of {students:,} students", "office", kind, words
    )


def _within(name: str, value: int | None, usual: int, low: int, high: int) -> int:
    value = usual if value is None else value
    if not low <= value <= high:
        raise ValueError(f"{name} may be from {low:,} to {high:,}, not {value:,}.")
    return value


class _School:
    def __init__(
        self,
        kind: Kind,
        students: int,
        class_size: int,
        classrooms: int,
        wings: int,
        storeys: int,
        slots: int,
        rules: RoomRules,
    ) -> None:
        self.kind, self.rules = kind, rules
        self.draft = Draft(levels=[Level(str(n + 1), f"Level {n + 1}", n * STOREY_M) for n in range(storeys)])
        room_m = max(6.0, round(class_size * kind.floor_per_student_m2 / DEPTH_M, 1))
        block = kind.wing_corridor_m + 2 * (WALL_M + DEPTH_M)
        span = wings * block + (wings - 1) * COURT_M
        south = common_rooms(students, kind.gym_m)
        self.length = max(span + 4.0, sum(room.width + WALL_M for room in south) + WALL_M)
        first = (self.length - span) / 2 + block / 2
        self.wings = [
            Wing(
                chr(ord("A") + n),
                first + n * (block + COURT_M),
                kind.hall_m,
                kind.wing_corridor_m,
                room_m,
                slots,
            )
            for n in range(wings)
        ]
        self.south = places(south, 0.0)
        parts = wings * storeys
        corridors = [
            self._storey(
                storey,
                [classrooms // parts + (storey * wings + n < classrooms % parts) for n in range(wings)],
            )
            for storey in range(storeys)
        ]
        for number, end in enumerate(self._ends()):
            for storey, (here, above) in enumerate(pairwise(corridors)):
                build_tower(self.draft, end, storey, STOREY_M, here[number], above[number])
            if storeys == 1:
                exit_door(self.draft, end, corridors[0][number], 0.0)
        build_common_rooms(self.draft, self.south, self.ground_hall, rules.lock)
        south_edge = -WALL_M - max(room.depth for room in south)
        north_edge = self.wings[0].end + (tower_length(STOREY_M) if storeys > 1 else 0.0)
        self.draft.assembly_points = [
            AssemblyPoint(
                "assembly-south",
                "Assembly point south",
                (round(self.length / 2, 1), round(south_edge - ASSEMBLY_M, 1)),
            ),
            AssemblyPoint(
                "assembly-north",
                "Assembly point north",
                (round(self.length / 2, 1), round(north_edge + ASSEMBLY_M, 1)),
            ),
        ]

    def _storey(self, storey: int, classrooms: list[int]) -> list[str]:
        """Main hall and wings of one storey. Gives the region at each end, in the order of `_ends`."""
        level = str(storey + 1)
        keep = [wing.mouth for wing in self.wings]
        if storey == 0:
            keep += [span for room, left in self.south for span in room.spans(left)]
        area = Rectangle(0, 0, self.length, self.kind.hall_m)
        space = Space(f"hall-{level}", f"Main hall, level {level}", Use.CORRIDOR)
        hall: Corridor = build_corridor(self.draft, space, level, area, keep, northwards=False)
        if storey == 0:
            self.ground_hall = hall
        tips = []
        for wing, rooms in zip(self.wings, classrooms, strict=True):
            corridor = build_wing(self.draft, wing, storey, rooms, self.rules, hall.at(wing.centre))
            tips.append(corridor.at(wing.end))
        return [hall.at(0.0), hall.at(self.length), *tips]

    def _ends(self) -> list[End]:
        width = self.kind.hall_m

        def west(along: float, across: float) -> Point:
            return -along, across

        def east(along: float, across: float) -> Point:
            return self.length + along, width - across

        return [
            End("west", "west", width, west),
            End("east", "east", width, east),
            *(wing.tip for wing in self.wings),
        ]
