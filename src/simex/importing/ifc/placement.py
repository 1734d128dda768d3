"""Units and places: lengths in metres, and from the coordinates of a part to those of the project."""

from __future__ import annotations

import math
from typing import Any

from .step import StepFile

DEEPEST = 64  # placements within placements; more is a circle

Vector = tuple[float, float, float]
# Three rows of (x axis, y axis, z axis, origin): a rigid or scaled move.
Matrix = tuple[
    tuple[float, float, float, float], tuple[float, float, float, float], tuple[float, float, float, float]
]

IDENTITY: Matrix = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
PREFIXES = {"KILO": 1e3, "HECTO": 1e2, "DECA": 10.0, "DECI": 0.1, "CENTI": 0.01, "MILLI": 1e-3, "MICRO": 1e-6}


def apply(matrix: Matrix, point: Vector) -> Vector:
    x, y, z = point
    a, b, c = (row[0] * x + row[1] * y + row[2] * z + row[3] for row in matrix)
    return a, b, c


def turn(matrix: Matrix, direction: Vector) -> Vector:
    """A direction, without the move of the origin."""
    x, y, z = direction
    a, b, c = (row[0] * x + row[1] * y + row[2] * z for row in matrix)
    return a, b, c


def product(one: Matrix, other: Matrix) -> Matrix:
    """First `other`, then `one`."""
    rows = []
    for a, b, c, d in one:
        columns = [a * other[0][n] + b * other[1][n] + c * other[2][n] for n in range(4)]
        rows.append((columns[0], columns[1], columns[2], columns[3] + d))
    return rows[0], rows[1], rows[2]


def length_unit(step: StepFile) -> float:
    """Metres in the file's unit of length (1 where it names none)."""
    for assignment in step.numbers("IFCUNITASSIGNMENT"):
        for unit in step.values(assignment)[0]:
            scale = _metres(step, unit, 0)
            if scale is not None:
                return scale
    return 1.0


def _metres(step: StepFile, unit: int, depth: int) -> float | None:
    kind, values = step.kind(unit), step.values(unit)
    if values[1] != "LENGTHUNIT" or depth > 4:
        return None
    if kind == "IFCSIUNIT":
        return PREFIXES.get(values[2], 1.0)
    if kind == "IFCCONVERSIONBASEDUNIT":
        amount, base = step.values(values[3])[:2]
        factor = amount[0] if isinstance(amount, list) else amount
        inner = _metres(step, base, depth + 1)
        return None if inner is None else float(factor) * inner
    return None


class Places:
    """Placements of a file as matrices into metres, each worked out once. unit: metres in the file's unit of
    length."""

    def __init__(self, step: StepFile, unit: float = 1.0) -> None:
        self.step = step
        self.unit = unit
        self._known: dict[int, Matrix] = {}

    def of(self, placement: int | None) -> Matrix:
        """From the coordinates of a product to the project's in metres. Raises ValueError where placements go
        round in a circle."""
        chain: list[int] = []
        here = placement
        while here is not None and here not in self._known:
            chain.append(here)
            if len(chain) > DEEPEST:
                raise ValueError("its placement is placed within itself")
            here = self.step.values(here)[0] if self.step.kind(here) == "IFCLOCALPLACEMENT" else None
        u = self.unit
        matrix = (
            ((u, 0.0, 0.0, 0.0), (0.0, u, 0.0, 0.0), (0.0, 0.0, u, 0.0))
            if here is None
            else self._known[here]
        )
        for one in reversed(chain):
            if self.step.kind(one) == "IFCLOCALPLACEMENT":
                matrix = product(matrix, self.axes(self.step.values(one)[1]))
            self._known[one] = matrix
        return matrix

    def axes(self, number: int | None) -> Matrix:
        """The matrix of an axis placement, in two or three dimensions."""
        if number is None:
            return IDENTITY
        kind, values = self.step.kind(number), self.step.values(number)
        origin = self.point(values[0])
        if kind == "IFCAXIS2PLACEMENT2D":
            x = _unit(self.point(values[1])) if values[1] is not None else (1.0, 0.0, 0.0)
            return (x[0], -x[1], 0.0, origin[0]), (x[1], x[0], 0.0, origin[1]), (0.0, 0.0, 1.0, 0.0)
        if kind != "IFCAXIS2PLACEMENT3D":
            raise ValueError(f"{kind} is no placement")
        z = _unit(self.point(values[1])) if values[1] is not None else (0.0, 0.0, 1.0)
        wanted = (
            self.point(values[2])
            if values[2] is not None
            else ((1.0, 0.0, 0.0) if abs(z[0]) < 0.9 else (0.0, 1.0, 0.0))
        )
        along = _dot(wanted, z)
        x = _unit((wanted[0] - along * z[0], wanted[1] - along * z[1], wanted[2] - along * z[2]))
        y = (z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0])
        return (x[0], y[0], z[0], origin[0]), (x[1], y[1], z[1], origin[1]), (x[2], y[2], z[2], origin[2])

    def operator(self, number: int) -> Matrix:
        """The matrix of a transformation operator (of a mapped item), its scale included."""
        values = self.step.values(number)
        flat = "2D" in self.step.kind(number)
        scale = float(values[3]) if values[3] is not None else 1.0
        origin = self.point(values[2])
        x = _unit(self.point(values[0])) if values[0] is not None else (1.0, 0.0, 0.0)
        if flat:
            y = _unit(self.point(values[1])) if values[1] is not None else (-x[1], x[0], 0.0)
            z = (0.0, 0.0, 1.0)
        else:
            z = _unit(self.point(values[4])) if len(values) > 4 and values[4] is not None else (0.0, 0.0, 1.0)
            y = (z[1] * x[2] - z[2] * x[1], z[2] * x[0] - z[0] * x[2], z[0] * x[1] - z[1] * x[0])
            if values[1] is not None and _dot(y, self.point(values[1])) < 0:  # mirrored
                y = (-y[0], -y[1], -y[2])
        rows = [(scale * x[n], scale * y[n], scale * z[n], origin[n]) for n in range(3)]
        return rows[0], rows[1], rows[2]

    def point(self, number: int) -> Vector:
        """A point or a direction; a flat one lies at height 0. Raises ValueError where a number is not
        finite."""
        values: list[Any] = self.step.values(number)[0]
        x, y, z = (*map(float, values[:3]), 0.0)[:3]
        if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
            raise ValueError("a coordinate is not finite")
        return x, y, z


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _unit(direction: Vector) -> Vector:
    long = math.sqrt(_dot(direction, direction))
    if not 1e-12 < long < 1e12:
        raise ValueError("a direction has no length")
    return direction[0] / long, direction[1] / long, direction[2] / long
