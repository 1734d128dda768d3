"""GeoJSON floor plans and IMDF archives (Apple's Indoor Mapping Data Format, OGC 20-094): units, openings and
levels as features.

A plain GeoJSON file is read by the same names: polygons are rooms (`name`, `level`, `category` or `use`),
lines are doors (`category` "door", "opening", "emergencyexit"), points of category "assembly" are assembly
points."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from simex.plan import Point, Use

from .assembly.names import Names
from .assembly.uses import use_of
from .drawn import Drawn, DrawnDoor, DrawnLevel, DrawnRoom, note_passed_over
from .problems import BROKEN_PART, Unimportable
from .summary import Summary

LARGEST_FILE = 48 * 1024 * 1024
MOST_FEATURES = 50_000
MOST_POINTS = 20_000
MOST_LEVELS = 100
STOREY_M = 4.0  # IMDF numbers levels and gives no heights
FARTHEST_M = 1e7  # also from the origin of a survey; geometry of larger numbers does not end
WIDEST_M = 20_000.0  # what would be wider in degrees is drawn in metres
NO_FLOOR = (
    "section",
    "geofence",
    "kiosk",
    "fixture",
    "detail",
    "amenity",
    "occupant",
    "anchor",
    "address",
    "relationship",
)
NO_ROOM = ("unspecified", "opentobelow", "nonpublic.void", "structure", "column")
CATEGORIES = {
    "walkway": Use.CORRIDOR,
    "stairs": Use.STAIRS,
    "steps": Use.STAIRS,
    "lobby": Use.LOBBY,
    "restroom": Use.WASHROOM,
    "classroom": Use.CLASSROOM,
    "office": Use.OFFICE,
    "library": Use.LIBRARY,
    "storage": Use.STORAGE,
    "auditorium": Use.OTHER,
}


def read_geojson(files: dict[str, bytes], called: str) -> tuple[Drawn, Summary]:
    """Rooms and doors of the GeoJSON files of one building, by file name. Raises `Unimportable`."""
    features: list[dict[str, Any]] = []
    for name, content in files.items():
        features += _features(name, content)
        if len(features) > MOST_FEATURES:
            raise Unimportable(
                f"{called} holds more than {MOST_FEATURES:,} features: too many for a floor plan."
            )
    return _Reader(called, features).result()


def _features(name: str, content: bytes) -> list[dict[str, Any]]:
    if len(content) > LARGEST_FILE:
        raise Unimportable(
            f"{name} is larger than {LARGEST_FILE // 1024**2} MB: too large for the GeoJSON of one building."
        )
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise Unimportable(f"{name} cannot be read: its brackets are nested too deeply.") from None
    except ValueError as error:
        raise Unimportable(f"{name} is no JSON: {error}.") from None
    if isinstance(tree, dict) and tree.get("format") == "simex-plan":
        raise Unimportable(f"{name} is a plan already: it needs no import. Use “plan check”.")
    listed = (
        tree.get("features") if isinstance(tree, dict) and tree.get("type") == "FeatureCollection" else None
    )
    if not isinstance(listed, list):
        if name.lower().endswith("manifest.json"):
            return []
        raise Unimportable(f"{name} is no GeoJSON of features (a FeatureCollection).")
    kind = name.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    return [
        one | {"feature_type": one.get("feature_type") or kind} for one in listed if isinstance(one, dict)
    ]


class _Reader:
    def __init__(self, called: str, features: list[dict[str, Any]]) -> None:
        self.called, self.features = called, features
        self.drawn = Drawn(called.rsplit(".", 1)[0], f"Imported from {called} (GeoJSON)")
        self.summary = Summary()
        self.to_metres = _projection(features, called)
        self.levels: dict[str, str] = {}
        self.passed_over: Counter[str] = Counter()  # kinds of parts that make no floor

    def result(self) -> tuple[Drawn, Summary]:
        self._levels()
        for feature in self.features:
            try:
                self._feature(feature)
            except BROKEN_PART as error:
                self.drawn.notes.append(
                    f"Feature {str(feature.get('id'))[:60]} was left out: it cannot be read, {error}."
                )
        note_passed_over(self.drawn, self.passed_over)
        self.summary.stairs = sum(room.use is Use.STAIRS for room in self.drawn.rooms)
        return self.drawn, self.summary

    def _levels(self) -> None:
        """Levels of their own (IMDF), or those that the rooms name."""
        found: dict[str, tuple[float, str]] = {}
        names = Names()
        for feature in self.features:
            fields = _fields(feature)
            if feature["feature_type"] == "level":
                ordinal = _ordinal(fields.get("ordinal"))
                found[str(feature.get("id"))] = (ordinal, _name(fields, f"Level {ordinal:g}"))
        if not found:
            for feature in self.features:
                level = str(_fields(feature).get("level_id", _fields(feature).get("level", "0")))
                found.setdefault(level, (_ordinal(level), f"Level {level}"))
        if len(found) > MOST_LEVELS:
            raise Unimportable(
                f"{self.called} names {len(found):,} levels; a plan holds up to {MOST_LEVELS}. "
                "Export one building."
            )
        for identifier, (ordinal, name) in sorted(found.items(), key=lambda item: (item[1], item[0])):
            one = DrawnLevel(names.give(name), name, ordinal * STOREY_M)
            self.levels[identifier] = one.id
            self.drawn.levels.append(one)
            self.summary.storeys.append({"name": name, "elevation_m": one.elevation_m})
        if len(found) > 1:
            self.drawn.notes.append(
                f"Assumed: {STOREY_M:g} m from level to level; the file gives no heights."
            )

    def _feature(self, feature: dict[str, Any]) -> None:
        fields, shape = _fields(feature), feature.get("geometry")
        kind = str(feature["feature_type"])
        if not isinstance(shape, dict):
            if kind in ("building", "venue") and _name(fields, ""):
                self.drawn.name = _name(fields, "")
            return
        form = shape.get("type")
        if kind in ("venue", "building") and _name(fields, ""):
            self.drawn.name = _name(fields, "")
        elif kind in ("level", "footprint"):
            return  # their rooms tell more
        elif kind in NO_FLOOR:
            self.passed_over[kind] += 1
        elif form in ("Polygon", "MultiPolygon"):
            self._room(feature, fields, shape)
        elif form in ("LineString", "MultiLineString"):
            for number, line in enumerate(
                [shape["coordinates"]] if form == "LineString" else shape["coordinates"]
            ):
                self._door(feature, fields, line, number)
        elif form == "Point" and "assembly" in str(fields.get("category", "")):
            self.drawn.assembly_points.append(
                (_name(fields, "Assembly point"), self.to_metres(shape["coordinates"]))
            )
        else:
            self.passed_over[f"{kind} ({form})"] += 1

    def _level(self, fields: dict[str, Any]) -> str:
        return self.levels[str(fields.get("level_id", fields.get("level", "0")))]

    def _room(self, feature: dict[str, Any], fields: dict[str, Any], shape: dict[str, Any]) -> None:
        from shapely import Polygon, make_valid, union_all

        category = str(fields.get("use") or fields.get("category") or "")
        if category in NO_ROOM or category.startswith(("elevator", "escalator")):
            self.passed_over[category] += 1
            return
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        area = union_all(
            [
                make_valid(Polygon(self._ring(rings[0]), [self._ring(ring) for ring in rings[1:]]))
                for rings in parts
            ]
        )
        key, level = str(feature.get("id", len(self.drawn.rooms) + 1)), self._level(fields)
        name = _name(fields, category.replace(".", " ").capitalize() or "Room")
        use = next((use for word, use in CATEGORIES.items() if category.startswith(word)), None)
        if use is None:
            use = use_of(f"{name} {category}")
        capacity = fields.get("capacity")
        self.drawn.rooms.append(
            DrawnRoom(
                key,
                name,
                level,
                area,
                use,
                capacity if isinstance(capacity, int) and 0 <= capacity <= 20_000 else None,
            )
        )
        storey = next(one.name for one in self.drawn.levels if one.id == level)
        self.summary.spaces[key] = {
            "name": name,
            "long_name": category,
            "storey": storey,
            "footprint_m2": round(area.area, 3),
            "floor_z_m": None,
        }

    def _ring(self, ring: list[Any]) -> list[Point]:
        if len(ring) > MOST_POINTS:
            raise ValueError("an outline has too many points")
        return [self.to_metres(pair) for pair in ring]

    def _door(self, feature: dict[str, Any], fields: dict[str, Any], line: list[Any], number: int) -> None:
        if len(line) > MOST_POINTS:
            raise ValueError("a line has too many points")
        start, end = self.to_metres(line[0]), self.to_metres(line[-1])
        long = math.dist(start, end)
        if not 0.3 < long < 30:
            raise ValueError(f"a door of {long:.1f} m")
        key = str(feature.get("id", len(self.drawn.doors) + 1)) + (f"-{number + 1}" if number else "")
        category = str(fields.get("category") or fields.get("kind") or "")
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        along = ((end[0] - start[0]) / long, (end[1] - start[1]) / long)
        emergency = "emergency" in category
        self.drawn.doors.append(
            DrawnDoor(
                key,
                self._level(fields),
                middle,
                along,
                long,
                leaf=category != "opening",
                emergency_exit=emergency,
            )
        )
        self.summary.doors[key] = {"width_m": round(long, 4), "height_m": None, "spaces": []}


def _fields(feature: dict[str, Any]) -> dict[str, Any]:
    fields = feature.get("properties")
    return fields if isinstance(fields, dict) else {}


def _name(fields: dict[str, Any], otherwise: str) -> str:
    """A name, which IMDF gives by language."""
    name = fields.get("name") or fields.get("short_name")
    if isinstance(name, dict):
        name = name.get("en") or next((one for one in name.values() if isinstance(one, str)), None)
    return name.strip()[:200] if isinstance(name, str) and name.strip() else otherwise


def _ordinal(level: Any) -> float:
    """The number of a level; 0 where it is none that a building has."""
    try:
        number = float(level)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return number if abs(number) < MOST_LEVELS else 0.0


def _finite(number: float) -> float:
    """NaN for a whole number beyond any float."""
    try:
        return float(number)
    except OverflowError:
        return math.nan


def _projection(features: list[dict[str, Any]], called: str) -> Callable[[list[float]], Point]:
    """From a file's coordinates to metres: degrees of longitude and latitude on a plane that touches the
    earth there, or metres as they are."""
    pairs = []
    for feature in features:
        shape = feature.get("geometry")
        waiting = [shape.get("coordinates")] if isinstance(shape, dict) else []
        while waiting:
            one = waiting.pop()
            if isinstance(one, list) and len(one) >= 2 and all(isinstance(n, int | float) for n in one[:2]):
                pairs.append((_finite(one[0]), _finite(one[1])))
            elif isinstance(one, list):
                waiting += one
    pairs = [pair for pair in pairs if math.isfinite(pair[0]) and math.isfinite(pair[1])]
    if not pairs:
        raise Unimportable(f"{called} holds no shapes.")
    west, south, east, north = (
        f(pair[n] for pair in pairs) for f, n in ((min, 0), (min, 1), (max, 0), (max, 1))
    )
    latitude = math.radians((south + north) / 2)
    # Lengths of a degree on the WGS 84 ellipsoid, to a millimetre over a school [K].
    metres_north = 111_132.92 - 559.82 * math.cos(2 * latitude) + 1.175 * math.cos(4 * latitude)
    metres_east = 111_412.84 * math.cos(latitude) - 93.5 * math.cos(3 * latitude)
    in_degrees = west >= -180 and east <= 180 and south >= -90 and north <= 90
    in_degrees = in_degrees and max((east - west) * metres_east, (north - south) * metres_north) <= WIDEST_M
    origin, scale = ((west, south), (metres_east, metres_north)) if in_degrees else ((0.0, 0.0), (1.0, 1.0))

    def to_metres(pair: list[float]) -> Point:
        x, y = (float(pair[0]) - origin[0]) * scale[0], (float(pair[1]) - origin[1]) * scale[1]
        if not (abs(x) < FARTHEST_M and abs(y) < FARTHEST_M):
            raise ValueError("a coordinate is beyond any building")
        return x, y

    return to_metres
