"""Doors that lock while people walk, and that nobody is lost."""

from __future__ import annotations

import numpy as np

from simex.plan import PortalState
from simex.plan.generator import benchmark
from simex.space import DoorChange, Goal, People, SpaceModel, furnished

from .check import Checks, Engine, Extent, Finding
from .plans import adults

checks = Checks(Engine.CONTINUOUS)
LOCKED_AT = 40.0  # alarm at 30 s and 10 s to lock


@checks.add(
    "L1",
    title="20 doors lock at 40 s while people go to their rooms",
    target="nobody passes a locked door",
    tolerance="the first step from 40 s on",
)
def lock_clock(extent: Extent) -> Finding:
    plan = benchmark(20)
    model = SpaceModel(plan)
    rooms = [space.id for space in plan.spaces if space.lockable]
    doors = {portal.id: index for index, portal in enumerate(plan.portals) if not portal.is_exit}
    (corridor,) = (region for region in plan.regions if region.space == "corridor")
    long = max(x for x, _ in corridor.polygon)
    entered, late, back = 0, 0, 0
    for seed in range(extent.seeds):
        # Three people a room come from far along the corridor, so that some are on time and some are not.
        spots = np.array(
            [
                ((7.0 * turn + 13 * seed) % (long - 4) + 2, -1.2 + 1.2 * (turn % 3))
                for turn in range(3 * len(rooms))
            ]
        )
        goals = [Goal(region=plan.regions_of(room)[0].id) for room in rooms]
        places = [np.mean(plan.regions_of(room)[0].polygon, axis=0) for room in rooms]
        goal = np.arange(len(spots)) % len(rooms)
        people = People.at(
            spots,
            level=corridor.level,
            goal=goal,
            start_s=20.0,
            place=[places[one] for one in goal],
            speed_m_s=adults(len(spots), seed),
        )
        outcome = model.run(
            people,
            goals,
            until_s=120,
            doors=[DoorChange(LOCKED_AT, door, PortalState.LOCKED) for door in doors],
        )
        at_door = np.isin(outcome.crossed_side // 2, list(doors.values()))
        inward = outcome.crossed_side[at_door] % 2 == 1
        entered += int(np.count_nonzero(inward & (outcome.crossed_s[at_door] <= LOCKED_AT + 1e-6)))
        late += int(np.count_nonzero(inward & (outcome.crossed_s[at_door] > LOCKED_AT + 1e-6)))
        back += int(np.count_nonzero(~inward))
    return Finding(
        f"{entered} entered before, {late} after the lock; {back} came out again", late == 0 and entered > 0
    )


@checks.add(
    "L9",
    title="Nobody is lost, doubled or returns",
    target="inside + outside = all, every 0.5 s",
    tolerance="none",
)
def conservation(extent: Extent) -> Finding:
    plan = benchmark(8)
    model, (spots, levels, _) = SpaceModel(plan), furnished(plan)
    faults, frames_seen = 0, 0
    for seed in range(extent.seeds):
        outcome = model.run(
            People.at(spots, level=levels, speed_m_s=adults(len(spots), seed)),
            [Goal()],
            until_s=600,
            frames_every_s=0.5,
        )
        frames = outcome.kept
        inside = np.isfinite(frames.x)
        gone = outcome.left_s[None, :] <= frames.times_s[:, None] + 1e-6
        faults += (
            int(np.count_nonzero(inside == gone))
            + int(np.count_nonzero(inside[1:] & ~inside[:-1]))
            + outcome.still_walking
        )
        frames_seen += len(frames.times_s)
    return Finding(f"{faults} faults in {frames_seen:,} moments", faults == 0)


@checks.add(
    "L8a", title="People named in another order", target="identical results", tolerance="byte for byte"
)
def order_of_people(_extent: Extent) -> Finding:
    plan = benchmark(8)
    model, (spots, levels, _) = SpaceModel(plan), furnished(plan)
    people = People.at(spots, level=levels, speed_m_s=adults(len(spots), 1))
    shuffled = people.chosen(np.random.default_rng(1).permutation(len(people)))
    first, second = (model.run(one, [Goal()], until_s=600) for one in (people, shuffled))
    same = (
        first.left_s.tobytes() == second.left_s.tobytes()
        and first.left_by.tobytes() == second.left_by.tobytes()
    )
    return Finding("identical" if same else "different", same)


@checks.add(
    "L17",
    title="Evacuations of the benchmark plan with 1,000 people",
    target="nobody is stuck",
    tolerance="none of 1,000 runs",
    long=True,
)
def nobody_stuck(_extent: Extent) -> Finding:
    plan = benchmark(40)
    model, (spots, levels, _) = SpaceModel(plan), furnished(plan)
    stuck, slowest, runs = 0, 0.0, 1000
    for seed in range(runs):
        outcome = model.run(
            People.at(spots, level=levels, speed_m_s=adults(len(spots), seed)), [Goal()], until_s=900
        )
        stuck += outcome.still_walking
        slowest = max(slowest, outcome.ended_s)
    return Finding(f"{stuck} people stuck in {runs:,} runs; the slowest took {slowest:.0f} s", stuck == 0)
