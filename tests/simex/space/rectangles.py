"""Small plans made of rectangles."""

from __future__ import annotations

import numpy as np

from simex.plan import Level, Plan, Portal, PortalKind, Region, Space, Use

Box = tuple[float, float, float, float]


def corners(box: Box) -> tuple[tuple[float, float], ...]:
    x1, y1, x2, y2 = box
    return (x1, y1), (x2, y1), (x2, y2), (x1, y2)


def plan_of(
    regions: dict[str, Box],
    doors: dict[str, tuple[str, str, tuple[float, float], tuple[float, float]]],
    name: str = "test",
) -> Plan:
    """Rectangles on one level, a space each, and openings between them; a door's name that begins with “door”
    makes it a door."""
    return Plan(
        name=name,
        levels=(Level("ground", "Ground floor"),),
        spaces=tuple(Space(one, one, Use.OTHER) for one in regions),
        regions=tuple(Region(one, one, "ground", corners(box)) for one, box in regions.items()),
        portals=tuple(
            Portal(
                id=one,
                kind=PortalKind.DOOR if one.startswith("door") else PortalKind.OPENING,
                between=(first, second),
                level="ground",
                segment=(a, b),
                width_m=float(np.hypot(b[0] - a[0], b[1] - a[1])),
            )
            for one, (first, second, a, b) in doors.items()
        ),
    )
