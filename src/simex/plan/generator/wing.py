"""A classroom wing: a corridor northwards from the main hall with rooms on both sides and stairs and an exit
at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from ..model import LockType, Point, Space, Use
from .corridor import Corridor, build_corridor
from .draft import WALL_M, Draft, Rectangle
from .stairs import End

DOOR_M = 1.0
DEPTH_M = 9.0  # of a classroom, from the corridor to the window


@dataclass(frozen=True, slots=True)
class Wing:
    """letter: names the rooms. centre: x of the corridor's axis. start: y where it leaves the main hall.
    slots: places for rooms on each side."""

    letter: str
    centre: float
    start: float
    corridor_m: float
    room_m: float
    slots: int

    @property
    def end(self) -> float:
        return self.start + WALL_M + self.slots * (self.room_m + WALL_M)

    @property
    def mouth(self) -> tuple[float, float]:
        """From where to where along the main hall it opens."""
        return self.centre - self.corridor_m / 2, self.centre + self.corridor_m / 2

    @property
    def tip(self) -> End:
        left, _ = self.mouth

        def place(along: float, across: float) -> Point:
            return left + across, self.end + along

        return End(f"wing-{self.letter.lower()}", f"of wing {self.letter}", self.corridor_m, place)


@dataclass(frozen=True, slots=True)
class RoomRules:
    """What every classroom of the school has."""

    class_size: int
    lock: LockType
    glazing: bool


def build_wing(
    draft: Draft, wing: Wing, storey: int, classrooms: int, rules: RoomRules, hall: str
) -> Corridor:
    """One storey of a wing, joined to the region `hall` of the main hall. The slots nearest to its middle
    that no classroom needs are parted in two: washrooms, a staff room, storage."""
    level = str(storey + 1)
    slots = [
        (side, wing.start + WALL_M + slot * (wing.room_m + WALL_M))
        for slot in range(wing.slots)
        for side in (-1, 1)
    ]
    middle = (wing.start + wing.end - wing.room_m) / 2
    parted = set(
        sorted(range(len(slots)), key=lambda n: (abs(slots[n][1] - middle), n))[: len(slots) - classrooms]
    )
    half = (wing.room_m - WALL_M) / 2
    rooms: list[tuple[int, float, float, Space]] = []
    small = _small_rooms(wing.letter, level)
    numbers = iter(range(1, len(slots) + 1))
    for place, (side, low) in enumerate(slots):
        if place in parted:
            rooms += [
                (side, low, low + half, next(small)),
                (side, low + half + WALL_M, low + wing.room_m, next(small)),
            ]
        else:
            title = f"{wing.letter}{level}{next(numbers):02d}"
            space = Space(
                title.lower(),
                f"Room {title}",
                Use.CLASSROOM,
                rules.class_size,
                lockable=True,
                glazing_beside_lock=rules.glazing,
            )
            rooms.append((side, low, low + wing.room_m, space))
    left, right = wing.mouth
    doors = [_door_span(low, high) for _, low, high, _ in rooms]
    whole = Space(
        f"corridor-{wing.letter.lower()}-{level}", f"Corridor {wing.letter}, level {level}", Use.CORRIDOR
    )
    corridor = build_corridor(
        draft, whole, level, Rectangle(left, wing.start, right, wing.end), doors, northwards=True
    )
    draft.opening(hall, corridor.at(wing.start), level, ((left, wing.start), (right, wing.start)))
    for side, low, high, space in rooms:
        near = (left if side < 0 else right) + side * WALL_M
        region = draft.room(
            space,
            level,
            Rectangle(min(near, near + side * DEPTH_M), low, max(near, near + side * DEPTH_M), high),
        )
        x = near - side * WALL_M / 2
        bottom, top = _door_span(low, high)
        lock = rules.lock if space.lockable else LockType.NO_LOCK
        draft.door(
            f"door-{space.id}", region, corridor.at((low + high) / 2), level, ((x, bottom), (x, top)), lock
        )
    return corridor


def _door_span(low: float, high: float) -> tuple[float, float]:
    return (low + high - DOOR_M) / 2, (low + high + DOOR_M) / 2


def _small_rooms(letter: str, level: str) -> Iterator[Space]:
    """What a wing needs besides classrooms, in the order of need."""
    end = f"{letter.lower()}-{level}"
    yield Space(f"washroom-{end}-1", "Washroom", Use.WASHROOM)
    yield Space(f"washroom-{end}-2", "Washroom", Use.WASHROOM)
    yield Space(f"staff-{end}", "Staff room", Use.STAFF, lockable=True)
    for number in count(1):
        yield Space(f"storage-{end}-{number}", "Storage", Use.STORAGE, public_address=False)
