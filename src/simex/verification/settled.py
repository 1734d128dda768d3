"""Parameter sets without luck, for checks that a person can add up."""

from __future__ import annotations

from dataclasses import replace

from simex.distributions import Shape
from simex.parameters import Parameters


def constants(values: dict[str, float], base: Parameters | None = None) -> Parameters:
    """The defaults with each number of `values` made a constant, ranges aside (a check may set what a school may not)."""
    base = base or Parameters.defaults()
    for name in values.keys() - set(base):
        raise KeyError(name)
    return Parameters(
        [
            replace(p, shape=p.shape if p.shape is Shape.PROBABILITY else Shape.VALUE, numbers={"value": values[p.id]}, ranges={})
            if p.id in values
            else p
            for p in base.values()
        ],
        base.version,
    )


INSIDE = {"absent": 0.0, "lesson_in_rooms": 1.0}  # everybody is in a room
SHUT = {"p_prop": 0.0, "p_latch_fail": 0.0}  # every pre-locked door is shut and locked
PLAIN_WALK = {"v_adult": 1.2, "v_teen": 1.2, "t_pre_fire": 0.0, "t_alarm": 0.0}
