"""Page 1: what was asked, how far this report can be believed, three findings, three limits."""

from __future__ import annotations

from collections.abc import Iterator

from simex.measures import BY_COLUMN

from ..blocks import Block, Heading, Note, Points, Table, Text
from ..content import content, lever
from ..context import Context
from ..credibility import Pedigree, pedigree, statement
from ..wording import by_lever, finding, joined, title_of
from .results import core_pairs


def summary(context: Context) -> Iterator[Block]:
    study = context.results.design
    limits, words = content("limits"), content("words")
    yield Text(words["content_notice"])
    if context.results.preview:
        yield _caution(context)
    yield Heading("1 Summary")
    varied = [lever(name)["title"].lower() for name in study.varied]
    yield Text(study.question or f"What do {joined(varied)} change?", "The question.")
    yield Text(f"{_runs(context)} Varied: {joined(varied)}.", "What was done.")
    if not context.magnitudes and not context.results.preview:
        yield _caution(context)
    yield Heading("What was found", 2)
    for own in by_lever(context.core)[:3]:
        yield Text(finding(own, magnitudes=context.magnitudes), f"{title_of(own[0])}.")
        if own[0].effect[0] == "officer":
            yield Text(content("officers")["short"])
    for column, pair in core_pairs(context):
        titles = " and ".join(lever(name)["title"].lower() for name in pair)
        yield Text(
            f"{titles} depend on each other in: "
            f"{BY_COLUMN[column].title.partition(' (')[0].lower()} (chapter 6).",
            "Together,",
        )
    yield Heading("How far can this be believed?", 2)
    yield Table(
        ("What", "How it stands"),
        tuple(statement(context.results, context.evidence, context.rank_correlations)),
        (0.28, 0.72),
    )
    yield Heading("What it cannot say", 2)
    yield Points(tuple(limits["three"]))


def _caution(context: Context) -> Note:
    """What must be read before any finding, in one box: a preview above everything, sizes that may not be
    told, directions that are not shown."""
    titles, items = [], []
    if context.results.preview:
        titles.append("Preview: not validated")
        items.append(
            f"{_missed_in_words(context) or context.results.release.reason} {content('words')['preview']}"
        )
    if not context.magnitudes:
        titles.append("Order only, no sizes")
        items.append(_why_no_sizes(pedigree(context.results.study.parameters, context.evidence.influential)))
    return Note(". ".join(titles), (*items, *_not_reproduced(context)), "stop")


def _missed_in_words(context: Context) -> str:
    """Which directions are missed, in words, so that nobody has to look up a code to see what this model does
    not support; empty without any."""
    asked = content("words")["directions"]
    missed = [
        f"{asked[code]} ({code})"
        for code, verdict in context.results.release.of("V")
        if code in asked and verdict == "not reproduced"
    ]
    if not missed:
        return ""
    return (
        f"Reported in 2020 and not reproduced here in full: {'; '.join(missed)}. So the hazard mode is "
        "not released (chapter 5)."
    )


def _why_no_sizes(source: Pedigree) -> str:
    return (
        f"{source.assumed} of {source.total} inputs "
        f"{'that matter' if source.screened else 'that can be varied'} are assumptions, not "
        "measured in "
        "this school yet. So this report says which option does better and how sure that is in the "
        "model; it does not say by how much."
    )


def _not_reproduced(context: Context) -> tuple[str, ...]:
    """What of the reference experiment this engine does not show, said where nobody can miss it."""
    if context.results.preview:  # said in the box above
        return ()
    missed = [code for code, verdict in context.results.release.of("V") if verdict == "not reproduced"]
    if not missed:
        return ()
    return (
        (
            f"Of the directions that SIMEX 20-6 reported, {joined(missed)} are not reproduced by this "
            "model (docs/simex/validation). Nothing was tuned."
        ),
    )


def _runs(context: Context) -> str:
    results = context.results
    base = results.runs_in()
    others = results.run_count - base
    told = f"{base:,} runs of {results.conditions_count} combinations"
    return told + (f", and {others:,} more to see whether the order holds." if others else ".")
