from simex.decisions.graph import build_graph
from simex.plan import Level, Plan, Portal, PortalKind, Region, Space, Use


def rectangle(left: float, bottom: float, right: float, top: float) -> tuple[tuple[float, float], ...]:
    return ((left, bottom), (right, bottom), (right, top), (left, top))


def corridors(kind: PortalKind = PortalKind.OPENING) -> Plan:
    """60 m eastwards drawn in three pieces, then 40 m northwards from its end."""
    pieces = [
        rectangle(0, 0, 20, 4),
        rectangle(20, 0, 40, 4),
        rectangle(40, 0, 60, 4),
        rectangle(56, 4, 60, 44),
    ]
    cuts = [((20.0, 0.0), (20.0, 4.0)), ((40.0, 0.0), (40.0, 4.0)), ((56.0, 4.0), (60.0, 4.0))]
    return Plan(
        "corner",
        (Level("0", "ground"),),
        (Space("hall", "Hall", Use.CORRIDOR),),
        tuple(Region(f"r{k}", "hall", "0", polygon) for k, polygon in enumerate(pieces)),
        tuple(Portal(f"p{k}", kind, (f"r{k}", f"r{k + 1}"), "0", cut, 4.0) for k, cut in enumerate(cuts)),
    )


def seen(plan: Plan, zone_length: float) -> list[set[int]]:
    graph = build_graph(plan, zone_length)
    return [
        set(graph.seen[a:b].tolist()) for a, b in zip(graph.seen_start, graph.seen_start[1:], strict=False)
    ]


def test_along_a_straight_corridor_everybody_is_in_sight_in_however_many_pieces_it_is_drawn() -> None:
    in_sight = seen(corridors(), 20.0)  # zones: the three pieces, then two of the arm to the north
    assert {0, 1, 2} <= in_sight[0]
    assert {0, 1, 2} <= in_sight[2]


def test_nobody_is_seen_round_a_corner() -> None:
    in_sight = seen(corridors(), 20.0)
    assert not {3, 4} & in_sight[0]
    assert not {0, 1} & in_sight[4]
    assert 3 in in_sight[2]  # just round it, through the opening


def test_a_shut_door_ends_the_view() -> None:
    assert seen(corridors(PortalKind.DOOR), 20.0)[0] == {0}


def test_who_is_seen_sees() -> None:
    in_sight = seen(corridors(), 8.0)
    assert all(a in in_sight[b] for a, others in enumerate(in_sight) for b in others)
