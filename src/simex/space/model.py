"""The face of the continuous engine: people walk through a plan, doors lock meanwhile, and everybody's times
come out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simex.draws import Stream, uniform
from simex.parameters import Parameters
from simex.plan import Plan, PortalKind, PortalState

from .fields import Fields, Goal
from .floor import Floor, make_ready
from .people import NobodyCanStandThere, People
from .raster import inside
from .state import Bodies, Goals, Laws, Locks, Log, Walk, workspace
from .step import LEFT, RESTING, WAITING, WALKING, advance

SHUT = "shut"  # a door or exit that nobody passes in either direction


@dataclass(frozen=True)
class Settings:
    """Numbers of the movement model, from the parameter file, which says what each means (walk_step,
    walk_time_gap, ...). Metres and seconds.

    flow_limit: persons per second and metre at most through every door and opening, None without; for checks
    (1.33 is a planner's cap, not nature's).

    >>> dataclasses.replace(Settings.of(), step_s=0.025)
    """

    step_s: float
    time_gap_s: float
    strength: float
    range_m: float
    wall_strength: float
    wall_range_m: float
    aside: float
    sight_m: float
    shoulder: float
    lane: float
    turning_s: float
    sway: float
    flow_limit: float | None = None

    @classmethod
    def of(cls, parameters: Parameters | None = None) -> Settings:
        """Those of a parameter set, without one of the defaults."""
        numbers = parameters or _defaults()
        names = [one.name for one in fields(cls) if one.name != "flow_limit"]
        return cls(
            **{name: numbers.value(f"walk_{name.removesuffix('_s').removesuffix('_m')}") for name in names}
        )

    def laws(self) -> Laws:
        numbers = (
            self.time_gap_s,
            self.strength,
            1 / (8 * self.range_m),
            self.wall_strength,
            1 / (8 * self.wall_range_m),
            self.aside,
            1 / self.sight_m,
            self.shoulder,
            self.lane,
            self.turning_s,
            self.sway,
        )
        return Laws(*(np.float32(number) for number in numbers))


@cache
def _defaults() -> Parameters:
    return Parameters.defaults()


@dataclass(frozen=True)
class DoorChange:
    """From `at_s` on a portal is open, closed, locked (who is inside, in the first of its two regions, can
    still leave) or `SHUT`."""

    at_s: float
    portal: str
    state: PortalState | str


@dataclass(frozen=True)
class Redirect:
    """From `at_s` on a person (by number) walks to another goal (index into the goals), there to `place`."""

    at_s: float
    person: int
    goal: int
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Frames:
    """Where everybody was: times (frames,), x and y (frames, people) with NaN for those who have left, region
    (frames, people)."""

    times_s: NDArray[np.float64]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    region: NDArray[np.int32]


@dataclass(frozen=True)
class Outcome:
    """numbers (n,): people in ascending order, as in every array here. left_s, rested_s (n,): seconds, NaN
    where it did not come to that. left_by (n,): index of the portal, -1. crossed_by, crossed_side, crossed_s:
    who passed which portal (side: 2 * portal, + 1 when coming out of its second region) and when. ended_s:
    when nobody had anywhere to go any more, or the end that was given. still_walking: how many had not
    arrived by then."""

    numbers: NDArray[np.int64]
    left_s: NDArray[np.float64]
    left_by: NDArray[np.int32]
    rested_s: NDArray[np.float64]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    region: NDArray[np.int32]
    crossed_by: NDArray[np.int64]
    crossed_side: NDArray[np.int32]
    crossed_s: NDArray[np.float64]
    ended_s: float
    still_walking: int
    person_steps: int
    frames: Frames | None = field(default=None, repr=False)

    @property
    def kept(self) -> Frames:
        """The frames. Raises `ValueError` where the run kept none."""
        if self.frames is None:
            raise ValueError("This run kept no frames: give run() an interval in frames_every_s.")
        return self.frames


class SpaceModel:
    """One plan, made ready once; every `run` starts afresh and owes nothing to the ones before.

    >>> model = SpaceModel(plan)
    >>> outcome = model.run(people, [Goal()], until_s=600)
    """

    def __init__(self, plan: Plan, settings: Settings | None = None) -> None:
        self.plan = plan
        self.settings = settings or Settings.of()
        self.floor: Floor = make_ready(plan)
        self.fields = Fields(self.floor)

    def region_at(self, level: str, x: float, y: float) -> int:
        """The index of the region that holds a point. Raises `NobodyCanStandThere`."""
        arrays = self.floor.arrays
        for index, region in enumerate(self.plan.regions):
            begin, end = arrays.edge_from[index], arrays.edge_from[index + 1]
            if region.level == level and inside(
                x, y, arrays.edge_x[begin:end], arrays.edge_y[begin:end], arrays.edge_bound[begin:end], 1e-4
            ):
                return index
        raise NobodyCanStandThere(level, x, y)

    def run(
        self,
        people: People,
        goals: Sequence[Goal],
        *,
        until_s: float,
        doors: Sequence[DoorChange] = (),
        redirects: Sequence[Redirect] = (),
        frames_every_s: float | None = None,
        minute: int = 600,
    ) -> Outcome:
        """Everybody walks until nobody has anywhere to go, or until `until_s`.

        minute: of the day, for doors whose state goes by the clock. frames_every_s: keep where everybody is
        at that interval."""
        order = np.argsort(people.number, kind="stable")
        bodies = self._bodies(people, order)
        places = {int(number): place for place, number in enumerate(people.number[order])}
        settings, step = self.settings, self.settings.step_s
        state: dict[str, PortalState | str] = {
            portal.id: portal.state_at(minute) for portal in self.plan.portals
        }
        passes, transparent = self._locks(state)
        angles = self._toward(goals, passes)
        goal_region = np.array(
            [-1 if goal.region is None else self.floor.region_index[goal.region] for goal in goals], np.int32
        )
        slot = np.zeros(len(self.plan.portals))
        if settings.flow_limit is not None:
            slot[:] = [1 / (settings.flow_limit * portal.width_m) for portal in self.plan.portals]
        locks = Locks(passes, transparent, slot, np.full(len(slot), -1.0))
        changes = sorted(
            [(change.at_s, 0, index) for index, change in enumerate(doors)]
            + [(turn.at_s, 1, index) for index, turn in enumerate(redirects)]
        )
        last, now, done, person_steps = math.ceil(until_s / step - 1e-9), 0, 0, 0
        every = None if frames_every_s is None else max(1, round(frames_every_s / step))
        size = 4 * len(order) + 64
        log = Log(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size))
        crossings: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]] = []
        frames: list[tuple[float, NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]] = []
        laws, work = settings.laws(), workspace(len(order), len(self.floor.arrays.link_from) - 1)
        while True:
            if every is not None and now % every == 0 and (not frames or frames[-1][0] < now * step):
                frames.append(self._frame(now * step, bodies))
            locked_anew = False
            while done < len(changes) and changes[done][0] <= now * step + 1e-9:
                _, kind, index = changes[done]
                done += 1
                if kind == 0:
                    state[doors[index].portal] = doors[index].state
                    locked_anew = True
                else:
                    turn = redirects[index]
                    self._redirect(bodies, places[turn.person], turn)
            if locked_anew:
                passes, transparent = self._locks(state)
                locks = locks._replace(passes=passes, transparent=transparent)
                angles = self._toward(goals, locks.passes)
            if now >= last:
                break
            until = last
            if done < len(changes):
                until = min(until, max(now + 1, math.ceil(changes[done][0] / step - 1e-9)))
            if every is not None:
                until = min(until, (now // every + 1) * every)
            walk = Walk(self.floor.arrays, bodies, laws, Goals(angles, goal_region), locks, work, log)
            logged, made, moved = advance(walk, now, until - now, step)
            crossings.append((log.person[:logged].copy(), log.side[:logged].copy(), log.time[:logged].copy()))
            person_steps += moved
            now += made
            if made == 0 and logged == 0:
                if done == len(changes):
                    break
                now = until
        if every is not None and (not frames or frames[-1][0] < now * step):
            frames.append(self._frame(now * step, bodies))
        crossed_by, crossed_side, crossed_s = (
            np.concatenate([one[part] for one in crossings]) if crossings else np.zeros(0)
            for part in range(3)
        )
        left, rests = bodies.state == LEFT, bodies.state == RESTING
        return Outcome(
            numbers=people.number[order],
            left_s=np.where(left, bodies.ended, np.nan),
            left_by=bodies.by,
            rested_s=np.where(rests, bodies.ended, np.nan),
            x=bodies.x,
            y=bodies.y,
            region=bodies.region,
            crossed_by=people.number[order][crossed_by.astype(np.int64)],
            crossed_side=crossed_side.astype(np.int32),
            crossed_s=crossed_s,
            ended_s=now * step,
            still_walking=int(np.count_nonzero((bodies.state == WALKING) | (bodies.state == WAITING))),
            person_steps=person_steps,
            frames=_frames(frames) if every is not None else None,
        )

    def _bodies(self, people: People, order: NDArray[np.int64]) -> Bodies:
        region = np.array(
            [
                self.region_at(people.level[index], float(people.x[index]), float(people.y[index]))
                for index in order
            ],
            np.int32,
        )
        size = len(order)

        def single(values: ArrayLike) -> NDArray[np.float32]:
            return np.asarray(values, np.float64)[order].astype(np.float32)

        phase = np.array(
            [2 * math.pi * uniform(0, 0, Stream.MOVEMENT, number, 0) for number in people.number[order]],
            np.float32,
        )
        return Bodies(
            state=np.full(size, WAITING, np.int8),
            x=single(people.x), y=single(people.y), region=region,
            speed=single(people.speed_m_s), down=single(people.down_factor), up=single(people.up_factor),
            radius=single(people.radius_m),
            start=np.asarray(people.start_s, np.float64)[order], goal=people.goal[order].astype(np.int32),
            place_x=single(people.place_x), place_y=single(people.place_y),
            way_x=np.zeros(size, np.float32),
            way_y=np.zeros(size, np.float32),
            phase=phase,
            hindered=np.zeros(size, np.float32),
            blocked=np.zeros(size, np.float32), ended=np.full(size, np.nan), by=np.full(size, -1, np.int32),
            let_in=np.full(size, -1, np.int32),
        )  # fmt: skip

    def _redirect(self, bodies: Bodies, person: int, turn: Redirect) -> None:
        if bodies.state[person] == LEFT:
            return
        bodies.state[person], bodies.start[person] = WAITING, turn.at_s
        bodies.goal[person], bodies.blocked[person], bodies.ended[person] = turn.goal, 0.0, np.nan
        if turn.place is not None:
            bodies.place_x[person], bodies.place_y[person] = turn.place

    def _locks(self, state: dict[str, PortalState | str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        passes, transparent = (
            np.ones(2 * len(self.plan.portals), np.bool_),
            np.ones(len(self.plan.portals), np.bool_),
        )
        for index, portal in enumerate(self.plan.portals):
            now = state[portal.id]
            if portal.kind is PortalKind.OPENING and now != SHUT:
                continue
            if now == SHUT:
                passes[2 * index : 2 * index + 2] = False
            elif now == PortalState.LOCKED:
                passes[2 * index + 1] = False
            transparent[index] = now != SHUT and now != PortalState.LOCKED
        return passes, transparent

    def _toward(self, goals: Sequence[Goal], passes: NDArray[np.bool_]) -> NDArray[np.uint8]:
        return np.stack([self.fields.toward(goal, passes)[0] for goal in goals])

    def _frame(
        self, at_s: float, bodies: Bodies
    ) -> tuple[float, NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]:
        gone = bodies.state == LEFT
        return (
            at_s,
            np.where(gone, np.float32(np.nan), bodies.x),
            np.where(gone, np.float32(np.nan), bodies.y),
            bodies.region.copy(),
        )


def _frames(kept: list[tuple[float, NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]]) -> Frames:
    return Frames(
        np.array([one[0] for one in kept]),
        np.stack([one[1] for one in kept]),
        np.stack([one[2] for one in kept]),
        np.stack([one[3] for one in kept]),
    )
