"""A corridor cut into pieces between its doors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from ..model import Space
from .draft import Draft, Rectangle, millimetres

# A piece is a zone of the network and a region of the sight lines; longer ones would make one zone of a whole
# wing
PIECE_M = 20.0


@dataclass(frozen=True, slots=True)
class Corridor:
    """pieces: (from, until, region) along it, in order."""

    pieces: tuple[tuple[float, float, str], ...]

    def at(self, place: float) -> str:
        """The region at a place along the corridor."""
        return next(region for low, high, region in self.pieces if low <= place <= high)


def build_corridor(
    draft: Draft,
    space: Space,
    level: str,
    area: Rectangle,
    keep_whole: Iterable[tuple[float, float]],
    *,
    northwards: bool,
) -> Corridor:
    """A corridor along x, or along y where `northwards`; no cut falls into a span of `keep_whole` (from,
    until: a door's)."""
    draft.space(space)
    start, end = (area.bottom, area.top) if northwards else (area.left, area.right)
    places = [start, *cuts(start, end, PIECE_M, keep_whole), end]
    pieces: list[tuple[float, float, str]] = []
    for number, (low, high) in enumerate(pairwise(places), 1):
        piece = (
            Rectangle(area.left, low, area.right, high)
            if northwards
            else Rectangle(low, area.bottom, high, area.top)
        )
        region = draft.region(f"{space.id}-{number}", space.id, level, piece)
        if pieces:
            line = (
                ((area.left, low), (area.right, low)) if northwards else ((low, area.bottom), (low, area.top))
            )
            draft.opening(pieces[-1][2], region, level, line)
        pieces.append((low, high, region))
    return Corridor(tuple(pieces))


def cuts(start: float, end: float, longest: float, keep_whole: Iterable[tuple[float, float]]) -> list[float]:
    """Where to cut a corridor from `start` to `end` into pieces of at most `longest` metres without cutting a
    door (`keep_whole`: from, until).

    Where doors stand so close that no cut fits, the piece gets longer.
    """
    spans = sorted(keep_whole)
    places: list[float] = []
    last = start
    while end - last > longest:
        place = _free(last + longest, spans)
        if place <= last + 0.5:  # nothing free behind: take the first free place ahead
            place = _free_ahead(last + longest, spans)
            if place >= end:
                break
        places.append(millimetres(place))
        last = place
    return places


def _free(place: float, spans: list[tuple[float, float]]) -> float:
    for low, high in reversed(spans):
        if low < place < high:
            place = low
    return place


def _free_ahead(place: float, spans: list[tuple[float, float]]) -> float:
    for low, high in spans:
        if low < place < high:
            place = high
    return place
