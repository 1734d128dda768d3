"""What the rooms' tests say of their rooms, found where it lies: tests/<room>/<table>.py. A new room is known
by its files alone."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]


def rooms_with(table: str) -> list[str]:
    """The folders of tests that have such a table, in the order of their names."""
    return sorted(path.parent.name for path in TESTS.glob(f"*/{table}.py") if path.parent.name != "house")


def module_of(room: str, table: str) -> Any:
    return import_module(f"tests.{room}.{table}")


def gathered(table: str, name: str) -> dict[str, Any]:
    """The dictionaries (or sets, as keys) of that name in all rooms as one. What two rooms claim fails."""
    found: dict[str, Any] = {}
    for room in rooms_with(table):
        said = getattr(module_of(room, table), name, {})
        twice = set(found) & set(said)
        assert not twice, f"tests/{room}/{table}.py and another room both name {sorted(twice)}"
        found |= said if isinstance(said, dict) else dict.fromkeys(said, room)
    return found
