"""A plan under construction: rectangles of floor and the doors between them, in whole millimetres."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import (
    AssemblyPoint,
    Level,
    LockType,
    Plan,
    Point,
    Portal,
    PortalKind,
    PortalState,
    Region,
    Space,
    TimedState,
)

WALL_M = 0.2


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Sides parallel to the axes, metres."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def polygon(self) -> tuple[Point, ...]:
        corners = (
            (self.left, self.bottom),
            (self.right, self.bottom),
            (self.right, self.top),
            (self.left, self.top),
        )
        return tuple((millimetres(x), millimetres(y)) for x, y in corners)


def millimetres(value: float) -> float:
    """Rounded to the millimetre, so that a plan's file is short and the same on every machine."""
    return round(value, 3) + 0.0


@dataclass
class Draft:
    """Collects levels, spaces, regions and portals; `plan` hands them over."""

    levels: list[Level] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    portals: list[Portal] = field(default_factory=list)
    assembly_points: list[AssemblyPoint] = field(default_factory=list)

    def space(self, space: Space) -> str:
        self.spaces.append(space)
        return space.id

    def room(self, space: Space, level: str, area: Rectangle) -> str:
        """A space of one region that carries its name. Gives the region's identifier."""
        self.space(space)
        return self.region(space.id, space.id, level, area)

    def region(
        self,
        identifier: str,
        space: str,
        level: str,
        area: Rectangle,
        upper_level: str | None = None,
        slope_m: float | None = None,
    ) -> str:
        self.regions.append(
            Region(
                identifier,
                space,
                level,
                area.polygon,
                upper_level,
                None if slope_m is None else millimetres(slope_m),
            )
        )
        return identifier

    def door(
        self,
        identifier: str,
        protected: str,
        other: str,
        level: str,
        segment: tuple[Point, Point],
        lock: LockType = LockType.NO_LOCK,
        state: PortalState = PortalState.CLOSED,
        by_time: tuple[TimedState, ...] = (),
        *,
        emergency_exit: bool = False,
    ) -> None:
        """A door that fills its segment; `protected` is the side that its lock protects."""
        self._portal(
            PortalKind.DOOR,
            identifier,
            (protected, other),
            level,
            segment,
            lock,
            state,
            by_time,
            emergency_exit,
        )

    def opening(self, one: str, other: str, level: str, segment: tuple[Point, Point]) -> None:
        self._portal(
            PortalKind.OPENING,
            f"opening-{one}-{other}",
            (one, other),
            level,
            segment,
            LockType.NO_LOCK,
            PortalState.OPEN,
            (),
            False,
        )

    def _portal(
        self,
        kind: PortalKind,
        identifier: str,
        between: tuple[str, str],
        level: str,
        segment: tuple[Point, Point],
        lock: LockType,
        state: PortalState,
        by_time: tuple[TimedState, ...],
        emergency_exit: bool,
    ) -> None:
        (x1, y1), (x2, y2) = ((millimetres(x), millimetres(y)) for x, y in segment)
        width = millimetres(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
        self.portals.append(
            Portal(
                identifier,
                kind,
                between,
                level,
                ((x1, y1), (x2, y2)),
                width,
                lock,
                state,
                by_time,
                emergency_exit,
            )
        )

    def plan(self, name: str, office: str, grades: str, source: str) -> Plan:
        return Plan(
            name=name,
            levels=tuple(self.levels),
            spaces=tuple(self.spaces),
            regions=tuple(self.regions),
            portals=tuple(self.portals),
            assembly_points=tuple(self.assembly_points),
            office=office,
            grades=grades,
            source=source,
        )
