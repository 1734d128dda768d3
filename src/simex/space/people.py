"""Who walks: one row a person."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


class NobodyCanStandThere(ValueError):
    def __init__(self, level: str, x: float, y: float) -> None:
        super().__init__(
            f"Nobody can stand at ({x:.2f}, {y:.2f}) on level “{level}”: there is no floor. Place "
            "people inside a region of the plan."
        )


@dataclass(frozen=True)
class People:
    """Rows of people, all arrays (n,); the order of the rows changes nothing, their `number` does (each once,
    0 or more).

    x, y: metres. level: id. speed_m_s: free walking speed on the level. start_s: when one sets off. goal:
    index into the goals of a run. radius_m: of the body. down_factor, up_factor: of the speed on stairs,
    along the slope. place_x, place_y: where to stand in the region of the goal, metres."""

    number: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    level: tuple[str, ...]
    speed_m_s: NDArray[np.float64]
    start_s: NDArray[np.float64]
    goal: NDArray[np.int64]
    radius_m: NDArray[np.float64]
    down_factor: NDArray[np.float64]
    up_factor: NDArray[np.float64]
    place_x: NDArray[np.float64]
    place_y: NDArray[np.float64]

    @classmethod
    def at(
        cls,
        positions: ArrayLike,
        *,
        level: str | tuple[str, ...],
        speed_m_s: ArrayLike = 1.34,
        start_s: ArrayLike = 0.0,
        goal: ArrayLike = 0,
        radius_m: ArrayLike = 0.2,
        down_factor: ArrayLike = 0.65,
        up_factor: ArrayLike = 0.45,
        place: ArrayLike | None = None,
        number: ArrayLike | None = None,
    ) -> People:
        """People at positions (n, 2); every other value one for all or (n,). Raises `ValueError` for values
        that cannot be.

        The defaults are those of simex.md 2.2: v_adult [S], s_down and s_up [S].
        """
        spots = np.asarray(positions, np.float64).reshape(-1, 2)
        size = len(spots)
        places = spots if place is None else np.broadcast_to(np.asarray(place, np.float64), (size, 2))
        levels = (level,) * size if isinstance(level, str) else tuple(level)
        if len(levels) != size:
            raise ValueError(f"There are {size} positions, but {len(levels)} levels.")
        numbers = np.arange(size, dtype=np.int64) if number is None else np.asarray(number, np.int64)
        if len(np.unique(numbers)) != size or (size and numbers.min() < 0):
            raise ValueError("Each person needs a number of their own, 0 or more.")

        def row(name: str, values: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
            filled = np.broadcast_to(np.asarray(values, np.float64), (size,)).copy()
            if size and not (np.all(filled >= low) and np.all(filled <= high)):
                raise ValueError(f"{name} may be from {low:g} to {high:g}.")
            return filled

        return cls(
            numbers, spots[:, 0], spots[:, 1], levels,
            row("speed_m_s", speed_m_s, 0.01, 6.0), row("start_s", start_s, 0.0, 1e6),
            np.broadcast_to(np.asarray(goal, np.int64), (size,)).copy(),
            row("radius_m", radius_m, 0.05, 0.5), row("down_factor", down_factor, 0.05, 2.0),
            row("up_factor", up_factor, 0.05, 2.0),
            places[:, 0].copy(), places[:, 1].copy(),
        )  # fmt: skip

    def together(self, group: ArrayLike) -> People:
        """The same people, those of one group (n,) each as fast as the slowest of it; -1: in no group. A
        class is as fast as its slowest child."""
        groups = np.broadcast_to(np.asarray(group, np.int64), (len(self),))
        speed = self.speed_m_s.copy()
        for one in np.unique(groups[groups >= 0]):
            speed[groups == one] = self.speed_m_s[groups == one].min()
        return replace(self, speed_m_s=speed)

    def __len__(self) -> int:
        return len(self.number)

    def chosen(self, rows: ArrayLike) -> People:
        """The same people in another order, or some of them."""
        picked = np.asarray(rows)
        picked = np.flatnonzero(picked) if picked.dtype == bool else picked
        kept: dict[str, Any] = {
            one.name: getattr(self, one.name)[picked] for one in fields(self) if one.name != "level"
        }
        return People(level=tuple(self.level[row] for row in picked), **kept)
