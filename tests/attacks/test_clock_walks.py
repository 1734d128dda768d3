"""B2 again, at random: clocks that walk. Whatever they do, nothing is due early for destruction, and no
danger is silent longer than its ladder."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from security_center.foundation.duties import machine as ladder_rules
from security_center.foundation.duties.machine import Rung
from security_center.foundation.timekeeping import machine
from security_center.foundation.timekeeping.machine import Belief

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
MINUTES = (0, 5, 15, 30)
REPEAT = ladder_rules.REPEAT_MINUTES
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
# A code of a phone fits within a minute of its clock, and the worker's look within a minute of the sign-in.
PROVED_WITHIN = 2 * machine.TOLERANCE


@dataclass
class Danger:
    """A duty as the worker keeps it; how old it is, and how long it has been silent, while a worker ran."""

    raised_at: datetime
    ladder: list[Rung]
    next_step_at: datetime
    step: int = 0
    age: timedelta = timedelta(0)
    silent: timedelta = timedelta(0)
    fresh: bool = True
    # By the worker's first look at it: a second in truth, in these walks as much as they take between two
    # looks
    seen_after: timedelta = timedelta(0)

    def move(self, by: timedelta) -> None:
        self.raised_at, self.next_step_at = self.raised_at + by, self.next_step_at + by
        self.ladder = [Rung(rung.at + by, rung.audience) for rung in self.ladder]

    def late(self) -> timedelta:
        """How much later than its ladder allows the next step is, of the time in which a worker ran. (A rung
        that was taken early, since nobody was there before it, does not bring the later ones forward.)"""
        if self.step < len(MINUTES):
            return self.age - MINUTES[self.step] * MINUTE
        return self.silent - REPEAT * MINUTE


@dataclass
class World:
    """True time, a wall clock that stands off from it, and a worker that looks: what `Watch` does, without a
    database."""

    chance: random.Random
    true: datetime = START
    off: timedelta = timedelta(0)
    boot: int = 0
    running: float = 50.0
    belief: Belief = field(default_factory=lambda: Belief("0", 50.0, START, START))
    proved_at: datetime | None = None
    dangers: list[Danger] = field(default_factory=list)

    @property
    def wall(self) -> datetime:
        return self.true + self.off

    def wait(self, by: timedelta) -> None:
        end = self.true + by
        every = self.chance.choice([SECOND * 7, MINUTE, 5 * MINUTE]) if by < DAY else by / 8
        while self.true < end:
            step = min(every, end - self.true)
            self.true, self.running = self.true + step, self.running + step.total_seconds()
            for danger in self.dangers:
                danger.silent, danger.age = danger.silent + step, danger.age + step
            self.look(step)

    def look(self, since: timedelta = timedelta(0), *, new_process: bool = False) -> None:
        looked = machine.look(
            self.belief, boot=str(self.boot), elapsed=self.running, wall=self.wall, proved_at=self.proved_at
        )
        self.belief, self.proved_at = looked.belief, None
        assert self.belief.sure_at <= self.true + PROVED_WITHIN, (
            "what asks the sure moment would destroy early"
        )
        at = self.belief.believed_at
        for danger in self.dangers:
            if looked.moved < -machine.TOLERANCE:
                danger.move(looked.moved)
            if looked.rings_at_once:
                danger.next_step_at = min(danger.next_step_at, self.belief.believed_at)
            danger.seen_after = since if danger.fresh else danger.seen_after
            known = not danger.fresh or new_process
            distrusted = not known and self.belief.distrusted_since is not None
            danger.move(
                machine.off_by(
                    raised_at=danger.raised_at, believed_at=self.belief.believed_at, distrusted=distrusted
                )
            )
            danger.fresh = False
            if danger.next_step_at <= at:
                self.take(danger, at)
            else:
                late = danger.late() - danger.seen_after
                assert late <= since + machine.TOLERANCE, (
                    f"silent {late} longer than step {danger.step} allows"
                )

    def take(self, danger: Danger, at: datetime) -> None:
        taken = ladder_rules.take(
            ladder=danger.ladder,
            step=danger.step,
            next_step_at=danger.next_step_at,
            at=at,
            repeat_minutes=REPEAT,
            somebody_told=self.chance.random() < 0.9,
        )
        danger.step, danger.next_step_at, danger.silent = danger.step + 1, taken.next_step_at, timedelta(0)

    def raise_danger(self) -> None:
        """By the public program, which knows the wall clock alone, on this machine or on another."""
        at = self.wall if self.chance.random() < 0.8 else self.true
        self.dangers.append(Danger(at, [Rung(at + minutes * MINUTE, "desk") for minutes in MINUTES], at))

    def lie_still(self) -> None:
        self.true += self.chance.choice([MINUTE, 3 * DAY, 30 * DAY]) * self.chance.random()
        self.boot, self.running = self.boot + 1, 5.0
        self.look(new_process=True)

    def jump(self) -> None:
        size = self.chance.choice([30 * SECOND, 10 * MINUTE, timedelta(hours=5), 3 * DAY, 400 * DAY])
        self.off += size * self.chance.uniform(-1, 1)

    def come_back(self) -> None:
        self.off = timedelta(0)

    def prove(self) -> None:
        """Somebody signs in with a code: that works only where the clock is right."""
        if abs(self.off) <= machine.TOLERANCE:
            self.proved_at = self.wall

    def drift(self) -> None:
        """A clock that creeps: too little at each look to be a jump."""
        creep = self.chance.choice([-1, 1]) * self.chance.uniform(0, 50)
        for _time in range(8):
            self.off += timedelta(seconds=creep)
            self.wait(MINUTE)


def walk(seed: int, acts: int = 14) -> World:
    world = World(random.Random(seed))
    for _act in range(acts):
        chance = world.chance
        world.raise_danger() if chance.random() < 0.5 else None
        chance.choice(
            [world.jump, world.jump, world.come_back, world.lie_still, world.prove, world.drift, lambda: None]
        )()
        world.wait(chance.choice([SECOND, MINUTE, 20 * MINUTE, 5 * DAY]) * chance.uniform(0.1, 2))
        world.dangers = world.dangers[-6:]
    return world


@pytest.mark.long
@pytest.mark.parametrize("block", range(10))
def test_in_a_thousand_random_walks_of_the_clock_nothing_is_due_early_and_no_danger_is_silent(
    block: int,
) -> None:
    for seed in range(block * 100, block * 100 + 100):
        try:
            walk(seed)
        except AssertionError as broken:
            raise AssertionError(f"walk {seed}: {broken}") from broken


@pytest.mark.long
def test_once_the_clock_is_back_and_a_code_was_given_it_is_believed() -> None:
    for seed in range(100):
        world = walk(seed)
        world.come_back()
        world.wait(MINUTE)
        world.prove()
        world.wait(MINUTE)
        assert world.belief.distrusted_since is None, seed
        assert abs(world.belief.sure_at - world.true) <= PROVED_WITHIN, seed
        assert all(danger.next_step_at - world.true <= max(MINUTES) * MINUTE for danger in world.dangers), (
            seed
        )
