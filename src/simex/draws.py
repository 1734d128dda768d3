"""Random numbers that depend on nothing but their address.

A draw is addressed by (seed, replicate, stream, entity, index). The same address gives the same number
whatever the number of workers, the order of the runs or who else draws: so the same people walk through every
condition (common random numbers), and an added person shifts nobody else's luck.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2,
3", SC11), tested against the known answers that its authors publish."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numba import njit

from simex.compiling import kept

ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TO_UNIT = 2.0**-53


class Stream(IntEnum):
    """What a number is drawn for. The numbers are part of every stored result: never renumber, only add
    (simex.md 4.3)."""

    POPULATION = 1
    PLACEMENT = 2
    SPEEDS = 3
    RECOGNITION = 4
    LOCKS = 5
    COMMUNICATION = 6
    OFFICER = 7
    POLICE = 8
    HAZARD_START = 9
    HAZARD_WALK = 10
    HAZARD_THINNING = 11
    MOVEMENT = 12
    BOOTSTRAP = 13
    DESIGN = 14


@njit(inline="always")
def philox(counter0, counter1, counter2, counter3, key0, key1):  # type: ignore[no-untyped-def]
    """Four 32-bit words (as uint64) from a counter of four and a key of two 32-bit words (as uint64)."""
    a, b, c, d = counter0, counter1, counter2, counter3
    k0, k1 = key0, key1
    for _ in range(ROUNDS):
        product0 = _MULTIPLIERS[0] * a
        product1 = _MULTIPLIERS[1] * c
        a, b, c, d = (
            (product1 >> _SHIFT) ^ b ^ k0,
            product1 & _LOW,
            (product0 >> _SHIFT) ^ d ^ k1,
            product0 & _LOW,
        )
        k0 = (k0 + _WEYL[0]) & _LOW
        k1 = (k1 + _WEYL[1]) & _LOW
    return a, b, c, d


@kept
def uniform(seed, replicate, stream, entity, index):  # type: ignore[no-untyped-def]
    """A number in the open interval (0, 1), of 53 random bits less the two ends.

    seed: of the study, 0 to 2**64 - 1. replicate, stream, entity, index: 0 to 2**32 - 1 (`index` numbers the
    draws of one entity in one stream)."""
    wide = np.uint64(seed)
    a, b, _, _ = philox(
        np.uint64(index) & _LOW,
        np.uint64(entity) & _LOW,
        np.uint64(stream) & _LOW,
        np.uint64(replicate) & _LOW,
        wide & _LOW,
        wide >> _SHIFT,
    )
    bits = (a << np.uint64(21)) ^ (b >> np.uint64(11))
    return (np.float64(bits & np.uint64(0x1FFFFFFFFFFFFF)) + 0.5) * _TO_UNIT
