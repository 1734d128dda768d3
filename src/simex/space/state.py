"""What kernels of the continuous engine hand on: people, locks and room to work in, as arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .floor import Arrays, Floats, Whole


class Bodies(NamedTuple):
    """People in the order of their numbers. All (n,); metres, m/s and seconds after the start."""

    state: NDArray[np.int8]
    x: Floats
    y: Floats
    region: Whole
    speed: Floats
    down: Floats  # factors on stairs
    up: Floats
    radius: Floats
    start: NDArray[np.float64]
    goal: Whole
    place_x: Floats  # where to stand in the region of the goal
    place_y: Floats
    way_x: Floats  # direction in which one walks, shorter than 1 while one turns; 0 before one sets off
    way_y: Floats
    phase: Floats  # of swaying, radians
    hindered: Floats  # share of the free speed that the last step lacked
    blocked: Floats  # seconds without getting on
    ended: NDArray[np.float64]  # when one left or came to rest, NaN before
    by: Whole  # the portal one left by, -1
    let_in: Whole  # a side that one may pass although it is locked, since somebody opens; -1


class Line(NamedTuple):
    """People side by side in memory, all (n,): where they are, where they want to go (unit vectors, 0 at
    rest), their radius."""

    x: Floats
    y: Floats
    toward_x: Floats
    toward_y: Floats
    radius: Floats


class Locks(NamedTuple):
    """What may be passed (sides,) and seen through (portals,); slot and next_free (portals,): seconds of the
    flow limit, slot 0 without."""

    passes: NDArray[np.bool_]
    transparent: NDArray[np.bool_]
    slot: NDArray[np.float64]
    next_free: NDArray[np.float64]


class Crowd(NamedTuple):
    """Who walks and who stands, each lined up by cell, and where a cell begins among them (cells + 2,)."""

    walkers: Line
    starts: Whole
    still: Line
    still_starts: Whole
    near: Line  # (n + 16,) whoever matters to the one who is looked at


class Work(NamedTuple):
    """What steps need for themselves; kept from one to the next, so that nothing is allocated in between."""

    active: Whole  # (n,) who walks, in ascending number
    resting: Whole  # (n,) who stands
    cells: Whole  # (n,)
    sorted_cells: Whole  # (n,) of those in the order sorted last
    order: Whole  # (n,) who walks, by cell
    still_order: Whole  # (n,)
    rasters: Whole  # (n,)
    toward: Floats  # (n, 2)
    crowd: Crowd


def workspace(people: int, cells: int) -> Work:
    """Room for the steps of so many people on a floor of so many cells (`Arrays.link_from` has one more)."""

    def line(size: int) -> Line:
        return Line(*(np.zeros(size, np.float32) for _ in Line._fields))

    def whole(size: int) -> Whole:
        return np.zeros(size, np.int32)

    crowd = Crowd(line(people), whole(cells + 2), line(people), whole(cells + 2), line(people + 16))
    return Work(
        active=whole(people),
        resting=whole(people),
        cells=whole(people),
        sorted_cells=whole(people),
        order=whole(people),
        still_order=whole(people),
        rasters=whole(people),
        toward=np.zeros((people, 2), np.float32),
        crowd=crowd,
    )


class Log(NamedTuple):
    """Crossings of portals: who, from which side, when (seconds). All (room for crossings,)."""

    person: Whole
    side: Whole
    time: NDArray[np.float64]


class Laws(NamedTuple):
    """Numbers of the model in SI units, single precision; `per_…` and `sight` are 1 / metres. See
    `model.Settings`."""

    time_gap: np.float32
    strength: np.float32
    per_range: np.float32
    wall_strength: np.float32
    wall_per_range: np.float32
    aside: np.float32
    sight: np.float32
    shoulder: np.float32
    lane: np.float32
    turning: np.float32
    sway: np.float32


class Goals(NamedTuple):
    """Where people go: a direction by the floor's raster, one byte of a circle (goals, raster); region
    (goals,), -1 for the way out."""

    angles: NDArray[np.uint8]
    region: Whole


class Walk(NamedTuple):
    """All that a step reads and changes."""

    floor: Arrays
    bodies: Bodies
    laws: Laws
    goals: Goals
    locks: Locks
    work: Work
    log: Log


class Stance(NamedTuple):
    """One who walks: where, how wide (metres), and the unit vector towards the goal."""

    x: np.float32
    y: np.float32
    radius: np.float32
    toward_x: np.float32
    toward_y: np.float32


class Stride(NamedTuple):
    """A step that somebody wants to make in a region, from its raster cell: place and step in metres, unit
    vector away from the nearest wall."""

    region: int
    raster: int
    x: np.float32
    y: np.float32
    step_x: np.float32
    step_y: np.float32
    away_x: np.float32
    away_y: np.float32
