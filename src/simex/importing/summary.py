"""What an import found, as counts and tables by the file's own identifiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Summary:
    """storeys: name and elevation. spaces and doors: fields by identifier (an IFC's GlobalId). stairs: how many."""

    storeys: list[dict[str, Any]] = field(default_factory=list)
    spaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    doors: dict[str, dict[str, Any]] = field(default_factory=dict)
    stairs: int = 0

    def as_fields(self) -> dict[str, Any]:
        joined = [len(door["spaces"]) for door in self.doors.values()]
        return {
            "counts": {
                "storeys": len(self.storeys),
                "spaces": len(self.spaces),
                "doors": len(self.doors),
                "stairs": self.stairs,
                "doors_two_spaces": sum(count >= 2 for count in joined),
                "doors_one_space": joined.count(1),
                "doors_no_boundary": joined.count(0),
            },
            "storeys": self.storeys,
            "spaces": self.spaces,
            "doors": self.doors,
        }
