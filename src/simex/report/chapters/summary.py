"""Page 1: what was asked, how far this report can be believed, three findings, three limits."""

from __future__ import annotations

from collections.abc import Iterator

from ..blocks import Block, Heading, Note, Points, Table, Text
from ..content import content, lever
from ..context import Context
from ..credibility import Pedigree, pedigree, statement
from ..wording import by_lever, finding, joined, title_of


def summary(context: Context) -> Iterator[Block]:
    study = context.results.design
    limits, words = content("limits"), content("words")
    yield Text(words["content_notice"])
    yield Heading("1 Summary")
    varied = [lever(name)["title"].lower() for name in study.varied]
    yield Text(study.question or f"What do {joined(varied)} change?", "The question.")
    yield Text(f"{_runs(context)} Varied: {joined(varied)}.", "What was done.")
    if not context.magnitudes:
        source = pedigree(context.results.study.parameters, context.evidence.influential)
        yield Note(
            "Order only, no sizes",
            (_why_no_sizes(source), *_not_reproduced(context)),
            "stop",
        )
    yield Heading("What was found", 2)
    for own in by_lever(context.core)[:3]:
        yield Text(finding(own, magnitudes=context.magnitudes), f"{title_of(own[0])}.")
        if own[0].effect[0] == "officer":
            yield Text(content("officers")["short"])
    yield Heading("How far can this be believed?", 2)
    yield Table(("What", "How it stands"), tuple(statement(context.results, context.evidence, context.rank_correlations)), (0.28, 0.72))
    yield Heading("What it cannot say", 2)
    yield Points(tuple(limits["three"]))


def _why_no_sizes(source: Pedigree) -> str:
    return (
        f"{source.assumed} of {source.total} inputs {'that matter' if source.screened else 'that can be varied'} are assumptions, not measured in "
        "this school yet. So this report says which option does better and how sure that is in the model; it does not say by how much."
    )


def _not_reproduced(context: Context) -> tuple[str, ...]:
    """What of the reference experiment this engine does not show, said where nobody can miss it."""
    missed = [code for code, verdict in context.results.release.verdicts if verdict == "not reproduced"]
    if not missed:
        return ()
    return (
        f"Of the directions that SIMEX 20-6 reported, {joined(missed)} are not reproduced by this model (docs/simex/validation). Nothing was tuned.",
    )


def _runs(context: Context) -> str:
    results = context.results
    base = sum(len(results.table(cell).replicates) for cell in results.cells_in())
    others = results.run_count - base
    told = f"{base:,} runs of {results.conditions_count} combinations"
    return told + (f", and {others:,} more to see whether the order holds." if others else ".")
