"""Doors into the walls of regions: by the rooms that the file names, else by their place."""

from __future__ import annotations

from simex.plan import OUTSIDE, LockType, Portal, PortalKind, PortalState, Region, Space

from ..drawn import DrawnDoor
from .floors import Floors
from .uses import WAYS
from .walls import Nearby, clipped, sides

FARTHEST_M = 0.6  # a door's middle from the floor that it opens to
NARROWEST_M = 0.5


class Doors:
    """lock: of the doors of rooms to be locked, where the file does not say."""

    def __init__(self, floors: Floors, lock: LockType) -> None:
        self.floors, self.lock = floors, lock
        self.spaces = {space.id: space for space in floors.spaces}
        self.near = Nearby(floors.regions)
        self.joined = {frozenset(portal.between) for portal in floors.portals}

    def place_all(self) -> None:
        for door in self.floors.drawn.doors:
            if not self._place(door):
                where = f"at x {door.middle[0]:.1f} m, y {door.middle[1]:.1f} m on level {door.level}"
                self.floors.notes.append(
                    f"{'Door' if door.leaf else 'Opening'} {door.key} {where} was left out: no wall "
                    "of a room is beside it."
                )

    def _place(self, door: DrawnDoor) -> bool:
        here = self.near.around(door.level, (*door.middle, *door.middle), FARTHEST_M)
        spaces = {self.floors.space_of.get(key) for key in door.rooms}
        named = [region for region in here if region.space in spaces]
        left, right = sides(named, door.middle, door.along, door.width_m, FARTHEST_M)
        if not door.outside or not (left or right):
            # A side that the file says nothing about: the room whose wall is there, if any is.
            other_left, other_right = sides(here, door.middle, door.along, door.width_m, FARTHEST_M)
            left, right = left or other_left, right or other_right
        both = [region for region in (left, right) if region is not None]
        if not both or (not door.leaf and len(both) < 2):
            return False
        if (
            len(both) == 2
            and both[0].space == both[1].space
            and frozenset((both[0].id, both[1].id)) in self.joined
        ):
            return False  # a door within a room that the floor already goes round
        segment = clipped(door.middle, door.along, door.width_m, both)
        width = round(((segment[1][0] - segment[0][0]) ** 2 + (segment[1][1] - segment[0][1]) ** 2) ** 0.5, 3)
        if width < NARROWEST_M:
            return False
        line = (
            (round(segment[0][0], 3), round(segment[0][1], 3)),
            (round(segment[1][0], 3), round(segment[1][1], 3)),
        )
        if not door.leaf:
            self.floors.opening(both[0], both[1], door.level, line)
        else:
            self._door(door, both, line, width)
        return True

    def _door(
        self,
        door: DrawnDoor,
        both: list[Region],
        line: tuple[tuple[float, float], tuple[float, float]],
        width: float,
    ) -> None:
        if len(both) == 1:
            self._add(
                f"exit-{both[0].space}",
                (both[0].id, OUTSIDE),
                door,
                line,
                width,
                door.lock or LockType.AUTOMATIC,
                PortalState.LOCKED,
            )
            return
        one, other = sorted(both, key=lambda region: not self.spaces[region.space].lockable)
        lock = door.lock
        if lock is None:
            lock = (
                self.lock
                if _locked_against(self.spaces[one.space], self.spaces[other.space])
                else LockType.NO_LOCK
            )
        self._add(
            f"door-{one.space}-{other.space}", (one.id, other.id), door, line, width, lock, PortalState.CLOSED
        )

    def _add(
        self,
        wish: str,
        between: tuple[str, str],
        door: DrawnDoor,
        line: tuple[tuple[float, float], tuple[float, float]],
        width: float,
        lock: LockType,
        state: PortalState,
    ) -> None:
        identifier = self.floors.portal_names.give(wish)
        self.floors.portals.append(
            Portal(
                identifier,
                PortalKind.DOOR,
                between,
                door.level,
                line,
                width,
                lock,
                state,
                emergency_exit=door.emergency_exit,
            )
        )


def _locked_against(room: Space, other: Space) -> bool:
    """A room to be locked has its lock towards a corridor, not towards its own closet."""
    return room.lockable and (other.use in WAYS or other.lockable or other.capacity > room.capacity)
