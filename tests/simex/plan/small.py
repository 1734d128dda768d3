"""A plan of two rooms, a corridor, stairs and an upper room, in which every kind of fault can be made by one
change."""

from __future__ import annotations

from simex.plan import (
    AssemblyPoint,
    Level,
    LockType,
    Plan,
    Portal,
    PortalKind,
    PortalState,
    Region,
    Space,
    TimedState,
    Use,
)

DOOR, OPENING = PortalKind.DOOR, PortalKind.OPENING


def rectangle(left: float, bottom: float, right: float, top: float) -> tuple[tuple[float, float], ...]:
    return ((left, bottom), (right, bottom), (right, top), (left, top))


def small_plan() -> Plan:
    return Plan(
        name="Small school",
        levels=(Level("1", "Ground floor"), Level("2", "Upper floor", 3.0)),
        spaces=(
            Space("corridor", "Corridor", Use.CORRIDOR),
            Space("office", "Office", Use.OFFICE, 2, lockable=True),
            Space("room", "Room 1", Use.CLASSROOM, 20, lockable=True, glazing_beside_lock=True),
            Space("stairs", "Stairs", Use.STAIRS, public_address=False),
            Space("upper", "Room 2", Use.CLASSROOM, 20, lockable=True),
        ),
        regions=(
            Region("corridor", "corridor", "1", rectangle(0, 0, 12, 3)),
            Region("office", "office", "1", rectangle(0, 3.2, 4, 8)),
            Region("room", "room", "1", rectangle(4.2, 3.2, 12, 10)),
            Region("stairs", "stairs", "1", rectangle(12, 0, 17, 3), "2", 5.83),
            Region("upper", "upper", "2", rectangle(17.2, 0, 25, 6)),
        ),
        portals=(
            Portal(
                "exit",
                DOOR,
                ("corridor", "outside"),
                "1",
                ((0, 0.5), (0, 2.5)),
                2.0,
                LockType.AUTOMATIC,
                PortalState.LOCKED,
                emergency_exit=True,
            ),
            Portal(
                "door-office",
                DOOR,
                ("office", "corridor"),
                "1",
                ((1, 3.1), (2, 3.1)),
                1.0,
                LockType.INSIDE_BUTTON,
            ),
            Portal(
                "door-room",
                DOOR,
                ("room", "corridor"),
                "1",
                ((6, 3.1), (7, 3.1)),
                1.0,
                LockType.INSIDE_KEY,
                by_time=(TimedState(450, 495, PortalState.OPEN), TimedState(495, 930, PortalState.PROPPED)),
            ),
            Portal(
                "foot",
                OPENING,
                ("corridor", "stairs"),
                "1",
                ((12, 0.0), (12, 3.0)),
                3.0,
                state=PortalState.OPEN,
            ),
            Portal(
                "door-upper",
                DOOR,
                ("upper", "stairs"),
                "2",
                ((17.1, 1), (17.1, 2)),
                1.0,
                LockType.OUTSIDE_KEY,
            ),
        ),
        assembly_points=(AssemblyPoint("field", "Sports field", (-70.0, 1.5)),),
        office="office",
        grades="middle",
        source="Drawn for a test",
        notes=("One note",),
    )
