"""Who reads at a moment, where nobody does, until when. Pure functions over shifts; `queries` feeds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Shift:
    person_id: int
    weekday: int
    starts_minute: int
    ends_minute: int
    position: int
    valid_from: date | None = None
    valid_until: date | None = None

    def on(self, day: date) -> bool:
        if day.weekday() != self.weekday:
            return False
        return not (
            (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until)
        )


@dataclass(frozen=True)
class Away:
    person_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Stretch:
    starts_at: datetime
    ends_at: datetime


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Local wall time; 1440 is the next day's midnight. Wall time keeps a shift right on the days when clocks
    change."""
    wall = datetime.combine(day + timedelta(days=minute // 1440), datetime.min.time(), zone) + timedelta(
        minutes=minute % 1440
    )
    return wall.astimezone(UTC)


def readers_at(shifts: Iterable[Shift], absences: Sequence[Away], at: datetime, zone: ZoneInfo) -> list[int]:
    """Person ids on duty at `at`, first reader first, each once."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    on_duty = [s for s in shifts if s.on(local.date()) and s.starts_minute <= minute < s.ends_minute]
    ordered = [s.person_id for s in sorted(on_duty, key=lambda s: (s.position, s.person_id))]
    present = [
        p for p in ordered if not any(a.person_id == p and a.starts_at <= at < a.ends_at for a in absences)
    ]
    return list(dict.fromkeys(present))


def covered(
    shifts: Sequence[Shift], absences: Sequence[Away], start: datetime, end: datetime, zone: ZoneInfo
) -> list[Stretch]:
    """Stretches of [start, end) in which at least one present person reads; merged, in order."""
    pieces: list[Stretch] = []
    day = start.astimezone(zone).date() - timedelta(days=1)
    last = end.astimezone(zone).date() + timedelta(days=1)
    while day <= last:
        for shift in shifts:
            if shift.on(day):
                piece = Stretch(
                    _moment(day, shift.starts_minute, zone), _moment(day, shift.ends_minute, zone)
                )
                pieces.extend(_without(piece, [a for a in absences if a.person_id == shift.person_id]))
        day += timedelta(days=1)
    merged: list[Stretch] = []
    for piece in sorted(pieces, key=lambda p: p.starts_at):
        clipped = Stretch(max(piece.starts_at, start), min(piece.ends_at, end))
        if clipped.starts_at >= clipped.ends_at:
            continue
        if merged and clipped.starts_at <= merged[-1].ends_at:
            merged[-1] = Stretch(merged[-1].starts_at, max(merged[-1].ends_at, clipped.ends_at))
        else:
            merged.append(clipped)
    return merged


@lru_cache(maxsize=8192)
def windows(
    shifts: tuple[Shift, ...], absences: tuple[Away, ...], start: datetime, days: int, zone: ZoneInfo
) -> list[list[str]]:
    """The covered stretches as they are published. Remembered: the worker asks each minute, and they change
    with the day or the calendar."""
    stretches = covered(shifts, absences, start, start + timedelta(days=days), zone)
    return [[one.starts_at.isoformat(), one.ends_at.isoformat()] for one in stretches]


def gaps(stretches: Sequence[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """What [start, end) lacks."""
    found: list[Stretch] = []
    at = start
    for stretch in stretches:
        if stretch.starts_at > at:
            found.append(Stretch(at, stretch.starts_at))
        at = max(at, stretch.ends_at)
    if at < end:
        found.append(Stretch(at, end))
    return found


def _without(piece: Stretch, absences: Sequence[Away]) -> list[Stretch]:
    left = [piece]
    for away in absences:
        kept: list[Stretch] = []
        for part in left:
            if away.ends_at <= part.starts_at or away.starts_at >= part.ends_at:
                kept.append(part)
                continue
            if part.starts_at < away.starts_at:
                kept.append(Stretch(part.starts_at, away.starts_at))
            if away.ends_at < part.ends_at:
                kept.append(Stretch(away.ends_at, part.ends_at))
        left = kept
    return left
