"""Chapters 6 and 7: what each measure did, and whether it holds in every robustness layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simex.analysis import Effect
from simex.analysis.effects import material_pairs
from simex.analysis.summary import condition_ranks
from simex.measures import BY_COLUMN
from simex.scenario import HazardStep, StopBand

from ..blocks import Block, Figure, Heading, Note, Points, Table, Text
from ..content import content, level_words, lever
from ..context import Context
from ..figures import interaction_plot, interval_plot
from ..wording import NOT_TRIED, by_lever, finding, interval, mark, p_words, size, title_of
from .comparison import officers_box

BANDS = {
    StopBand.OPTIMISTIC: "contact acts at once",
    StopBand.NEUTRAL: "contact acts after a minute",
    StopBand.NEVER: "contact never acts",
}
RATES = {
    HazardStep.HALF: "half the rate",
    HazardStep.ONE: "the usual rate",
    HazardStep.DOUBLE: "double the rate",
}


def results(context: Context) -> Iterator[Block]:
    yield Heading("6 Results")
    plotted = [
        one for one in context.core if one.smallest == one.smallest and one.label not in context.untried
    ]
    if plotted:
        svg, alt = interval_plot(plotted, magnitudes=context.magnitudes)
        yield Figure(
            svg,
            alt,
            "Main effects on the core measures with 95 % intervals. ▲ better, ▼ worse, ● small, ■ "
            "no difference, ◆ cannot tell.",
        )
    for own in by_lever(context.core):
        yield Heading(title_of(own[0]), 2)
        yield Text(finding(own, magnitudes=context.magnitudes))
        if own[0].label in context.untried:
            yield Table(
                ("Measure", "Says"),
                tuple((BY_COLUMN[one.measure].title, NOT_TRIED) for one in own),
                (0.6, 0.4),
            )
        elif context.magnitudes:
            yield _table(own)
        else:
            rows = tuple((BY_COLUMN[one.measure].title, mark(one), p_words(one.p_adjusted)) for one in own)
            yield Table(("Measure", "Says", "p (Holm)"), rows, (0.5, 0.3, 0.2))
        if own[0].effect[0] == "officer":
            yield officers_box()
    yield from _interactions(context)
    yield from _ranks(context)


def _table(own: list[Effect]) -> Table:
    rows = tuple(
        (
            BY_COLUMN[one.measure].title,
            size(one.estimate, BY_COLUMN[one.measure], one.scale),
            interval(one),
            p_words(one.p_adjusted),
            mark(one),
        )
        for one in own
    )
    return Table(
        ("Measure", "Effect", "95 % interval", "p (Holm)", "Says"), rows, (0.34, 0.17, 0.2, 0.12, 0.17)
    )


def core_pairs(context: Context) -> list[tuple[str, tuple[str, str]]]:
    """(core measure, two levers) wherever the one lever's effect on it depends on the other."""
    core = {measure.column for measure in context.core_measures}
    return [(column, pair) for column, pair in material_pairs(context.effects) if column in core]


def _interactions(context: Context) -> Iterator[Block]:
    if not any(one.order == 2 for one in context.effects):
        return
    yield Heading("Does one measure depend on another?", 2)
    pairs = core_pairs(context)
    if not pairs:
        yield Text(
            "In the core measures no measure's effect depends on another's by more than was set as "
            "worth acting on."
        )
    for column, pair in pairs:
        measure = BY_COLUMN[column]
        titles = " and ".join(lever(name)["title"].lower() for name in pair)
        yield Text(
            f"{measure.title}: {titles} depend on each other. Read the lines below instead of their "
            "main effects.",
            "Yes.",
        )
        yield Points(
            tuple(
                _simple(one, magnitudes=context.magnitudes)
                for one in context.simple
                if one.measure == column and set(one.effect) == set(pair)
            )
        )
        if context.magnitudes and not measure.relative_only:
            svg, alt = interaction_plot(context.results, measure, pair)
            yield Figure(svg, alt, f"{measure.title}: means at each level of both.")
    three = [
        one
        for one in context.effects
        if one.order == 3
        and BY_COLUMN[one.measure] in context.core_measures
        and one.verdict in ("better", "worse")
    ]
    if three:
        yield Text(
            f"All three measures together change {len(three)} core measures further; such effects "
            "are hard to act on and need a confirmation."
        )


def _simple(one: Effect, *, magnitudes: bool) -> str:
    name, other = one.effect
    level = one.label.rpartition(" is ")[2]
    told = f"{level_words(name, one.high_level)} (with {level_words(other, level)}): {mark(one)[2:]}"
    told = told[0].upper() + told[1:]
    return told + (
        f" ({size(one.estimate, BY_COLUMN[one.measure], one.scale)}; 95 % interval {interval(one)})."
        if magnitudes
        else "."
    )


def _ranks(context: Context) -> Iterator[Block]:
    """Conditions by rank on each core measure; those with the same mean share a rank."""
    columns, ranks = [], []
    for measure in context.core_measures:
        own = condition_ranks(context.results, measure)
        if 3 <= len(own) <= 16:
            columns.append(measure.title)
            ranks.append(own)
    if not columns:
        return
    order = np.argsort(np.mean(ranks, axis=0), kind="stable")
    rows = tuple(
        (context.condition_words(int(place)), *(str(int(rank[place])) for rank in ranks)) for place in order
    )
    yield Heading("The combinations in order", 2)
    yield Text(
        "1 is best; combinations with the same result share a place. Neighbors in the list may "
        "differ by less than matters; look at the ends of the "
        "list, not at single places."
    )
    yield Table(("Combination", *columns), rows, (0.44, *(0.56 / len(columns) for _ in columns)))


def robustness(context: Context) -> Iterator[Block]:
    yield Heading("7 Does it hold?")
    if not context.layers:
        yield Text("This kind of run has no hazard and so no robustness layers.")
    else:
        yield Text(
            "The study was repeated in nine fixed settings of the engine: three for when an "
            "officer's contact acts (at once, after a minute, never), "
            "three for the fixed rate. Nobody can choose them; they show whether the order of the "
            "options depends on what is not known. The other "
            "settings have fewer runs, so more stays open in them."
        )
        for label in dict.fromkeys(one.label for one in context.layers[0].effects):
            yield _layer_table(context, label)
        changed = {
            BY_COLUMN[name].title: value for name, value in context.rank_correlations.items() if value < 0.8
        }
        if changed:
            yield Note(
                "The order changes",
                tuple(
                    f"{title}: the order of the combinations is another one in at least one layer."
                    for title in changed
                ),
                "care",
            )
        else:
            yield Text(
                "The order of the combinations is nearly the same in all of them (rank correlation "
                "with the middle setting at least 0.8)."
            )
        if context.officers:
            yield Text(content("officers")["short"])
    yield from _sensitivity(context)


def _layer_table(context: Context, label: str) -> Table:
    columns = list(dict.fromkeys(one.measure for layer in context.layers for one in layer.effects))
    rows = []
    for layer in sorted(
        context.layers,
        key=lambda one: (
            list(StopBand).index(one.layer.stop_band),
            list(HazardStep).index(one.layer.hazard_step),
        ),
    ):
        own = {one.measure: one for one in layer.effects if one.label == label}
        if own:
            setting = f"{BANDS[layer.layer.stop_band]}; {RATES[layer.layer.hazard_step]}"
            rows.append((setting, *(_cell(own.get(name), context) for name in columns)))
    header = ("Setting", *(BY_COLUMN[name].title for name in columns))
    return Table(
        header,
        tuple(rows),
        (0.4, *(0.6 / len(columns) for _ in columns)),
        f"{lever(label)['title'] or label}: what it does in each setting.",
    )


def _cell(effect: Effect | None, context: Context) -> str:
    if effect is None:
        return "–"
    if not context.magnitudes:
        return mark(effect, context.untried)
    return (
        f"{mark(effect)[:1]} {size(effect.estimate, BY_COLUMN[effect.measure], effect.scale)} "
        f"({interval(effect)})"
    )


def _sensitivity(context: Context) -> Iterator[Block]:
    yield Heading("Which inputs matter most", 2)
    found = context.evidence.sensitivity
    if not found:
        yield Text("Not worked out yet: ./ssc simex sensitivity in this folder, then make the report again.")
        return
    rows = tuple(
        (one["parameter"].removesuffix(".value"), one["meaning"], one["label"], f"{100 * one['share']:.0f}")
        for one in found["tornado"][:10]
    )
    yield Table(
        ("Input", "What it is", "Known how", "Influence, of 100"),
        rows,
        (0.3, 0.38, 0.14, 0.18),
        "The largest is 100 (Morris screening).",
    )
    if found.get("stop_watch"):
        yield Text(f"A stop-watch in two drills would settle: {'; '.join(found['stop_watch'])}.")
    best = [one for one in found.get("best", ()) if one["share"] >= 0.05]
    if best:
        ranked = sorted(best, key=lambda one: (one["measure"], -one["share"]))
        wins = tuple(
            (
                BY_COLUMN[one["measure"]].title,
                "; ".join(level_words(name, level) for name, level in one["levels"].items()),
                f"{100 * one['share']:.0f}",
            )
            for one in ranked
        )
        caption = (
            "In how many of 100 plausible sets of inputs a combination is best. Prefer what wins in "
            "most of them."
        )
        yield Table(("On", "Combination", "Best in, of 100"), wins, (0.26, 0.56, 0.18), caption)
