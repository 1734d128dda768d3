"""What an import found, as counts and tables by the file's own identifiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simex.plan.words import plain


@dataclass(slots=True)
class Summary:
    """storeys: name and elevation. spaces and doors: fields by identifier (an IFC's GlobalId). stairs: how
    many.

    left_out: a sentence for each part or kind of part that is in the file and not in the plan.
    """

    storeys: list[dict[str, Any]] = field(default_factory=list)
    spaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    doors: dict[str, dict[str, Any]] = field(default_factory=dict)
    stairs: int = 0
    left_out: list[str] = field(default_factory=list)

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
            "left_out": self.left_out,
        }

    def tidied(self) -> Summary:
        """The same with names that can be printed: cut where they are endless, without control characters."""
        return Summary(
            _tidied(self.storeys), _tidied(self.spaces), _tidied(self.doors), self.stairs, self.left_out
        )


def _tidied(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {_tidied(name): _tidied(one) for name, one in value.items()}
    return [_tidied(one) for one in value] if isinstance(value, list) else value
