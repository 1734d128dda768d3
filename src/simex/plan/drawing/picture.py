"""A plan as a picture: a panel for each level with rooms, doors by lock, exits, assembly points and a scale
bar; faults as numbered marks."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simex.files import write_whole

from ..faults import Fault
from ..geometry import bounds
from ..model import Level, Plan
from .legend import draw_legend, list_faults
from .level import draw_level
from .symbols import INK, PAPER

WIDTH_IN = 16.0
EDGE_IN, HEAD_IN, TITLE_IN, LEGEND_IN, LINE_IN = 0.4, 0.9, 0.45, 1.9, 0.24
HIGHEST_IN = 9.0  # of a level: a tall plan is drawn smaller, so that it is seen whole
LARGEST_IN = 60.0  # a picture is never longer, whatever the plan
MARGIN_M = 4.0
MOST_FAULTS = 60  # listed under a picture; more would be no picture


class UnknownPicture(ValueError):
    """The picture's name ends in something that cannot be drawn, or the level is not there."""


def draw(plan: Plan, path: str | Path, *, faults: Sequence[Fault] = (), level: str | None = None) -> None:
    """Draws the plan into a file: .svg or .png by the ending of its name.

    faults: drawn as numbered marks and listed below. level: only this one. The same plan gives the same
    bytes. Raises `UnknownPicture` with a sentence, and OSError where the file cannot be written."""
    place = Path(path)
    kind = place.suffix.lower().removeprefix(".")
    if kind not in ("svg", "png"):
        raise UnknownPicture(
            f"{place.name}: a picture is drawn as .svg or .png. Give its file one of these endings."
        )
    write_whole(place, picture(plan, kind, faults=faults, level=level))


def picture(plan: Plan, kind: str, *, faults: Sequence[Fault] = (), level: str | None = None) -> bytes:
    """The bytes of an SVG or a PNG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    levels = [one for one in plan.levels if level in (None, one.id) and _points(plan, one)]
    if level is not None and not levels:
        raise UnknownPicture(
            f"There is no level “{level}” with floor. The levels are "
            f"{', '.join(one.id for one in plan.levels)}."
        )
    settings: Any = {
        "font.family": "DejaVu Sans",
        "svg.fonttype": "none",
        "svg.hashsalt": "simex",
        "text.parse_math": False,
    }
    with mpl.rc_context(settings):
        figure = Figure(facecolor=PAPER)
        FigureCanvasAgg(figure)
        _fill(figure, plan, levels, faults[:MOST_FAULTS], len(faults))
        content = io.BytesIO()
        about: dict[str, Any] = {"Title": f"Floor plan of {plan.name}"}
        about |= {"Date": None, "Creator": "SIMEX"} if kind == "svg" else {"Software": "SIMEX"}
        figure.savefig(content, format=kind, dpi=120, metadata=about)
    return content.getvalue()


def _points(plan: Plan, level: Level) -> list[tuple[float, float]]:
    points = [
        point
        for region in plan.regions
        if level.id in (region.level, region.upper_level)
        for point in region.polygon
    ]
    points += [point for portal in plan.portals if portal.level == level.id for point in portal.segment]
    return [point for point in points if math.isfinite(point[0]) and math.isfinite(point[1])]


def _fill(figure: Any, plan: Plan, levels: Sequence[Level], faults: Sequence[Fault], count: int) -> None:
    """All panels have one scale and one left edge, so that levels can be compared; narrow ones stand side by
    side."""
    boxes = [bounds(_points(plan, level)) for level in levels]
    left, right = (min(box[0] for box in boxes), max(box[2] for box in boxes)) if boxes else (0.0, 1.0)
    margin = max(MARGIN_M, 0.05 * (right - left))
    left, right = left - margin, right + margin
    heights = [top - bottom + 2 * margin for _, bottom, _, top in boxes]
    inner_in = WIDTH_IN - 2 * EDGE_IN
    scale = min(inner_in / (right - left), HIGHEST_IN / max(heights, default=1.0))
    columns = max(1, min(len(levels), int(inner_in / ((right - left) * scale))))
    rows = [
        list(zip(levels, boxes, heights, strict=True))[n : n + columns]
        for n in range(0, len(levels), columns)
    ]
    titles_in = TITLE_IN * len(rows)
    rest_in = (
        HEAD_IN + LEGEND_IN + (0.0 if not count else 0.6 + LINE_IN * (len(faults) + (count > len(faults))))
    )
    floors_in = sum(max(high for _, _, high in row) for row in rows) * scale
    if rest_in + titles_in + floors_in > LARGEST_IN:
        scale *= (LARGEST_IN - rest_in - titles_in) / floors_in
        floors_in = LARGEST_IN - rest_in - titles_in
    height = rest_in + titles_in + floors_in
    figure.set_size_inches(WIDTH_IN, height)
    _head(figure, plan, height)
    at = height - HEAD_IN
    for row in rows:
        at -= TITLE_IN + max(high for _, _, high in row) * scale
        for column, (level, (_, bottom, _, top), high) in enumerate(row):
            start_in = EDGE_IN + column * inner_in / columns
            axes = figure.add_axes(
                (start_in / WIDTH_IN, at / height, (right - left) * scale / WIDTH_IN, high * scale / height)
            )
            axes.set_xlim(left, right)
            axes.set_ylim(bottom - margin, top + margin)
            axes.set_aspect("equal")
            axes.axis("off")
            axes.set_title(
                f"{level.name}, {level.elevation_m:+.1f} m" if level.elevation_m else level.name,
                loc="left",
                fontsize=13,
                color=INK,
            )
            draw_level(axes, plan, level, scale, list(enumerate(faults, 1)))
    at -= LEGEND_IN
    draw_legend(figure, plan, at, height, WIDTH_IN)
    if count:
        list_faults(figure, faults, count, at, height, WIDTH_IN)


def _head(figure: Any, plan: Plan, height: float) -> None:
    figure.text(
        EDGE_IN / WIDTH_IN, 1 - 0.42 / height, plan.name, fontsize=19, color=INK, weight="bold", va="center"
    )
    counted = (
        (len(plan.spaces), "room", "rooms"),
        (len(plan.portals), "door or opening", "doors and openings"),
        (len(plan.exits), "exit", "exits"),
    )
    words = ", ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in counted)
    figure.text(
        EDGE_IN / WIDTH_IN,
        1 - 0.74 / height,
        f"{words}. {plan.source}".strip()[:170],
        fontsize=10.5,
        color=INK,
        va="center",
    )
