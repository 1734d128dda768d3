"""The world as compiled code passes it from function to function: one reference, not thirty arrays (which numba would compile into every call)."""

from __future__ import annotations

from typing import Any

from numba import njit, types
from numba.experimental import structref

from .world import World


@structref.register
class _WorldType(types.StructRef):
    """The fields of `World`, under a short name: a type's name is part of the name of every compiled function that takes it."""

    def __init__(self, fields: Any) -> None:
        super().__init__(fields)
        self.name = "World"


class WorldReference(structref.StructRefProxy):
    """Stands for the compiled world; made and used in compiled code only."""


structref.define_constructor(WorldReference, _WorldType, list(World._fields))
_fields = ", ".join(f"arrays.{name}" for name in World._fields)


def _maker() -> Any:
    names: dict[str, Any] = {"WorldReference": WorldReference}
    exec(f"def refer(arrays):\n    return WorldReference({_fields})\n", names)  # noqa: S102
    return njit(names["refer"])


refer = _maker()
