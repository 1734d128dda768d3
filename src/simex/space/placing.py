"""Where people stand before they set off, and where in a room they go."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simex.plan import Plan, Region

from .floor import outline
from .raster import inside

WALL_GAP = 0.5  # metres kept from the walls
LEAST = 0.45  # metres between two people at the closest


class TooFull(ValueError):
    def __init__(self, region: str, count: int, most: int) -> None:
        super().__init__(
            f"{count} people do not fit into “{region}”: it holds {most} when they stand {LEAST} m apart."
        )


def seats(region: Region, count: int) -> NDArray[np.float64]:
    """`count` places (count, 2) on an even grid in a region, the widest that fits. Raises `TooFull`."""
    if count == 0:
        return np.zeros((0, 2))
    normal_x, normal_y, bound = outline(region)
    points = np.array(region.polygon, dtype=float)
    (low_x, low_y), (high_x, high_y) = points.min(axis=0), points.max(axis=0)
    pitch, found = math.sqrt((high_x - low_x) * (high_y - low_y) / count) * 1.2, np.zeros((0, 2))
    while pitch >= LEAST:
        gap = min(WALL_GAP, pitch / 2)
        columns = np.arange(low_x + gap, high_x - gap + 1e-9, pitch)
        rows = np.arange(low_y + gap, high_y - gap + 1e-9, pitch)
        columns += (high_x - gap - columns[-1]) / 2 if columns.size else 0
        rows += (high_y - gap - rows[-1]) / 2 if rows.size else 0
        grid = np.array([(x, y) for x in columns for y in rows]).reshape(-1, 2)
        found = (
            grid[[inside(x, y, normal_x, normal_y, bound, -gap + 1e-6) for x, y in grid]]
            if len(grid)
            else grid
        )
        if len(found) >= count:
            chosen: NDArray[np.float64] = found[np.round(np.linspace(0, len(found) - 1, count)).astype(int)]
            return chosen
        pitch *= 0.95
    raise TooFull(region.id, count, len(found))


def furnished(
    plan: Plan, people: Mapping[str, int] | None = None
) -> tuple[NDArray[np.float64], tuple[str, ...], tuple[str, ...]]:
    """A place for everybody whom the plan's spaces are furnished for: positions (n, 2), levels (n,), spaces
    (n,).

    people: how many there are in each space instead.
    """
    spots: list[NDArray[np.float64]] = []
    levels: list[str] = []
    spaces: list[str] = []
    for space in plan.spaces:
        regions = plan.regions_of(space.id)
        wanted = space.capacity if people is None else people.get(space.id, 0)
        if wanted and regions:
            areas = np.array([_area(region) for region in regions])
            shares = np.floor(wanted * areas / areas.sum()).astype(int)
            shares[int(np.argmax(areas))] += wanted - shares.sum()
            for region, count in zip(regions, shares, strict=True):
                spots.append(seats(region, int(count)))
                levels += [region.level] * int(count)
                spaces += [space.id] * int(count)
    return np.concatenate(spots) if spots else np.zeros((0, 2)), tuple(levels), tuple(spaces)


def _area(region: Region) -> float:
    x, y = np.array(region.polygon, dtype=float).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
