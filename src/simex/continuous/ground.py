"""The floor of a plan and its graph in one: what joins people as bodies to the zones, links and rooms of the
event engine. Made once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simex.decisions.graph import Graph
from simex.decisions.world import World
from simex.plan import Plan, Region
from simex.space import Settings, TooFull, seats
from simex.space.fields import Fields
from simex.space.floor import Arrays, Floor
from simex.space.raster import inside
from simex.space.state import Bodies, Laws, Locks, Log, Work, workspace

PITCH = 0.8  # metres between places where people stand in corridors and halls
BESIDE_DOOR = 0.55  # metres inside of a door where an adult stands to lock it
# People a square metre; and how many bins there are, far beyond what bodies allow
DENSITY_BIN, DENSITY_BINS = (0.05, 400)
OUT = 0  # the goal of those who leave; the others are regions of rooms
_SPARE = 10  # places in a room beyond those it is furnished for


class Ground(NamedTuple):
    """All that compiled code sees beside the `World`. Arrays by zone, link, room, region and portal are in
    their order there."""

    floor: Arrays
    bodies: Bodies
    laws: Laws
    locks: Locks
    work: Work
    log: Log
    step: NDArray[np.float64]  # (1,) seconds
    angles: NDArray[np.uint8]  # (goals, raster) ways to a goal, filled when first asked for
    known: NDArray[np.bool_]  # (goals,)
    goal_region: NDArray[np.int32]  # (goals,) -1: out
    links: NDArray[np.int32]  # of the floor's raster
    link_side: NDArray[np.int32]
    slow: NDArray[np.float32]
    passable: NDArray[np.bool_]  # (goals, sides) where one may walk on the way to a goal, locks aside
    leaves: NDArray[np.bool_]  # (portals,) usable exits
    piece_first: NDArray[np.int32]  # (regions,) its first zone
    piece_count: NDArray[np.int32]
    piece_axis: NDArray[np.float64]  # (regions, 4) along x, y, from, to
    link_of: NDArray[np.int32]  # (portals,) -1 for none
    portal_of: NDArray[np.int32]  # (links,) -1 for the seams of a corridor
    room_beyond: NDArray[np.int32]  # (sides,) the designated room that one enters through it, -1
    goal_of: NDArray[np.int32]  # (regions,) of a room that is locked, -1
    place_from: NDArray[np.int32]  # (zones + 1,)
    place_x: NDArray[np.float32]
    place_y: NDArray[np.float32]
    place_region: NDArray[np.int32]
    taken: NDArray[np.bool_]  # (places,)
    door_x: NDArray[np.float32]  # by room_doors: where an adult stands to lock it
    door_y: NDArray[np.float32]
    door_region: NDArray[np.int32]
    walk_x: NDArray[np.float32]  # (rooms,) from its first door into the room, unit vector
    walk_y: NDArray[np.float32]
    walk_most: NDArray[np.float32]  # (rooms,) metres until the wall
    place_of: NDArray[np.int32]  # (people,) the place one has taken, -1
    errand: NDArray[np.int32]  # (people,) the room whose door an adult walks to, -1
    version: NDArray[np.int32]  # (people,) of `World.people` when one set out last
    density: NDArray[np.float64]  # (people,) summed over the samples of a second
    samples: NDArray[np.int32]  # (people,)
    crowding: NDArray[np.int64]  # (bins,) person-seconds by density, `DENSITY_BIN` wide
    stirred: NDArray[np.bool_]  # (1,) whether a body was set in motion or to rest since bodies were lined up


def build_ground(
    plan: Plan, floor: Floor, graph: Graph, world: World, closed: frozenset[str], settings: Settings
) -> Ground:
    """The ground of a plan, some of whose exits are closed."""
    regions = len(plan.regions)
    room_of_region = _room_of_region(plan, floor)
    goal_regions = [-1, *np.flatnonzero(room_of_region >= 0)]
    goal_of = np.full(regions, -1, np.int32)
    goal_of[goal_regions[1:]] = np.arange(1, len(goal_regions))
    passable, leaves = _passable(plan, floor, room_of_region, goal_regions, closed)
    pieces = [graph.pieces[region.id] for region in plan.regions]
    link_of, portal_of = _links(floor, graph)
    places = _places(plan, floor, graph)
    doors = _doors(floor, graph, world, room_of_region)
    walks = np.array([_walk(plan, floor, doors, world, room) for room in range(len(world.rooms))]).reshape(
        -1, 3
    )
    people, cells = len(world.people), len(floor.arrays.link_from) - 1
    return Ground(
        floor=floor.arrays,
        bodies=_bodies(people),
        laws=settings.laws(),
        locks=Locks(
            passable[OUT].copy(),
            np.ones(len(plan.portals), np.bool_),
            np.zeros(len(plan.portals)),
            np.full(len(plan.portals), -1.0),
        ),
        work=workspace(people, cells),
        log=Log(np.empty(people, np.int32), np.empty(people, np.int32), np.empty(people)),
        step=np.array([settings.step_s]),
        angles=np.zeros((len(goal_regions), len(floor.valid)), np.uint8),
        known=np.zeros(len(goal_regions), np.bool_),
        goal_region=np.array(goal_regions, np.int32),
        links=floor.links,
        link_side=floor.link_side,
        slow=Fields(floor).slow,
        passable=passable,
        leaves=leaves,
        piece_first=np.array([one.zones[0] for one in pieces], np.int32),
        piece_count=np.array([len(one.zones) for one in pieces], np.int32),
        piece_axis=np.array([(*one.along, one.low, one.high) for one in pieces]),
        link_of=link_of,
        portal_of=portal_of,
        room_beyond=_rooms_by_side(floor, room_of_region).reshape(-1, 2)[:, ::-1].ravel().astype(np.int32),
        goal_of=goal_of,
        place_from=np.cumsum([0, *[len(one) for one in places]]).astype(np.int32),
        place_x=np.array([x for one in places for x, _, _ in one], np.float32),
        place_y=np.array([y for one in places for _, y, _ in one], np.float32),
        place_region=np.array([region for one in places for _, _, region in one], np.int32),
        taken=np.zeros(sum(len(one) for one in places), np.bool_),
        door_x=doors[:, 0].astype(np.float32),
        door_y=doors[:, 1].astype(np.float32),
        door_region=doors[:, 2].astype(np.int32),
        walk_x=walks[:, 0].astype(np.float32),
        walk_y=walks[:, 1].astype(np.float32),
        walk_most=walks[:, 2].astype(np.float32),
        place_of=np.full(people, -1, np.int32),
        errand=np.full(people, -1, np.int32),
        version=np.full(people, -1, np.int32),
        density=np.zeros(people),
        samples=np.zeros(people, np.int32),
        crowding=np.zeros(DENSITY_BINS, np.int64),
        stirred=np.ones(1, np.bool_),
    )


def _bodies(people: int) -> Bodies:
    values: dict[str, Any] = {name: np.zeros(people, np.float32) for name in Bodies._fields}
    values |= {name: np.zeros(people, np.int32) for name in ("region", "goal", "by", "let_in")}
    values |= {"state": np.zeros(people, np.int8), "start": np.zeros(people), "ended": np.zeros(people)}
    return Bodies(**values)


def _room_of_region(plan: Plan, floor: Floor) -> NDArray[np.int32]:
    """The designated room that each region belongs to, -1 for none."""
    rooms = {space.id: index for index, space in enumerate(plan.rooms_to_lock)}
    return np.array([rooms.get(region.space, -1) for region in plan.regions], np.int32)


def _passable(
    plan: Plan,
    floor: Floor,
    room_of_region: NDArray[np.int32],
    goal_regions: Sequence[int],
    closed: frozenset[str],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Ways lead through corridors and halls, never through a room that is to be locked but the goal; nobody
    passes a closed exit."""
    side_region = floor.arrays.side_region
    room = _rooms_by_side(floor, room_of_region)
    beyond, here = room.reshape(-1, 2)[:, ::-1].ravel(), room
    passable = np.empty((len(goal_regions), len(side_region)), np.bool_)
    for goal, region in enumerate(goal_regions):
        own = room_of_region[region] if region >= 0 else -2
        passable[goal] = (beyond < 0) | (beyond == own) | (beyond == here)
    leaves = np.zeros(len(plan.portals), np.bool_)
    for index, portal in enumerate(plan.portals):
        if portal.is_exit:
            leaves[index] = portal.id not in closed
            passable[:, 2 * index : 2 * index + 2] &= leaves[index]
    return passable, leaves


def _rooms_by_side(floor: Floor, room_of_region: NDArray[np.int32]) -> NDArray[np.int32]:
    """The designated room on each side of each portal, -1 for none."""
    side_region = floor.arrays.side_region
    return np.where(side_region >= 0, room_of_region[side_region], -1)


def _links(floor: Floor, graph: Graph) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The link of each portal and the portal of each link, -1 for none."""
    link_of, portal_of = (
        np.full(len(floor.portal_index), -1, np.int32),
        np.full(len(graph.links), -1, np.int32),
    )
    for number, link in enumerate(graph.links):
        if link.portal is not None:
            portal = floor.portal_index[link.portal]
            link_of[portal], portal_of[number] = number, portal
    return link_of, portal_of


def _places(plan: Plan, floor: Floor, graph: Graph) -> list[list[tuple[float, float, int]]]:
    """For each zone, places to stand: x, y, region. At least one each, outdoors none."""
    found: list[list[tuple[float, float, int]]] = [[] for _ in graph.zone_space]
    rooms = {space.id: space.capacity for space in plan.rooms_to_lock}
    for index, region in enumerate(plan.regions):
        pieces = graph.pieces[region.id]
        if region.space in rooms:
            share = math.ceil((rooms[region.space] + _SPARE) / len(plan.regions_of(region.space)))
            spots = _as_many_as_fit(region, share)
        else:
            spots = _even(region)
        for x, y in spots:
            found[pieces.at((float(x), float(y)))].append((float(x), float(y), index))
    for index, region in enumerate(plan.regions):
        x, y = np.mean(region.polygon, axis=0)
        for zone in graph.pieces[region.id].zones:
            if not found[zone]:
                found[zone].append((float(x), float(y), index))
    return found


def _as_many_as_fit(region: Region, count: int) -> NDArray[np.float64]:
    while count > 1:
        try:
            return seats(region, count)
        except TooFull:
            count = count * 3 // 4
    return np.mean(region.polygon, axis=0).reshape(1, 2)


def _even(region: Region) -> NDArray[np.float64]:
    """Places at `PITCH` in a region, away from its walls."""
    points = np.array(region.polygon, dtype=float)
    (low_x, low_y), (high_x, high_y) = points.min(axis=0), points.max(axis=0)
    count = max(1, round((high_x - low_x - 1) / PITCH) * round((high_y - low_y - 1) / PITCH))
    return _as_many_as_fit(region, count)


def _doors(
    floor: Floor, graph: Graph, world: World, room_of_region: NDArray[np.int32]
) -> NDArray[np.float64]:
    """(doors of rooms, 3): where an adult stands to lock, x and y, and its region."""
    found = np.zeros((len(world.room_doors), 3))
    rooms = _rooms_by_side(floor, room_of_region)
    for room, row in enumerate(world.rooms):
        for place in range(int(row["doors_start"]), int(row["doors_start"]) + int(row["doors"])):
            name = graph.links[int(world.room_doors[place])].portal
            if name is None:
                continue
            portal = floor.portal_index[name]
            side = 2 * portal if rooms[2 * portal] == room else 2 * portal + 1
            region = max(0, int(floor.arrays.side_region[side]))
            x, y, along_x, along_y, inward_x, inward_y, half, depth = (
                float(one) for one in floor.arrays.sides[side]
            )
            best = (x + inward_x * (depth + BESIDE_DOOR), y + inward_y * (depth + BESIDE_DOOR))
            for aside in (half + 0.35, -half - 0.35):
                at = best[0] + aside * along_x, best[1] + aside * along_y
                if _stands(floor, region, at, 0.25):
                    best = at
                    break
            found[place] = *best, region
    return found


def _stands(floor: Floor, region: int, point: tuple[float, float], gap: float) -> bool:
    arrays = floor.arrays
    here = slice(arrays.edge_from[region], arrays.edge_from[region + 1])
    return bool(inside(*point, arrays.edge_x[here], arrays.edge_y[here], arrays.edge_bound[here], -gap))


def _walk(
    plan: Plan, floor: Floor, doors: NDArray[np.float64], world: World, room: int
) -> tuple[float, float, float]:
    """The straight way from the first door of a room to its middle and beyond: unit vector, and metres to the
    wall."""
    if not world.rooms[room]["doors"]:
        return 0.0, 0.0, 0.0
    x, y, region = doors[int(world.rooms[room]["doors_start"])][:3]
    middle = np.mean(plan.regions[int(region)].polygon, axis=0)
    length = math.dist((x, y), middle) or 1.0
    way, most = ((middle[0] - x) / length, (middle[1] - y) / length), 0.0
    while _stands(floor, int(region), (x + (most + 0.1) * way[0], y + (most + 0.1) * way[1]), 0.3):
        most += 0.1
    return way[0], way[1], most
