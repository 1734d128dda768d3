"""Sentences made from results. Every number in them comes from an `Effect` and stands with its interval.

Where more than half of the influential inputs are assumptions, a sentence says only which way and how sure
(simex.md 4.6)."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from simex.analysis import Effect, Verdict
from simex.measures import BY_COLUMN, Measure, Scale

from .content import content, level_words, lever

MINUS = "−"
TO = " to "


def number(value: float, digits: int = 1) -> str:
    """A number for print: a true minus sign, no minus zero, thousands apart."""
    text = f"{abs(value):,.{digits}f}"
    return (MINUS if value < 0 and float(text.replace(",", "")) else "") + text


def amount(value: float, measure: Measure) -> str:
    """A value of a measure with its unit."""
    if math.isnan(value):
        return "–"
    if measure.scale is Scale.PROPORTION:
        return f"{number(100 * value)} of 100"
    if measure.unit == "s":
        return f"{number(value)} s"
    return f"{number(value)} {measure.unit}".strip()


def size(value: float, measure: Measure, scale: str) -> str:
    """The size of an effect: points, seconds, or a ratio."""
    if math.isnan(value):
        return "–"
    if scale == "ratio":
        return f"x {number(value, 2)}"
    if measure.scale is Scale.PROPORTION:
        return f"{number(100 * value)} points"
    return f"{number(value)} {measure.unit}".strip()


def interval(effect: Effect) -> str:
    """The 95 % interval of an effect, without its unit repeated."""
    measure = BY_COLUMN[effect.measure]
    if effect.scale == "ratio":
        return f"{number(effect.low, 2)}{TO}{number(effect.high, 2)}"
    factor = 100 if measure.scale is Scale.PROPORTION else 1
    return f"{number(factor * effect.low)}{TO}{number(factor * effect.high)}"


def p_words(p: float) -> str:
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def measure_words(column: str) -> dict[str, str]:
    """How a measure is spoken of: more, less, same, plain."""
    measure = BY_COLUMN[column]
    title = measure.title[0].lower() + measure.title[1:]
    made = {
        "more": f"{title}: more",
        "less": f"{title}: less",
        "same": f"{title}: about the same",
        "plain": measure.title + ".",
    }
    return made | dict(content("words")["measures"].get(column, {}))


def comparison(effect: Effect) -> str:
    """“doors kept locked beforehand than doors locked by hand”, without the verb."""
    name = "option" if len(effect.effect) == 1 and effect.effect[0] == effect.high_level else effect.effect[0]
    return f"{level_words(name, effect.high_level)}, compared with {level_words(name, effect.low_level)}"


MARKS = {
    Verdict.BETTER: "▲ better",
    Verdict.WORSE: "▼ worse",
    Verdict.SMALL: "• small",
    Verdict.EQUIVALENT: "= no difference",
    Verdict.OPEN: "? cannot tell",
}


NOTHING = 1e-6  # a fitted ratio of equal counts is 1 but for its last digits
NOT_TRIED = "– not tried"


def mark(effect: Effect, untried: Collection[str] = ()) -> str:
    """A verdict as a sign and a word, so that it needs no color. untried: labels of levers that this kind of
    run gives nothing to act on."""
    about = {effect.label, *effect.effect}
    return NOT_TRIED if not about.isdisjoint(untried) and untouched([effect]) else MARKS[effect.verdict]


def strength(effect: Effect) -> float:
    """For ordering only: the effect in units of the smallest one that matters, or of its own error."""
    measure_size = abs(math.log(effect.estimate)) if effect.scale == "ratio" else abs(effect.estimate)
    matters = math.log(effect.smallest) if effect.scale == "ratio" else effect.smallest
    return measure_size / matters if matters and not math.isnan(matters) else 0.0


def joined(parts: Sequence[str]) -> str:
    """“a, b and c”."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


ORDER = (Verdict.BETTER, Verdict.WORSE, Verdict.SMALL, Verdict.EQUIVALENT, Verdict.OPEN)


def by_lever(effects: Sequence[Effect]) -> list[list[Effect]]:
    """The core main effects of each lever (or level, or option), the lever that can be told most about
    first."""
    groups: dict[str, list[Effect]] = {}
    for one in effects:
        if one.confirmatory:
            groups.setdefault(one.label, []).append(one)
    return sorted(
        groups.values(),
        key=lambda own: (min(min(ORDER.index(one.verdict), 2) // 2 for one in own), -max(map(strength, own))),
    )


def title_of(own: Effect) -> str:
    """A lever's title; for one of several levels with the level, for an option its name."""
    if own.effect[0] == own.high_level:
        return own.label
    title = str(lever(own.effect[0])["title"])
    return title if own.label == own.effect[0] else f"{title}: {own.high_level}"


def untouched(own: Sequence[Effect]) -> bool:
    """Whether a lever changed no core measure in any run, as an officer in a drill: then nothing about it was
    tried."""
    return all(
        abs(value - (one.scale == "ratio")) < NOTHING
        for one in own
        for value in (one.estimate, one.low, one.high)
    )


def finding(own: Sequence[Effect], *, magnitudes: bool) -> str:
    """All that the core measures say about one lever, in one or two sentences."""
    if untouched(own):
        return f"{comparison(own[0])[0].upper()}{comparison(own[0])[1:]}. {content('words')['untouched']}"
    groups = {
        verdict: [_clause(one, magnitudes=magnitudes) for one in own if one.verdict is verdict]
        for verdict in ORDER
    }
    told = [*groups[Verdict.BETTER], *groups[Verdict.WORSE]]
    told += [
        f"{clause}, but by less than was set beforehand as worth acting on"
        for clause in groups[Verdict.SMALL]
    ]
    parts = [
        f"With {comparison(own[0])}: {'; '.join(told)}."
        if told
        else f"{comparison(own[0])[0].upper()}{comparison(own[0])[1:]}."
    ]
    if groups[Verdict.EQUIVALENT]:
        parts.append(f"No difference worth acting on: {'; '.join(groups[Verdict.EQUIVALENT])}.")
    if groups[Verdict.OPEN]:
        parts.append(f"These runs cannot tell whether {'; '.join(groups[Verdict.OPEN])}.")
    return " ".join(parts)


def _clause(effect: Effect, *, magnitudes: bool) -> str:
    words = measure_words(effect.measure)
    measured = (
        (
            f" ({size(effect.estimate, BY_COLUMN[effect.measure], effect.scale)}; 95 % interval "
            f"{interval(effect)})"
        )
        if magnitudes
        else ""
    )
    if effect.verdict is Verdict.EQUIVALENT:
        # How a mean is taken stands in the tables
        return BY_COLUMN[effect.measure].title.partition(" (")[0].lower() + measured
    return (
        words["more"] if effect.estimate > (1 if effect.scale == "ratio" else 0) else words["less"]
    ) + measured
