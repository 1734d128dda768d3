"""The rooms on the south side of the main hall: gym, cafeteria, washrooms, lobby with the main entrance,
office, library, staff room."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import OUTSIDE, LockType, PortalState, Space, TimedState, Use
from .corridor import Corridor
from .draft import WALL_M, Draft, Rectangle

DOOR_M, DOUBLE_M, ENTRANCE_M, MOUTH_M = 1.0, 1.8, 2.4, 5.0
# The main entrance is unlocked while people come and go; the other outer doors are locked from outside all
# day.
COMING_AND_GOING = (
    TimedState(7 * 60, 8 * 60 + 15, PortalState.CLOSED),
    TimedState(14 * 60 + 45, 15 * 60 + 30, PortalState.CLOSED),
)


@dataclass(frozen=True, slots=True)
class CommonRoom:
    """width along the hall, depth away from it, metres. doors: widths of its doors to the hall, spread
    evenly. out: its door to the outside."""

    space: Space
    width: float
    depth: float
    doors: tuple[float, ...]
    out: bool = False
    opening: bool = False

    def spans(self, left: float) -> list[tuple[float, float]]:
        """Where its doors are along the hall, for a room that begins at `left`."""
        centres = [left + self.width * (2 * n + 1) / (2 * len(self.doors)) for n in range(len(self.doors))]
        return [
            (centre - width / 2, centre + width / 2)
            for centre, width in zip(centres, self.doors, strict=True)
        ]


def common_rooms(students: int, gym: tuple[float, float]) -> list[CommonRoom]:
    """From west to east. A third of the students eat at once (simex.md 2.9) on 1.4 m2 each; 0.2 m2 of library
    for each student."""
    eating = -(-students // 3)
    cafeteria_depth = 12.0 if students < 600 else 18.0
    library_depth = 9.0 if students < 600 else 12.0
    return [
        CommonRoom(
            Space("gym", "Gym", Use.GYM, max(60, students // 10), lockable=True),
            *gym,
            (DOUBLE_M, DOUBLE_M),
            out=True,
        ),
        CommonRoom(
            Space("cafeteria", "Cafeteria", Use.CAFETERIA, eating),
            max(12.0, round(eating * 1.4 / cafeteria_depth, 1)),
            cafeteria_depth,
            (DOUBLE_M, DOUBLE_M),
            out=True,
        ),
        CommonRoom(Space("washroom-hall-1", "Washroom", Use.WASHROOM), 4.0, 6.0, (DOOR_M,)),
        CommonRoom(Space("washroom-hall-2", "Washroom", Use.WASHROOM), 4.0, 6.0, (DOOR_M,)),
        CommonRoom(Space("lobby", "Lobby", Use.LOBBY), 8.0, 8.0, (MOUTH_M,), opening=True),
        CommonRoom(Space("office", "Office", Use.OFFICE, 6, lockable=True), 9.0, 8.0, ()),
        CommonRoom(
            Space("library", "Library", Use.LIBRARY, max(25, students // 20), lockable=True),
            max(9.0, round(students * 0.2 / library_depth, 1)),
            library_depth,
            (DOUBLE_M,),
        ),
        CommonRoom(
            Space("staff-hall", "Staff room", Use.STAFF, max(8, students // 50), lockable=True),
            8.0,
            8.0,
            (DOOR_M,),
        ),
    ]


def places(rooms: list[CommonRoom], start: float) -> list[tuple[CommonRoom, float]]:
    """Each room with the x where it begins, wall to wall from `start`."""
    found: list[tuple[CommonRoom, float]] = []
    left = start + WALL_M
    for room in rooms:
        found.append((room, left))
        left += room.width + WALL_M
    return found


def build_common_rooms(
    draft: Draft, placed: list[tuple[CommonRoom, float]], hall: Corridor, lock: LockType
) -> None:
    """All on the ground floor below y = 0. The office is entered from the lobby."""
    for room, left in placed:
        wall = 0.0 if room.opening else WALL_M
        identifier, right = room.space.id, left + room.width
        draft.room(room.space, "1", Rectangle(left, -WALL_M - room.depth, right, -wall))
        own = lock if room.space.lockable else LockType.NO_LOCK
        for number, (low, high) in enumerate(room.spans(left), 1):
            if room.opening:
                draft.opening(identifier, hall.at((low + high) / 2), "1", ((low, 0), (high, 0)))
            else:
                y = -WALL_M / 2
                draft.door(
                    f"door-{identifier}-{number}",
                    identifier,
                    hall.at((low + high) / 2),
                    "1",
                    ((low, y), (high, y)),
                    own,
                )
        if room.out:
            middle, y = (left + right) / 2, -WALL_M - room.depth
            line = ((middle - DOUBLE_M / 2, y), (middle + DOUBLE_M / 2, y))
            draft.door(
                f"exit-{identifier}",
                identifier,
                OUTSIDE,
                "1",
                line,
                LockType.AUTOMATIC,
                PortalState.LOCKED,
                emergency_exit=True,
            )
        if room.space.use is Use.LOBBY:
            middle, y = (left + right) / 2, -WALL_M - room.depth
            line = ((middle - ENTRANCE_M / 2, y), (middle + ENTRANCE_M / 2, y))
            draft.door(
                "exit-main",
                identifier,
                OUTSIDE,
                "1",
                line,
                LockType.ELECTRONIC,
                PortalState.LOCKED,
                COMING_AND_GOING,
            )
        if room.space.use is Use.OFFICE:
            x, y = left - WALL_M / 2, -WALL_M - room.depth / 2
            draft.door(
                "door-office", identifier, "lobby", "1", ((x, y - DOOR_M / 2), (x, y + DOOR_M / 2)), own
            )
