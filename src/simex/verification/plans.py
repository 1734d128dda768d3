"""Small plans of rectangles, and people scattered in them, for the checks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simex.distributions import Shape, quantile
from simex.draws import Stream, uniform
from simex.plan import OUTSIDE, Level, Plan, Portal, PortalKind, Region, Space, Use
from simex.space import People

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Opening = tuple[str, str, Point, Point]
GROUND = "ground"
ADULTS = (1.34, 0.26, 0.5, 2.2)  # m/s: mean, sd, lowest, highest (Weidmann 1993)


def corners(box: Box) -> tuple[Point, ...]:
    x1, y1, x2, y2 = box
    return (x1, y1), (x2, y1), (x2, y2), (x1, y2)


def plan_of(
    name: str, boxes: dict[str, Box], openings: dict[str, Opening], *, stairs: dict[str, float] | None = None
) -> Plan:
    """Rectangles, each a space, joined by openings. A name that begins with “up ” lies on the upper level,
    and so does an opening's.

    stairs: the boxes that are flights, with their length along the slope; they rise to the openings on the
    upper level."""
    flights = stairs or {}

    def level(named: str) -> str:
        return "upper" if named.startswith("up ") else GROUND

    return Plan(
        name=name,
        levels=(Level(GROUND, "Ground floor"), Level("upper", "Upper floor", 3.0)),
        spaces=tuple(Space(box, box, Use.STAIRS if box in flights else Use.OTHER) for box in boxes),
        regions=tuple(
            Region(
                box, box, level(box), corners(edges), "upper" if box in flights else None, flights.get(box)
            )
            for box, edges in boxes.items()
        ),
        portals=tuple(
            Portal(opening, PortalKind.OPENING, (first, second), level(opening), (a, b), math.dist(a, b))
            for opening, (first, second, a, b) in openings.items()
        ),
    )


def corridor(length: float, width: float) -> Plan:
    """A straight corridor along x with the way out over its whole width at the end."""
    return plan_of(
        "corridor",
        {"corridor": (0, 0, length, width)},
        {"out": ("corridor", OUTSIDE, (length, 0), (length, width))},
    )


def scatter(box: Box, count: int, seed: int, *, apart: float = 0.42) -> NDArray[np.float64]:
    """`count` places (count, 2) in a box: drawn at least `apart` from each other, or on a shaken grid."""
    x1, y1, x2, y2 = box
    found = np.zeros((0, 2))
    if count == 0:
        return found
    for turn in range(40 * count if count * apart**2 < 0.4 * (x2 - x1) * (y2 - y1) else 0):
        if len(found) == count:
            return found
        share_x, share_y = (uniform(seed, 0, Stream.PLACEMENT, turn, part) for part in (0, 1))
        spot = np.array([x1 + share_x * (x2 - x1), y1 + share_y * (y2 - y1)])
        if not len(found) or np.min(np.hypot(*(found - spot).T)) >= apart:
            found = np.vstack([found, spot])
    pitch = math.sqrt((x2 - x1) * (y2 - y1) / count)
    while True:
        columns, rows = int((x2 - x1) / pitch), int((y2 - y1) / pitch)
        if columns * rows >= count:
            break
        pitch *= 0.99
    grid = np.array(
        [
            (x1 + (column + 0.5) * (x2 - x1) / columns, y1 + (row + 0.5) * (y2 - y1) / rows)
            for column in range(columns)
            for row in range(rows)
        ]
    )
    chosen = np.argsort(
        [uniform(seed, 0, Stream.PLACEMENT, place, 2) for place in range(len(grid))], kind="stable"
    )[:count]
    shake = np.array(
        [[uniform(seed, 0, Stream.PLACEMENT, place, part) for part in (3, 4)] for place in range(count)]
    )
    shaken: NDArray[np.float64] = grid[chosen] + (shake - 0.5) * 0.2 * pitch
    return shaken


def adults(count: int, seed: int) -> NDArray[np.float64]:
    """Free speeds of adults (count,), m/s."""
    return np.array(
        [
            quantile(int(Shape.NORMAL), *ADULTS, uniform(seed, 0, Stream.SPEEDS, person, 2))
            for person in range(count)
        ]
    )


def crowd(box: Box, count: int, seed: int, *, level: str = GROUND, **spread: float) -> People:
    """Adults at places in a box (x, y to x, y), metres. spread: as `scatter` takes it."""
    return People.at(scatter(box, count, seed, **spread), level=level, speed_m_s=adults(count, seed))


def room_and_door(width: float, length: float = 0.2, behind: float = 10.0) -> Plan:
    """A room of 10 x 10 m, an opening `width` wide and `length` long, a second room as wide with its whole
    far side open."""
    low, high, far = 5 - width / 2, 5 + width / 2, 10 + length
    boxes: dict[str, Box] = {"room": (0, 0, 10, 10), "behind": (far, 0, far + behind, 10)}
    openings: dict[str, Opening] = {"out": ("behind", OUTSIDE, (far + behind, 0.0), (far + behind, 10.0))}
    if length <= 0.5:
        middle = 10 + length / 2
        openings["door"] = "room", "behind", (middle, low), (middle, high)
    else:
        boxes["passage"] = 10, low, far, high
        openings["door"] = "room", "passage", (10.0, low), (10.0, high)
        openings["end"] = "passage", "behind", (far, low), (far, high)
    return plan_of("room and door", boxes, openings)
