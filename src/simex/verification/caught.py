"""One person in a corridor with danger 10 m away, for the checks L5 and L6 alone: the scene is drawn here,
and none of it can be given.

No scenario, design or command offers it (simex.md 2.1), and what could tell where danger was is wiped before
compiled code is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from simex.compiling import inner, outermost
from simex.decisions.compiled_world import refer
from simex.decisions.exposure import advance, forget, renew_exposure
from simex.decisions.graph import build_graph
from simex.decisions.heap import pop
from simex.decisions.lockdown import happen
from simex.decisions.numbers import parameter_rows
from simex.decisions.places import add_walker, at_onset, move_person
from simex.decisions.runs import set_levers
from simex.decisions.walking import person_acts
from simex.decisions.world import IDLE, OUT, World, build_world
from simex.plan import Level, Plan, Portal, PortalKind, Region, Space, Use
from simex.population import Population
from simex.runs import HORIZON_S
from simex.scenario import Kind, Scenario

from .plans import GROUND, Box, Point, corners
from .settled import INSIDE, PLAIN_WALK, constants

SPEED = 1.4  # m/s
DOORS = (76, 84, 92)  # metres along the corridor
_CALM = INSIDE | PLAIN_WALK | {"v_teen": SPEED, "k_hurry": 1.0, "k_run_share": 0.0}


def _scene() -> Plan:
    """A corridor from 61 to 119 m in three pieces, whose middles are at 70, 80 and 100 m; a way round a
    corner at 80 m; a room at each door."""
    boxes: dict[str, Box] = {
        "back": (61, -1, 79, 1),
        "here": (79, -1, 81, 1),
        "on": (81, -1, 119, 1),
        "corner": (79, -11, 81, -1),
    }
    boxes |= {f"room at {x}": (x - 3.9, 1.2, x + 3.9, 9) for x in DOORS}
    open_ways: dict[tuple[str, str], tuple[Point, Point]] = {
        ("back", "here"): ((79, -1), (79, 1)),
        ("here", "on"): ((81, -1), (81, 1)),
        ("here", "corner"): ((79, -1), (81, -1)),
    }
    doors = {x: (f"room at {x}", "back" if x < 79 else "on") for x in DOORS}
    return Plan(
        name="caught outside",
        levels=(Level(GROUND, "Ground floor"),),
        spaces=tuple(
            Space(box, box, Use.CLASSROOM if "room" in box else Use.CORRIDOR, lockable="room" in box)
            for box in boxes
        ),
        regions=tuple(Region(box, box, GROUND, corners(edges)) for box, edges in boxes.items()),
        portals=(
            *(
                Portal(f"{a}-{b}", PortalKind.OPENING, (a, b), GROUND, ends, 2.0)
                for (a, b), ends in open_ways.items()
            ),
            *(
                Portal(f"door at {x}", PortalKind.DOOR, sides, GROUND, ((x - 0.5, 1.1), (x + 0.5, 1.1)), 1.0)
                for x, sides in doors.items()
            ),
        ),
    )


def _made() -> tuple[World, dict[str, int], dict[int, int]]:
    """The scene's world, its zones by name, and the links of its doors by metre."""
    plan, numbers, population = (
        _scene(),
        constants(_CALM),
        Population(students=1, staff=1, limited_mobility_share=0.0),
    )
    graph = build_graph(plan, 1000.0)  # each piece of the corridor is one zone
    world = build_world(plan, graph, population, *parameter_rows(numbers))
    set_levers(world, Scenario(kind=Kind.LOCKDOWN), None, population, plan)
    zones = {space: number for number, space in enumerate(graph.zone_space)}
    return (
        world,
        zones,
        {
            x: number
            for number, link in enumerate(graph.links)
            for x in DOORS
            if link.portal == f"door at {x}"
        },
    )


@inner
def _alone(w, zone):  # type: ignore[no-untyped-def]
    """The student stands in a zone on their own, and the one member of staff that a school has is away."""
    at_onset(w, HORIZON_S)
    move_person(w, 1, w.zones.shape[0] - 1)
    add_walker(w, 1, OUT)
    for room in w.rooms:
        room.adult = -1
    move_person(w, 0, zone)
    add_walker(w, 0, IDLE)


@outermost(builds_on=("decisions",))
def _flee(arrays: Any, danger: Any, start: Any, locked: Any, arrival: Any) -> None:
    """danger: a zone, -1 for none. arrival (2,): the zone in which the person ends, and when the last step
    into it was made, seconds."""
    w = refer(arrays)
    g = w.scene[0]
    w.key[0] = w.key[1] = 0
    _alone(w, start)
    if locked >= 0:
        w.links[locked].locked = 1
    w.people[0].aware = w.people[0].told = 1
    g.hazard_on, g.hazard_zone = danger >= 0, danger
    person_acts(w, 0, 0.0)
    while g.queued > 0:
        time, kind, who, what = pop(w)
        zone = w.people[0].zone
        advance(w, time)
        happen(w, time, kind, who, what)
        if w.people[0].zone != zone:
            arrival[1] = time
    arrival[0] = w.people[0].zone
    forget(w)


def flee(*, danger: bool = True, door_locked: bool = False) -> tuple[str, float]:
    """Where one ends who is told to lock down at 80 m, and after how many seconds; danger at 70 m or nowhere;
    the door at 84 m unlocked, or locked with nobody to open."""
    world, zones, doors = _made()
    arrival = np.full(2, np.nan)
    _flee(world, zones["back"] if danger else -1, zones["here"], doors[84] if door_locked else -1, arrival)
    (name,) = (name for name, number in zones.items() if number == int(arrival[0]))
    return name, float(arrival[1])


@outermost(builds_on=("decisions",))
def _stand(arrays: Any, danger: Any, first: Any, second: Any, door: Any, seconds: Any, until: Any) -> float:
    w = refer(arrays)
    g = w.scene[0]
    _alone(w, first)
    if door >= 0:
        w.links[door].open = 1
    g.hazard_on, g.hazard_zone = 1, danger
    renew_exposure(w)
    advance(w, seconds)
    move_person(w, 0, second)
    renew_exposure(w)
    advance(w, until)
    exposure: float = g.exposure
    forget(w)
    return exposure


def stand(place: str, seconds: float, then: str, *, door_open: bool = False) -> float:
    """The exposure clock at 20 s of one who is in `place` ("here": in plain sight, 10 m away) for `seconds`
    and in `then` afterwards.

    door_open: whether the door of the room beside danger stands open.
    """
    world, zones, doors = _made()
    return float(
        _stand(world, zones["back"], zones[place], zones[then], doors[76] if door_open else -1, seconds, 20.0)
    )
