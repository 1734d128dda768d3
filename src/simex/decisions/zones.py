"""A floor plan cut into zones of floor, and the links that join them.

A room is one zone; a long piece of corridor is cut into pieces of about `zone_length`, so that "the zone" of
a person in a corridor means something.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from simex.plan import OUTSIDE, Plan, Portal, PortalKind, PortalState, Region, Use

from .numbers import LOCK_CODES, NO_LOCK

CIRCULATION = {Use.CORRIDOR, Use.STAIRS, Use.LOBBY}
HALLS = {Use.GYM, Use.CAFETERIA}
ROOM, CORRIDOR, HALL, OUTDOORS, WASHROOM = 0, 1, 2, 3, 4  # how well an announcement is heard (2.3)
MINUTE_OF_LESSON = 600  # ten o'clock: the state of doors by time of day


@dataclass
class Zone:
    """center: metres. slope: the length of a flight, metres. area: m2. hearing: ROOM to WASHROOM."""

    space: str
    regions: list[Region]
    center: tuple[float, float]
    hearing: int
    stairs: int = 0
    slope: float = 0.0
    area: float = 0.0


@dataclass(frozen=True)
class Pieces:
    """How a region is cut: its zones in order, and from `low` to `high` along a direction (unit vector) it is
    cut evenly."""

    zones: tuple[int, ...]
    along: tuple[float, float] = (1.0, 0.0)
    low: float = 0.0
    high: float = 0.0

    def at(self, point: tuple[float, float]) -> int:
        """The zone of a point of the region."""
        if len(self.zones) == 1:
            return self.zones[0]
        share = (point[0] * self.along[0] + point[1] * self.along[1] - self.low) / (self.high - self.low)
        return self.zones[min(len(self.zones) - 1, max(0, int(share * len(self.zones))))]


@dataclass(frozen=True)
class Link:
    """A door, an opening or the seam between two pieces of a corridor. zones: the two sides; the last zone is
    outdoors."""

    zones: tuple[int, int]
    position: tuple[float, float]
    width: float
    door: bool
    portal: str | None
    lock: int = NO_LOCK
    stands_open: bool = False
    exit: bool = False


def _area(polygon: Sequence[tuple[float, float]]) -> float:
    closed = [*polygon, polygon[0]]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(closed))) / 2


def center_of_gravity(polygon: Sequence[tuple[float, float]]) -> tuple[float, float]:
    closed = [*polygon, polygon[0]]
    x = y = twice = 0.0
    for (x1, y1), (x2, y2) in pairwise(closed):
        cross = x1 * y2 - x2 * y1
        twice += cross
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return (x / (3 * twice), y / (3 * twice)) if twice else polygon[0]


def _axis(polygon: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], float, float]:
    """The direction of the longest edge, and from where to where the polygon reaches along it."""
    closed = [*polygon, polygon[0]]
    (x1, y1), (x2, y2) = max(pairwise(closed), key=lambda edge: round(math.dist(*edge), 6))
    length = math.dist((x1, y1), (x2, y2))
    along = ((x2 - x1) / length, (y2 - y1) / length)
    reach = [x * along[0] + y * along[1] for x, y in polygon]
    return along, min(reach), max(reach)


class ZonedPlan:
    """pieces: by region, how it is cut."""

    def __init__(self, plan: Plan, zone_length: float, closed_exits: frozenset[str]) -> None:
        self.plan = plan
        self.zone_length = zone_length
        self.zones: list[Zone] = []
        self.links: list[Link] = []
        self.pieces: dict[str, Pieces] = {}
        for space in plan.spaces:
            regions = list(plan.regions_of(space.id))
            if space.use in CIRCULATION:
                for region in regions:
                    self._cut(region, space.use is Use.STAIRS)
            elif regions:
                hearing = HALL if space.use in HALLS else WASHROOM if space.use is Use.WASHROOM else ROOM
                sizes = [_area(region.polygon) for region in regions]
                middles = [center_of_gravity(region.polygon) for region in regions]
                total = sum(sizes) or 1.0
                center = (
                    sum(m[0] * s for m, s in zip(middles, sizes, strict=True)) / total,
                    sum(m[1] * s for m, s in zip(middles, sizes, strict=True)) / total,
                )
                self.zones.append(Zone(space.id, regions, center, hearing, area=sum(sizes)))
                for region in regions:
                    self.pieces[region.id] = Pieces((len(self.zones) - 1,))
        self.zones.append(Zone(OUTSIDE, [], (0.0, 0.0), OUTDOORS))
        for portal in plan.portals:
            self._join(portal, closed_exits)

    def _cut(self, region: Region, stairs: bool) -> None:
        along, low, high = _axis(region.polygon)
        count = 1 if stairs else max(1, round((high - low) / self.zone_length))
        area, (cx, cy) = _area(region.polygon), center_of_gravity(region.polygon)
        own = []
        for k in range(count):
            offset = (
                low + (high - low) * (k + 0.5) / count - (cx * along[0] + cy * along[1]) if count > 1 else 0.0
            )
            center = (cx + along[0] * offset, cy + along[1] * offset)
            slope = (region.slope_length_m or high - low) if stairs else 0.0
            self.zones.append(
                Zone(region.space, [region], center, CORRIDOR, int(stairs), slope, area / count)
            )
            own.append(len(self.zones) - 1)
        for a, b in pairwise(own):
            (ax, ay), (bx, by) = self.zones[a].center, self.zones[b].center
            self.links.append(
                Link((a, b), ((ax + bx) / 2, (ay + by) / 2), area / (high - low), door=False, portal=None)
            )
        self.pieces[region.id] = Pieces(tuple(own), along, low, high)

    def _join(self, portal: Portal, closed_exits: frozenset[str]) -> None:
        if portal.is_exit and portal.id in closed_exits:
            return
        sides = [
            len(self.zones) - 1 if side == OUTSIDE else self.pieces[side].at(portal.middle)
            for side in portal.between
        ]
        if sides[0] == sides[1]:
            return
        state = portal.state_at(MINUTE_OF_LESSON)
        door = portal.kind is PortalKind.DOOR
        self.links.append(
            Link(
                (sides[0], sides[1]),
                portal.middle,
                portal.width_m,
                door,
                portal.id,
                LOCK_CODES[portal.lock.value],
                stands_open=not door or state in (PortalState.OPEN, PortalState.PROPPED),
                exit=portal.is_exit,
            )
        )
