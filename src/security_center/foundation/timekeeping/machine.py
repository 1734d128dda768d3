"""The rules by which a wall clock is believed, as a pure function of what was believed before and what three
clocks show now.

Two moments are kept. The *believed* one drives alarms: it goes on with the seconds that the machine has run,
and follows the wall clock only where that is plausible, so a jump silences nobody. The *sure* one drives
destruction: it has surely come. It goes on with the same seconds, counts no pause in which nothing ran, and
catches up when a second source says what time it is. Both may be wrong in one way only: the believed moment
may be early for an alarm that then rings too soon, the sure one late for a record that is then kept too long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TOLERANCE = timedelta(seconds=60)
# A weekend and a holiday. Pauses add up until a second source is heard; it is heard whenever somebody signs
# in with a code of their phone.
USUAL_PAUSE = timedelta(days=4)
# A clock that is set back in small steps (NTP slews by at most 0.05 %) is followed so fast; one that stands
# still is out of tolerance soon. Forward it is followed at once within the tolerance: an alarm that rings a
# little early harms nobody.
FOLLOWED = 0.001
# Two machines' clocks may differ by so much without anybody's ladder being moved.
AHEAD = timedelta(seconds=5)


@dataclass(frozen=True)
class Belief:
    """boot: within which `elapsed` counts. after_pause: distrust began at a start, so that nobody knows how
    much time had passed."""

    boot: str
    elapsed: float
    believed_at: datetime
    sure_at: datetime
    distrusted_since: datetime | None = None
    jump: timedelta = timedelta(0)
    after_pause: bool = False


@dataclass(frozen=True)
class Looked:
    """moved: how far moments that were set before lie in a future that nobody believes any more (never
    positive). rings_at_once: nobody knows how long nothing ran, so what cannot wait is not waited for."""

    belief: Belief
    moved: timedelta = timedelta(0)
    rings_at_once: bool = False


def look(
    before: Belief,
    *,
    boot: str,
    elapsed: float,
    wall: datetime,
    proved_at: datetime | None = None,
    usual_pause: timedelta = USUAL_PAUSE,
) -> Looked:
    """proved_at: a moment that a second source named since the last look."""
    paused = boot != before.boot or elapsed < before.elapsed
    passed = timedelta(0) if paused else timedelta(seconds=elapsed - before.elapsed)
    carried = before.believed_at + passed
    now = replace(before, boot=boot, elapsed=elapsed, believed_at=carried, sure_at=before.sure_at + passed)
    if proved_at is not None:
        if abs(wall - proved_at) <= TOLERANCE:
            return Looked(_trusted(replace(now, sure_at=wall), wall), moved=min(timedelta(0), wall - carried))
        now = replace(now, sure_at=max(now.sure_at, proved_at), believed_at=max(now.believed_at, proved_at))
    jump = wall - now.believed_at
    too_long = wall - now.sure_at > usual_pause
    if now.distrusted_since is None:
        wrong = too_long or jump < -TOLERANCE or (jump > TOLERANCE and not paused)
        if not wrong:
            return Looked(_followed(now, wall, jump, passed, paused))
        now = replace(now, distrusted_since=now.believed_at, jump=jump, after_pause=paused)
    elif _is_back(replace(now, after_pause=now.after_pause or paused), wall, jump, too_long):
        return Looked(_trusted(now, wall), moved=min(timedelta(0), wall - carried))
    if not paused:
        return Looked(now)
    return Looked(
        replace(now, after_pause=True, believed_at=max(now.believed_at, wall)),
        rings_at_once=jump < timedelta(0),
    )


def off_by(*, raised_at: datetime, believed_at: datetime, distrusted: bool) -> timedelta:
    """How far a duty that came just now has to be moved so that its ladder counts from now: whoever raised it
    has another clock.

    Nothing is raised in the future. In the past only while this machine's clock is known to be wrong: else it
    was raised while nothing ran."""
    difference = believed_at - raised_at
    if difference < -AHEAD or (distrusted and difference > TOLERANCE):
        return difference
    return timedelta(0)


def _followed(now: Belief, wall: datetime, jump: timedelta, passed: timedelta, paused: bool) -> Belief:
    if paused:
        return replace(
            now, believed_at=max(now.believed_at, wall), sure_at=min(now.sure_at, wall), after_pause=False
        )
    step = max(-FOLLOWED * passed, jump)
    return replace(now, believed_at=now.believed_at + step, sure_at=now.sure_at + min(timedelta(0), step))


def _trusted(now: Belief, wall: datetime) -> Belief:
    return replace(
        now, believed_at=wall, sure_at=min(now.sure_at, wall), distrusted_since=None, after_pause=False
    )


def _is_back(now: Belief, wall: datetime, jump: timedelta, too_long: bool) -> bool:
    """The wall clock shows again what it may show. After a pause that is anything between the sure moment and
    a usual pause later."""
    if now.after_pause:
        return not too_long and wall >= now.sure_at - TOLERANCE
    return abs(jump) <= TOLERANCE and not too_long
