"""Chapter 8: beside SIMEX 20-6, its 24-run form, published work, and what else is known about officers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simex.analysis import Effect, Results
from simex.analysis.effects import effects
from simex.analysis.summary import one_way_table
from simex.measures import BY_COLUMN, CORE

from ..blocks import Block, Heading, Note, Points, Table, Text
from ..content import content, lever
from ..context import Context
from ..wording import mark, p_words
from .ladder import ladder

# What the original reported, by lever and our measure (simex.md 1.2): up, down, none; "" where nothing was
# reported.
REPORTED = {
    ("officer", "students_reported_safe"): "more (AAR)",
    ("officer", "hazard_count"): "fewer casualties (AAR only)",
    ("officer", "rooms_completed"): "more (peer reviewed)",
    ("doors", "students_reported_safe"): "more (AAR)",
    ("doors", "rooms_completed"): "more (peer reviewed)",
    ("doors", "room_lockdown_mean_s"): "sooner (peer reviewed)",
    ("notice", "students_reported_safe"): "no significant effect (AAR)",
    ("notice", "hazard_count"): "no significant effect (AAR)",
}


def officers_box() -> Note:
    """The counter-evidence, whole, wherever officers are discussed."""
    box = content("officers")
    return Note(box["title"], tuple(box["points"]), "stop")


def comparison(context: Context) -> Iterator[Block]:
    told = content("simex_2020")
    yield Heading("8 Beside SIMEX 20-6 and published work")
    yield Text(told["text"])
    for version in told["versions"]:
        yield Heading(version["title"], 2)
        yield Points(tuple(version["points"]))
    if set(context.results.design.factors) >= {"officer", "doors", "notice"}:
        yield _beside(context)
    if context.replica is not None:
        yield from _replica(context.replica)
    if context.officers:
        yield officers_box()
    yield Heading("Published work, by direction only", 2)
    works = content("published")["work"]
    yield Table(("Study", "What it says"), tuple((one["study"], one["says"]) for one in works), (0.42, 0.58))
    yield Heading("How far the engine has been checked", 2)
    yield ladder(context)


def _beside(context: Context) -> Table:
    found = {(one.label, one.measure): one for one in context.core}
    rows = []
    for (name, measure), reported in REPORTED.items():
        own: Effect | None = found.get((name, measure))
        rows.append(
            (
                lever(name)["title"],
                BY_COLUMN[measure].title,
                reported,
                mark(own, context.untried) if own else "not shown",
            )
        )
    return Table(
        ("Measure taken", "On", "SIMEX 20-6 reported", "Here"),
        tuple(rows),
        (0.2, 0.3, 0.28, 0.22),
        "Directions side by side.",
    )


def _replica(replica: Results) -> Iterator[Block]:
    yield Heading("The same in the form of 24 runs", 2)
    yield Text(
        f"The experiment was also run in the form of the original: {replica.run_count} runs, "
        "one-way analyses of variance, no pairing. "
        "So few runs find only large effects; a result that is not significant here is no sign that "
        "there is no effect."
    )
    core = tuple(measure for measure in CORE if measure in replica.measures)
    main = {(one.measure, one.label): one for one in effects(replica, measures=core) if one.order == 1}
    rows = []
    for measure, factor, test in one_way_table(replica, core):
        own = main.get((measure.column, factor))
        none = 1.0 if own is not None and own.scale == "ratio" else 0.0
        moved = own is not None and abs(own.estimate - none) > 1e-9
        way = (
            ("better" if own is not None and (own.estimate > none) == (measure.better == "more") else "worse")
            if moved
            else "none"
        )
        sure = "significant" if test.p < 0.05 else "not significant"
        rows.append(
            (
                lever(factor)["title"],
                measure.title,
                f"{test.f:.2f} ({test.between}, {test.within})" if math.isfinite(test.f) else "–",
                p_words(test.p),
                f"{way}, {sure}",
            )
        )
    rows.sort(key=lambda row: row[0])
    yield Table(("Measure taken", "On", "F", "p", "Direction"), tuple(rows), (0.22, 0.32, 0.16, 0.1, 0.2))
