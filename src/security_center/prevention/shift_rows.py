"""A shift as a person enters it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShiftRow:
    """One weekly stretch. `ends_minute` at or before `starts_minute` runs over midnight."""

    person_id: int
    weekday: int
    starts_minute: int
    ends_minute: int
    position: int = 1
