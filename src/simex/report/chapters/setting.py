"""Chapters 2 to 5: purpose, design, site, measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from simex.experiment.words import alias_rows
from simex.parameters import Label
from simex.runs import Resolution
from simex.scenario import Kind

from ..blocks import Block, Heading, Note, Points, Table, Text
from ..content import level_words, lever
from ..context import Context
from ..wording import measure_words

KINDS = {
    Kind.LOCKDOWN: "a lockdown with a fixed, abstract hazard in the building",
    Kind.LOCKDOWN_DRILL: "a lockdown drill, with no hazard",
    Kind.EVACUATION: "an evacuation",
    Kind.SECURE: "a Secure: the outer doors only",
    Kind.REVERSE_EVACUATION: "a reverse evacuation",
    Kind.SHELTER: "a shelter",
    Kind.HOLD: "a hold",
    Kind.BOMB_THREAT: "an evacuation after a bomb threat",
    Kind.REUNIFICATION: "a reunification",
}


def purpose(context: Context) -> Iterator[Block]:
    yield Heading("2 Purpose and scope")
    yield Text(context.results.design.purpose, "Stated purpose.")
    yield Text(f"Tried was {KINDS[context.results.design.kind]}. Only what a school decides was varied.")
    yield Text("Nothing about an assailant can be set, read or drawn.")


def design(context: Context) -> Iterator[Block]:
    results = context.results
    own = results.design
    yield Heading("3 Design")
    if own.options:
        rows = tuple(
            (name, ", ".join(f"{lever}: {level}" for lever, level in levels.items()) or "as it is")
            for name, levels in own.options.items()
        )
        yield Table(("Option", "Levers"), rows, (0.3, 0.7), "Options; the first is today.")
    else:
        varied = [(str(lever(name)["title"]), *_today(name, levels)) for name, levels in own.factors.items()]
        varied += [
            (str(lever(name)["title"]), f"{low:g}", f"up to {high:g}")
            for name, (low, high) in own.ranges.items()
        ]
        yield Table(("Measure", "Today", "Tried"), tuple(varied), (0.24, 0.38, 0.38), "What was varied.")
    common = [
        f"{name.replace('_', ' ')}: {level}"
        for name, level in own.common.items()
        if name not in ("kind", "moment")
    ]
    moments = ", ".join(own.moments) or str(own.common.get("moment", "lesson"))
    facts = [
        f"Time of day: {moments}." + (f" Held fixed: {'; '.join(common)}." if common else ""),
        (
            f"{results.conditions_count} combinations; "
            f"{len(results.paired(results.measures[0].column)[0])} replicates of each"
        )
        + (
            ", the same simulated people with the same luck in every combination."
            if own.common_random_numbers
            else ", each with its own luck."
        ),
    ]
    if own.resolution is Resolution.CONTINUOUS:
        facts.append(
            "Everybody walks as a body in continuous space, in steps of 0.05 s. What anybody hears, "
            "decides and locks is drawn as on the network."
        )
    if own.kind is Kind.LOCKDOWN:
        facts.append(
            "Every combination met both published scenario cards, “mass” and “targeted”. Cards are "
            "averaged and never compared. Where and when a run "
            "begins is drawn inside the card's class and is not recorded."
        )
        facts.append(
            "What an officer's contact changes is not known. Three bands are run: at once, after a "
            "minute, never; the middle one is shown first."
        )
    yield Points(tuple(facts))
    mixed = alias_rows(own)
    if mixed:
        yield Table(
            ("Effect", "Cannot be told from"),
            tuple(mixed),
            (0.35, 0.65),
            "What this design cannot tell apart.",
        )


def _today(name: str, levels: tuple[object, ...]) -> tuple[str, str]:
    return level_words(name, levels[0]), "; ".join(level_words(name, level) for level in levels[1:])


def site(context: Context) -> Iterator[Block]:
    yield Heading("4 Site model and population")
    if context.public:
        yield Text("This chapter is in the restricted version only.")
        return
    plan, people = context.results.study.plan, context.results.study.people
    uses = Counter(space.use.value for space in plan.spaces)
    yield Note(
        "Restricted",
        ("This chapter describes the building. Do not hand it on with the public version.",),
        "care",
    )
    yield Text(f"{plan.name}. {plan.source}".strip())
    rows = (
        ("Storeys", str(len(plan.levels))),
        ("Rooms", ", ".join(f"{count} {use}" for use, count in uses.most_common())),
        ("Rooms to lock", str(len(plan.rooms_to_lock))),
        ("Exits", str(len(plan.exits))),
        (
            "Students",
            f"{people.students:,}" if people.students else "as many as the classrooms are furnished for",
        ),
        ("Staff", f"{people.staff:,}" if people.staff else "by the class sizes"),
        (
            "Limited mobility, hearing, language",
            (
                f"{people.limited_mobility_share:.0%}, {people.hearing_share:.0%}, "
                f"{people.language_share:.0%} of students"
            ),
        ),
    )
    yield Table(("What", "How many"), rows, (0.35, 0.65))


def measures(context: Context) -> Iterator[Block]:
    yield Heading("5 Measures")
    yield Text(
        "The core measures are those of SIMEX 20-6. All others are in the tables of numbers; they "
        "explore and do not confirm."
    )
    rows = tuple(
        (
            measure.code,
            measure.title,
            measure_words(measure.column)["plain"],
            "more" if measure.better == "more" else "less",
        )
        for measure in context.core_measures
    )
    yield Table(("", "Measure", "What it is", "Better is"), rows, (0.08, 0.27, 0.5, 0.15))
    if context.results.preview:
        yield Text(
            "The abstract hazard count and exposure (M10 to M12) are not shown. "
            f"{context.results.release.reason}"
        )


def share_of_labels(context: Context) -> str:
    """How the whole parameter set is known, in words."""
    counts = Counter(parameter.label for parameter in context.results.study.parameters.values())
    return ", ".join(f"{counts[label]} {label.value}" for label in Label if counts[label])
