"""The state of one run in flat arrays, made once and cleared for every replicate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simex.measures import MEASURES
from simex.plan import Plan, Use
from simex.population import Population

from .graph import Graph
from .heap import EVENT

ABSENT, IN_ROOM, IDLE, MOVING, SETTLED, OUT, COUNTED = 0, 1, 2, 3, 4, 5, 6
# So that more pupils shift nobody's luck
STAFF_ENTITY, ROOM_ENTITY, ZONE_ENTITY, OFFICE_ENTITY = (1_000_000, 2_000_000, 3_000_000, 4_000_000)
REFUSALS = 6

PERSON = np.dtype(
    [
        ("zone", "i4"),
        ("room", "i4"),
        ("home", "i4"),
        ("state", "i4"),
        ("target", "i4"),
        ("port", "i4"),
        ("version", "i4"),
        ("tries", "i4"),
        ("entity", "i4"),
        ("student", "i4"),
        ("aware", "i4"),
        ("told", "i4"),
        ("refused", "i4"),
        ("limited", "i4"),  # in mobility
        ("hearing", "i4"),  # hears little
        ("language", "i4"),  # is at home in another language
        ("listed", "i4"),
        ("pad", "i4"),
        ("speed", "f8"),
        ("safe_at", "f8"),
        ("cue", "f8"),
    ]
)
ROOM_STATE = np.dtype(
    [
        ("zone", "i4"),
        ("keeper", "i4"),  # the adult in charge at first, -1 for none
        ("adult", "i4"),
        ("glazed", "i4"),
        ("doors", "i4"),
        ("doors_start", "i4"),
        ("lockable", "i4"),
        ("started", "i4"),
        ("failed", "i4"),
        ("breached", "i4"),
        ("secured", "i4"),
        ("self_started", "i4"),
        ("told", "i4"),
        ("aware", "i4"),
        ("joined", "i4"),  # of its people, how many knew before the room did
        ("pad", "i4"),
        ("cue", "f8"),
        ("start_at", "f8"),
        ("locked_at", "f8"),
        ("hidden_at", "f8"),
        ("near_at", "f8"),
        ("pace", "f8"),  # of a class that moves as a unit, m/s; 0 where everybody walks as fast as they do
    ]
)
LINK_STATE = np.dtype(
    [
        ("room", "i4"),  # a designated room that its lock protects, -1 for none
        ("door", "i4"),
        ("lock", "i4"),
        ("exit", "i4"),
        ("stands_open", "i4"),
        ("open", "i4"),
        ("propped", "i4"),
        ("locked", "i4"),
        ("width", "f8"),
        ("free", "f8"),
        ("x", "f8"),
        ("y", "f8"),
    ]
)
ZONE_STATE = np.dtype(
    [
        ("hearing", "i4"),
        ("room", "i4"),
        ("announced", "i4"),
        ("stairs", "i4"),
        ("walkable", "i4"),  # a corridor, stair or lobby
        ("occupants", "i4"),
        ("waiting", "i4"),  # of them, in a queue at a passage
        ("pad", "i4"),
        ("peer", "f8"),
        ("area", "f8"),
    ]
)
OFFICER_STATE = np.dtype(
    [
        ("zone", "i4"),
        ("port", "i4"),
        ("version", "i4"),
        ("target", "i4"),
        ("steps", "i4"),
        ("told", "i4"),
        ("cue", "f8"),
        ("speed", "f8"),
    ]
)
SCENE = np.dtype(
    [
        (name, "i8")
        for name in (
            "queued", "order", "students", "people", "present", "walkers", "rooms", "office_zone", "starter",
            "hazard_on", "hazard_zone", "hazard_start", "hazard_moves", "removals", "announced", "location",
            "called", "informed", "secured_people",
            "officer_sent", "hearing_stranded", "language_stranded",
        )
    ]
    + [
        (name, "f8")
        for name in (
            "now", "horizon", "count", "exposure", "exposed", "exposed_peak", "next_removal", "rate",
            "recognition", "notification", "informed_half", "informed_most", "behind_person_s", "met_at",
            "officer_known", "officer_contact",
            "call_received", "dispatched", "on_site", "police_contact", "adult_corridor_s", "half_stranded",
            "stranded_60", "stranded_120",
            "limited_stranded", "safe_5", "reported_5", "location_time",
        )
    ]
)  # fmt: skip
RESULT = np.dtype([(measure.column, "f8") for measure in MEASURES])


class World(NamedTuple):
    """All that compiled code sees of a run, which it takes as `w`; what a row holds stands in the dtypes
    above. Seconds, metres and m/s.

    What a function calls `who`, `j`, `number`, `zone` and `port` is an index of people, rooms, links, zones
    and ports. A port 2 l + s crosses link l into zone `into[2 l + s]`; the last zone is outdoors. `time` is
    in seconds after onset."""

    key: NDArray[np.uint64]  # (2,) seed, replicate
    shapes: NDArray[np.int64]  # (parameters,) by `numbers.P`
    numbers: NDArray[np.float64]  # (parameters, 4)
    levers: NDArray[np.float64]  # (32,) by `numbers.V`
    people: NDArray[np.void]  # (people,) students first
    rooms: NDArray[np.void]  # (rooms,) as in `Plan.rooms_to_lock`
    room_doors: NDArray[np.int32]  # links of the doors of each room, from its `doors_start`
    links: NDArray[np.void]  # (links,)
    zones: NDArray[np.void]  # (zones + 1,)
    officers: NDArray[np.void]  # (5,)
    scene: NDArray[np.void]  # (1,)
    queue: NDArray[np.void]  # of events, see `heap`
    walkers: NDArray[np.int32]  # (people,) who is on their own, as many as `scene.walkers`
    refusals: NDArray[np.int32]  # (people, REFUSALS) rooms that let them not in
    into: NDArray[np.int32]  # (ports,)
    # (ports, zones + 1) next port on the way to a zone; -1 when it leads there, -2 without a way
    onward: NDArray[np.int32]
    far: NDArray[np.float32]  # (ports, zones + 1) metres
    first: NDArray[np.int32]  # (zones + 1, zones + 1) first port on the way, -1 without a way
    metres: NDArray[np.float32]  # (zones + 1, zones + 1) from middle to middle
    reach: NDArray[np.float64]  # (ports,) metres from the middle of the zone that it leaves
    seen_start: NDArray[np.int32]  # (zones + 2,)
    seen: NDArray[np.int32]  # zones in plain sight of each
    ports_start: NDArray[np.int32]  # (zones + 2,)
    ports: NDArray[np.int32]  # out of each zone
    aside: NDArray[np.int32]  # zones of washrooms and corridors
    others: NDArray[np.int32]  # zones of other rooms where students may be
    commons: NDArray[np.int32]  # corridors, lobbies, and halls that are no designated rooms
    walkable: NDArray[np.int32]
    entrances: NDArray[np.int32]
    cafeteria: NDArray[np.int32]


def _zones_of(plan: Plan, graph: Graph, uses: set[Use]) -> NDArray[np.int32]:
    wanted = {space.id for space in plan.spaces if space.use in uses}
    return np.array([index for index, space in enumerate(graph.zone_space) if space in wanted], np.int32)


def homes(plan: Plan, students: int) -> NDArray[np.int32]:
    """The designated room (index) of each student: classrooms filled in turn by their capacity, others only
    where there is no classroom."""
    rooms = plan.rooms_to_lock
    classrooms = [j for j, space in enumerate(rooms) if space.use is Use.CLASSROOM] or list(range(len(rooms)))
    if not classrooms:
        return np.full(students, -1, np.int32)
    seats = np.array([max(rooms[j].capacity, 1) for j in classrooms], float)
    share = np.floor(np.cumsum(seats) / seats.sum() * students + 0.5).astype(int)
    return np.repeat(np.array(classrooms, np.int32), np.diff([0, *share]))


def build_world(
    plan: Plan, graph: Graph, population: Population, shapes: NDArray[np.int64], numbers: NDArray[np.float64]
) -> World:
    rooms, outdoors = plan.rooms_to_lock, graph.outdoors
    capacity = sum(space.capacity for space in plan.spaces if space.use is Use.CLASSROOM)
    students = population.students or capacity or population.class_size * max(len(rooms), 1)
    staff = population.staff if population.staff is not None else max(round(students * 0.06), 1)
    people = np.zeros(students + staff, PERSON)
    people["entity"] = [*range(students), *range(STAFF_ENTITY, STAFF_ENTITY + staff)]
    people["student"][:students] = 1
    people["home"][:students] = homes(plan, students)
    in_charge = sorted(
        range(len(rooms)), key=lambda j: (rooms[j].use is not Use.CLASSROOM, rooms[j].use is Use.STORAGE, j)
    )
    people["home"][students:] = [*in_charge[:staff], *[-1] * max(staff - len(rooms), 0)]

    links = np.zeros(len(graph.links), LINK_STATE)
    room_of_zone = np.full(outdoors + 1, -1, np.int32)
    room_of_zone[graph.room_zones] = np.arange(len(rooms))
    doors: list[list[int]] = [[] for _ in rooms]
    for number, link in enumerate(graph.links):
        row = links[number]
        row["width"], row["door"], row["lock"], row["exit"], row["stands_open"] = (
            link.width,
            link.door,
            link.lock,
            link.exit,
            link.stands_open,
        )
        row["x"], row["y"] = link.position
        own = [int(room_of_zone[zone]) for zone in link.zones if room_of_zone[zone] >= 0]
        row["room"] = -1 if link.exit or not own else own[0]
        if row["room"] >= 0:
            for owner in own:  # a door between two designated rooms is a door of both
                doors[owner].append(number)
    table = np.zeros(len(rooms), ROOM_STATE)
    table["zone"] = graph.room_zones
    table["keeper"] = -1
    for number, home in enumerate(people["home"][students:]):
        if home >= 0:
            table["keeper"][home] = students + number
    table["glazed"] = [space.glazing_beside_lock for space in rooms]
    table["doors"] = [len(own) for own in doors]
    table["doors_start"] = np.cumsum([0, *[len(own) for own in doors]])[:-1]
    table["lockable"] = [bool(own) and all(graph.links[number].door for number in own) for own in doors]
    zones = np.zeros(outdoors + 1, ZONE_STATE)
    zones["hearing"], zones["room"], zones["announced"], zones["stairs"] = (
        graph.hearing,
        room_of_zone,
        graph.announced,
        graph.stairs,
    )
    zones["area"] = graph.area
    walkable = _zones_of(plan, graph, {Use.CORRIDOR, Use.LOBBY})
    zones["walkable"][_zones_of(plan, graph, {Use.CORRIDOR, Use.LOBBY, Use.STAIRS})] = 1
    scene = np.zeros(1, SCENE)
    scene["students"], scene["people"], scene["rooms"] = students, students + staff, len(rooms)
    scene["office_zone"] = graph.zone_space.index(plan.office) if plan.office in graph.zone_space else -1
    commons = _zones_of(plan, graph, {Use.CORRIDOR, Use.LOBBY, Use.GYM, Use.CAFETERIA, Use.LIBRARY})
    everywhere = np.arange(outdoors, dtype=np.int32)
    at_exit = sorted(
        {
            zone
            for link in graph.links
            if link.exit
            for zone in link.zones
            if zone != outdoors and room_of_zone[zone] < 0
        }
    )
    return World(
        key=np.zeros(2, np.uint64),
        shapes=shapes,
        numbers=numbers,
        levers=np.zeros(32),
        people=people,
        rooms=table,
        room_doors=np.array([number for own in doors for number in own] or [0], np.int32),
        links=links,
        zones=zones,
        officers=np.zeros(5, OFFICER_STATE),
        scene=scene,
        queue=np.zeros(8 * (students + staff) + 16 * len(rooms) + 4096, EVENT),
        walkers=np.zeros(students + staff, np.int32),
        refusals=np.zeros((students + staff, REFUSALS), np.int32),
        into=graph.into,
        onward=graph.onward,
        far=graph.far,
        first=graph.first,
        metres=graph.metres,
        reach=graph.reach,
        seen_start=graph.seen_start,
        seen=graph.seen,
        ports_start=graph.ports_start,
        ports=graph.ports,
        aside=_or(_zones_of(plan, graph, {Use.WASHROOM, Use.CORRIDOR}), everywhere),
        others=_or(_zones_of(plan, graph, {Use.LIBRARY, Use.GYM, Use.CAFETERIA, Use.OFFICE}), walkable),
        commons=_or(commons[room_of_zone[commons] < 0], everywhere),
        walkable=_or(walkable, everywhere),
        entrances=_or(np.array(at_exit, np.int32), everywhere),
        cafeteria=_zones_of(plan, graph, {Use.CAFETERIA}),
    )


def _or(zones: NDArray[np.int32], otherwise: NDArray[np.int32]) -> NDArray[np.int32]:
    return zones if len(zones) else otherwise
