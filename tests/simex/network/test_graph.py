import math

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from simex.decisions import graph as graphs
from simex.decisions.graph import Graph
from simex.parameters import Parameters
from simex.plan import Plan, benchmark, generate

ZONE_LENGTH = Parameters.defaults().value("zone_length")


def build_graph(plan: Plan, closed_exits: frozenset[str] = frozenset()) -> Graph:
    return graphs.build_graph(plan, ZONE_LENGTH, closed_exits)


def ways(graph: Graph) -> np.ndarray:
    """Metres from each port to each zone by another library: ports and zones as nodes."""
    ports, zones = len(graph.into), len(graph.zone_space)
    rooms = set(graph.room_zones.tolist()) | {graph.outdoors}
    edges: dict[tuple[int, int], float] = {}
    for p in range(ports):
        zone = int(graph.into[p])
        edges[p, ports + zone] = 1e-12
        for q in graph.ports[graph.ports_start[zone] : graph.ports_start[zone + 1]]:
            if q >> 1 != p >> 1 and zone not in rooms:
                one, two = graph.links[p >> 1].position, graph.links[q >> 1].position
                edges[p, int(q)] = max(
                    2 * graph.half[zone] if graph.stairs[zone] else math.dist(one, two), 1e-12
                )
    rows, columns = zip(*edges, strict=True)
    matrix = csr_array((list(edges.values()), (rows, columns)), shape=(ports + zones, ports + zones))
    found: np.ndarray = dijkstra(matrix, indices=range(ports))[:, ports:]
    return found


def test_ways_through_a_school_of_two_storeys_are_the_shortest() -> None:
    graph = build_graph(generate("middle", 200, storeys=2))
    assert np.allclose(graph.far, ways(graph), rtol=1e-5, atol=1e-3)


def test_the_way_between_two_rooms_runs_straight_from_door_to_seam_to_door() -> None:
    """From a door 2.1 m beside the middle of the corridor to the first seam, 24 m along the middle, and back
    out to the other door."""
    graph = build_graph(benchmark(10))
    first, last = graph.room_zones[0], graph.room_zones[8]  # doors at x = 4 and x = 36 of the same side
    assert math.isclose(
        graph.metres[first, last] - graph.reach[graph.first[first, last]],
        24 + 2 * math.hypot(4, 2.1),
        rel_tol=1e-5,
    )


def test_a_school_of_two_thousand_people_is_ready_within_reach() -> None:
    graph = build_graph(benchmark(80))
    assert graph.onward.shape == (len(graph.into), len(graph.zone_space))
    assert np.isfinite(graph.metres[graph.room_zones][:, graph.outdoors]).all()


def test_a_shut_exit_is_no_way_out() -> None:
    open_, shut = build_graph(benchmark(10)), build_graph(benchmark(10), frozenset({"exit-west"}))
    assert np.all(shut.metres[:-1, shut.outdoors] >= open_.metres[:-1, open_.outdoors] - 1e-4)
    assert len(shut.links) == len(open_.links) - 1
