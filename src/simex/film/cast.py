"""Who is in the film: places, speeds and delays, each drawn from its address so that the same seed gives the
same film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simex.distributions import quantile
from simex.draws import Stream, uniform
from simex.parameters import Parameters
from simex.plan import Plan, Use
from simex.space import furnished, seats

SPEED_OF_GRADES = {"elementary": "v_prim", "middle": "v_mid", "high": "v_teen"}
# How many are in a room during a lesson: classrooms and staff rooms as furnished, one class in the gym, a few
# in the library (assumed).
FULL = (Use.CLASSROOM, Use.OFFICE, Use.STAFF)
SOME = {Use.GYM: 26, Use.LIBRARY: 12}
CORRIDOR_SHARE = 0.03  # of the pupils in corridors during a lesson (simex.md 2.9, assumed)


@dataclass(frozen=True)
class Drawing:
    """Draws of one film."""

    parameters: Parameters
    seed: int

    def value(self, parameter: str, stream: Stream, entity: int, index: int) -> float:
        one = self.parameters[parameter]
        return float(quantile(int(one.shape), *one.quad(), uniform(self.seed, 0, stream, entity, index)))


@dataclass(frozen=True)
class Cast:
    """spots (n, 2), levels and spaces (n,): where everybody is. adult (n,): staff. speed_m_s (n,): free
    walking speed under alarm."""

    spots: NDArray[np.float64]
    levels: tuple[str, ...]
    spaces: tuple[str, ...]
    adult: NDArray[np.bool_]
    speed_m_s: NDArray[np.float64]


def seated(plan: Plan) -> dict[str, int]:
    """How many sit where during a lesson, by space. In a building without a classroom its other rooms are
    full, so that any import can be filmed."""
    full = FULL if any(space.use is Use.CLASSROOM for space in plan.spaces) else (*FULL, Use.OTHER)
    known = {
        space.id: space.capacity if space.use in full else min(space.capacity, SOME.get(space.use, 0))
        for space in plan.spaces
        if space.capacity
    }
    return {space: people for space, people in known.items() if people}


def lesson(plan: Plan, drawing: Drawing) -> Cast:
    """A lesson: classes in their rooms, a few pupils in corridors. The first of each room is an adult, and
    all in offices and staff rooms are."""
    spots, levels, spaces = furnished(plan, seated(plan))
    of_staff = {space.id for space in plan.spaces if space.use in (Use.OFFICE, Use.STAFF)}
    adult = np.array(
        [index == 0 or spaces[index - 1] != space or space in of_staff for index, space in enumerate(spaces)]
    )
    moved = list(spots)
    new_levels, new_spaces = list(levels), list(spaces)
    halls = [region for region in plan.regions if plan.space(region.space).use is Use.CORRIDOR]
    pupils = np.flatnonzero(~adult)
    ranked = sorted(pupils, key=lambda person: uniform(drawing.seed, 0, Stream.PLACEMENT, int(person), 0))
    away = ranked[: round(CORRIDOR_SHARE * len(pupils))] if halls else []
    for place, hall in enumerate(halls):
        mine = away[place :: len(halls)]
        for person, spot in zip(mine, seats(hall, len(mine)), strict=True):
            moved[person], new_levels[person], new_spaces[person] = spot, hall.level, hall.space
    pupil_speed = SPEED_OF_GRADES.get(plan.grades, "v_teen")
    speed = np.array(
        [
            drawing.value("v_adult" if adult[person] else pupil_speed, Stream.SPEEDS, person, 0)
            * drawing.value("k_hurry", Stream.SPEEDS, person, 1)
            for person in range(len(spots))
        ]
    )
    return Cast(np.array(moved), tuple(new_levels), tuple(new_spaces), adult, speed)
