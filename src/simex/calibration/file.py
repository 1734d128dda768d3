"""Writes a parameter set as the TOML file that `Parameters.load` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator

from simex.distributions import NUMBERS
from simex.parameters import Parameter, Parameters


def as_toml(parameters: Parameters) -> str:
    """The whole file."""
    head = (
        "# Written by ./ssc simex calibrate. Parameters labelled local are measured in this school's "
        "drills.\n"
    )
    head += f"version = {_text(parameters.version)}\n"
    return head + "".join("\n" + "\n".join(_lines(one)) + "\n" for one in parameters.values())


def _lines(parameter: Parameter) -> Iterator[str]:
    yield f"[{parameter.id}]"
    yield f"meaning = {_text(parameter.meaning)}"
    yield f"unit = {_text(parameter.unit)}"
    yield f"shape = {_text(parameter.shape.name.lower())}"
    for name in NUMBERS[parameter.shape]:
        yield f"{name} = {float(parameter.numbers[name])!r}"
    if parameter.ranges:
        inside = ", ".join(f"{name} = [{low!r}, {high!r}]" for name, (low, high) in parameter.ranges.items())
        yield f"range = {{ {inside} }}"
    yield f"label = {_text(parameter.label.value)}"
    yield f"source = {_text(parameter.source)}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
