"""What is filmed: an evacuation, or a lockdown drill. No hazard is in either."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simex.draws import Stream
from simex.parameters import Parameters
from simex.plan import LockType, Plan, PortalKind, PortalState
from simex.plan.geometry import bounds
from simex.scenario import Kind
from simex.space import SHUT, DoorChange, Goal, Outcome, People, Redirect, Settings, SpaceModel, seats

from .cast import Cast, Drawing, lesson, seated

FILMED = (Kind.LOCKDOWN_DRILL, Kind.EVACUATION)
# What a film can place, and what the grid of the floor takes in memory
WIDEST_M, LARGEST_M2 = (1_300.0, 300_000.0)
EVERY_S = 0.5
LONGEST_S = 900.0
ANNOUNCED_S = 5.0  # when the alarm or the announcement begins


class CannotFilm(ValueError):
    """The sentence says why, and what can be filmed."""


@dataclass(frozen=True)
class Scene:
    """A run ready to be shown. to_lock: portals that are to be locked; locks: (seconds, portal index) of
    those that do; shut: portals that nobody uses; said: (seconds, sentence)."""

    plan: Plan
    kind: Kind
    outcome: Outcome
    adult: tuple[bool, ...]
    to_lock: tuple[int, ...]
    locks: tuple[tuple[float, int], ...]
    shut: tuple[int, ...]
    said: tuple[tuple[float, str], ...]


def check_film(plan: Plan, kind: str, closed_exits: tuple[str, ...] = ()) -> None:
    """Raises `CannotFilm` for a hazard run and whatever else has no film, and for an unknown exit."""
    if kind == Kind.LOCKDOWN:
        raise CannotFilm(
            "a lockdown experiment holds a hazard, and no run with a hazard is ever filmed. Film "
            "the drill: --scenario lockdown-drill."
        )
    if kind not in FILMED:
        raise CannotFilm(f"“{kind}” cannot be filmed. There are {' and '.join(one.value for one in FILMED)}.")
    exits = [portal.id for portal in plan.exits]
    for name in closed_exits:
        if name not in exits:
            raise CannotFilm(f"the plan has no exit “{name}”. Its exits are {', '.join(exits)}.")
    if closed_exits and len(set(closed_exits)) == len(exits):
        raise CannotFilm("with every exit closed nobody can leave. Leave one open.")
    if not seated(plan):
        raise CannotFilm(
            "nobody is in this plan: give its rooms a use and a capacity in the file, as "
            "docs/simex/plan.md says."
        )
    boxes = [bounds(region.polygon) for region in plan.regions]
    across = max(max(box[n + 2] for box in boxes) - min(box[n] for box in boxes) for n in (0, 1))
    floor = sum((right - left) * (top - bottom) for left, bottom, right, top in boxes)
    if across > WIDEST_M or floor > LARGEST_M2:
        raise CannotFilm(
            f"the plan is {across:,.0f} m across with {floor:,.0f} m2 of floor; a film shows up to "
            f"{WIDEST_M:,.0f} m and {LARGEST_M2:,.0f} m2. "
            "Film one building."
        )


def film_scene(
    plan: Plan,
    kind: str,
    *,
    seed: int = 1,
    closed_exits: tuple[str, ...] = (),
    parameters: Parameters | None = None,
) -> Scene:
    """Runs what is to be filmed. Raises as `check_film` does."""
    check_film(plan, kind, closed_exits)
    drawing = Drawing(parameters or Parameters.defaults(), seed)
    model, cast = SpaceModel(plan, Settings.of(drawing.parameters)), lesson(plan, drawing)
    shut = tuple(model.floor.portal_index[name] for name in closed_exits)
    doors = [DoorChange(0.0, name, SHUT) for name in closed_exits]
    if kind == Kind.EVACUATION:
        return _evacuation(model, cast, drawing, doors, shut)
    return _lockdown_drill(model, cast, drawing, doors, shut)


def _evacuation(
    model: SpaceModel, cast: Cast, drawing: Drawing, doors: list[DoorChange], shut: tuple[int, ...]
) -> Scene:
    number = {space.id: index for index, space in enumerate(model.plan.spaces)}
    pre = "t_pre_fire"
    start = [
        ANNOUNCED_S
        + drawing.value(pre, Stream.RECOGNITION, number[space], 0)
        + 0.2 * drawing.value(pre, Stream.RECOGNITION, 100_000 + person, 1)
        for person, space in enumerate(cast.spaces)
    ]
    people = People.at(cast.spots, level=cast.levels, speed_m_s=cast.speed_m_s, start_s=start)
    outcome = model.run(people, [Goal()], until_s=LONGEST_S, doors=doors, frames_every_s=EVERY_S)
    left = np.sort(outcome.left_s[np.isfinite(outcome.left_s)])
    said = [
        (0.0, "An ordinary lesson."),
        (ANNOUNCED_S, "The fire alarm sounds. Classes get ready and leave."),
    ]
    if len(left):
        said += [
            (float(left[len(left) // 2]), "Half of all people are outside."),
            (float(left[-1]), f"The last of {len(left):,} people is outside."),
        ]
    return Scene(
        model.plan, Kind.EVACUATION, outcome, tuple(map(bool, cast.adult)), (), (), shut, tuple(said)
    )


def lock_time(drawing: Drawing, lock: LockType, room: int) -> float | None:
    """Seconds an adult at the door needs to lock it (simex.md 2.4); None where that fails or there is no
    lock."""
    steps = {
        LockType.INSIDE_BUTTON: (("t_lock_button",), "p_fail_button"),
        LockType.INSIDE_KEY: (("t_key_find", "t_key_turn"), "p_fail_key"),
        LockType.OUTSIDE_KEY: (("t_lock_outside",), "p_fail_outside"),
        LockType.ELECTRONIC: (("t_lock_electronic",), "p_fail_electronic"),
        LockType.AUTOMATIC: (("t_close",), "p_latch_fail"),
    }
    if lock not in steps:
        return None
    taken, fails = steps[lock]
    if drawing.value(fails, Stream.LOCKS, room, 9):
        return None
    return sum(drawing.value(name, Stream.LOCKS, room, index) for index, name in enumerate(taken))


def _lockdown_drill(
    model: SpaceModel, cast: Cast, drawing: Drawing, doors: list[DoorChange], shut: tuple[int, ...]
) -> Scene:
    plan, floor = model.plan, model.floor
    rooms = list(plan.rooms_to_lock)
    if not rooms:
        raise CannotFilm("the plan names no room to lock down in. Mark its classrooms as lockable.")
    spoken = ANNOUNCED_S + drawing.value("t_speak_office", Stream.COMMUNICATION, 0, 0)
    goals, goal_of, away, doors_of = [], {}, {}, {}
    for index, room in enumerate(rooms):
        region = plan.regions_of(room.id)[0]
        doors_of[room.id] = [
            portal
            for portal in plan.doors_of(room.id)
            if portal.kind is PortalKind.DOOR and portal.id not in {d.portal for d in doors}
        ]
        goals.append(Goal(region=region.id))
        goal_of[room.id] = index
        places = seats(region, room.capacity + 8)
        if doors_of[room.id]:  # out of sight: the places farthest from the door
            at_door = np.array(doors_of[room.id][0].middle)
            places = places[np.argsort(-np.hypot(*(places - at_door).T), kind="stable")]
        away[room.id] = list(places)
    redirects: list[Redirect] = []
    locks: list[tuple[float, int]] = []
    locked_at: dict[str, float] = {}
    own = np.array([goal_of.get(space, -1) for space in cast.spaces])
    for index, room in enumerate(rooms):
        reacts = spoken + drawing.value("t_pa_react", Stream.RECOGNITION, index, 0)
        sweep = drawing.value("t_sweep", Stream.LOCKS, index, 5)
        here = np.flatnonzero(own == index)
        adults = [int(person) for person in here if cast.adult[person]]
        until = reacts
        for door in doors_of[room.id]:
            taken = lock_time(drawing, door.lock, index)
            walk = (
                float(np.hypot(*(cast.spots[adults[0]] - door.middle))) / cast.speed_m_s[adults[0]]
                if adults
                else 5.0
            )
            until += walk + sweep + (taken or 0.0)
            if taken is not None:
                doors.append(DoorChange(until, door.id, PortalState.LOCKED))
                locks.append((until, floor.portal_index[door.id]))
                locked_at[room.id] = max(until, locked_at.get(room.id, 0.0))
        for person in here:
            corner = away[room.id].pop(0) if away[room.id] else cast.spots[person]
            if person in adults[:1] and doors_of[room.id]:  # one goes to the door
                middle, inside = (
                    np.array(doors_of[room.id][0].middle),
                    np.mean(plan.regions_of(room.id)[0].polygon, axis=0),
                )
                beside = middle + (inside - middle) / np.hypot(*(inside - middle)) * 0.8
                redirects.append(Redirect(reacts, int(person), index, (float(beside[0]), float(beside[1]))))
                redirects.append(Redirect(until, int(person), index, (float(corner[0]), float(corner[1]))))
            else:
                pause = drawing.value("t_pa_react", Stream.RECOGNITION, 1000 + int(person), 1)
                redirects.append(
                    Redirect(spoken + pause, int(person), index, (float(corner[0]), float(corner[1])))
                )
    passes = np.ones(2 * len(plan.portals), np.bool_)
    lengths = np.stack([model.fields.toward(goal, passes)[1] for goal in goals])
    for person in np.flatnonzero(own < 0):
        cell = floor.raster_cell(
            model.region_at(cast.levels[person], *map(float, cast.spots[person])),
            *map(float, cast.spots[person]),
        )
        begin = spoken + drawing.value("t_pa_react", Stream.RECOGNITION, 1000 + int(person), 1)
        arrives = begin + lengths[:, cell] / cast.speed_m_s[person]
        order = np.argsort(arrives, kind="stable")
        in_time = [int(one) for one in order if arrives[one] < locked_at.get(rooms[one].id, np.inf) - 2]
        chosen = in_time[0] if in_time else int(order[0])
        spot = (
            away[rooms[chosen].id].pop(0)
            if away[rooms[chosen].id]
            else np.mean(plan.regions_of(rooms[chosen].id)[0].polygon, axis=0)
        )
        redirects.append(Redirect(begin, int(person), chosen, (float(spot[0]), float(spot[1]))))
    people = People.at(
        cast.spots,
        level=cast.levels,
        speed_m_s=cast.speed_m_s,
        start_s=LONGEST_S * 2,
        goal=np.maximum(own, 0),
    )
    until = max([time for time, _ in locks], default=60.0) + 45.0
    outcome = model.run(
        people, goals, until_s=until, doors=doors, redirects=redirects, frames_every_s=EVERY_S
    )
    said = [
        (0.0, "An ordinary lesson."),
        (ANNOUNCED_S, "The office announces the drill."),
        (spoken, "The announcement ends. Adults go to the doors."),
    ]
    times = sorted(
        max(time for time, portal in locks if portal == one) for one in {portal for _, portal in locks}
    )
    if times:
        said += [
            (times[len(times) // 2], "Half of the doors that lock are locked."),
            (times[-1], f"{len(times)} doors are locked."),
        ]
    total = len({portal.id for one in doors_of.values() for portal in one})
    if len(times) < total:
        said.append(
            (
                until - 40.0,
                f"{total - len(times)} of {total} doors stayed unlocked: no key, no latch or no lock.",
            )
        )
    to_lock = tuple(floor.portal_index[portal.id] for one in doors_of.values() for portal in one)
    return Scene(
        plan,
        Kind.LOCKDOWN_DRILL,
        outcome,
        tuple(map(bool, cast.adult)),
        to_lock,
        tuple(sorted(locks)),
        shut,
        tuple(sorted(said)),
    )
