"""Rooms as convex regions, joined by openings within each room and along lines without a wall."""

from __future__ import annotations

import math
from typing import Any

from simex.plan import Level, Plan, Portal, PortalKind, PortalState, Region, Space, Use
from simex.plan.geometry import bounds, distance, middle, signed_area
from simex.plan.words import plain

from ..drawn import Drawn, DrawnDoor, DrawnRoom
from ..problems import BROKEN_PART, Unimportable
from .convex import convex_parts, corners, tidied
from .names import Names
from .uses import LOCKABLE, capacity_of, use_of
from .walls import Nearby, meeting

LEAST_ROOM_M2 = 0.5
MOST_EFFORT = 500_000_000  # sum of the cubes of outlines' corners; a school of 300 rooms has a hundredth
WITHOUT_WALL_M = 0.05  # two rooms this close have no wall between them
NICHES = 1.1
MOST_NOTES = 1000  # in a plan's file
LINE_M = 0.15  # a drawn line from the edges of the two rooms that it parts


class Floors:
    """spaces, regions and openings so far; `space_of` gives the space of a room's key."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.spaces: list[Space] = []
        self.regions: list[Region] = []
        self.portals: list[Portal] = []
        self.space_of: dict[str, str] = {}
        self.notes: list[str] = []
        self.space_names, self.region_names, self.portal_names = Names(), Names(), Names()
        self._effort = 0
        self._doors: dict[str, list[DrawnDoor]] = {}
        for door in drawn.doors:
            self._doors.setdefault(door.level, []).append(door)
        for room in drawn.rooms:
            self._room(room)

    def regions_of(self, key: str) -> list[Region]:
        space = self.space_of.get(key)
        return [region for region in self.regions if region.space == space]

    def on(self, level: str) -> list[Region]:
        return [region for region in self.regions if region.level == level]

    def _room(self, room: DrawnRoom) -> None:
        parts = []
        try:
            for piece in _pieces(room.area):
                outline = tidied(piece)
                self._effort += corners(outline) ** 3
                if self._effort > MOST_EFFORT:
                    raise Unimportable(
                        f"{self.drawn.name}: outlines of rooms have more corners than a floor plan "
                        "can use. Export simpler shapes."
                    )
                parts += convex_parts(outline, self._doors_near(room.level, piece.bounds))
        except BROKEN_PART as error:
            self.notes.append(f"{room.name}: left out, {error}.")
            return
        parts = [
            part
            for part in ([(round(x, 3), round(y, 3)) for x, y in ring] for ring in parts)
            if signed_area(part) > 0.25
        ]
        floor = sum(signed_area(part) for part in parts)
        if floor < LEAST_ROOM_M2:
            self.notes.append(f"{room.name}: left out, it has {floor:.1f} m2 of floor.")
            return
        use = room.use or use_of(room.name)
        if use is Use.STAIRS:
            parts = _whole(parts)
        capacity = capacity_of(use, floor) if room.capacity is None else room.capacity
        space = Space(
            self.space_names.give(room.name),
            plain(room.name) or "Unnamed",
            use,
            min(capacity, 20_000),
            lockable=use in LOCKABLE,
        )
        self.spaces.append(space)
        self.space_of[room.key] = space.id
        own = []
        for number, part in enumerate(parts, 1):
            wish = space.id if len(parts) == 1 else f"{space.id}-{number}"
            own.append(Region(self.region_names.give(wish), space.id, room.level, tuple(part)))
        self.regions += own
        for number, one in enumerate(own):
            for other in own[:number]:
                self.join(other, one, 0.01)

    def _doors_near(
        self, level: str, box: tuple[float, float, float, float]
    ) -> list[tuple[tuple[float, float], float]]:
        """Middle and half width of the doors in a room's walls; 0.4 m more, for a door in the middle of a
        thick wall is that far from the floor."""
        left, bottom, right, top = box
        near = [
            door
            for door in self._doors.get(level, [])
            if left - 0.7 < door.middle[0] < right + 0.7 and bottom - 0.7 < door.middle[1] < top + 0.7
        ]
        return [(door.middle, math.hypot(door.width_m / 2, 0.4)) for door in near]

    def join(self, one: Region, other: Region, apart_m: float) -> bool:
        """An opening between two regions, where they lie beside each other."""
        line = meeting(one, other, apart_m)
        if line is None:
            return False
        self.opening(one, other, one.level, line)
        return True

    def opening(
        self, one: Region, other: Region, level: str, line: tuple[tuple[float, float], tuple[float, float]]
    ) -> None:
        identifier = self.portal_names.give(f"opening-{one.id}-{other.id}")
        segment = ((round(line[0][0], 3), round(line[0][1], 3)), (round(line[1][0], 3), round(line[1][1], 3)))
        width = round(((segment[1][0] - segment[0][0]) ** 2 + (segment[1][1] - segment[0][1]) ** 2) ** 0.5, 3)
        self.portals.append(
            Portal(
                identifier,
                PortalKind.OPENING,
                (one.id, other.id),
                level,
                segment,
                width,
                state=PortalState.OPEN,
            )
        )

    def passages(self) -> None:
        """Virtual boundaries: a room is joined to the one on the other side of such a line; where a file
        draws no line, rooms that each have one are joined wherever they touch."""
        done: set[tuple[str, str]] = set()
        without_line = {passage.room for passage in self.drawn.passages if passage.line[0] == passage.line[1]}
        near = Nearby([region for region in self.regions if region.upper_level is None])
        for passage in self.drawn.passages:
            free = passage.room in without_line and passage.line[0] == passage.line[1]
            own = self.space_of.get(passage.room)
            others = {self.space_of.get(key) for key in without_line} if free else None
            for one in self.regions_of(passage.room):
                box = bounds(one.polygon if free else passage.line)
                for other in near.around(one.level, box, LINE_M + 0.1):
                    if (
                        other.space == own
                        or (others is not None and other.space not in others)
                        or (one.id, other.id) in done
                    ):
                        continue
                    line = meeting(one, other, WITHOUT_WALL_M if free else LINE_M)
                    if line is not None and (free or distance(middle(line), passage.line) < LINE_M):
                        done |= {(one.id, other.id), (other.id, one.id)}
                        self.opening(one, other, one.level, line)

    def plan(self, office: str | None, assembly: tuple[Any, ...], grades: str) -> Plan:
        levels = tuple(
            Level(level.id, plain(level.name) or level.id, round(level.elevation_m, 3))
            for level in self.drawn.levels
        )
        used = {region.level for region in self.regions} | {region.upper_level for region in self.regions}
        return Plan(
            name=plain(self.drawn.name) or "Imported plan",
            levels=tuple(level for level in levels if level.id in used) or levels[:1],
            spaces=tuple(self.spaces),
            regions=tuple(self.regions),
            portals=tuple(self.portals),
            assembly_points=assembly,
            office=office,
            grades=grades,
            source=plain(self.drawn.source, 2000),
            notes=_listed(self.drawn.notes + self.notes),
        )


def _listed(notes: list[str]) -> tuple[str, ...]:
    """As many notes as a plan's file takes; how many more there were is said."""
    room = MOST_NOTES - 100  # for what is noted later
    more = [f"There were {len(notes) - room:,} more notes."] if len(notes) > room else []
    return tuple(plain(note, 2000) for note in (*notes[:room], *more))


def _whole(parts: list[Any]) -> list[Any]:
    """A stairwell in one piece, where its outline is but for niches convex: stairs are one region from level
    to level."""
    from shapely import MultiPoint

    if len(parts) < 2:
        return parts
    hull = MultiPoint([point for part in parts for point in part]).convex_hull
    if hull.area > NICHES * sum(signed_area(part) for part in parts):
        return parts
    ring = [(round(x, 3), round(y, 3)) for x, y in list(hull.exterior.coords)[:-1]]
    return [ring if signed_area(ring) > 0 else ring[::-1]]


def _pieces(area: Any) -> list[Any]:
    """The polygons of a shape, tidied: slivers closed, largest first."""
    whole = area.buffer(0) if area.geom_type in ("Polygon", "MultiPolygon") else area
    parts = [
        part for part in getattr(whole, "geoms", [whole]) if part.geom_type == "Polygon" and part.area >= 0.3
    ]
    return sorted(parts, key=lambda part: -part.area)
