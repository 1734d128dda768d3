"""The nouns of a floor plan. Lengths are metres, times are seconds, x to the right and y to the north (up) on
every level.

A `Space` is what people call a room: it has a name, a use and a lock policy. A `Region` is a convex piece of
floor; a space has one or more of them. A `Portal` joins two regions, or a region and `OUTSIDE`, along a
straight segment that lies on the edge of each (a door in a thick wall: within `WALL` metres of it). Geometry
on convex regions gives sight lines, locks per portal, storeys and the graph of the network engine from one
source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

OUTSIDE = "outside"
WALL = 0.6  # metres: how far a door's segment may lie from the edge of a region it opens into

Point = tuple[float, float]


class Use(StrEnum):
    CLASSROOM = "classroom"
    CORRIDOR = "corridor"
    STAIRS = "stairs"
    OFFICE = "office"
    GYM = "gym"
    CAFETERIA = "cafeteria"
    LIBRARY = "library"
    WASHROOM = "washroom"
    STAFF = "staff"
    LOBBY = "lobby"
    STORAGE = "storage"
    OTHER = "other"


class LockType(StrEnum):
    """How a door is locked (simex.md 2.4). `NO_LOCK` can be closed, never locked."""

    NO_LOCK = "no-lock"
    INSIDE_BUTTON = "inside-button"
    INSIDE_KEY = "inside-key"
    OUTSIDE_KEY = "outside-key"
    AUTOMATIC = "automatic"
    ELECTRONIC = "electronic"


class PortalKind(StrEnum):
    DOOR = "door"
    OPENING = "opening"  # no leaf: always open, sight passes


class PortalState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"  # from outside; whoever is inside can always leave (life-safety codes)
    PROPPED = "propped"


@dataclass(frozen=True, slots=True)
class Level:
    id: str
    name: str
    elevation_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Space:
    """A room as people call it.

    capacity: people it is furnished for. lockable: whether it is meant as a room to lock down in.
    glazing_beside_lock: glass next to the lock (2.4). public_address: whether an announcement is heard in it.
    """

    id: str
    name: str
    use: Use
    capacity: int = 0
    lockable: bool = False
    glazing_beside_lock: bool = False
    public_address: bool = True


@dataclass(frozen=True, slots=True)
class Region:
    """A convex polygon of floor on one level, counter-clockwise, not closed (the first point is not
    repeated).

    Stairs are a region of their own, drawn as seen from above on the lower level, with `upper_level` and
    `slope_length_m` (along the flight). The portal at the upper end joins it to a region of the upper level.
    """

    id: str
    space: str
    level: str
    polygon: tuple[Point, ...]
    upper_level: str | None = None
    slope_length_m: float | None = None


@dataclass(frozen=True, slots=True)
class TimedState:
    """A state from a time of day (minutes since midnight) until another."""

    from_minute: int
    until_minute: int
    state: PortalState


@dataclass(frozen=True, slots=True)
class Portal:
    """A door or opening between two regions, or between a region and `OUTSIDE`; the first of the two is the
    room that its lock protects.

    segment: the two ends of the passage, metres. width_m: the clear width, at most the segment's length.
    level: where the segment is drawn (for the upper end of stairs, the upper level). emergency_exit: may be
    used in an emergency only."""

    id: str
    kind: PortalKind
    between: tuple[str, str]
    level: str
    segment: tuple[Point, Point]
    width_m: float
    lock: LockType = LockType.NO_LOCK
    state: PortalState = PortalState.CLOSED
    by_time: tuple[TimedState, ...] = ()
    emergency_exit: bool = False

    @property
    def is_exit(self) -> bool:
        return OUTSIDE in self.between

    @property
    def middle(self) -> Point:
        (x1, y1), (x2, y2) = self.segment
        return (x1 + x2) / 2, (y1 + y2) / 2

    def state_at(self, minute: int) -> PortalState:
        """The state at a time of day (minutes since midnight)."""
        for timed in self.by_time:
            if timed.from_minute <= minute < timed.until_minute:
                return timed.state
        return self.state


@dataclass(frozen=True, slots=True)
class AssemblyPoint:
    id: str
    name: str
    position: Point


@dataclass(frozen=True)
class Plan:
    """A school's floor plan. `office`: the space from which announcements are made. `source`: where it came
    from, in words."""

    name: str
    levels: tuple[Level, ...]
    spaces: tuple[Space, ...]
    regions: tuple[Region, ...]
    portals: tuple[Portal, ...]
    assembly_points: tuple[AssemblyPoint, ...] = ()
    office: str | None = None
    grades: str = "high"  # elementary, middle or high: which walking speeds apply
    source: str = ""
    notes: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, path: str | Path) -> Plan:
        """A plan from its file. Raises `UnreadablePlan`, or `FaultyPlan` with every fault
        (file.read_plan)."""
        from .file import read_plan

        return read_plan(path)

    def write(self, path: str | Path) -> None:
        """Writes the plan's file, whole or not at all."""
        from .file import write_plan

        write_plan(self, path)

    def space(self, identifier: str) -> Space:
        return self._spaces[identifier]

    def region(self, identifier: str) -> Region:
        return self._regions[identifier]

    def regions_of(self, space: str) -> tuple[Region, ...]:
        return tuple(region for region in self.regions if region.space == space)

    def portals_of(self, region: str) -> tuple[Portal, ...]:
        return tuple(portal for portal in self.portals if region in portal.between)

    def doors_of(self, space: str) -> tuple[Portal, ...]:
        """The portals between this space and another one or the outside."""
        own = {region.id for region in self.regions_of(space)}
        return tuple(
            portal for portal in self.portals if (portal.between[0] in own) != (portal.between[1] in own)
        )

    @property
    def exits(self) -> tuple[Portal, ...]:
        return tuple(portal for portal in self.portals if portal.is_exit)

    @property
    def rooms_to_lock(self) -> tuple[Space, ...]:
        """The designated rooms of a lockdown, in the order of the file: index j of the measures
        (simex.md section 5)."""
        return tuple(space for space in self.spaces if space.lockable)

    @cached_property
    def _spaces(self) -> dict[str, Space]:
        return {space.id: space for space in self.spaces}

    @cached_property
    def _regions(self) -> dict[str, Region]:
        return {region.id: region for region in self.regions}
