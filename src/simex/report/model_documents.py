"""ODD and STRESS-ABS of a study, made from the code, the parameter file and the study itself
(simex.md 4.6)."""

from __future__ import annotations

import dataclasses
import platform
from collections import Counter
from importlib.metadata import version

from simex.analysis import Results
from simex.draws import Stream
from simex.measures import MEASURES
from simex.scenario import LEVELS, HazardStep, Scenario, StopBand

from .blocks import Heading, Report, Table, Text
from .content import content
from .wording import joined


def odd(results: Results) -> Report:
    """The seven elements, with the levers, streams, measures and parameters of this code."""
    report = Report(
        "ODD description of SIMEX",
        "Overview, design concepts, details (Grimm and others 2020).",
        "School Security Center, SIMEX",
        _watermark(),
    )
    for element in content("odd")["element"]:
        report.add(Heading(element["title"]), Text(element["text"]))
    levers = []
    for field in dataclasses.fields(Scenario):
        levels = (
            ", ".join(LEVELS[field.name])
            if field.name in LEVELS
            else str(field.type).replace(" | None", " or as the plan says")
        )
        levers.append((field.name, levels))
    report.add(
        Heading("Levers"),
        Table(("Lever", "Levels"), tuple(levers), (0.35, 0.65), "Everything that can be set."),
    )
    layers = (
        f"Robustness layers, always all run: contact {joined([band.value for band in StopBand])}; rate "
        f"{joined([step.value for step in HazardStep])}."
    )
    report.add(Text(layers))
    streams = tuple((str(stream.value), stream.name.lower().replace("_", " ")) for stream in Stream)
    report.add(Heading("Streams of random numbers"), Table(("Number", "For"), streams, (0.2, 0.8)))
    rows = tuple((measure.code, measure.title, measure.unit, measure.scale.value) for measure in MEASURES)
    report.add(Heading("Measures"), Table(("", "Measure", "Unit", "Scale"), rows, (0.1, 0.5, 0.2, 0.2)))
    parameters = tuple(
        (
            one.id,
            f"{one.meaning} ({one.unit})",
            ", ".join(f"{name} {value:g}" for name, value in one.numbers.items()),
            ", ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in one.ranges.items()) or "fixed",
            one.label.value,
            one.source,
        )
        for one in results.study.parameters.values()
    )
    report.add(
        Heading("Parameters"),
        Table(
            ("Id", "What", "Value", "Varied", "Label", "Source"),
            parameters,
            (0.12, 0.25, 0.15, 0.15, 0.08, 0.25),
        ),
    )
    return report


def stress(results: Results) -> Report:
    """The twenty items, filled from the study."""
    design, parameters = results.design, results.study.parameters
    labels = Counter(one.label.pedigree for one in parameters.values())
    facts = {
        "purpose": design.purpose,
        "question": design.question or "To compare the options below.",
        "horizon": f"{results.horizon_s:g}",
        "varied": "; ".join(
            f"{name}: {', '.join(map(str, levels))}" for name, levels in design.factors.items()
        )
        or joined(list(design.options)),
        "plan": results.study.plan.source or results.study.plan.name,
        "processing": "None."
        if not labels["local"]
        else f"{labels['local']} parameters are fitted to drills of this school (./ssc simex calibrate).",
        "inputs": (
            f"{len(parameters)} parameters, version {parameters.version}, SHA-256 "
            f"{parameters.digest()[:16]}…; the plan; the people."
        ),
        "assumptions": (
            f"{labels['assumed']} of {len(parameters)} parameters are assumptions, labelled so and "
            "varied in the sensitivity runs."
        ),
        "estimation": f"{results.run_count:,} runs; replicates by "
        + ("the stop rule" if design.replicates is None else f"plan ({design.replicates} of each cell)")
        + "; bootstrap over replicates.",
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "seed": str(design.seed),
        "common": "yes" if design.common_random_numbers else "no",
        "code": f"{results.study.manifest()['code_version'][:16]}…",
    }
    rows = tuple((item["code"], item["text"].format(**facts)) for item in content("stress")["item"])
    report = Report(
        "STRESS-ABS description of this study",
        "Monks and others 2019.",
        "School Security Center, SIMEX",
        _watermark(),
    )
    report.add(Table(("Item", "How it is here"), rows, (0.26, 0.74)))
    return report


def _watermark() -> str:
    return str(content("words")["watermark"])
