"""An IFC file's storeys, rooms, doors and stairs (IFC 2x3 and 4)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ..assembly.names import Names
from ..drawn import Drawn, DrawnDoor, DrawnLevel, DrawnPassage, DrawnRoom
from ..problems import BROKEN_PART, Unimportable
from ..summary import Summary
from .flights import drawn_stairs
from .placement import Places, length_unit, turn
from .shapes import LONGEST_M, Footprint, Shapes
from .step import StepFile

DOORS = ("IFCDOOR", "IFCDOORSTANDARDCASE")
OPENINGS = ("IFCOPENINGELEMENT", "IFCOPENINGSTANDARDCASE")
BOUNDARIES = ("IFCRELSPACEBOUNDARY", "IFCRELSPACEBOUNDARY1STLEVEL", "IFCRELSPACEBOUNDARY2NDLEVEL")
UNNAMED = {"project number", "project name", "undefined", "default", "building", "default building"}
MOST_ROOMS = 10_000  # or doors; more is no school
MOST_PARTS = 200_000  # openings in walls, boundaries of rooms
MOST_JOINED = 20  # rooms that one door joins
WAY_HEIGHT_M, WAY_WIDTH_M, SILL_M = 1.8, 0.6, 0.3  # an opening in a wall that people walk through


class Building:
    """Reads a whole file at once; `drawn` and `summary` are what it found."""

    def __init__(self, step: StepFile) -> None:
        self.step = step
        self.unit = _unit(step)
        self.places = Places(step, self.unit)
        self.shapes = Shapes(self.places)
        self.summary = Summary()
        self.drawn = Drawn(self._name(), f"Imported from {step.called} ({step.schema})")
        for kinds, most in (
            (("IFCSPACE",), MOST_ROOMS),
            (DOORS, MOST_ROOMS),
            (("IFCBUILDINGSTOREY",), 100),
            (BOUNDARIES, MOST_PARTS),
            (OPENINGS, MOST_PARTS),
        ):
            count = len(step.numbers(*kinds))
            if count > most:
                raise Unimportable(
                    f"{step.called} has {count:,} of {kinds[0]}: more than a school's floor plan "
                    f"can hold ({most:,})."
                )
        self.parent = self._parents()
        self.level_of_storey = self._storeys()
        self.key_of_space: dict[int, str] = {}
        self._spaces()
        self.level_of_room = {room.key: room.level for room in self.drawn.rooms}
        self.joins: dict[int, list[str]] = defaultdict(list)  # rooms that a door or an opening bounds
        self.outside: set[int] = set()
        self._boundaries()
        self.opening_of = {fills[5]: fills[4] for fills in self._all("IFCRELFILLSELEMENT")}
        self._doors()
        self._openings()
        self.drawn.stairs, self.summary.stairs = drawn_stairs(self)

    def _name(self) -> str:
        for kind in ("IFCBUILDING", "IFCPROJECT"):
            for values in self._all(kind):
                if (
                    isinstance(values[2], str)
                    and any(letter.isalpha() for letter in values[2])
                    and values[2].strip().lower() not in UNNAMED
                ):
                    return values[2].strip()
        return self.step.called.rsplit(".", 1)[0]

    def _all(self, *kinds: str) -> Iterable[list[Any]]:
        """Attributes of every entity of some types; one that cannot be read is passed over."""
        for number in self.step.numbers(*kinds):
            try:
                values = self.step.values(number)
                values[5]
            except BROKEN_PART:
                continue
            yield values

    def _parents(self) -> dict[int, int]:
        """What each part belongs to: storeys of rooms, stairs of flights, storeys of doors."""
        found: dict[int, int] = {}
        for values in self._all("IFCRELAGGREGATES", "IFCRELNESTS"):
            found |= {part: values[4] for part in values[5] or () if isinstance(part, int)}
        for values in self._all("IFCRELCONTAINEDINSPATIALSTRUCTURE"):
            found |= {part: values[5] for part in values[4] or () if isinstance(part, int)}
        return found

    def storey(self, number: int) -> int | None:
        """The storey that a part belongs to, over whatever lies between."""
        here: int | None = number
        for _ in range(20):
            if here is None or here in self.level_of_storey:
                return here
            here = self.parent.get(here)
        return None

    def _storeys(self) -> dict[int, str]:
        found: list[tuple[float, int, str]] = []
        for number in self.step.numbers("IFCBUILDINGSTOREY"):
            try:
                values = self.step.values(number)
                height = (
                    self.places.of(values[5])[2][3]
                    if values[5] is not None
                    else float(values[9] or 0) * self.unit
                )
                height = _length(height)
                stated = height if values[9] is None else _length(float(values[9]) * self.unit)
            except BROKEN_PART:
                self.drawn.notes.append(f"Storey #{number} was left out: it cannot be read.")
                continue
            name = str(values[2] or values[7] or f"Storey {number}")
            self.summary.storeys.append({"name": name, "elevation_m": stated})
            found.append((height, number, name))
        found.sort(key=lambda one: one[0])
        names = Names()
        self.drawn.levels = [
            DrawnLevel(names.give(name), name, round(height, 3)) for height, _, name in found
        ]
        return {number: level.id for (_, number, _), level in zip(found, self.drawn.levels, strict=True)}

    def level_at(self, height: float) -> str | None:
        """The highest level whose floor is not above a height."""
        below = [level for level in self.drawn.levels if level.elevation_m <= height + SILL_M]
        return below[-1].id if below else (self.drawn.levels[0].id if self.drawn.levels else None)

    def _spaces(self) -> None:
        for number in self.step.numbers("IFCSPACE"):
            try:
                values = self.step.values(number)
                key, storey = str(values[0]), self.storey(number)
                short, long = str(values[2] or "").strip(), str(values[7] or "").strip()
            except BROKEN_PART:
                self.drawn.notes.append(f"Space #{number} was left out: it cannot be read.")
                continue
            name = " ".join(dict.fromkeys(word for word in (short, long) if word)) or key
            footprint: Footprint | None = None
            try:
                footprint = self.shapes.footprint(number)
            except BROKEN_PART as error:
                self.drawn.notes.append(f"{name}: its shape cannot be read, {error}.")
            row = self.step.values(storey)[2] if storey is not None else None
            self.summary.spaces[key] = {
                "name": short,
                "long_name": long,
                "storey": row,
                "footprint_m2": None if footprint is None else round(footprint.area.area, 3),
                "floor_z_m": None if footprint is None else round(footprint.low, 4),
            }
            self.key_of_space[number] = key
            if footprint is None:
                self.drawn.notes.append(f"{name} was left out: it has no shape that can be read.")
                continue
            level = self.level_of_storey[storey] if storey is not None else self.level_at(footprint.low)
            if level is None:
                level = "1"
                self.drawn.levels.append(DrawnLevel("1", "Level 1", round(footprint.low, 3)))
            self.drawn.rooms.append(DrawnRoom(key, name, level, footprint.area))

    def _boundaries(self) -> None:
        for values in self._all(*BOUNDARIES):
            space, element = values[4], values[5]
            key = self.key_of_space.get(space)
            if key is None or len(values) < 9:
                continue
            if element is not None and self._kind(element) in (*DOORS, *OPENINGS):
                if key not in self.joins[element] and len(self.joins[element]) < MOST_JOINED:
                    self.joins[element].append(key)
                if values[8] in ("EXTERNAL", "EXTERNAL_EARTH"):
                    self.outside.add(element)
            elif values[7] == "VIRTUAL" or (
                element is not None and self._kind(element) == "IFCVIRTUALELEMENT"
            ):
                self._passage(space, key, values[6])

    def _kind(self, number: int) -> str:
        try:
            return self.step.kind(number)
        except LookupError:
            return ""

    def _passage(self, space: int, key: str, geometry: int | None) -> None:
        level = self.level_of_room.get(key)
        if level is None:
            return
        line = ((0.0, 0.0), (0.0, 0.0))  # no line given: wherever the two rooms meet
        if geometry is not None:
            try:
                ends = self.shapes.surface_line(geometry, self.places.of(self.step.values(space)[5]))
            except BROKEN_PART:
                return
            if ends is None:
                return
            line = (ends[0][:2], ends[1][:2])
        self.drawn.passages.append(DrawnPassage(key, level, line))

    def _doors(self) -> None:
        for number in self.step.numbers(*DOORS):
            try:
                values = self.step.values(number)
                key = str(values[0])
                height, width = (
                    None if one is None else _length(float(one) * self.unit) for one in values[8:10]
                )
            except BROKEN_PART:
                self.drawn.notes.append(f"Door #{number} was left out: it cannot be read.")
                continue
            rooms = self.joins.get(number) or self.joins.get(self.opening_of.get(number, 0), [])
            self.summary.doors[key] = {"width_m": width, "height_m": height, "spaces": list(rooms)}
            try:
                self._door(number, key, width, rooms)
            except BROKEN_PART as error:
                self.drawn.notes.append(f"Door {key} was left out: it cannot be placed, {error}.")

    def _door(self, number: int, key: str, width: float | None, rooms: list[str]) -> None:
        values = self.step.values(number)
        matrix = self.places.of(values[5])
        along = _flat(turn(matrix, (1.0, 0.0, 0.0)))
        opening = self.opening_of.get(number)
        hole = self._hole(opening, along) if opening is not None else None
        wide = width or (hole[1] if hole else 0.9)
        if hole is not None:
            middle, base = hole[0], hole[2]
        else:
            # By the rules of IFC a door's placement is at its left jamb, on the face of the wall.
            middle = (matrix[0][3] + along[0] * wide / 2, matrix[1][3] + along[1] * wide / 2)
            base = matrix[2][3]
        storey = self.storey(number)
        level = next((self.level_of_room[key] for key in rooms if key in self.level_of_room), None)
        level = level or (self.level_of_storey[storey] if storey is not None else self.level_at(base))
        if level is not None:
            alone = number in self.outside and len(rooms) < 2
            self.drawn.doors.append(
                DrawnDoor(key, level, middle, along, wide, tuple(rooms[:2]), outside=alone)
            )

    def _hole(
        self, opening: int, along: tuple[float, float]
    ) -> tuple[tuple[float, float], float, float, float] | None:
        """(middle, width, lower edge, height) of an opening in a wall; None where its shape cannot be
        read."""
        try:
            shape = self.shapes.footprint(opening)
        except BROKEN_PART:
            return None
        if shape is None or shape.area.is_empty:
            return None
        corners = list(shape.area.convex_hull.exterior.coords) if shape.area.area > 0 else []
        if not corners:
            return None
        spread = [x * along[0] + y * along[1] for x, y in corners]
        centre = shape.area.centroid
        return (centre.x, centre.y), max(spread) - min(spread), shape.low, shape.high - shape.low

    def _openings(self) -> None:
        """Openings without a door, down to the floor and high enough to walk through."""
        filled = set(self.opening_of.values())
        for values in self._all("IFCRELVOIDSELEMENT"):
            wall, opening = values[4], values[5]
            if opening in filled or not self._kind(wall).startswith("IFCWALL"):
                continue
            try:
                along = _flat(turn(self.places.of(self.step.values(wall)[5]), (1.0, 0.0, 0.0)))
                hole = self._hole(opening, along)
            except BROKEN_PART:
                continue
            if hole is None or hole[1] < WAY_WIDTH_M or hole[3] < WAY_HEIGHT_M:
                continue
            level = self.level_at(hole[2])
            floor = next((one.elevation_m for one in self.drawn.levels if one.id == level), 0.0)
            if level is not None and abs(hole[2] - floor) < SILL_M:
                rooms = tuple(self.joins.get(opening, []))[:2]
                name = str(self.step.values(opening)[0])
                self.drawn.doors.append(DrawnDoor(name, level, hole[0], along, hole[1], rooms, leaf=False))


def _unit(step: StepFile) -> float:
    try:
        unit = length_unit(step)
    except BROKEN_PART:
        raise Unimportable(f"{step.called}: its unit of length cannot be read. Export it again.") from None
    if not 1e-4 < unit < 1e4:
        raise Unimportable(
            f"{step.called}: its unit of length is {unit:g} m, which no building is drawn in. "
            "Export it in metres or feet."
        )
    return unit


def _length(metres: float) -> float:
    """A length to a tenth of a millimetre. Raises ValueError where no building is so large."""
    if not abs(metres) < LONGEST_M:
        raise ValueError(f"a length of {metres:g} m")
    return round(metres, 4)


def _flat(direction: tuple[float, float, float]) -> tuple[float, float]:
    long = math.hypot(direction[0], direction[1])
    if long < 1e-9:
        raise ValueError("its wall does not run along the floor")
    return direction[0] / long, direction[1] / long
