"""The floor that a shape of IFC covers, seen from above, without building its mesh."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .curves import Curves
from .placement import IDENTITY, Matrix, Places, Vector, apply, product, turn

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

DEEPEST = 16  # shapes within shapes
MOST_FACES = 20_000  # of one room
LONGEST_M = 1e7  # also from the origin of a survey
FLAT = 0.05  # a face whose normal points up or down by less than this share is a wall
VERTICAL = 0.98

PREFERRED = ("FootPrint", "Body", "Facetation", "Tessellation", "SurfaceModel", "Box")


@dataclass(frozen=True, slots=True)
class Footprint:
    """area: shapely polygons; low, high: the heights between which the shape stands; corners: of the shape in
    space. Metres."""

    area: BaseGeometry
    low: float
    high: float
    corners: tuple[Vector, ...] = ()


class Shapes:
    def __init__(self, places: Places) -> None:
        self.places, self.step, self.curves = places, places.step, Curves(places)

    def footprint(self, product_number: int) -> Footprint | None:
        """The floor of a room (or the outline of an opening) in the project's coordinates; None where it has
        no shape that can be read.

        Raises one of `BROKEN_PART` where the shape is not what it says.
        """
        from shapely import union_all

        values = self.step.values(product_number)
        if values[6] is None:
            return None
        matrix = self.places.of(values[5])
        for representation in self._representations(values[6]):
            found = [
                one for item in self.step.values(representation)[3] for one in self._item(item, matrix, 0)
            ]
            if found:
                area = union_all([one.area for one in found])
                if not area.is_empty:
                    if not all(
                        abs(number) < LONGEST_M
                        for number in (
                            *area.bounds,
                            *(one.low for one in found),
                            *(one.high for one in found),
                        )
                    ):
                        raise ValueError("it is larger than any building")
                    return Footprint(area, min(one.low for one in found), max(one.high for one in found))
        return None

    def solids(self, product_number: int) -> list[Footprint]:
        """Each of a product's solids by itself (the steps of a flight), in the project's coordinates."""
        values = self.step.values(product_number)
        matrix = self.places.of(values[5])
        for representation in self._representations(values[6]) if values[6] is not None else []:
            found = [
                one
                for item in self.step.values(representation)[3]
                for one in self._item(item, matrix, 0)
                if one.area.area > 0
            ]
            if found:
                return found
        return []

    def lines(self, product_number: int, identifiers: tuple[str, ...]) -> list[list[Vector]]:
        """The curves of the representations with these names (a walking line, an axis)."""
        values = self.step.values(product_number)
        if values[6] is None:
            return []
        matrix = self.places.of(values[5])
        found = []
        for representation in self.step.values(values[6])[2]:
            named = self.step.values(representation)
            if named[1] in identifiers:
                for item in named[3]:
                    parts = (
                        self.step.values(item)[0]
                        if self.step.kind(item) in ("IFCGEOMETRICSET", "IFCGEOMETRICCURVESET")
                        else [item]
                    )
                    found += [[apply(matrix, point) for point in self.curves.points(part)] for part in parts]
        return found

    def surface_line(self, geometry: int, matrix: Matrix) -> tuple[Vector, Vector] | None:
        """The line on the floor of a standing surface (of a space boundary); None where it lies flat or is of
        another kind."""
        surface = self.step.values(geometry)[0]
        kind, values = self.step.kind(surface), self.step.values(surface)
        if kind == "IFCSURFACEOFLINEAREXTRUSION":
            placed = product(matrix, self.places.axes(values[1]))
            ends = self.curves.points(self.step.values(values[0])[2])
        elif kind == "IFCCURVEBOUNDEDPLANE":
            placed = product(matrix, self.places.axes(self.step.values(values[0])[0]))
            ends = self.curves.points(values[1])
        else:
            return None
        points = [apply(placed, point) for point in ends]
        one = max(points, key=lambda p: math.dist(p[:2], points[0][:2]))
        other = max(points, key=lambda p: math.dist(p[:2], one[:2]))
        flat = kind == "IFCCURVEBOUNDEDPLANE" and max(p[2] for p in points) - min(p[2] for p in points) < 1e-6
        return None if flat else (one, other)

    def _representations(self, shape: int) -> list[int]:
        """The representations of a product that may hold its floor, the simplest first."""
        named = [(self.step.values(one)[1], one) for one in self.step.values(shape)[2]]
        return [one for name in PREFERRED for word, one in named if word == name]

    def _item(self, item: int, matrix: Matrix, depth: int) -> Iterator[Footprint]:
        if depth > DEEPEST:
            raise ValueError("its shapes are nested too deeply")
        kind, values = self.step.kind(item), self.step.values(item)
        if kind in ("IFCEXTRUDEDAREASOLID", "IFCEXTRUDEDAREASOLIDTAPERED"):
            yield self._extrusion(values, matrix)
        elif kind in ("IFCBOOLEANCLIPPINGRESULT", "IFCBOOLEANRESULT"):
            yield from self._item(values[1], matrix, depth + 1)  # cut by a roof above: the floor stays
        elif kind == "IFCMAPPEDITEM":
            source = self.step.values(values[0])
            placed = product(product(matrix, self.places.operator(values[1])), self.places.axes(source[0]))
            for inner in self.step.values(source[1])[3]:
                yield from self._item(inner, placed, depth + 1)
        elif kind in (
            "IFCFACETEDBREP",
            "IFCFACETEDBREPWITHVOIDS",
            "IFCADVANCEDBREP",
            "IFCADVANCEDBREPWITHVOIDS",
        ):
            yield from self._faces(self.step.values(values[0])[0], matrix)
        elif kind in ("IFCFACEBASEDSURFACEMODEL", "IFCSHELLBASEDSURFACEMODEL"):
            yield from self._faces(
                [face for shell in values[0] for face in self.step.values(shell)[0]], matrix
            )
        elif kind in ("IFCPOLYGONALFACESET", "IFCTRIANGULATEDFACESET"):
            yield from self._face_set(kind, values, matrix)
        elif kind == "IFCBOUNDINGBOX":
            x, y, z = self.places.point(values[0])
            across, deep, high = (float(one) for one in values[1:4])
            base = [(x, y, z), (x + across, y, z), (x + across, y + deep, z), (x, y + deep, z)]
            yield self._swept([(base, [])], (0.0, 0.0, high), matrix)
        elif kind in (
            "IFCGEOMETRICCURVESET",
            "IFCGEOMETRICSET",
            "IFCPOLYLINE",
            "IFCINDEXEDPOLYCURVE",
            "IFCCOMPOSITECURVE",
            "IFCCIRCLE",
        ):
            for part in values[0] if kind.endswith("SET") else [item]:
                outline = self.curves.points(part)
                if len(outline) > 2:
                    yield self._swept([(outline, [])], (0.0, 0.0, 0.0), matrix)

    def _extrusion(self, values: list[Any], matrix: Matrix) -> Footprint:
        placed = product(matrix, self.places.axes(values[1]))
        x, y, z = self.places.point(values[2])
        long = math.sqrt(x * x + y * y + z * z)
        depth = float(values[3]) / long
        return self._swept(self._profile(values[0], IDENTITY, 0), (x * depth, y * depth, z * depth), placed)

    def _swept(
        self, rings: list[tuple[list[Vector], list[list[Vector]]]], way: Vector, matrix: Matrix
    ) -> Footprint:
        """What outlines cover that are drawn along a way: themselves where it goes straight up, or the hull
        of start and end."""
        from shapely import MultiPoint, union_all

        lift = turn(matrix, way)
        long = math.sqrt(lift[0] ** 2 + lift[1] ** 2 + lift[2] ** 2)
        areas, corners = [], []
        for outer, holes in rings:
            moved = [apply(matrix, point) for point in outer]
            corners += moved + [(x + lift[0], y + lift[1], z + lift[2]) for x, y, z in moved]
            if long == 0 or abs(lift[2]) > VERTICAL * long:
                areas.append(polygon(moved, [[apply(matrix, point) for point in hole] for hole in holes]))
            else:
                areas.append(
                    MultiPoint(
                        [point[:2] for point in moved] + [(x + lift[0], y + lift[1]) for x, y, _ in moved]
                    ).convex_hull
                )
        heights = [z for _, _, z in corners]
        return Footprint(union_all(areas), min(heights), max(heights), tuple(corners))

    def _profile(
        self, number: int, matrix: Matrix, depth: int
    ) -> list[tuple[list[Vector], list[list[Vector]]]]:
        """Outlines with their holes."""
        if depth > DEEPEST:
            raise ValueError("its outlines are nested too deeply")
        kind, values = self.step.kind(number), self.step.values(number)
        if kind in ("IFCARBITRARYCLOSEDPROFILEDEF", "IFCARBITRARYPROFILEDEFWITHVOIDS"):
            holes = values[3] if kind == "IFCARBITRARYPROFILEDEFWITHVOIDS" else []
            outer, *inner = [
                [apply(matrix, point) for point in self.curves.points(curve)] for curve in (values[2], *holes)
            ]
            return [(outer, inner)]
        if kind == "IFCCOMPOSITEPROFILEDEF":
            return [ring for part in values[2] for ring in self._profile(part, matrix, depth + 1)]
        if kind == "IFCDERIVEDPROFILEDEF":
            return self._profile(values[2], product(matrix, self.places.operator(values[3])), depth + 1)
        placed = product(matrix, self.places.axes(values[2])) if len(values) > 2 else matrix
        if kind in (
            "IFCRECTANGLEPROFILEDEF",
            "IFCROUNDEDRECTANGLEPROFILEDEF",
            "IFCRECTANGLEHOLLOWPROFILEDEF",
        ):
            half_x, half_y = float(values[3]) / 2, float(values[4]) / 2
            corners = (
                (-half_x, -half_y, 0.0),
                (half_x, -half_y, 0.0),
                (half_x, half_y, 0.0),
                (-half_x, half_y, 0.0),
            )
            return [([apply(placed, corner) for corner in corners], [])]
        if kind in ("IFCCIRCLEPROFILEDEF", "IFCELLIPSEPROFILEDEF"):
            first, second = (
                float(values[3]),
                float(values[4]) if kind == "IFCELLIPSEPROFILEDEF" else float(values[3]),
            )
            angles = [2 * math.pi * n / 24 for n in range(24)]
            return [([apply(placed, (first * math.cos(a), second * math.sin(a), 0.0)) for a in angles], [])]
        raise ValueError(f"{kind} is an outline that is not read")

    def _faces(self, faces: list[int], matrix: Matrix) -> Iterator[Footprint]:
        if len(faces) > MOST_FACES:
            raise ValueError(f"it has more than {MOST_FACES:,} faces")
        bounds = [
            (bound, len(listed))
            for listed in (self.step.values(face)[0] for face in faces)
            for bound in listed
        ]
        outer = [
            bound for bound, count in bounds if count == 1 or self.step.kind(bound) == "IFCFACEOUTERBOUND"
        ]
        yield from self._shadow(
            [[apply(matrix, point) for point in self._loop(self.step.values(bound)[0])] for bound in outer]
        )

    def _loop(self, loop: int) -> list[Vector]:
        kind, values = self.step.kind(loop), self.step.values(loop)
        if kind == "IFCPOLYLOOP":
            return [self.places.point(point) for point in values[0]]
        if kind == "IFCEDGELOOP":
            found: list[Vector] = []
            for oriented in values[0]:
                edge, sense = self.step.values(oriented)[2:4]
                start, end = self.step.values(edge)[:2]
                found.append(self.places.point(self.step.values(end if sense == "F" else start)[0]))
            return found
        raise ValueError(f"{kind} is a loop that is not read")

    def _face_set(self, kind: str, values: list[Any], matrix: Matrix) -> Iterator[Footprint]:
        rows = self.step.values(values[0])[0]
        faces = values[2] if kind == "IFCPOLYGONALFACESET" else values[3]
        if len(faces) > MOST_FACES or len(rows) > 4 * MOST_FACES:
            raise ValueError(f"it has more than {MOST_FACES:,} faces")
        at = [apply(matrix, (float(x), float(y), float(z))) for x, y, z in rows]
        listed = [self.step.values(face)[0] for face in faces] if kind == "IFCPOLYGONALFACESET" else faces
        yield from self._shadow([[at[int(one) - 1] for one in face] for face in listed])

    def _shadow(self, rings: list[list[Vector]]) -> Iterator[Footprint]:
        """What faces cover, seen from above: the union of all that do not stand upright."""
        from shapely import union_all

        areas = [polygon(ring, []) for ring in rings if len(ring) > 2 and _lies(ring)]
        if areas:
            corners = tuple(point for ring in rings for point in ring)
            heights = [z for _, _, z in corners]
            yield Footprint(union_all(areas), min(heights), max(heights), corners)


def _lies(ring: list[Vector]) -> bool:
    """Whether a face is not upright, by Newell's normal."""
    nx = ny = nz = 0.0
    for number, (ax, ay, az) in enumerate(ring):
        bx, by, bz = ring[(number + 1) % len(ring)]
        nx += (ay - by) * (az + bz)
        ny += (az - bz) * (ax + bx)
        nz += (ax - bx) * (ay + by)
    return abs(nz) > FLAT * math.sqrt(nx * nx + ny * ny + nz * nz) > 0


def polygon(outer: list[Vector], holes: list[list[Vector]]) -> Polygon | BaseGeometry:
    """A valid shape of an outline, seen from above."""
    from shapely import Polygon, make_valid

    if len(outer) < 3:
        raise ValueError("an outline has fewer than three corners")
    if not all(abs(number) < LONGEST_M for ring in (outer, *holes) for point in ring for number in point):
        raise ValueError("it is larger than any building")
    shape = Polygon(
        [point[:2] for point in outer], [[point[:2] for point in hole] for hole in holes if len(hole) > 2]
    )
    return shape if shape.is_valid else make_valid(shape)
