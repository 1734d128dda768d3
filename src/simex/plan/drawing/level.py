"""One level of a plan on a pair of axes in metres."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from ..faults import Fault
from ..geometry import bounds, centroid, edges, signed_area
from ..model import Level, Plan, Point, Portal, PortalKind, Region, Use
from .symbols import (
    ASSEMBLY_COLOR,
    EXIT_COLOR,
    FAULT_COLOR,
    FLOORS,
    INK,
    LOCKS,
    PAPER,
    REMARK_COLOR,
    WALL_COLOR,
)

SMALLEST_PT = 4.5  # a name that would be smaller is left out
LETTER = 0.62  # width of a letter in its height


def draw_level(
    axes: Any, plan: Plan, level: Level, inches_per_m: float, faults: Sequence[tuple[int, Fault]]
) -> None:
    own = [region for region in plan.regions if region.level == level.id]
    regions = {region.id: region for region in plan.regions}
    uses = {space.id: space.use for space in plan.spaces}
    for region in own:
        _floor(axes, plan, region, uses.get(region.space, Use.OTHER))
    for region in plan.regions:
        if region.upper_level == level.id:
            _well(axes, region)
    _walls(axes, plan, level, own, inches_per_m)
    for portal in plan.portals:
        if portal.level == level.id:
            _portal(axes, regions, portal, inches_per_m)
    _names(axes, plan, own, inches_per_m)
    _assembly_points(axes, plan, level)
    _scale_bar(axes)
    _marks(axes, level, faults)


def _floor(axes: Any, plan: Plan, region: Region, use: Use) -> None:
    from matplotlib.patches import Polygon

    axes.add_patch(Polygon(region.polygon, closed=True, facecolor=FLOORS[use], edgecolor="none", zorder=1))
    if region.upper_level is not None:
        _steps(axes, plan, region)


def _steps(axes: Any, plan: Plan, region: Region) -> None:
    """Lines across the way up and an arrow along it."""
    portals = plan.portals_of(region.id)
    low = next((portal.middle for portal in portals if portal.level == region.level), None)
    high = next((portal.middle for portal in portals if portal.level == region.upper_level), None)
    from matplotlib.patches import Polygon

    axes.add_patch(
        Polygon(
            region.polygon,
            closed=True,
            facecolor="none",
            edgecolor=WALL_COLOR,
            linewidth=0,
            hatch="||||" if _wide(region) else "----",
            zorder=2,
        )
    )
    if low is not None and high is not None and low != high:
        axes.annotate(
            "",
            xy=high,
            xytext=low,
            arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2},
            zorder=6,
        )


def _wide(region: Region) -> bool:
    left, bottom, right, top = bounds(region.polygon)
    return right - left >= top - bottom


def _well(axes: Any, region: Region) -> None:
    """On the upper level, the hole through which stairs arrive."""
    from matplotlib.patches import Polygon

    axes.add_patch(
        Polygon(
            region.polygon,
            closed=True,
            facecolor=PAPER,
            edgecolor=WALL_COLOR,
            linewidth=0.8,
            linestyle=(0, (3, 2)),
            zorder=1.5,
        )
    )
    x, y = centroid(region.polygon)
    axes.text(x, y, "down", fontsize=7.5, color=WALL_COLOR, ha="center", va="center", zorder=5)


def _walls(axes: Any, plan: Plan, level: Level, regions: Sequence[Region], inches_per_m: float) -> None:
    """Every edge of a region is a wall, but where an opening lies on it."""
    gaps: dict[str, list[Portal]] = {}
    for portal in plan.portals:
        if portal.level == level.id and portal.kind is PortalKind.OPENING:
            for end in portal.between:
                gaps.setdefault(end, []).append(portal)
    from matplotlib.collections import LineCollection

    width = max(0.8, min(2.2, 0.1 * inches_per_m * 72))
    lines = [
        line
        for region in regions
        for a, b in edges(region.polygon)
        for line in _without(a, b, gaps.get(region.id, []))
    ]
    walls = LineCollection(lines, colors=WALL_COLOR, linewidths=width, capstyle="projecting", zorder=3)
    axes.add_collection(walls, autolim=False)  # one artist: a line by itself takes milliseconds


def _without(a: Point, b: Point, gaps: Sequence[Portal]) -> list[tuple[Point, Point]]:
    """The parts of an edge beside the openings that lie on it."""
    long = math.dist(a, b)
    if long == 0:
        return []
    ux, uy = (b[0] - a[0]) / long, (b[1] - a[1]) / long
    parts = [(0.0, long)]
    for portal in gaps:
        if all(abs((x - a[0]) * uy - (y - a[1]) * ux) < 0.1 for x, y in portal.segment):
            low, high = sorted((x - a[0]) * ux + (y - a[1]) * uy for x, y in portal.segment)
            parts = [
                piece
                for s, e in parts
                for piece in ((s, min(e, low)), (max(s, high), e))
                if piece[1] - piece[0] > 0.02
            ]
    return [((a[0] + s * ux, a[1] + s * uy), (a[0] + e * ux, a[1] + e * uy)) for s, e in parts]


def _portal(axes: Any, regions: Mapping[str, Region], portal: Portal, inches_per_m: float) -> None:
    (x1, y1), (x2, y2) = portal.segment
    marker, color, _ = LOCKS[portal.lock]
    if portal.kind is PortalKind.OPENING:
        axes.plot((x1, x2), (y1, y2), color=WALL_COLOR, linewidth=0.7, linestyle=(0, (2, 3)), zorder=4)
        if not portal.is_exit:
            return
    else:
        axes.plot(
            (x1, x2),
            (y1, y2),
            color=PAPER,
            linewidth=max(3.0, 0.28 * inches_per_m * 72),
            solid_capstyle="butt",
            zorder=3.5,
        )
        axes.plot((x1, x2), (y1, y2), color=color, linewidth=2.4, solid_capstyle="butt", zorder=4)
        size = max(3.5, min(7.0, 0.5 * inches_per_m * 72))
        axes.plot(
            *portal.middle,
            marker=marker,
            markersize=size,
            color=color,
            markeredgecolor=INK,
            markeredgewidth=0.5,
            zorder=5,
        )
    if portal.is_exit:
        _exit(axes, regions, portal, min(3.4, 0.45 / inches_per_m))


def _exit(axes: Any, regions: Mapping[str, Region], portal: Portal, reach_m: float) -> None:
    """An arrow outwards; dashed where the exit is for emergencies only."""
    inside = next((regions[end] for end in portal.between if end in regions), None)
    (x1, y1), (x2, y2) = portal.segment
    long = math.dist((x1, y1), (x2, y2)) or 1.0
    nx, ny = (y2 - y1) / long, (x1 - x2) / long
    mx, my = portal.middle
    if inside is not None:
        cx, cy = centroid(inside.polygon)
        if (mx - cx) * nx + (my - cy) * ny < 0:
            nx, ny = -nx, -ny
    style = {
        "arrowstyle": "-|>",
        "color": EXIT_COLOR,
        "linewidth": 2.2,
        "linestyle": "--" if portal.emergency_exit else "-",
        "mutation_scale": 14,
    }
    axes.annotate(
        "",
        xy=(mx + reach_m * nx, my + reach_m * ny),
        xytext=(mx + 0.12 * reach_m * nx, my + 0.12 * reach_m * ny),
        arrowprops=style,
        zorder=6,
    )


def _names(axes: Any, plan: Plan, regions: Sequence[Region], inches_per_m: float) -> None:
    """Each space's name once, in its largest region, as large as fits."""
    largest: dict[str, Region] = {}
    for region in regions:
        if region.space not in largest or signed_area(region.polygon) > signed_area(
            largest[region.space].polygon
        ):
            largest[region.space] = region
    names = {space.id: space.name for space in plan.spaces}
    for identifier, region in largest.items():
        left, bottom, right, top = bounds(region.polygon)
        wide, high = (right - left) * inches_per_m * 72 * 0.86, (top - bottom) * inches_per_m * 72 * 0.8
        name = names.get(identifier, identifier)
        turned = high > 2.5 * wide
        lines, size = _fit(name, *((high, wide) if turned else (wide, high)))
        if size >= SMALLEST_PT:
            x, y = centroid(region.polygon)
            ground = (
                {"facecolor": FLOORS[Use.STAIRS], "edgecolor": "none", "pad": 1.5}
                if region.upper_level is not None
                else None
            )
            axes.text(
                x,
                y,
                lines,
                fontsize=size,
                color=INK,
                ha="center",
                va="center",
                rotation=90 if turned else 0,
                linespacing=1.05,
                zorder=7,
                bbox=ground,
            )


def _fit(name: str, wide: float, high: float) -> tuple[str, float]:
    """A name in one to three lines and its size in points."""
    best = (name, 0.0)
    for count in (1, 2, 3):
        lines = textwrap.wrap(
            name, max(4, math.ceil(len(name) / count) + 1 if count > 1 else len(name)), break_long_words=False
        )[:3]
        size = (
            min(9.5, wide / (LETTER * max(len(line) for line in lines)), high / (1.15 * len(lines)))
            if lines
            else 0.0
        )
        if size > best[1] + 0.5:
            best = ("\n".join(lines), size)
    return best


def _assembly_points(axes: Any, plan: Plan, level: Level) -> None:
    """Where one lies beyond the picture, its star stands at the edge and says how far it still is."""
    if level.id != plan.levels[0].id:
        return
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    for point in plan.assembly_points:
        x, y = point.position
        inside_x, inside_y = min(max(x, left + 1), right - 1), min(max(y, bottom + 1), top - 1)
        away = math.hypot(x - inside_x, y - inside_y)
        axes.plot(
            inside_x,
            inside_y,
            marker="*",
            markersize=13,
            color=ASSEMBLY_COLOR,
            markeredgecolor=PAPER,
            zorder=8,
        )
        words = point.name + (f", {away:.0f} m {_direction(x - inside_x, y - inside_y)}" if away > 3 else "")
        place = (10, 0, "left", "center")
        if inside_x > right - 0.2 * (right - left):
            place = (-10, 0, "right", "center")
        if inside_x in (left + 1, right - 1):  # at a side: above the star, where no exit's arrow runs
            place = (
                -4 if inside_x < right - 1 else 4,
                14,
                "left" if inside_x < right - 1 else "right",
                "bottom",
            )
        axes.annotate(
            words,
            (inside_x, inside_y),
            place[:2],
            textcoords="offset points",
            fontsize=8,
            color=ASSEMBLY_COLOR,
            ha=place[2],
            va=place[3],
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.85},
            zorder=8,
        )


def _direction(dx: float, dy: float) -> str:
    if abs(dx) > abs(dy):
        return "to the right" if dx > 0 else "to the left"
    return "upwards" if dy > 0 else "downwards"


def _scale_bar(axes: Any) -> None:
    left, right = axes.get_xlim()
    bottom, _ = axes.get_ylim()
    long = next((step for step in (100, 50, 20, 10, 5, 2, 1) if step <= (right - left) / 6), 0.5)
    x, y = right - long - 1.0, bottom + 1.2
    for part in range(2):
        axes.plot(
            (x + part * long / 2, x + (part + 1) * long / 2),
            (y, y),
            color=INK if part == 0 else "#9aa3ad",
            linewidth=4,
            solid_capstyle="butt",
            zorder=8,
        )
    axes.text(x + long / 2, y + 0.5, f"{long:g} m", fontsize=8, color=INK, ha="center", va="bottom", zorder=8)


def _marks(axes: Any, level: Level, faults: Sequence[tuple[int, Fault]]) -> None:
    """Faults at one place share a mark."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    placed: dict[Point, list[tuple[int, Fault]]] = {}
    for number, fault in faults:
        if fault.position is None or fault.level not in (None, level.id):
            continue
        place = (
            min(max(fault.position[0], left + 1), right - 1),
            min(max(fault.position[1], bottom + 1), top - 1),
        )
        near = next((one for one in placed if math.dist(one, place) < 0.025 * (right - left)), place)
        placed.setdefault(near, []).append((number, fault))
    for (x, y), marked in placed.items():
        color = REMARK_COLOR if all(fault.is_remark for _, fault in marked) else FAULT_COLOR
        words = ", ".join(str(number) for number, _ in marked[:4]) + ("…" if len(marked) > 4 else "")
        box = {
            "boxstyle": "round,pad=0.35,rounding_size=0.8",
            "facecolor": PAPER,
            "edgecolor": color,
            "linewidth": 2,
        }
        axes.text(
            x, y, words, fontsize=9, color=color, weight="bold", ha="center", va="center", bbox=box, zorder=10
        )
