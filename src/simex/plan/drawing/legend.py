"""What the signs of a picture mean, and the list of the faults that are marked in it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from ..faults import Fault
from ..model import Plan, PortalKind
from .symbols import (
    ASSEMBLY_COLOR,
    EXIT_COLOR,
    FAULT_COLOR,
    FLOORS,
    INK,
    LOCKS,
    REMARK_COLOR,
    TOGETHER,
    USE_WORDS,
    WALL_COLOR,
)


def draw_legend(figure: Any, plan: Plan, bottom_in: float, height_in: float, width_in: float) -> None:
    """Only what the plan holds: floors by use, locks, exits, assembly points."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    uses = {TOGETHER.get(space.use, space.use) for space in plan.spaces}
    floors = [
        Patch(facecolor=FLOORS[use], edgecolor=WALL_COLOR, label=words)
        for use, words in USE_WORDS.items()
        if use in uses
    ]
    doors = [portal for portal in plan.portals if portal.kind is PortalKind.DOOR]
    signs = [
        Line2D(
            [],
            [],
            color=color,
            linewidth=2.4,
            marker=marker,
            markersize=7,
            markeredgecolor=INK,
            markeredgewidth=0.5,
            label=f"Door, {words}",
        )
        for lock, (marker, color, words) in LOCKS.items()
        if any(portal.lock is lock for portal in doors)
    ]
    if any(portal.kind is PortalKind.OPENING for portal in plan.portals):
        signs.append(
            Line2D(
                [], [], color=WALL_COLOR, linewidth=0.9, linestyle=(0, (2, 3)), label="Opening without a leaf"
            )
        )
    exits = {portal.emergency_exit for portal in plan.exits}
    for emergency, words in ((False, "Exit"), (True, "Exit for emergencies only")):
        if emergency in exits:
            signs.append(
                Line2D(
                    [],
                    [],
                    color=EXIT_COLOR,
                    linewidth=2.2,
                    linestyle="--" if emergency else "-",
                    marker=">",
                    markersize=7,
                    label=words,
                )
            )
    if plan.assembly_points:
        signs.append(
            Line2D(
                [],
                [],
                color=ASSEMBLY_COLOR,
                marker="*",
                markersize=11,
                linestyle="none",
                label="Assembly point",
            )
        )
    axes = figure.add_axes(
        (0.4 / width_in, (bottom_in + 0.15) / height_in, 1 - 0.8 / width_in, 1.6 / height_in)
    )
    axes.axis("off")
    for handles, title, left in ((floors, "Rooms", 0.0), (signs, "Doors and ways", 0.5)):
        legend = axes.legend(
            handles=handles,
            title=title,
            loc="upper left",
            bbox_to_anchor=(left, 1.0),
            ncols=max(1, -(-len(handles) // 4)),
            frameon=False,
            fontsize=9.5,
            alignment="left",
            handlelength=2.4,
            borderpad=0,
        )
        legend.get_title().set_fontweight("bold")
        if handles is floors:
            axes.add_artist(legend)  # or the second legend would take its place


def list_faults(
    figure: Any, faults: Sequence[Fault], count: int, top_in: float, height_in: float, width_in: float
) -> None:
    at = top_in - 0.1
    figure.text(
        0.4 / width_in, at / height_in, "What was found", fontsize=12, weight="bold", color=INK, va="center"
    )
    for number, fault in enumerate(faults, 1):
        at -= 0.24
        color = REMARK_COLOR if fault.is_remark else FAULT_COLOR
        words = ("Remark: " if fault.is_remark else "") + textwrap.shorten(fault.sentence, 185)
        figure.text(
            0.4 / width_in, at / height_in, f"{number}", fontsize=9.5, weight="bold", color=color, va="center"
        )
        figure.text(0.75 / width_in, at / height_in, words, fontsize=9.5, color=INK, va="center")
    if count > len(faults):
        figure.text(
            0.75 / width_in,
            (at - 0.24) / height_in,
            f"… and {count - len(faults)} more.",
            fontsize=9.5,
            color=INK,
            va="center",
        )
