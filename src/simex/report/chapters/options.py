"""Chapters 9 to 12: observations, options with cost and side effects, limits, next experiments."""

from __future__ import annotations

from collections.abc import Iterator

from simex.analysis import Verdict
from simex.measures import BY_COLUMN

from ..blocks import Block, Heading, Note, Points, Table, Text
from ..content import content, lever
from ..context import Context
from ..wording import joined, mark, title_of

BURDENS = (
    "locked_out",
    "stranded_120s",
    "adult_corridor_person_s",
    "false_alarm_person_h",
    "safe_ratio_mobility",
    "evacuation_ratio_mobility",
)


def observations(context: Context) -> Iterator[Block]:
    del context
    yield Heading("9 Observations from staff and drills")
    yield Text(content("limits")["observations"])


def options(context: Context) -> Iterator[Block]:
    yield Heading("10 Options for consideration")
    yield Text(
        "These are options, not recommendations. Each has a price on ordinary days; weigh it "
        "against what the model says it does."
    )
    named = list(context.results.design.factors) or sorted(
        {name for levels in context.results.design.options.values() for name in levels}
    )
    for name in named:
        about = lever(name)
        yield Heading(about["title"], 2)
        yield Text(_says(context, name), "In the model.")
        rows = (
            ("Cost", about["cost"]),
            ("Climate", about["climate"]),
            ("Equity", about["equity"]),
            ("Ways out", about["egress"]),
            ("Upkeep", about["upkeep"]),
        )
        yield Table(("Side", "What to weigh"), rows, (0.16, 0.84))
        if name == "officer":
            yield Text(content("officers")["short"])
    yield from _burdens(context)


def _says(context: Context, name: str) -> str:
    own = [one for one in context.core if one.effect[0] == name]
    if not own:
        return "See the comparison of the options in chapter 6."
    if own[0].label in context.untried:
        return str(content("words")["untouched"])
    groups: dict[Verdict, list[str]] = {}
    for one in own:
        groups.setdefault(one.verdict, []).append(BY_COLUMN[one.measure].title.lower())
    names = {
        Verdict.BETTER: "better on",
        Verdict.WORSE: "worse on",
        Verdict.SMALL: "a difference too small to act on in",
        Verdict.EQUIVALENT: "no difference worth acting on in",
        Verdict.OPEN: "cannot tell about",
    }
    told = "; ".join(
        f"{names[verdict]} {joined(groups[verdict])}" for verdict in Verdict if verdict in groups
    )
    return told[0].upper() + told[1:] + "."


def _burdens(context: Context) -> Iterator[Block]:
    """Who pays: the measures of burden and equity, by lever."""
    small = context.results.small_group
    rows = sorted(
        (title_of(one), BY_COLUMN[one.measure].title, mark(one, context.untried))
        for one in context.effects
        if one.order == 1 and one.measure in BURDENS
    )
    if rows:
        yield Heading("Side effects in the model", 2)
        yield Table(("Measure taken", "On", "Says"), tuple(rows), (0.3, 0.45, 0.25))
    if small:
        yield Text(
            "Fewer than ten students with limited mobility are in the model; what concerns them is "
            "left out, so that nobody can be told from it."
        )


def limitations(context: Context) -> Iterator[Block]:
    limits = content("limits")
    yield Heading("11 Limits")
    yield Text("No result here may be claimed as:")
    yield Points(tuple(limits["not_claims"]))
    yield Text(limits["not_modeled"])
    yield Note("How to read this as a board", tuple(limits["reading"]))
    yield Text(limits["discuss"])
    if context.results.not_precise:
        yield Text(
            "Some core measures are not yet known as precisely as the design asks; more replicates "
            "would narrow their intervals."
        )


def next_experiments(context: Context) -> Iterator[Block]:
    yield Heading("12 Next experiments")
    open_ones = [one for one in context.core if one.verdict is Verdict.OPEN]
    items = list(content("limits")["next"])
    if open_ones:
        about = joined(
            list(
                dict.fromkeys(
                    f"{lever(one.effect[0])['title'].lower()} on {BY_COLUMN[one.measure].title.lower()}"
                    for one in open_ones
                )
            )
        )
        items.insert(0, f"More replicates would tell about what stays open: {about}.")
    yield Points(tuple(items))
