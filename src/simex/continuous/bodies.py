"""Where everybody stands at onset, and how somebody is sent on their way. Compiled."""

from __future__ import annotations

import math

import numpy as np

from simex.compiling import inner
from simex.decisions.numbers import P, drawn, luck
from simex.decisions.walking import alarmed_speed, down_factor
from simex.decisions.world import ABSENT, OUT, ROOM_ENTITY
from simex.draws import Stream
from simex.space.fields import march, point
from simex.space.step import ASIDE, LEFT, WAITING

from .ground import OUT as OUTWARD

RADIUS = np.float32(0.2)  # metres, of everybody: the radius at which the movement tests are passed
_NOWHERE = np.float32(0.0)
_PLACE_DRAW = 6  # the address of a place in a zone


@inner(makes_arrays=True)
def learn_way(s, goal):  # type: ignore[no-untyped-def]
    """Finds the ways to a goal, the first time that anybody goes there."""
    if s.known[goal]:
        return
    floor = s.floor
    cells = np.zeros(0, np.int64)
    leaves = s.leaves
    region = s.goal_region[goal]
    if region >= 0:
        begin = floor.raster_at[region, 0]
        cells = np.arange(
            begin, begin + floor.raster_at[region, 3] * floor.raster_at[region, 4], dtype=np.int64
        )
        leaves = np.zeros(s.leaves.shape[0], np.bool_)
    reach = march(s.links, s.link_side, s.slow, s.passable[goal], leaves, cells)
    s.angles[goal] = point(reach, s.links, s.link_side, s.passable[goal], leaves, floor.raster_at)
    s.known[goal] = True


@inner
def zone_at(s, region, x, y):  # type: ignore[no-untyped-def]
    """The zone of a point in a region."""
    count = s.piece_count[region]
    if count == 1:
        return s.piece_first[region]
    axis = s.piece_axis[region]
    share = (x * axis[0] + y * axis[1] - axis[2]) / (axis[3] - axis[2])
    return s.piece_first[region] + min(count - 1, max(0, int(share * count)))


@inner
def free_place(w, s, who, zone):  # type: ignore[no-untyped-def]
    """Takes a place in a zone, drawn by address; the next free one where it is taken. Where all are, people
    share."""
    leave_place(s, who)
    begin, count = s.place_from[zone], s.place_from[zone + 1] - s.place_from[zone]
    first = int(luck(w, Stream.PLACEMENT, w.people[who].entity, _PLACE_DRAW) * count)
    for turn in range(count):
        place = begin + (first + turn) % count
        if not s.taken[place]:
            s.taken[place] = True
            s.place_of[who] = place
            return place
    return begin + first


@inner
def leave_place(s, who):  # type: ignore[no-untyped-def]
    if s.place_of[who] >= 0:
        s.taken[s.place_of[who]] = False
        s.place_of[who] = -1


@inner
def place_bodies(w, s):  # type: ignore[no-untyped-def]
    """Everybody at rest where the world has them: a place of their zone; an adult in charge as far from the
    door as was drawn (`door_distance`)."""
    bodies = s.bodies
    s.taken[:] = False
    s.place_of[:] = -1
    s.errand[:] = -1
    s.version[:] = -1
    s.stirred[0] = True
    bodies.let_in[:] = -1
    down = down_factor(w)
    for who in range(w.people.shape[0]):
        person = w.people[who]
        if person.state == ABSENT or person.state == OUT:
            bodies.state[who] = LEFT
            continue
        bodies.state[who] = ASIDE
        bodies.radius[who] = RADIUS
        bodies.down[who] = down
        bodies.up[who] = w.numbers[P.S_UP, 0]
        bodies.phase[who] = 2.0 * math.pi * luck(w, Stream.MOVEMENT, person.entity, 0)
        bodies.way_x[who] = bodies.way_y[who] = bodies.hindered[who] = bodies.blocked[who] = 0.0
        j = w.zones[person.zone].room
        if j >= 0 and w.rooms[j].adult == who and s.walk_most[j] > 0.0:
            door = w.rooms[j].doors_start
            length = min(drawn(w, P.DOOR_DISTANCE, Stream.LOCKS, ROOM_ENTITY + j, 2), s.walk_most[j])
            bodies.x[who], bodies.y[who] = (
                s.door_x[door] + length * s.walk_x[j],
                s.door_y[door] + length * s.walk_y[j],
            )
            bodies.region[who] = s.door_region[door]
            continue
        place = free_place(w, s, who, person.zone)
        bodies.x[who], bodies.y[who], bodies.region[who] = (
            s.place_x[place],
            s.place_y[place],
            s.place_region[place],
        )


@inner
def send(s, who, goal, x, y, speed, time):  # type: ignore[no-untyped-def]
    """From `time` on somebody walks to a place of a goal's region (or out), metres and m/s."""
    bodies = s.bodies
    bodies.goal[who], bodies.place_x[who], bodies.place_y[who] = goal, x, y
    bodies.speed[who], bodies.start[who], bodies.state[who] = speed, time, WAITING
    bodies.blocked[who] = bodies.hindered[who] = bodies.way_x[who] = bodies.way_y[who] = 0.0
    bodies.let_in[who] = -1
    s.errand[who] = -1
    s.stirred[0] = True
    learn_way(s, goal)


@inner
def send_to_zone(w, s, who, zone, time):  # type: ignore[no-untyped-def]
    """To a place in a designated room, or out of the building."""
    speed = alarmed_speed(w, who)
    if zone == w.zones.shape[0] - 1:
        send_out(s, who, speed, time)
        return
    place = free_place(w, s, who, zone)
    send(s, who, s.goal_of[s.place_region[place]], s.place_x[place], s.place_y[place], speed, time)


@inner
def send_out(s, who, speed, time):  # type: ignore[no-untyped-def]
    leave_place(s, who)
    send(s, who, OUTWARD, _NOWHERE, _NOWHERE, speed, time)


@inner
def rest(s, who):  # type: ignore[no-untyped-def]
    """Stops somebody where they are; people at rest make way for whoever has to get past."""
    s.bodies.state[who] = ASIDE
    s.bodies.let_in[who] = -1
    s.stirred[0] = True


@inner
def sidestep(s, who):  # type: ignore[no-untyped-def]
    """Somebody who does not get on, since others stand in the way, turns to the side for a step; the next
    time to the other side."""
    bodies = s.bodies
    side = 1.0 if bodies.phase[who] < math.pi else -1.0
    bodies.phase[who] += side * math.pi
    bodies.way_x[who], bodies.way_y[who] = -side * bodies.way_y[who], side * bodies.way_x[who]
    bodies.blocked[who] = 0.0


@inner
def vanish(s, who):  # type: ignore[no-untyped-def]
    """Somebody is no longer on the floor."""
    leave_place(s, who)
    s.errand[who] = -1
    s.bodies.state[who] = LEFT
    s.stirred[0] = True


@inner
def forget_bodies(s):  # type: ignore[no-untyped-def]
    """Wipes where anybody was, before anything leaves compiled code (simex.md 2.1)."""
    s.bodies.x[:] = s.bodies.y[:] = s.bodies.place_x[:] = s.bodies.place_y[:] = 0.0
    s.bodies.region[:] = s.bodies.goal[:] = 0
    s.bodies.state[:] = LEFT
