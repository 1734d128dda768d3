"""Annexes: numbers for analysts, parameters with their labels, seeds and digests, glossary. ODD and STRESS
lie beside the report."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simex.analysis.summary import pairing
from simex.experiment import Cell
from simex.measures import BY_COLUMN
from simex.parameters import Parameter

from ..blocks import Block, Figure, Heading, Note, Points, Table, Text
from ..content import content, lever
from ..context import Context
from ..figures import lock_curves, spread_plot
from ..wording import amount, interval, mark, number, p_words, size
from .setting import share_of_labels

ROWS_A_TABLE = 60


def annexes(context: Context) -> Iterator[Block]:
    if not context.public:
        yield from _numbers(context)
    yield from _parameters(context)
    yield from _record(context)
    yield Heading("Annex D Words")
    terms = content("glossary")["terms"]
    yield Table(("Word", "What it means here"), tuple(terms.items()), (0.28, 0.72))


def _numbers(context: Context) -> Iterator[Block]:
    yield Heading("Annex A Numbers for analysts", new_page=True)
    if not context.magnitudes:
        warned = (
            "They come from a model whose inputs are mostly assumed. They are here so that the analysis "
            "can be checked. Do not quote sizes from them."
        )
        yield Note("Do not quote these numbers", (warned,), "stop")
    shown = [one for one in context.effects if one.order == 1]
    for chosen, title in (
        (True, "Core measures (confirmatory, Holm)"),
        (False, "Other measures (exploratory, Benjamini-Hochberg)"),
    ):
        rows = tuple(
            (
                lever(one.effect[0])["title"] or one.label,
                BY_COLUMN[one.measure].title,
                amount(one.without, BY_COLUMN[one.measure]),
                amount(one.with_it, BY_COLUMN[one.measure]),
                f"{size(one.estimate, BY_COLUMN[one.measure], one.scale)} ({interval(one)})",
                number(one.hedges_g, 2) if not math.isnan(one.hedges_g) else "–",
                p_words(one.p_adjusted),
                mark(one, context.untried)[:1],
            )
            for one in shown
            if one.confirmatory is chosen
        )[:ROWS_A_TABLE]
        if not rows:
            continue
        header = ("Lever", "Measure", "Without", "With", "Effect (95 % interval)", "g", "p adj.", "")
        yield Table(header, rows, (0.15, 0.22, 0.12, 0.12, 0.22, 0.06, 0.08, 0.03), title)
    core = {measure.column for measure in context.core_measures}
    pairs = tuple(
        (
            one.label,
            BY_COLUMN[one.measure].title,
            f"{size(one.estimate, BY_COLUMN[one.measure], one.scale)} ({interval(one)})",
            p_words(one.p_adjusted),
            mark(one, context.untried),
        )
        for one in context.effects
        if one.order > 1 and one.measure in core
    )
    if pairs:
        yield Table(
            ("Interaction", "Measure", "Effect (95 % interval)", "p adj.", ""),
            pairs,
            (0.24, 0.26, 0.26, 0.1, 0.14),
            "Interactions on the core measures",
        )
    yield from _odds(context)
    yield from _spread(context)
    yield _pairing(context)


def _odds(context: Context) -> Iterator[Block]:
    rows = tuple(
        (
            lever(one.effect[0])["title"] or one.label,
            BY_COLUMN[one.measure].title,
            f"{number(one.odds_ratio, 2)} ({number(one.odds_low, 2)} to {number(one.odds_high, 2)})"
            if not math.isnan(one.odds_ratio)
            else "–",
            number(one.partial_eta2, 3),
            p_words(one.rank_p),
            one.model,
        )
        for one in context.core
    )
    yield Table(
        ("Lever", "Measure", "Odds ratio", "Partial eta²", "p of ranks", "Interval by"),
        rows,
        (0.17, 0.25, 0.17, 0.11, 0.1, 0.2),
        "Other views of the core effects",
    )


def _spread(context: Context) -> Iterator[Block]:
    results = context.results
    if results.conditions_count > 16:
        return
    labels = [", ".join(str(level) for level in cell.levels.values()) for cell in _first_cells(context)]
    for measure in context.core_measures:
        if not measure.relative_only and measure.column in (
            "rooms_completed",
            "students_reported_safe",
            "room_lockdown_mean_s",
        ):
            svg, alt = spread_plot(results, measure, labels)
            yield Figure(
                svg,
                alt,
                f"{measure.title}: how runs spread. Line: 10th to 90th percentile, bar: median, ring: mean. "
                "A combination can be good on average and bad in its worst runs.",
            )
    doors = [(cell.condition, label) for cell, label in zip(_first_cells(context), labels, strict=True)]
    if len(doors) > 1 and any(results.room_times(number).size for number, _ in doors[:1]):
        chosen = [doors[0], doors[-1]]
        svg, alt = lock_curves(results, chosen)
        yield Figure(
            svg,
            alt,
            (
                "Rooms locked over time in the first and the last combination. Rooms that are never "
                "locked keep the line below 100."
            ),
        )


def _first_cells(context: Context) -> list[Cell]:
    seen: dict[int, Cell] = {}
    for cell in context.results.study.cells:
        seen.setdefault(cell.condition, cell)
    return list(seen.values())


def _pairing(context: Context) -> Table:
    rows = tuple(
        (
            BY_COLUMN[one.measure].title,
            number(one.correlation, 2),
            number(one.variance_ratio, 2),
            "helps" if one.helps else "run again unpaired",
        )
        for one in pairing(context.results)
        if BY_COLUMN[one.measure].core
        and one.measure in {measure.column for measure in context.core_measures}
    )
    return Table(
        ("Measure", "Correlation", "Variance of a difference, paired to unpaired", ""),
        rows,
        (0.4, 0.15, 0.27, 0.18),
        "Shared random numbers",
    )


def _parameters(context: Context) -> Iterator[Block]:
    yield Heading("Annex B Inputs and how they are known")
    yield Text(
        f"{len(context.results.study.parameters)} inputs: {share_of_labels(context)}. The fixed "
        "hazard is not among them and cannot be set."
    )
    if context.public:
        return
    rows = tuple(
        (one.id, f"{one.meaning} ({one.unit})", _value(one), one.label.value, one.source)
        for one in context.results.study.parameters.values()
    )
    yield Table(("Input", "What it is", "Value", "Known how", "Source"), rows, (0.23, 0.24, 0.15, 0.1, 0.28))


def _value(parameter: Parameter) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in parameter.numbers.items())


def _record(context: Context) -> Iterator[Block]:
    manifest = context.results.study.manifest()
    yield Heading("Annex C Record")
    rows = (
        ("Seed", str(manifest["seed"])),
        ("Parameter set", f"{manifest['parameters_version']}, SHA-256 {manifest['parameters_digest'][:16]}…"),
        ("Plan", f"SHA-256 {manifest['plan_digest'][:16]}…"),
        ("Engine", f"{manifest['engine'].split(':')[-1]}, source SHA-256 {manifest['code_version'][:16]}…"),
        ("Validation", context.results.release.whose or context.results.release.untested),
        ("Runs", f"{context.results.run_count:,}"),
    )
    yield Table(("What", "Value"), rows, (0.25, 0.75))
    yield Text(
        "The same seed, plan, parameters and code give the same bytes on any number of workers. "
        "Whole digests are in study.json."
    )
    yield Points(
        (
            (
                "The model is described in odd.html (ODD protocol) and stress.html (STRESS-ABS), beside "
                "this report."
            ),
        )
    )
