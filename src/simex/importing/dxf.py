"""DXF drawings: closed outlines on layers for rooms, lines or blocks on layers for doors, text within an
outline for its name.

What a layer holds is told by a word in its name: room, space, area; door, exit, opening; stair; assembly. A
level is told by "L2", "LEVEL 2" or "FLOOR-2" in it; without, everything is on one level."""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from simex.plan import Point, Use

from .assembly.names import Names
from .drawn import Drawn, DrawnDoor, DrawnLevel, DrawnRoom, note_passed_over
from .problems import BROKEN_PART, Unimportable
from .summary import Summary

MOST_ENTITIES = 300_000
MOST_ROOMS = 5_000
MOST_POINTS = 20_000
MOST_POINTS_IN_ALL = 400_000  # of curves and corners together
MOST_POINTS_CROSSING = 300  # of an outline that crosses itself: each pair of its sides may be a crossing
FARTHEST_M = 1e7  # also from the origin of a survey
# An outline: larger ones would be made of millions of chords before anything else could refuse them
WIDEST_M = 5_000.0
STOREY_M = 4.0  # a drawing from above has no heights
UNITS = {1: 0.0254, 2: 0.3048, 3: 1609.344, 4: 0.001, 5: 0.01, 6: 1.0, 7: 1000.0, 10: 0.9144, 14: 0.1}
LAYERS = (
    ("assembly", r"assembl|muster"),
    ("opening", r"opening|passage(?!way)|portal"),
    ("exit", r"exit|egress"),
    ("door", r"door|tür|puerta"),
    ("stairs", r"stair|escalera"),
    ("room", r"room|space|area|raum|polyg|floor ?plan|corridor|hall"),
)
WORDS = ("TEXT", "MTEXT")
MOST_LAYERS = 15  # named one by one
OUTLINES = ("LWPOLYLINE", "POLYLINE", "CIRCLE", "ELLIPSE")


def read_dxf(path: Path) -> tuple[Drawn, Summary]:
    """Rooms and doors of a DXF file. Raises `Unimportable`."""
    return _Reader(path.name, _document(path)).result()


def read_dxf_content(content: bytes, called: str) -> tuple[Drawn, Summary]:
    """The same of its bytes. Raises `Unimportable`."""
    from ezdxf import recover
    from ezdxf.lldxf.const import DXFError

    try:
        document = recover.read(io.BytesIO(content))[0]
    except (DXFError, OSError, *BROKEN_PART) as error:
        raise Unimportable(f"{called} is a damaged DXF file: {str(error)[:200]}. Export it again.") from None
    return _Reader(called, document).result()


def warm() -> None:
    """Reads a small drawing, so that whatever the reading loads on its way is loaded, and the letters of the
    world's drawings."""
    import codecs

    import ezdxf.path  # noqa: F401
    from ezdxf.filemanagement import new

    for page in (
        "utf-8",
        "latin-1",
        *(f"cp{number}" for number in (874, 932, 936, 949, 950, *range(1250, 1259))),
    ):
        codecs.lookup(page)
    drawing, written = new(units=6), io.StringIO()
    space, rooms = drawing.modelspace(), {"layer": "ROOMS"}
    space.add_lwpolyline([(0, 0), (8, 0), (8, 6), (0, 6)], close=True, dxfattribs=rooms)
    space.add_text("Room", dxfattribs=rooms).set_placement((4, 3))
    space.add_line((8, 2), (8, 3), dxfattribs={"layer": "DOORS"})
    drawing.write(written)
    with suppress(Unimportable):
        read_dxf_content(written.getvalue().encode(), "empty.dxf")


def _document(path: Path) -> Any:
    from ezdxf import filemanagement, recover
    from ezdxf.lldxf.const import DXFError

    try:
        try:
            return filemanagement.readfile(path)
        except (DXFError, UnicodeDecodeError):
            return recover.readfile(path)[0]
    except (DXFError, OSError, *BROKEN_PART) as error:
        raise Unimportable(
            f"{path.name} is a damaged DXF file: {str(error)[:200]}. Open it in the program that "
            "made it and export it again."
        ) from None


class _Reader:
    def __init__(self, called: str, document: Any) -> None:
        self.called, self.document = called, document
        self.drawn = Drawn(called.rsplit(".", 1)[0], f"Imported from {called} (DXF {document.dxfversion})")
        self.summary = Summary()
        self.names: list[tuple[str, Point, str]] = []  # level, place, words
        self.levels: dict[int, str] = {}
        self.points = 0
        # What stands on a layer that says what it is, and is not drawn as it should be
        self.passed_over: Counter[str] = Counter()
        entities = list(document.modelspace())
        if len(entities) > MOST_ENTITIES:
            raise Unimportable(
                f"{called} holds {len(entities):,} things: too many for a floor plan. Export rooms, "
                "doors and their names alone."
            )
        self.entities = [
            (entity, kind, level)
            for entity in entities
            for kind, level in [_layer(str(entity.dxf.get("layer", "0")))]
        ]
        self.unit = self._unit()
        self.level_names = Names()
        for number in sorted({level for _, kind, level in self.entities if kind}):
            level = DrawnLevel(
                self.level_names.give(f"level {number}"), f"Level {number}", (number - 1) * STOREY_M
            )
            self.levels[number] = level.id
            self.drawn.levels.append(level)
            self.summary.storeys.append({"name": level.name, "elevation_m": level.elevation_m})
        if len(self.levels) > 1:
            self.drawn.notes.append(
                f"Assumed: {STOREY_M:g} m from level to level; the drawing gives no heights."
            )

    def _unit(self) -> float:
        """Metres in a unit of the drawing: as it says, else by the size of what is drawn."""
        stated = UNITS.get(int(self.document.header.get("$INSUNITS", 0) or 0))
        if stated is not None:
            return stated
        size = max((self._far(entity) for entity, kind, _ in self.entities if kind == "room"), default=0.0)
        unit, words = (0.001, "millimetres") if size > 2_000 else (1.0, "metres")
        self.drawn.notes.append(f"Assumed: the drawing names no unit; by its size it is drawn in {words}.")
        return unit

    def _far(self, entity: Any) -> float:
        """How far an outline lies from the drawing's origin, in its own unit; 0 where it cannot be read."""
        try:
            far = max(
                (math.hypot(corner.x, corner.y) for corner in _path(entity).control_vertices()[:4]),
                default=0.0,
            )
        except BROKEN_PART:
            return 0.0
        return far if far < FARTHEST_M / 0.001 else 0.0

    def result(self) -> tuple[Drawn, Summary]:
        known = {kind for _, kind, _ in self.entities}
        if not known & {"room", "stairs"}:
            layers = sorted({str(entity.dxf.get("layer", "0")) for entity, _, _ in self.entities})
            listed = ", ".join(layers[:MOST_LAYERS])
            raise Unimportable(
                f"{self.called} has no layer for rooms. Put their outlines on a layer named ROOMS, "
                f"doors on DOORS. Its layers are {listed}."
            )
        for entity, kind, level in self.entities:
            try:
                if entity.dxftype() in WORDS:
                    self._words(entity, level)
                elif kind:
                    self._entity(entity, kind, level)
            except BROKEN_PART as error:
                self.drawn.notes.append(
                    f"{entity.dxftype()} {entity.dxf.handle} on {entity.dxf.layer} was left out: it "
                    f"cannot be read, {error}."
                )
        note_passed_over(self.drawn, self.passed_over)
        unread = sorted(
            {
                str(entity.dxf.get("layer", "0"))
                for entity, kind, _ in self.entities
                if not kind and entity.dxftype() not in WORDS
            }
        )
        if unread:
            named = ", ".join(unread[:MOST_LAYERS]) + (
                f" and {len(unread) - MOST_LAYERS} more" if len(unread) > MOST_LAYERS else ""
            )
            self.drawn.notes.append(
                f"Left out, their names say nothing of rooms, doors or stairs: the layers {named}."
            )
        self._named()
        self.summary.stairs = sum(room.use is Use.STAIRS for room in self.drawn.rooms)
        return self.drawn, self.summary

    def _entity(self, entity: Any, kind: str, level: int) -> None:
        if kind in ("room", "stairs"):
            if entity.dxftype() in OUTLINES:
                self._room(entity, kind, level)
            else:
                self._pass_over(entity)
        elif kind == "assembly":
            if entity.dxftype() in ("POINT", "INSERT", "CIRCLE"):
                place = (
                    entity.dxf.location
                    if entity.dxftype() == "POINT"
                    else entity.dxf.insert
                    if entity.dxftype() == "INSERT"
                    else entity.dxf.center
                )
                self.drawn.assembly_points.append(
                    (f"Assembly point {len(self.drawn.assembly_points) + 1}", self._point(place))
                )
            else:
                self._pass_over(entity)
        elif entity.dxftype() == "INSERT":
            self._block(entity, kind, level)
        elif entity.dxftype() in ("LINE", "LWPOLYLINE", "POLYLINE"):
            points = self._line(entity)
            self._door(
                entity,
                kind,
                level,
                points[0],
                points[-1] if math.dist(points[0], points[-1]) > 0.05 else points[len(points) // 2],
            )
        else:
            self._pass_over(entity)  # arcs: doors that swing, beside the line of the door itself

    def _pass_over(self, entity: Any) -> None:
        self.passed_over[f"{entity.dxftype()} on {entity.dxf.layer}"] += 1

    def _point(self, place: Any) -> Point:
        x, y = float(place[0]) * self.unit, float(place[1]) * self.unit
        if not (abs(x) < FARTHEST_M and abs(y) < FARTHEST_M):
            raise ValueError("a coordinate is beyond any building")
        return x, y

    def _line(self, entity: Any) -> list[Point]:
        """The corners of a line or an outline in metres; arcs as chains of chords."""
        if entity.dxftype() == "LINE":
            return [self._point(entity.dxf.start), self._point(entity.dxf.end)]
        path = _path(entity)
        corners = [self._point(corner) for corner in path.control_vertices()]
        for axis in (0, 1):
            wide = max((corner[axis] for corner in corners), default=0.0) - min(
                (corner[axis] for corner in corners), default=0.0
            )
            if wide > WIDEST_M:
                raise ValueError(f"an outline of {wide:,.0f} m is wider than any building")
        found: list[Point] = []
        for vertex in path.flattening(0.03 / self.unit, 4):
            found.append((vertex.x * self.unit, vertex.y * self.unit))
            if len(found) > MOST_POINTS:
                raise ValueError("an outline has too many points")
        self.points += len(found)
        if self.points > MOST_POINTS_IN_ALL:
            raise Unimportable(
                f"The outlines of {self.called} have more than {MOST_POINTS_IN_ALL:,} points: too "
                "many for a floor plan."
            )
        return found

    def _room(self, entity: Any, kind: str, level: int) -> None:
        from shapely import Polygon, make_valid

        points = self._line(entity)
        closed = entity.dxftype() in ("CIRCLE", "ELLIPSE") or bool(
            getattr(entity, "closed", getattr(entity, "is_closed", False))
        )
        if len(points) < 3 or not (closed or math.dist(points[0], points[-1]) < 0.05):
            self.drawn.notes.append(
                f"An outline on {entity.dxf.layer} at x {points[0][0]:.1f} m, y {points[0][1]:.1f} "
                "m is not closed and was left out."
            )
            return
        if len(self.drawn.rooms) >= MOST_ROOMS:
            raise Unimportable(f"{self.called} holds more than {MOST_ROOMS:,} rooms: too many for a school.")
        area = Polygon(points)
        if not area.is_valid:
            if len(points) > MOST_POINTS_CROSSING:
                raise ValueError(f"an outline of {len(points):,} points crosses itself")
            area = make_valid(area)
        use = Use.STAIRS if kind == "stairs" else None
        self.drawn.rooms.append(DrawnRoom(str(entity.dxf.handle), "", self.levels[level], area, use))

    def _words(self, entity: Any, level: int) -> None:
        words = entity.plain_text() if entity.dxftype() == "MTEXT" else entity.dxf.text
        words = re.sub(r"\s+", " ", str(words)).strip()
        if words:
            self.names.append((self.levels.get(level, ""), self._point(entity.dxf.insert), words[:80]))

    def _named(self) -> None:
        """Each room is called by the texts that stand in it, from top to bottom; a text on another layer
        counts for every level."""
        from shapely import Point as Spot
        from shapely import STRtree

        rooms = self.drawn.rooms
        tree = STRtree([room.area for room in rooms])
        found: dict[int, list[tuple[float, str]]] = {}
        for level, (x, y), words in self.names:
            for number in tree.query(Spot(x, y), predicate="intersects"):
                if level in ("", rooms[number].level) or len(self.levels) == 1:
                    found.setdefault(int(number), []).append((-y, words))
        for number, room in enumerate(rooms):
            words = " ".join(word for _, word in sorted(found.get(number, []))[:3])
            name = words or ("Stairs" if room.use is Use.STAIRS else f"Space {number + 1}")
            rooms[number] = DrawnRoom(room.key, name[:200], room.level, room.area, room.use)
            storey = next(one.name for one in self.drawn.levels if one.id == room.level)
            fields = {
                "name": name,
                "long_name": "",
                "storey": storey,
                "footprint_m2": round(room.area.area, 3),
                "floor_z_m": None,
            }
            self.summary.spaces[room.key] = fields

    def _block(self, entity: Any, kind: str, level: int) -> None:
        """A door as a block: it stands along its own x axis, as wide as what is drawn in it (nested blocks
        are not opened)."""
        block = self.document.blocks.get(entity.dxf.name)
        across = [x for part in list(block)[:1_000] for x in _extent(part)] if block is not None else []
        if not across:
            raise ValueError("its block is empty")
        turned, scale = (
            math.radians(float(entity.dxf.get("rotation", 0.0))),
            float(entity.dxf.get("xscale", 1.0)),
        )
        origin = entity.dxf.insert
        ends = [
            self._point(
                (origin[0] + far * scale * math.cos(turned), origin[1] + far * scale * math.sin(turned))
            )
            for far in (min(across), max(across))
        ]
        self._door(entity, kind, level, ends[0], ends[1])

    def _door(self, entity: Any, kind: str, level: int, start: Point, end: Point) -> None:
        long = math.dist(start, end)
        if not 0.3 < long < 30:
            raise ValueError(f"a door of {long:.1f} m")
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        along = ((end[0] - start[0]) / long, (end[1] - start[1]) / long)
        key = str(entity.dxf.handle)
        emergency = "emerg" in str(entity.dxf.layer).lower()
        self.drawn.doors.append(
            DrawnDoor(
                key, self.levels[level], middle, along, long, leaf=kind != "opening", emergency_exit=emergency
            )
        )
        self.summary.doors[key] = {"width_m": round(long, 4), "height_m": None, "spaces": []}


def _path(entity: Any) -> Any:
    """An outline's corners and curves, not yet made into chords; empty for what is none."""
    from ezdxf.path import Path as Outline
    from ezdxf.path import make_path

    if entity.dxftype() not in OUTLINES:
        return Outline()
    if entity.dxftype() in ("LWPOLYLINE", "POLYLINE") and len(entity) > MOST_POINTS:
        raise ValueError("an outline has too many points")
    return make_path(entity)


def _layer(name: str) -> tuple[str, int]:
    """(what a layer holds, its level); nothing where its name says nothing."""
    kind = next((kind for kind, words in LAYERS if re.search(words, name, re.IGNORECASE)), "")
    level = re.search(r"(?:^|[^a-z])(?:level|floor|storey|lvl|l)[-_ ]?(\d{1,2})(?!\d)", name, re.IGNORECASE)
    return kind, int(level[1]) if level and int(level[1]) > 0 else 1


def _extent(part: Any) -> list[float]:
    """How far a part of a block reaches along x."""
    kind = part.dxftype()
    if kind == "LINE":
        return [float(part.dxf.start[0]), float(part.dxf.end[0])]
    if kind == "LWPOLYLINE":
        return [float(point[0]) for point in list(part.get_points("xy"))[:1_000]]
    if kind == "ARC":
        ends = [math.radians(float(part.dxf.start_angle)), math.radians(float(part.dxf.end_angle))]
        return [float(part.dxf.center[0]) + float(part.dxf.radius) * math.cos(angle) for angle in ends]
    return []
