"""A floor plan as a graph: zones of floor joined by links, walking distances between all of them, and what
can be seen from where.

Distances run straight from link to link inside a zone (floor is convex, so that is exact but for rooms of
several regions); along stairs they are the length of the flight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simex.compiling import inner, outermost
from simex.plan import Plan

from .sight import openings_of, seen_from
from .zones import Link, Pieces, Zone, ZonedPlan, center_of_gravity


@dataclass(frozen=True)
class Graph:
    """zones: Z of the building, then one for outdoors. links: L. A port 2 l + s crosses link l into zone
    `into[2 l + s]`.

    onward[p, z]: the next port after p on the way to zone z, -1 when p leads into z, -2 when there is no way.
    far[p, z]: metres from p to z. first[a, z], metres[a, z]: the first port out of zone a and the way from
    its middle. reach[p]: metres from the middle of the zone that p leaves to its link. half[z]: metres from
    where somebody stands to the middle, on the mean. room_zones: the zones of `Plan.rooms_to_lock`. seen: the
    zones in plain sight of each, by `seen_start`; ports: the ports out of each, by `ports_start`. pieces: by
    region, how it is cut into zones."""

    zone_space: tuple[str, ...]
    hearing: NDArray[np.int64]
    area: NDArray[np.float64]
    stairs: NDArray[np.bool_]
    announced: NDArray[np.bool_]
    links: tuple[Link, ...]
    into: NDArray[np.int32]
    onward: NDArray[np.int32]
    far: NDArray[np.float32]
    first: NDArray[np.int32]
    metres: NDArray[np.float32]
    room_zones: NDArray[np.int32]
    seen_start: NDArray[np.int32]
    seen: NDArray[np.int32]
    ports_start: NDArray[np.int32]
    ports: NDArray[np.int32]
    reach: NDArray[np.float64]
    half: NDArray[np.float64]
    pieces: dict[str, Pieces]

    @property
    def outdoors(self) -> int:
        return len(self.zone_space) - 1


@inner
def _push(lengths, ports, size, length, port):  # type: ignore[no-untyped-def]
    """Adds a port to the heap, ordered by (length, port), so that equal ways keep one order."""
    place = size
    while place > 0:
        parent = (place - 1) // 2
        if lengths[parent] < length or (lengths[parent] == length and ports[parent] <= port):
            break
        lengths[place], ports[place] = lengths[parent], ports[parent]
        place = parent
    lengths[place], ports[place] = length, port
    return size + 1


@inner
def _pop(lengths, ports, size):  # type: ignore[no-untyped-def]
    """Takes the first port out of the heap; what is left is one shorter."""
    port = ports[0]
    size -= 1
    length, last = lengths[size], ports[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (
            lengths[right] < lengths[child]
            or (lengths[right] == lengths[child] and ports[right] < ports[child])
        ):
            child = right
        if length < lengths[child] or (length == lengths[child] and last <= ports[child]):
            break
        lengths[place], ports[place] = lengths[child], ports[child]
        place = child
    lengths[place], ports[place] = length, last
    return port, size


@outermost
def _routes(into, start, nexts, lengths, targets, through):  # type: ignore[no-untyped-def]
    """Dijkstra from each zone backwards over the ports. start, nexts, lengths: for port q, the ports p before
    it and the metres between."""
    ports = into.shape[0]
    onward = np.full((ports, targets), -2, np.int32)
    far = np.full((ports, targets), np.inf, np.float32)
    done = np.zeros(ports, np.bool_)
    best = np.empty(ports)
    heap_lengths, heap_ports = (
        np.empty(ports + nexts.shape[0] + 1),
        np.empty(ports + nexts.shape[0] + 1, np.int64),
    )
    for target in range(targets):
        done[:] = False
        best[:] = np.inf
        size = 0
        for p in range(ports):
            if into[p] == target:
                best[p] = 0.0
                onward[p, target] = -1
                size = _push(heap_lengths, heap_ports, size, 0.0, p)
        while size > 0:
            q, size = _pop(heap_lengths, heap_ports, size)
            if done[q]:
                continue
            done[q] = True
            for k in range(start[q], start[q + 1]):
                p = nexts[k]
                zone = into[p]  # the zone that lies between p and q
                if zone == target or not through[zone]:
                    continue
                length = best[q] + lengths[k]
                if length < best[p] - 1e-9:
                    best[p] = length
                    onward[p, target] = q
                    size = _push(heap_lengths, heap_ports, size, length, p)
        for p in range(ports):
            far[p, target] = best[p]
    return onward, far


def build_graph(plan: Plan, zone_length: float, closed_exits: frozenset[str] = frozenset()) -> Graph:
    """The graph of a plan, with some of its exits shut. People pass through corridors and halls, never
    through a room that is to be locked.

    zone_length: of a piece of corridor that is one zone, metres (the parameter of that name).
    """
    zoned = ZonedPlan(plan, zone_length, closed_exits)
    zones, links = zoned.zones, zoned.links
    count, outdoors = len(zones), len(zones) - 1
    into = np.array([zone for link in links for zone in (link.zones[1], link.zones[0])], np.int32)
    out_of: list[list[int]] = [[] for _ in range(count)]
    for p in range(len(into)):
        out_of[int(into[p ^ 1])].append(p)
    lockable = {space.id for space in plan.rooms_to_lock}
    through = np.array([zone.space not in lockable and index != outdoors for index, zone in enumerate(zones)])

    def metres(a: int, b: int, zone: int) -> float:
        if zones[zone].stairs and zones[zone].slope:
            return zones[zone].slope if a != b else 0.0
        return math.dist(links[a].position, links[b].position)

    before: list[list[tuple[int, float]]] = [[] for _ in range(len(into))]
    for zone in range(count):
        for q in out_of[zone]:
            for r in out_of[zone]:
                p = r ^ 1  # the same link, into this zone
                if p >> 1 != q >> 1:
                    before[q].append((p, metres(p >> 1, q >> 1, zone)))
    start = np.cumsum([0, *[len(one) for one in before]]).astype(np.int32)
    flat = [pair for one in before for pair in one]
    nexts = np.array([pair[0] for pair in flat], np.int32)
    lengths = np.array([pair[1] for pair in flat], np.float64)
    onward, far = _routes(into, start, nexts, lengths, count, through)
    first = np.full((count, count), -2, np.int32)
    way = np.full((count, count), np.inf, np.float32)
    reach = np.zeros(len(into))
    for zone in range(count):
        way[zone, zone] = 0.0
        first[zone, zone] = -1
        if zone == outdoors:
            inner = [0.0 for _ in out_of[zone]]
        elif zones[zone].stairs:
            inner = [zones[zone].slope / 2 for _ in out_of[zone]]
        else:
            inner = [math.dist(zones[zone].center, links[p >> 1].position) for p in out_of[zone]]
        reach[out_of[zone]] = inner
        for p, before_it in zip(out_of[zone], inner, strict=True):
            better = far[p] + np.float32(before_it) < way[zone] - 1e-6
            better[zone] = False
            way[zone, better] = far[p, better] + np.float32(before_it)
            first[zone, better] = p
    rooms = {zone.space: index for index, zone in enumerate(zones) if zone.space in lockable}
    seen = _in_sight(zoned)
    half = np.array([_half(zone) for zone in zones])
    return Graph(
        zone_space=tuple(zone.space for zone in zones),
        hearing=np.array([zone.hearing for zone in zones], np.int64),
        area=np.array([zone.area for zone in zones]),
        stairs=np.array([bool(zone.stairs) for zone in zones]),
        announced=np.array(
            [index == outdoors or plan.space(zone.space).public_address for index, zone in enumerate(zones)]
        ),
        links=tuple(links),
        into=into,
        onward=onward,
        far=far,
        first=first,
        metres=way,
        room_zones=np.array([rooms[space.id] for space in plan.rooms_to_lock], np.int32),
        seen_start=np.cumsum([0, *[len(one) for one in seen]]).astype(np.int32),
        seen=np.array([zone for one in seen for zone in one], np.int32),
        ports_start=np.cumsum([0, *[len(one) for one in out_of]]).astype(np.int32),
        ports=np.array([p for one in out_of for p in one], np.int32),
        reach=reach,
        half=half,
        pieces=zoned.pieces,
    )


def _half(zone: Zone) -> float:
    """Metres that somebody who stands in the zone walks inside it on the mean before leaving it: the mean
    distance from the middle of its floor."""
    return math.sqrt(zone.area) / 2 if not zone.stairs else zone.slope / 2


def _middles(zone: Zone) -> list[tuple[tuple[float, float], str]]:
    """Where somebody in the zone stands to look around, each with its region: one place in each of its
    regions."""
    if len(zone.regions) == 1:
        return [(zone.center, zone.regions[0].id)]
    return [(center_of_gravity(region.polygon), region.id) for region in zone.regions]


def _in_sight(zoned: ZonedPlan) -> list[list[int]]:
    """For each zone, those in plain sight whatever the doors do.

    These are the pieces of its own region, what an opening without a leaf joins to it, and all whose middle
    is seen from its own in a straight line through such openings: along a corridor that is drawn in several
    pieces, across a hall."""
    seen: list[set[int]] = [{zone} for zone in range(len(zoned.zones))]
    for pieces in zoned.pieces.values():
        for zone in pieces.zones:
            seen[zone].update(pieces.zones)
    for link in zoned.links:
        if not link.door and link.portal is not None:
            seen[link.zones[0]].add(link.zones[1])
            seen[link.zones[1]].add(link.zones[0])
    openings = openings_of(zoned.plan)
    middles = [_middles(zone) for zone in zoned.zones]
    inside: dict[str, list[tuple[int, tuple[float, float]]]] = {}
    for number, points in enumerate(middles):
        for point, region in points:
            inside.setdefault(region, []).append((number, point))
    for number, points in enumerate(middles):
        for point, region in points:
            for place, cone in seen_from(point, region, openings):
                for other, middle in inside.get(place, ()):
                    if cone.holds(middle):
                        seen[number].add(other)
                        seen[other].add(number)
    return [sorted(one) for one in seen]
