"""A stair tower at the end of a corridor: a passage to the exit and, beside it, a straight flight down from
the storey above.

Seen along the corridor: its end, then a passage on the left and the flight on the right, then a vestibule
across both where the flight begins and, on the ground floor, the exit is. People from above come down into
the vestibule and are at the exit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ..model import OUTSIDE, LockType, Point, PortalState, Space, Use
from .draft import WALL_M, Draft, Rectangle

# A common step; codes ask for risers of at most 0.178 m and treads of at least 0.279 m
RISER_M, TREAD_M = (0.17, 0.28)
VESTIBULE_M = 2.4
EXIT_M = 2.0


def run_length(storey_m: float) -> float:
    """Length of a flight as seen from above."""
    return math.ceil(storey_m / RISER_M) * TREAD_M


def tower_length(storey_m: float) -> float:
    return run_length(storey_m) + VESTIBULE_M


@dataclass(frozen=True, slots=True)
class End:
    """Where a corridor ends: `place` puts (along, across) into the plan, along outwards from the end and
    across from one side to the other."""

    name: str
    title: str
    width_m: float
    place: Callable[[float, float], Point]

    def area(self, near: float, far: float, low: float, high: float) -> Rectangle:
        (x1, y1), (x2, y2) = self.place(near, low), self.place(far, high)
        return Rectangle(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    def line(self, along: float, low: float, high: float) -> tuple[Point, Point]:
        return self.place(along, low), self.place(along, high)


def exit_door(draft: Draft, end: End, region: str, along: float) -> None:
    half = end.width_m / 2
    line = end.line(along, half - EXIT_M / 2, half + EXIT_M / 2)
    draft.door(f"exit-{end.name}", region, OUTSIDE, "1", line, LockType.AUTOMATIC, PortalState.LOCKED)


def build_tower(
    draft: Draft, end: End, storey: int, storey_m: float, corridor: str, corridor_above: str
) -> None:
    """The tower between a storey and the one above it; on the ground floor (storey 0) with the exit."""
    level, upper = str(storey + 1), str(storey + 2)
    run, width = run_length(storey_m), end.width_m
    lane = (width - WALL_M) / 2
    name = f"{end.name}-{level}"
    stairwell = draft.space(Space(f"stairs-{name}", f"Stairs {end.title}, level {level}", Use.STAIRS))
    passage = draft.region(f"passage-{name}", stairwell, level, end.area(0, run, 0, lane))
    vestibule = draft.region(
        f"vestibule-{name}", stairwell, level, end.area(run, run + VESTIBULE_M, 0, width)
    )
    flight = draft.region(
        f"flight-{name}",
        stairwell,
        level,
        end.area(0, run, width - lane, width),
        upper,
        math.hypot(run, storey_m),
    )
    draft.opening(corridor, passage, level, end.line(0, 0, lane))
    draft.opening(passage, vestibule, level, end.line(run, 0, lane))
    draft.opening(vestibule, flight, level, end.line(run, width - lane, width))
    draft.opening(flight, corridor_above, upper, end.line(0, width - lane, width))
    if storey == 0:
        exit_door(draft, end, vestibule, run + VESTIBULE_M)
