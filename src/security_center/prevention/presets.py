"""Ready-made weekly calendars, so that a school has coverage after one press. Pure functions: they give rows
for `actions.set_coverage`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from .shift_rows import ShiftRow

DAY_STARTS, DAY_ENDS = 6 * 60, 18 * 60


class Preset(StrEnum):
    SCHOOL_HOURS = "school_hours"
    AROUND_THE_CLOCK = "around_the_clock"


def rows_of(
    preset: Preset | str, people: Sequence[int], school_hours: Mapping[str, Sequence[str]]
) -> list[ShiftRow]:
    """The rows of `preset` for the people of these ids, first reader first. `school_hours`: weekday ("0" is
    Monday) → ["07:30", "15:30"]."""
    if Preset(preset) is Preset.SCHOOL_HOURS:
        return in_school_hours(people, school_hours)
    return around_the_clock(people)


def in_school_hours(people: Sequence[int], school_hours: Mapping[str, Sequence[str]]) -> list[ShiftRow]:
    """Everybody reads while school is on, in the given order; nobody outside of it."""
    return [
        ShiftRow(person, int(day), minute_of(hours[0]), minute_of(hours[1]), position)
        for day, hours in sorted(school_hours.items())
        for position, person in enumerate(people, start=1)
    ]


def around_the_clock(people: Sequence[int]) -> list[ShiftRow]:
    """Days in the given order; evenings and nights begin with the next person each day, so that no one
    carries them all."""
    rows: list[ShiftRow] = []
    for day in range(7):
        rows += [
            ShiftRow(person, day, DAY_STARTS, DAY_ENDS, position)
            for position, person in enumerate(people, start=1)
        ]
        rows += [
            ShiftRow(people[(day + turn) % len(people)], day, DAY_ENDS, DAY_STARTS, turn + 1)
            for turn in range(len(people))
        ]
    return rows


def minute_of(clock: str) -> int:
    """ "07:30" → 450."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_of(minute: int) -> str:
    """450 → "07:30"; 1440 → "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
