"""A design in words: what it runs, and before it runs what it will not be able to tell apart
(simex.md 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from simex.runs import Resolution

from . import factorial
from .cells import cells_of, headline_conditions, layers_of, signs_of, two_level
from .design import Design, Form


def describe(design: Design) -> str:
    """Some lines: the combinations, the runs, and the alias table of a fraction."""
    return "".join(f"{line}\n" for line in (*_sizes(design), *_table(design)))


def _sizes(design: Design) -> Iterator[str]:
    cells = cells_of(design)
    conditions = len({cell.condition for cell in cells})
    yield f"{design.name}: {conditions} combinations of {', '.join(design.varied)}."
    if design.form is Form.REPLICA:
        yield f"{sum(len(cell.replicates or ()) for cell in cells)} runs, in the form of SIMEX 20-6."
        return
    runs = (
        f"{design.replicates} runs of each"
        if design.replicates
        else f"up to {design.precision.cap} runs of each, until the stop rule is met"
    )
    blocks = len(cells) // conditions
    yield f"{runs}{f', in each of {blocks} blocks (scenario card, moment)' if blocks > 1 else ''}."
    if design.resolution is Resolution.CONTINUOUS:
        yield "Everybody walks in continuous space."
    others = len(layers_of(design)) - 1
    if others:
        cells_in_layers = len(headline_conditions(design)) * blocks
        yield (
            f"Then {others} other fixed settings of the engine, to see whether the order holds: "
            f"{cells_in_layers} times {design.robustness_replicates} runs in each."
        )


def alias_rows(design: Design) -> list[tuple[str, str]]:
    """For a fraction: each effect and what it cannot be told from ("partly" where it is only mixed in
    part)."""
    if not two_level(design) or design.form not in (Form.FRACTION, Form.PLACKETT_BURMAN):
        return []
    names = design.varied
    rows: dict[tuple[int, ...], list[str]] = {}
    for alias in factorial.aliases(signs_of(design)):
        for one, other in ((alias.effect, alias.other), (alias.other, alias.effect)):
            if design.form is Form.FRACTION or len(one) == 1:
                rows.setdefault(one, []).append(
                    ":".join(names[place] for place in other) + ("" if alias.share > 0.999 else " (partly)")
                )
    return [
        (":".join(names[place] for place in effect), ", ".join(others))
        for effect, others in sorted(rows.items(), key=lambda row: (len(row[0]), row[0]))
    ]


def _table(design: Design) -> Iterator[str]:
    rows = alias_rows(design)
    if rows:
        yield "What this design cannot tell apart:"
        yield from (f"  {effect}  =  {others}" for effect, others in rows)
