"""What one person does because of the people and walls around: direction first, then the speed that the free
way in that direction allows.

Collision-free speed model of first order: Tordeux, Chraibi and Seyfried 2016 ("Collision-free speed model for
pedestrian dynamics", Traffic and Granular Flow '15). The exponential repulsion exp(-gap / range) is written
(1 - gap / (8 range))^8, which is as near as makes no difference and ends at eight ranges. Added by us:
whoever meets somebody coming the other way steps aside, to the right when in doubt, and turns the shoulder.

The loops have no branches, so that they are done eight people at a time; everything is single precision.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simex.compiling import separate

_0 = np.float32(0.0)
_1 = np.float32(1.0)
_HALF = np.float32(0.5)
_TINY = np.float32(1e-12)
_SAME = np.float32(1e-7)
_FREE = np.float32(1e6)


@intrinsic
def _smaller(_context, first, second):  # type: ignore[no-untyped-def]
    """The smaller of two single-precision numbers, as the one operation that the compiler can do on eight at
    a time."""

    def write(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        single = ir.FloatType()
        smaller = builder.module.declare_intrinsic(
            "llvm.minnum", [single], ir.FunctionType(single, [single, single])
        )
        return builder.call(smaller, arguments, fastmath=("fast",))

    return types.float32(first, second), write


@separate(fastmath=True)
def push_of(near, count, stance, laws):  # type: ignore[no-untyped-def]
    """Sum of the repulsions (x, y) and how far to step aside to the left (negative: right), all as parts of
    the free speed.

    near: a `Line` of whom the first `count` matter. stance: of the one who walks.
    """
    x, y, radius, toward_x, toward_y = stance
    strength, per_range, sight = laws.strength, laws.per_range, laws.sight
    others_x, others_y, others_radius = near.x, near.y, near.radius
    others_toward_x, others_toward_y = near.toward_x, near.toward_y
    push_x, push_y, aside = _0, _0, _0
    for j in range(count):
        dx, dy = others_x[j] - x, others_y[j] - y
        square = dx * dx + dy * dy
        inverse = _1 / np.float32(math.sqrt(square + _TINY))
        distance = square * inverse
        near = _1 - (distance - radius - others_radius[j]) * per_range
        near = near if near > _0 else _0
        near = near * near
        near = near * near
        near = near * near * strength * inverse
        near = near if square > _SAME else _0
        push_x -= near * dx
        push_y -= near * dy
        opposed = -(toward_x * others_toward_x[j] + toward_y * others_toward_y[j])
        opposed = opposed if opposed > _0 else _0
        ahead = dx * toward_x + dy * toward_y
        right = dx * toward_y - dy * toward_x
        close = _1 - distance * sight
        close = close if close > _0 else _0
        close = close if ahead > _0 else _0
        off = right if right > _0 else -right
        lane = _1 - off
        lane = lane if lane > _0 else _0
        turn = _1 if right > np.float32(0.15) else -_1
        aside += opposed * close * lane * turn
    return push_x, push_y, aside


@separate(fastmath=True)
def gap_of(near, count, stance, way_x, way_y, laws):  # type: ignore[no-untyped-def]
    """The free way ahead in metres, body to body, in the direction (way_x, way_y), a unit vector.

    near: a `Line` of whom the first `count` matter. stance: of the one who walks. Of the laws, `shoulder` is
    the share by which two bodies that pass each other turn narrower, `lane` the share of two bodies' width in
    which others are in the way."""
    x, y, radius, toward_x, toward_y = stance
    shoulder, lane = laws.shoulder, laws.lane
    others_x, others_y, others_radius = near.x, near.y, near.radius
    others_toward_x, others_toward_y = near.toward_x, near.toward_y
    free = _FREE
    for j in range(count):
        dx, dy = others_x[j] - x, others_y[j] - y
        opposed = -(toward_x * others_toward_x[j] + toward_y * others_toward_y[j])
        opposed = opposed if opposed > _0 else _0
        bodies = (radius + others_radius[j]) * (_1 - shoulder * opposed)
        ahead = dx * way_x + dy * way_y
        off = dx * way_y - dy * way_x
        off = off if off > _0 else -off
        gap = np.float32(math.sqrt(dx * dx + dy * dy)) - bodies
        gap = gap if ahead > _SAME else _FREE
        gap = gap if off < bodies * lane else _FREE
        free = _smaller(free, gap)  # type: ignore[call-arg]
    return free


@separate(fastmath=True)
def turned(way_x, way_y, wanted_x, wanted_y, toward_x, toward_y, share):  # type: ignore[no-untyped-def]
    """The way after a step: from the last one (0 at the start) by `share` towards the wanted one; (toward_x,
    toward_y) in doubt.

    While somebody turns it is shorter than 1, and he or she is slower by as much: whoever turns round comes
    to a stop first."""
    length = np.float32(math.sqrt(wanted_x * wanted_x + wanted_y * wanted_y))
    if length < np.float32(1e-3):
        wanted_x, wanted_y = toward_x, toward_y
    else:
        wanted_x, wanted_y = wanted_x / length, wanted_y / length
    if way_x == _0 and way_y == _0:
        return wanted_x, wanted_y
    return way_x + share * (wanted_x - way_x), way_y + share * (wanted_y - way_y)
