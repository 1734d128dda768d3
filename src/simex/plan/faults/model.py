"""What a fault is: its kind, its sentence, its place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..model import Point


class FaultKind(StrEnum):
    SAME_IDENTIFIER = "same-identifier"
    UNKNOWN_REFERENCE = "unknown-reference"
    HUGE_COORDINATES = "huge-coordinates"
    TINY_REGION = "tiny-region"
    CROSSES_ITSELF = "crosses-itself"
    CLOCKWISE = "clockwise"
    NOT_CONVEX = "not-convex"
    OVERLAP = "overlap"
    SPACE_WITHOUT_FLOOR = "space-without-floor"
    STAIRS_TO_NOWHERE = "stairs-to-nowhere"
    STAIRS_NOT_RISING = "stairs-not-rising"
    DOOR_INTO_NOTHING = "door-into-nothing"
    DOOR_WIDER_THAN_WALL = "door-wider-than-wall"
    DOOR_WIDTH = "door-width"
    DOOR_TWICE = "door-twice"
    WRONG_LEVEL = "wrong-level"
    TIMES = "times"
    NO_EXIT = "no-exit"
    NO_DOOR = "no-door"
    UNREACHABLE = "unreachable"
    CANNOT_BE_LEFT = "cannot-be-left"
    NO_OFFICE = "no-office"
    CANNOT_BE_LOCKED = "cannot-be-locked"
    TOO_MANY_PEOPLE = "too-many-people"
    NO_ROOM_TO_LOCK = "no-room-to-lock"
    NO_ASSEMBLY_POINT = "no-assembly-point"
    NEAR_ASSEMBLY_POINT = "near-assembly-point"
    NARROW_DOOR = "narrow-door"


REMARKS = frozenset(
    {
        FaultKind.NO_ROOM_TO_LOCK,
        FaultKind.NO_ASSEMBLY_POINT,
        FaultKind.NEAR_ASSEMBLY_POINT,
        FaultKind.NARROW_DOOR,
        FaultKind.CANNOT_BE_LOCKED,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """sentence: what is wrong and what to do. position: metres, on `level`; None where it has no place.
    subjects: identifiers of what it is about."""

    kind: FaultKind
    sentence: str
    level: str | None = None
    position: Point | None = None
    subjects: tuple[str, ...] = ()

    @property
    def is_remark(self) -> bool:
        """Worth knowing, no reason to refuse the plan."""
        return self.kind in REMARKS


class FaultyPlan(ValueError):
    """A plan that no engine may run. `faults` holds all of them, remarks not."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        listed = "\n".join(f"- {fault.sentence}" for fault in faults[:20])
        more = f"\n… and {len(faults) - 20} more." if len(faults) > 20 else ""
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"The plan “{name}” has {count}. “./ssc simex plan check” shows where.\n{listed}{more}"
        )
        self.faults = faults
