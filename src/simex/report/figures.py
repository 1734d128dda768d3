"""Drawings that need no color to be read: place, shape and words carry the meaning, color only helps (Okabe
and Ito's palette)."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from simex.analysis import Effect, Results, Verdict
from simex.analysis.survival import kaplan_meier
from simex.measures import BY_COLUMN, Measure, Scale

from .content import level_words, lever
from .wording import mark

BLUE, ORANGE, GREEN, GRAY, INK = "#0072B2", "#D55E00", "#009E73", "#6b6b6b", "#1b1b1b"
SHAPES = {
    Verdict.BETTER: "^",
    Verdict.WORSE: "v",
    Verdict.SMALL: "o",
    Verdict.EQUIVALENT: "s",
    Verdict.OPEN: "D",
}
COLORS = {
    Verdict.BETTER: BLUE,
    Verdict.WORSE: ORANGE,
    Verdict.SMALL: GRAY,
    Verdict.EQUIVALENT: GRAY,
    Verdict.OPEN: GRAY,
}
WIDTH = 6.6  # inches: the width of the text on paper


def _figure(height: float) -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    mpl.rcParams["text.parse_math"] = False  # a name with two dollar signs is no formula
    mpl.rcParams.update(
        {
            "svg.hashsalt": "simex",
            "svg.fonttype": "path",
            "font.size": 9,
            "axes.edgecolor": GRAY,
            "text.color": INK,
        }
    )
    mpl.rcParams.update(
        {
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    return plt.subplots(figsize=(WIDTH, height), layout="constrained")


def _svg(figure: Any) -> str:
    from matplotlib import pyplot as plt

    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = out.getvalue()
    return text[text.index("<svg") :]


def in_units_that_matter(effect: Effect, value: float) -> float:
    """A value in units of the smallest effect that matters, turned so that right is better."""
    measure = BY_COLUMN[effect.measure]
    raw = (
        math.log(max(value, 1e-9)) / math.log(effect.smallest)
        if effect.scale == "ratio"
        else value / effect.smallest
    )
    return raw if measure.better == "more" else -raw


def interval_plot(effects: Sequence[Effect], *, magnitudes: bool) -> tuple[str, str]:
    """A row for each effect: the interval in units of the smallest effect that matters, right is better.
    Gives (svg, alt text).

    Without magnitudes the axis bears no numbers: only worse, no difference that matters, better.
    """
    figure, axes = _figure(0.55 + 0.34 * len(effects))
    furthest = 1.6
    for row, effect in enumerate(effects):
        ends = sorted((in_units_that_matter(effect, effect.low), in_units_that_matter(effect, effect.high)))
        middle = in_units_that_matter(effect, effect.estimate)
        furthest = max(furthest, *map(abs, ends))
        axes.plot(
            ends, [row, row], color=COLORS[effect.verdict], linewidth=2, solid_capstyle="butt", zorder=2
        )
        axes.plot(
            [middle],
            [row],
            SHAPES[effect.verdict],
            color=COLORS[effect.verdict],
            markersize=6.5,
            markeredgecolor="white",
            zorder=3,
        )
    axes.axvspan(-1, 1, color="#e9edf0", zorder=0, linewidth=0)
    axes.axvline(0, color=GRAY, linewidth=1, zorder=1)
    axes.set_yticks(
        range(len(effects)),
        [f"{lever(one.effect[0])['title'] or one.label}\n{BY_COLUMN[one.measure].title}" for one in effects],
        fontsize=7.5,
    )
    axes.set_ylim(len(effects) - 0.4, -0.6)
    # So that one large effect does not press the others together
    axes.set_xscale("symlog", linthresh=1, linscale=1.2)
    axes.set_xlim(-furthest * 1.3, furthest * 1.3)
    axes.minorticks_off()
    if magnitudes:
        ticks = [tick for tick in (-30, -10, -3, -1, 0, 1, 3, 10, 30) if abs(tick) <= furthest * 1.3]
        axes.set_xticks(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks])
        axes.set_xlabel(
            "in units of the smallest effect that matters (gray: smaller than that; right: better)"
        )
    else:
        axes.set_xticks(
            [-(furthest**0.6), 0, furthest**0.6], ["◀ worse", "no difference that matters", "better ▶"]
        )
        axes.tick_params(axis="x", length=0)
    alt = "Intervals of effects. " + " ".join(
        f"{one.label} on {BY_COLUMN[one.measure].title.lower()}: {mark(one)[2:]}." for one in effects
    )
    return _svg(figure), alt


def lock_curves(results: Results, conditions: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """Share of rooms locked over time (Kaplan-Meier, with rooms that were never locked), a line for each
    condition. Gives (svg, alt text)."""
    figure, axes = _figure(2.9)
    styles = [(BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (INK, ":")]
    said = []
    for (condition, label), (color, dash) in zip(conditions, styles, strict=False):
        curve = kaplan_meier(results.room_times(condition), results.horizon_s)
        axes.step(
            np.concatenate([[0], curve.times_s, [results.horizon_s]]),  # also where nothing more happens
            100 * (1 - np.concatenate([[1], curve.share, curve.share[-1:] if len(curve.share) else [1]])),
            where="post",
            color=color,
            linestyle=dash,
            label=label,
        )
        half = curve.quantile(0.5)
        said.append(
            f"{label}: half of the rooms "
            + ("are never locked" if math.isnan(half) else f"are locked after {half:.0f} seconds")
        )
    axes.set_xlim(0, min(600, results.horizon_s))
    axes.set_ylim(0, 103)  # a line along 100 is seen whole
    axes.set_xlabel("seconds after it began")
    axes.set_ylabel("rooms locked, of 100")
    axes.legend(frameon=False, loc="lower right", fontsize=8)
    return _svg(figure), "Rooms locked over time. " + "; ".join(said) + "."


def spread_plot(results: Results, measure: Measure, labels: Sequence[str]) -> tuple[str, str]:
    """For each condition the 10th, 50th and 90th percentile of runs and the mean (a ring). Gives (svg, alt
    text)."""
    table = results.conditions()
    own = table[table["measure"] == measure.column].sort_values("condition")
    factor = 100 if measure.scale is Scale.PROPORTION else 1
    figure, axes = _figure(0.7 + 0.3 * len(own))
    for row, one in enumerate(own.itertuples()):
        axes.plot([factor * one.p10, factor * one.p90], [row, row], color=BLUE, linewidth=2)
        axes.plot([factor * one.median], [row], "|", color=BLUE, markersize=11, markeredgewidth=2)
        axes.plot([factor * one.mean], [row], "o", color=ORANGE, markersize=5.5, markerfacecolor="white")
    axes.set_yticks(range(len(own)), labels, fontsize=7)
    axes.invert_yaxis()
    axes.set_xlabel(f"{measure.title.lower()} ({'of 100' if factor == 100 else measure.unit})")
    best = own.sort_values("median", ascending=measure.better == "less").iloc[0]
    return _svg(
        figure
    ), f"{measure.title} by condition. The best median is that of {labels[int(best['condition'])]}."


def interaction_plot(results: Results, measure: Measure, pair: tuple[str, str]) -> tuple[str, str]:
    """The means at each level of two levers. Gives (svg, alt text)."""
    values, numbers = results.paired(measure.column)
    levels = {cell.condition: cell.levels for cell in results.study.cells}
    one, other = pair
    factor = 100 if measure.scale is Scale.PROPORTION else 1
    figure, axes = _figure(2.5)
    styles = [(BLUE, "-", "o"), (ORANGE, "--", "s"), (GREEN, "-.", "^")]
    first = results.design.factors[one]
    said = []
    for level, (color, dash, shape) in zip(results.design.factors[other], styles, strict=False):
        chosen = [
            [
                place
                for place, number in enumerate(numbers)
                if levels[int(number)][one] == a and levels[int(number)][other] == level
            ]
            for a in first
        ]
        means = [factor * float(values[:, places].mean()) for places in chosen]
        axes.plot(range(len(first)), means, dash, color=color, marker=shape, label=level_words(other, level))
        said.append(f"{level_words(other, level)}: {', '.join(f'{mean:.1f}' for mean in means)}")
    axes.set_xticks(range(len(first)), [level_words(one, level) for level in first], fontsize=8)
    axes.set_xlim(-0.3, len(first) - 0.7)
    axes.set_ylabel(measure.title + (" (of 100)" if factor == 100 else f" ({measure.unit})"), fontsize=8)
    axes.legend(frameon=False, fontsize=8)
    return _svg(
        figure
    ), f"{measure.title} by {lever(one)['title'].lower()} and {lever(other)['title'].lower()}. " + "; ".join(
        said
    ) + "."
