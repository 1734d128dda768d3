"""What every importer reads out of its kind of file: rooms, doors and stairs as they are drawn. Metres, seen
from above."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simex.plan import LockType, Point, Use

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_KINDS = 20  # named one by one


def note_passed_over(drawn: Drawn, kinds: Counter[str]) -> None:
    """Says of which kinds of parts the file holds any that no plan is made of."""
    if kinds:
        listed = ", ".join(f"{count:,} {kind[:60]}" for kind, count in kinds.most_common(MOST_KINDS))
        more = f" and {len(kinds) - MOST_KINDS} more kinds" if len(kinds) > MOST_KINDS else ""
        drawn.notes.append(f"Left out, no floor is made of them: {listed}{more}.")


@dataclass(frozen=True, slots=True)
class DrawnLevel:
    id: str
    name: str
    elevation_m: float


@dataclass(frozen=True, slots=True)
class DrawnRoom:
    """key: the file's own identifier. area: shapely polygons. use: None where the name has to tell. capacity:
    None where the floor does."""

    key: str
    name: str
    level: str
    area: BaseGeometry
    use: Use | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class DrawnDoor:
    """middle and along: its centre and the direction of its wall, length 1. rooms: keys of the rooms that the
    file says it joins (none to two).

    outside: the file says that it leads out. leaf: False for an opening in a wall.
    """

    key: str
    level: str
    middle: Point
    along: Point
    width_m: float
    rooms: tuple[str, ...] = ()
    outside: bool = False
    leaf: bool = True
    lock: LockType | None = None
    emergency_exit: bool = False


@dataclass(frozen=True, slots=True)
class DrawnPassage:
    """A line without a wall at the edge of a room (a virtual boundary)."""

    room: str
    level: str
    line: tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class DrawnStairs:
    """foot and top: the middle of the lowest and of the highest step. length_m: along the flights."""

    key: str
    name: str
    level: str
    upper_level: str
    foot: Point
    top: Point
    width_m: float
    length_m: float


@dataclass(slots=True)
class Drawn:
    name: str
    source: str
    levels: list[DrawnLevel] = field(default_factory=list)
    rooms: list[DrawnRoom] = field(default_factory=list)
    doors: list[DrawnDoor] = field(default_factory=list)
    passages: list[DrawnPassage] = field(default_factory=list)
    stairs: list[DrawnStairs] = field(default_factory=list)
    assembly_points: list[tuple[str, Point]] = field(default_factory=list)
    office: str | None = None
    notes: list[str] = field(default_factory=list)
