"""IFC 2x3 and 4."""

from __future__ import annotations

from ..drawn import Drawn
from ..problems import BROKEN_PART, Unimportable
from ..summary import Summary


def read_ifc(content: bytes, called: str) -> tuple[Drawn, Summary]:
    """Rooms, doors and stairs of an IFC file's bytes. Raises `Unimportable`."""
    from .building import Building
    from .step import StepFile

    try:
        building = Building(StepFile(content, called))
    except Unimportable:
        raise
    except (*BROKEN_PART, RecursionError) as error:
        raise Unimportable(
            f"{called} cannot be read: {error}. Open it in the program that made it and export it again."
        ) from None
    return building.drawn, building.summary
