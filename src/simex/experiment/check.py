"""The faults of a design that its schema cannot see: levers, levels, sizes, and claims that the design cannot
carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simex.measures import BY_COLUMN
from simex.plan import Plan
from simex.runs import Resolution
from simex.scenario import ImpossibleLevel, Kind, Moment, Scenario, UnknownLever

from . import factorial
from .cells import LARGEST_FULL, cells_of, count_of_conditions, layers_of, signs_of
from .design import NEVER_FACTORS, SIMEX_FACTORS, Design, Form

MOST_RUNS = 5_000_000
TWO_LEVEL = {Form.FRACTION, Form.PLACKETT_BURMAN, Form.STUDY, Form.REPLICA}
SCREENING = "This design is for screening: it speaks about main effects only."


def faults_of(design: Design) -> list[str]:
    """A sentence for each fault."""
    faults = [
        *_levers(design.common, "common"),
        *_factor_levels(design),
        *_form(design),
        *_options(design),
        *_blocks(design),
        *_measures(design),
    ]
    faults = list(dict.fromkeys(faults))  # an unknown lever is unknown at each of its levels
    if not faults:
        faults += [*_claims(design), *_size(design)]
    if not faults:
        faults += _resolution(design)
    return faults


def _levers(levels: Mapping[str, Any], table: str) -> Iterator[str]:
    for name, level in levels.items():
        if name == "card":
            yield f"[{table}]: {NEVER_FACTORS['card']}"
            continue
        try:
            Scenario.of({name: level})
        except (UnknownLever, ImpossibleLevel) as error:
            yield f"[{table}]: {error}"
        except TypeError:
            yield f"[{table}]: “{level}” is no level of {name}."


def _factor_levels(design: Design) -> Iterator[str]:
    for name in (*design.factors, *design.ranges):
        if name in NEVER_FACTORS:
            yield f"[factors]: {NEVER_FACTORS[name]}"
            continue
        if name in design.common:
            yield f"{name} is both under [common] and under [factors]: keep one of them."
        if name in design.moments or (name == "moment" and design.moments):
            yield "moment is both a factor and a block: keep one of them."
        for level in design.factors.get(name, design.ranges.get(name, ())):
            yield from _levers({name: level}, "factors")
    for name, (low, high) in design.ranges.items():
        if low >= high:
            yield (
                f"[factors]: the range of {name} runs from {low:g} to {high:g}; the first must be the "
                "lower one."
            )
    if design.ranges and design.form is not Form.LATIN_HYPERCUBE:
        yield (
            '[factors]: a range (low, high) needs form = "latin-hypercube"; give '
            f"{', '.join(design.ranges)} a list of levels."
        )


def _form(design: Design) -> Iterator[str]:
    count = len(design.factors) + len(design.ranges)
    if design.form is Form.OPTIONS:
        if len(design.options) < 2:
            yield 'form = "options" needs at least two tables [options.…], today\'s first.'
        if count:
            yield 'form = "options" has no [factors]: each option says its own levels.'
        return
    if design.options:
        yield '[options] belongs to form = "options".'
    if not count:
        yield "[factors] is empty: say which levers are varied."
        return
    if design.form in TWO_LEVEL:
        for name, levels in design.factors.items():
            if len(levels) != 2:
                yield f'[factors]: {name} has {len(levels)} levels; form = "{design.form}" takes two.'
    if design.form in (Form.STUDY, Form.REPLICA):
        if set(design.factors) != set(SIMEX_FACTORS):
            yield (
                f'form = "{design.form}" varies {", ".join(SIMEX_FACTORS)} and nothing else; for other '
                "levers use full-factorial."
            )
        if design.kind is not Kind.LOCKDOWN:
            yield (
                f'form = "{design.form}" is about kind = "lockdown"; for “{design.kind}” use full-factorial.'
            )
    if design.form is Form.FRACTION:
        if design.fraction is None:
            yield f'form = "fraction" needs fraction = one of {", ".join(factorial.FRACTIONS)}.'
        elif count != factorial.FRACTIONS[design.fraction].factors:
            yield (
                f"{design.fraction} holds {factorial.FRACTIONS[design.fraction].factors} factors; "
                f"[factors] has {count}."
            )
    if design.form is Form.PLACKETT_BURMAN and count > factorial.PLACKETT_BURMAN_FACTORS:
        yield (
            f"A Plackett-Burman design of twelve runs holds up to {factorial.PLACKETT_BURMAN_FACTORS} "
            f"factors; [factors] has {count}."
        )
    if design.form is Form.LATIN_HYPERCUBE and design.points is not None and design.points < 10 * count:
        yield (
            f"A Latin hypercube needs at least 10 points a factor: {10 * count} for {count} factors, "
            f"not {design.points}."
        )
    if design.form is Form.FULL_FACTORIAL:
        cells = 1
        for levels in design.factors.values():
            cells *= len(levels)
        if cells > LARGEST_FULL:
            yield (
                f"A full factorial of {cells} combinations is more than {LARGEST_FULL}: leave levers "
                "out, or use a fraction or a Latin hypercube."
            )


def _options(design: Design) -> Iterator[str]:
    for name, levels in design.options.items():
        if "kind" in levels:
            yield f"[options.{name}]: {NEVER_FACTORS['kind']}"
        yield from _levers(
            {lever: level for lever, level in levels.items() if lever != "kind"}, f"options.{name}"
        )


def _blocks(design: Design) -> Iterator[str]:
    for moment in design.moments:
        if moment not in set(Moment):
            yield f"[blocks]: “{moment}” is no moment. Use {', '.join(Moment)}."
    if design.moments and "moment" in design.common:
        yield "moment is both under [common] and under [blocks]: keep one of them."


def faults_in_plan(design: Design, plan: Plan) -> list[str]:
    """A sentence for each exit that the design closes and the plan has not, and where no exit is left."""
    exits = {portal.id for portal in plan.exits}
    closed = {cell.scenario.closed_exits for cell in cells_of(design)}
    unknown = sorted({name for names in closed for name in names} - exits)
    faults = [
        f"closed_exits: “{name[:60]}” is no exit of the plan. Its exits are {', '.join(sorted(exits)[:30])}."
        for name in unknown
    ]
    if not faults and any(names and set(names) >= exits for names in closed):
        faults.append("closed_exits: with every exit closed nobody can leave. Leave one open.")
    return faults


def _measures(design: Design) -> Iterator[str]:
    for column in design.smallest_effect:
        if column not in BY_COLUMN:
            yield f"[smallest_effect]: there is no measure “{column}”. Known are {', '.join(BY_COLUMN)}."


def _claims(design: Design) -> Iterator[str]:
    names = design.varied
    for claim in design.claims:
        label = ":".join(claim)
        unknown = [part for part in claim if part not in names]
        if unknown:
            yield (
                f"[design] claims: {', '.join(unknown)} is not varied, so nothing can be claimed about "
                f"“{label}”."
            )
            continue
        if design.form not in {Form.FRACTION, Form.PLACKETT_BURMAN}:
            continue
        if len(set(claim)) > 1 and (
            design.form is Form.PLACKETT_BURMAN or factorial.FRACTIONS[design.fraction or ""].resolution == 3
        ):
            yield f"[design] claims: “{label}” is an interaction. {SCREENING}"
            continue
        places = tuple(sorted(names.index(part) for part in set(claim)))
        order = 1 if design.form is Form.PLACKETT_BURMAN else 2
        # Main effects of a screening design are always mixed with interactions; that is told in the alias
        # table, and a claim about them is allowed.
        screening = (
            design.form is Form.FRACTION and factorial.FRACTIONS[design.fraction or ""].resolution == 3
        )
        others = () if screening else factorial.mixed_with(signs_of(design), places, order)
        if others:
            mixed = ", ".join(":".join(names[place] for place in alias.other) for alias in others)
            yield (
                f"[design] claims: this design cannot tell “{label}” from {mixed}. Drop the claim or "
                "use a larger design."
            )


def _size(design: Design) -> Iterator[str]:
    each = design.replicates or design.precision.cap
    blocks = (2 if design.kind is Kind.LOCKDOWN else 1) * max(len(design.moments), 1)
    runs = (
        count_of_conditions(design)
        * blocks
        * (each + (len(layers_of(design)) - 1) * design.robustness_replicates)
    )
    if runs > MOST_RUNS:
        yield (
            f"This design asks for up to {runs:,} runs; the most is {MOST_RUNS:,}. Take fewer "
            "replicates, levels or points."
        )


def _resolution(design: Design) -> list[str]:
    if design.resolution is not Resolution.CONTINUOUS:
        return []
    from simex.continuous import not_walked

    reasons = dict.fromkeys(not_walked(cell.scenario) for cell in cells_of(design))
    return [f"[runs] resolution: {reason}" for reason in reasons if reason is not None]
