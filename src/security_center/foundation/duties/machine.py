"""The rules of a duty as pure functions: when its next step is due, whom it tells, and when it may end.

A duty climbs its ladder, one rung a step. After the last rung it tells the last audience again every
`repeat_minutes`, for ever: it ends only when a person discharges it (reporting.md 6.1: the system never gives
up)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

REPEAT_MINUTES = 15
# A step sent within a minute of its moment is on time: the worker looks once a second, and a busy one a
# little later.
PUNCTUAL = timedelta(seconds=60)

_AUDIENCE = re.compile(r"[A-Za-z0-9_.:\-]{1,64}\Z")


class State(models.TextChoices):
    OPEN = "open", _("Open")
    DISCHARGED = "discharged", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


TRANSITIONS: dict[str, frozenset[str]] = {
    State.OPEN: frozenset({State.DISCHARGED, State.CANCELLED}),
    State.DISCHARGED: frozenset(),
    State.CANCELLED: frozenset(),
}


def may_become(start: str, end: str) -> bool:
    return end in TRANSITIONS[start]


class LadderBroken(ValueError):
    """A ladder without a rung would let a duty sleep; rungs out of order would skip one."""


@dataclass(frozen=True)
class Rung:
    """at: when this audience is told, if nobody has discharged the duty by then. audience: a registered name.
    kind: the kind of message for this rung, where it differs from the duty's own."""

    at: datetime
    audience: str
    kind: str = ""


def ladder_to_json(ladder: Sequence[Rung]) -> list[dict[str, str]]:
    """Raises LadderBroken for no rungs, rungs out of order, or a moment without a time zone."""
    if not ladder:
        raise LadderBroken("A duty needs at least one rung.")
    if any(rung.at.tzinfo is None or not _AUDIENCE.match(rung.audience) for rung in ladder):
        raise LadderBroken("Each rung needs a moment with a time zone and the name of an audience.")
    if any(later.at < earlier.at for earlier, later in pairwise(ladder)):
        raise LadderBroken("Rungs must be in the order of their moments.")
    rows = []
    for rung in ladder:
        row = {"at": rung.at.astimezone(UTC).isoformat(), "audience": rung.audience}
        rows.append({**row, "kind": rung.kind} if rung.kind else row)
    return rows


def ladder_from_json(rows: Sequence[dict[str, Any]]) -> tuple[Rung, ...]:
    return tuple(
        Rung(datetime.fromisoformat(row["at"]), row["audience"], row.get("kind", "")) for row in rows
    )


def moved(rows: Sequence[dict[str, Any]], by: timedelta) -> list[dict[str, str]]:
    """The rows of a ladder, each moment `by` later."""
    return ladder_to_json([replace(rung, at=rung.at + by) for rung in ladder_from_json(rows)])


def rung_of(ladder: Sequence[Rung], step: int) -> Rung:
    """The rung that step number `step` (from 0) stands on: the last one for every repeat."""
    return ladder[min(step, len(ladder) - 1)]


def is_repeat(ladder: Sequence[Rung], step: int) -> bool:
    return step >= len(ladder)


@dataclass(frozen=True)
class Taken:
    """What follows from taking one step at `at`."""

    number: int
    rung: Rung
    due_at: datetime
    late: bool
    next_step_at: datetime


def take(
    *,
    ladder: Sequence[Rung],
    step: int,
    next_step_at: datetime,
    at: datetime,
    repeat_minutes: int,
    somebody_told: bool,
) -> Taken:
    """Take step number `step`, which was due at `next_step_at`, at the moment `at`.

    The next step is due at its rung's moment, or at once when this one told nobody. A repeat is due
    `repeat_minutes` after this step was sent, whether it told somebody or not; repeats that were missed while
    nothing ran are therefore one repeat, not a flood (reporting.md R12). Every rung is its own step, and an
    outage skips none."""
    following = step + 1
    if is_repeat(ladder, following):
        upcoming = at + timedelta(minutes=repeat_minutes)
    elif somebody_told:
        # A rung that was taken early (nobody was there before it) does not bring the later ones forward.
        upcoming = ladder[following].at
    else:
        upcoming = min(ladder[following].at, at)
    return Taken(
        number=step,
        rung=rung_of(ladder, step),
        due_at=next_step_at,
        late=at - next_step_at > PUNCTUAL,
        next_step_at=upcoming,
    )


def is_late(*, state: str, due_at: datetime, at: datetime) -> bool:
    """Worked out when read, so that it is true even while the worker is down."""
    return state == State.OPEN and due_at < at


def handed_back(*, next_step_at: datetime, at: datetime) -> datetime:
    """When the next audience is told after the holder has left at `at`: at once, and never later than it
    would have been."""
    return min(at, next_step_at)
