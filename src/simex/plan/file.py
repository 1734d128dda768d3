"""The plan's file: JSON, `"format": "simex-plan"`, version 1, described by `schema.json` beside this module
and docs/simex/plan.md.

What is read is bounded and checked by the schema: an unknown field, a hazard's above all, is refused by name.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from simex.files import TooLarge, read_ordinary, write_whole

from .geometry import signed_area
from .model import (
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
from .structure import departures

FORMAT = "simex-plan"
VERSION = 1
LARGEST_FILE = 32 * 1024 * 1024
MOST_CORNERS = 100_000  # of all regions; a school of 300 rooms has some thousand
SCHEMA = Path(__file__).with_name("schema.json")


class UnreadablePlan(ValueError):
    """The file is no plan. The text is one or more sentences, a line each."""


class TwiceOrNoNumber(ValueError):
    """JSON lets a field be there twice, and Python reads NaN: a plan holds neither."""


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema."""
    content: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return content


def read_plan(path: str | Path, *, refuse_faults: bool = True) -> Plan:
    """The plan of a file.

    refuse_faults: also run the checks of `faults` and raise `FaultyPlan`, which names each fault (an engine
    must not meet them). Raises `UnreadablePlan` where the file is missing, too large, no JSON, or does not
    keep to the schema."""
    try:
        content = read_ordinary(path, LARGEST_FILE)
    except TooLarge:
        raise UnreadablePlan(
            f"{path} is larger than {LARGEST_FILE // 1024**2} MB: too large for a floor plan."
        ) from None
    except OSError as error:
        raise UnreadablePlan(f"{path} cannot be read: {error.strerror or error}.") from None
    plan = parse_plan(content, str(path))
    if refuse_faults:
        from .faults import refuse

        refuse(plan)
    return plan


def parse_plan(content: bytes, called: str = "The plan") -> Plan:
    """The plan of a file's bytes. Raises `UnreadablePlan`."""
    try:
        tree = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_no_field_twice, parse_constant=_no_constant
        )
    except RecursionError:
        raise UnreadablePlan(f"{called} is no floor plan: its brackets are nested too deeply.") from None
    except UnicodeDecodeError:
        raise UnreadablePlan(
            f"{called} is no floor plan: it is not text in UTF-8. Use “plan import” for IFC, DXF "
            "and GeoJSON files."
        ) from None
    except json.JSONDecodeError as error:
        raise UnreadablePlan(
            f"{called} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}. Use "
            "“plan import” for IFC, DXF and GeoJSON files."
        ) from None
    except TwiceOrNoNumber as error:
        raise UnreadablePlan(f"{called}: {error}") from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise UnreadablePlan(
            f"{called} is no floor plan: it holds a number of thousands of digits."
        ) from None
    _check(tree, called)
    corners = sum(len(region["polygon"]) for region in tree["regions"])
    if corners > MOST_CORNERS:
        raise UnreadablePlan(
            f"{called} draws {corners:,} corners; a floor plan holds up to {MOST_CORNERS:,}. Draw "
            "simpler shapes."
        )
    return _plan(tree)


def write_plan(plan: Plan, path: str | Path) -> None:
    """Writes the plan whole or not at all: the file appears under its name when every byte is on the disk."""
    write_whole(path, plan_bytes(plan))


def digest(plan: Plan) -> str:
    """SHA-256 of the plan's file: the same plan always has the same."""
    return hashlib.sha256(plan_bytes(plan)).hexdigest()


def plan_bytes(plan: Plan) -> bytes:
    """The file's bytes: one item a line, defaults left out, so that two versions can be compared line by
    line."""
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION, "name": plan.name, "grades": plan.grades}
    head |= {name: value for name in ("office", "source") if (value := getattr(plan, name))}
    lines = [f"  {_text(name)}: {_text(value)}" for name, value in head.items()]
    lists: dict[str, list[Any]] = {
        "notes": list(plan.notes),
        "levels": [_level(level) for level in plan.levels],
        "spaces": [_space(space) for space in plan.spaces],
        "regions": [_region(region) for region in plan.regions],
        "portals": [_portal(portal) for portal in plan.portals],
        "assembly_points": [
            {"id": one.id, "name": one.name, "position": _point(one.position)} for one in plan.assembly_points
        ],
    }
    for name, items in lists.items():
        if items or name in schema()["required"]:
            lines.append(
                f"  {_text(name)}: ["
                + ("\n    " + ",\n    ".join(_text(item) for item in items) + "\n  ]" if items else "]")
            )
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _number(value: float) -> float | int:
    """Whole metres without a point, and never minus zero: one way to write each number."""
    return int(value) if float(value).is_integer() else float(value)


def _point(point: tuple[float, float]) -> list[float | int]:
    return [_number(point[0]), _number(point[1])]


def _level(level: Level) -> dict[str, Any]:
    return {"id": level.id, "name": level.name, "elevation_m": _number(level.elevation_m)}


def _space(space: Space) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": space.id, "name": space.name, "use": space.use.value}
    if space.capacity:
        fields["capacity"] = space.capacity
    fields |= {name: True for name in ("lockable", "glazing_beside_lock") if getattr(space, name)}
    if not space.public_address:
        fields["public_address"] = False
    return fields


def _region(region: Region) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": region.id,
        "space": region.space,
        "level": region.level,
        "polygon": [_point(point) for point in region.polygon],
    }
    if region.upper_level is not None:
        fields["upper_level"] = region.upper_level
    if region.slope_length_m is not None:
        fields["slope_length_m"] = _number(region.slope_length_m)
    return fields


def _portal(portal: Portal) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": portal.id,
        "kind": portal.kind.value,
        "between": list(portal.between),
        "level": portal.level,
        "segment": [_point(point) for point in portal.segment],
        "width_m": _number(portal.width_m),
    }
    if portal.kind is PortalKind.DOOR:
        fields |= {"lock": portal.lock.value, "state": portal.state.value}
    if portal.by_time:
        fields["by_time"] = [
            {"from": _clock(one.from_minute), "until": _clock(one.until_minute), "state": one.state.value}
            for one in portal.by_time
        ]
    if portal.emergency_exit:
        fields["emergency_exit"] = True
    return fields


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _plan(tree: dict[str, Any]) -> Plan:
    return Plan(
        name=tree["name"],
        levels=tuple(
            Level(one["id"], one["name"], float(one.get("elevation_m", 0))) for one in tree["levels"]
        ),
        spaces=tuple(
            Space(**{**one, "use": Use(one["use"]), "capacity": int(one.get("capacity", 0))})
            for one in tree["spaces"]
        ),
        regions=tuple(_read_region(one) for one in tree["regions"]),
        portals=tuple(_read_portal(one) for one in tree["portals"]),
        assembly_points=tuple(
            AssemblyPoint(one["id"], one["name"], _read_point(one["position"]))
            for one in tree.get("assembly_points", [])
        ),
        office=tree.get("office"),
        grades=tree.get("grades", "high"),
        source=tree.get("source", ""),
        notes=tuple(tree.get("notes", [])),
    )


def _read_point(pair: list[float]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])


def _read_region(one: dict[str, Any]) -> Region:
    polygon = tuple(_read_point(pair) for pair in one["polygon"])
    if signed_area(polygon) < 0:  # the direction says nothing about a room: both are read
        polygon = (polygon[0], *reversed(polygon[1:]))
    slope = one.get("slope_length_m")
    return Region(
        one["id"],
        one["space"],
        one["level"],
        polygon,
        one.get("upper_level"),
        None if slope is None else float(slope),
    )


def _read_portal(one: dict[str, Any]) -> Portal:
    kind = PortalKind(one["kind"])
    return Portal(
        id=one["id"],
        kind=kind,
        between=(one["between"][0], one["between"][1]),
        level=one["level"],
        segment=(_read_point(one["segment"][0]), _read_point(one["segment"][1])),
        width_m=float(one["width_m"]),
        lock=LockType(one.get("lock", "no-lock")),
        state=PortalState(one.get("state", "open" if kind is PortalKind.OPENING else "closed")),
        by_time=tuple(
            TimedState(_minute(t["from"]), _minute(t["until"]), PortalState(t["state"]))
            for t in one.get("by_time", [])
        ),
        emergency_exit=one.get("emergency_exit", False),
    )


def _no_field_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise TwiceOrNoNumber(f"the field “{name}” is there twice in one object. Keep one of them.")
            seen.add(name)
    return fields


def _no_constant(word: str) -> float:
    raise TwiceOrNoNumber(f"{word} is no number that a plan can hold.")


def _check(tree: Any, called: str) -> None:
    found = departures(tree, schema())
    if found:
        raise UnreadablePlan(
            f"{called} does not keep to the format of a floor plan:\n"
            + "\n".join(f"- {sentence}" for sentence in found)
        )
