"""The parameter file as objects: read, checked, changed within its ranges, and made into arrays for compiled
code."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simex.distributions import NUMBERS, Shape
from simex.files import read_ordinary

LARGEST_FILE = 1_000_000  # bytes
DEFAULTS = Path(__file__).with_name("defaults.toml")
ON_FOOT = "walk_"  # how the parameters of walking as a body begin

LONGEST_TEXT = 500


class Label(StrEnum):
    """How well a number is known (the marks of simex.md)."""

    LOCAL = "local"  # measured in this school's own drills
    SEEN = "seen"  # read in a public text
    KNOWN = "known"  # a standard figure of the field, not read again
    INFERRED = "inferred"  # made from figures that were read
    ASSUMED = "assumed"  # our choice: always varied

    @property
    def pedigree(self) -> str:
        """local, published or assumed, as the credibility statement counts."""
        return {"local": "local", "seen": "published", "known": "published"}.get(self.value, "assumed")


@dataclass(frozen=True)
class Parameter:
    """One parameter: an id as in simex.md section 2, a distribution, and how far each of its numbers may be
    varied."""

    id: str
    meaning: str
    unit: str
    shape: Shape
    numbers: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    label: Label
    source: str

    def quad(self) -> tuple[float, float, float, float]:
        """The numbers in the order of `distributions.NUMBERS`, filled up with NaN."""
        values = [float(self.numbers[name]) for name in NUMBERS[self.shape]]
        return (*values, *[float("nan")] * (4 - len(values)))  # type: ignore[return-value]


class FaultyParameters(ValueError):
    """The file or a change has a fault; the sentence names the parameter and what is allowed."""


class Parameters(Mapping[str, Parameter]):
    """A whole set. It never changes: `changed` gives another one."""

    def __init__(self, parameters: Iterable[Parameter], version: str = "") -> None:
        self._by_id = {parameter.id: parameter for parameter in parameters}
        self._places = {identifier: place for place, identifier in enumerate(self._by_id)}
        self.version = version

    def __getitem__(self, identifier: str) -> Parameter:
        return self._by_id[identifier]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @classmethod
    def defaults(cls) -> Parameters:
        return cls.load(DEFAULTS)

    @classmethod
    def load(cls, path: Path) -> Parameters:
        """From a TOML file that holds the same parameters as the defaults. Raises `FaultyParameters`, or
        OSError when it cannot be read."""
        try:
            tables = tomllib.loads(read_ordinary(path, LARGEST_FILE).decode("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise FaultyParameters(f"{path.name} is not a TOML file: {error}.") from None
        version = str(tables.pop("version", ""))[:60]
        found = cls([parameter_of(identifier, table) for identifier, table in tables.items()], version)
        return found if path == DEFAULTS else found.like(cls.defaults(), path.name)

    def like(self, other: Parameters, called: str) -> Parameters:
        """This set in the order of another one. Raises `FaultyParameters` where it holds more, less or other
        units."""
        for identifier in self:
            if identifier not in other:
                raise FaultyParameters(
                    f"{called}: there is no parameter “{identifier[:60]}”. Nothing about an "
                    "assailant can be set."
                )
        for identifier, parameter in other.items():
            if identifier not in self:
                raise FaultyParameters(
                    f"{called}: the parameter “{identifier}” is missing. Start from what ./ssc "
                    "simex calibrate writes."
                )
            if self[identifier].unit != parameter.unit:
                raise FaultyParameters(
                    f"{called}: {identifier} is in “{parameter.unit}”, not in “{self[identifier].unit[:60]}”."
                )
            if identifier.startswith(ON_FOOT):
                _within(parameter, self[identifier], called)
        return Parameters([self[identifier] for identifier in other], self.version)

    def value(self, identifier: str, number: str | None = None) -> float:
        """One number of a parameter; without a name its first."""
        parameter = self[identifier]
        return float(parameter.numbers[number or NUMBERS[parameter.shape][0]])

    def changed(
        self, changes: Mapping[str, float], *, label: Label | None = None, source: str | None = None
    ) -> Parameters:
        """With other numbers: {"t_cue.median": 12.0}. Raises `FaultyParameters` for an unknown name or a
        value outside of its range."""
        by_id = dict(self._by_id)
        for name, value in changes.items():
            identifier, _, number = name.rpartition(".")
            if identifier not in by_id:
                identifier, number = name, ""
            parameter = by_id.get(identifier)
            if parameter is None:
                raise FaultyParameters(f"There is no parameter “{name}”.")
            number = number or NUMBERS[parameter.shape][0]
            if number not in parameter.numbers:
                raise FaultyParameters(
                    f"{identifier} has no number “{number}”. It has {', '.join(parameter.numbers)}."
                )
            low, high = parameter.ranges.get(number, (-np.inf, np.inf))
            if not low <= value <= high:
                raise FaultyParameters(
                    f"{identifier}.{number} may be from {low:g} to {high:g} {parameter.unit}, not {value:g}."
                )
            by_id[identifier] = replace(
                parameter,
                numbers={**parameter.numbers, number: float(value)},
                label=label or parameter.label,
                source=source or parameter.source,
            )
        return Parameters(by_id.values(), self.version)

    def digest(self) -> str:
        """SHA-256 of every number, label aside: two sets with the same digest give the same runs."""
        facts = [
            [p.id, int(p.shape), [float(p.numbers[name]) for name in NUMBERS[p.shape]]]
            for p in self._by_id.values()
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def compiled(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Shapes (n,) and numbers (n, 4) in the file's order, for `distributions.quantile`."""
        shapes = np.array([int(p.shape) for p in self._by_id.values()], dtype=np.int64)
        return shapes, np.array([p.quad() for p in self._by_id.values()], dtype=np.float64)

    def place(self, identifier: str) -> int:
        """The row of a parameter in `compiled`."""
        return self._places[identifier]


def _within(allowed: Parameter, own: Parameter, called: str) -> None:
    """Walking as a body works only inside of what its numbers were tried in: with a time step of 0, or a
    reach of 0, a walk never ends or is none."""
    if own.shape is not allowed.shape:
        raise FaultyParameters(
            f"{called}: {own.id} must be a {allowed.shape.name.lower()}, not a {own.shape.name.lower()}."
        )
    for number, (low, high) in allowed.ranges.items():
        lowest, highest = own.ranges.get(number, (own.numbers[number],) * 2)
        if not (low <= own.numbers[number] <= high and low <= lowest <= highest <= high):
            found = f"{own.numbers[number]:g} (its own range: {lowest:g} to {highest:g})"
            raise FaultyParameters(
                f"{called}: {own.id}.{number} and its range may be from {low:g} to {high:g} "
                f"{allowed.unit}, not {found}."
            )


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def parameter_of(identifier: str, table: Any) -> Parameter:
    """From a table of a parameter file. Raises `FaultyParameters`."""
    if not isinstance(table, dict):
        raise FaultyParameters(f"“{identifier}” must be a table [{identifier}].")
    known = {"meaning", "unit", "shape", "range", "label", "source"}
    try:
        shape = Shape[str(table.get("shape", "value")).upper()]
    except KeyError:
        raise FaultyParameters(f"{identifier}: there is no shape “{table.get('shape')}”.") from None
    for name in table.keys() - known - set(NUMBERS[shape]):
        raise FaultyParameters(f"{identifier}: “{name}” is not known here.")
    for name in ("meaning", "unit", "label", "source", *NUMBERS[shape]):
        if name not in table:
            raise FaultyParameters(f"{identifier}: “{name}” is missing.")
    for name in ("meaning", "unit", "label", "source"):
        if not isinstance(table[name], str) or len(table[name]) > LONGEST_TEXT:
            raise FaultyParameters(f"{identifier}: {name} must be text of up to {LONGEST_TEXT:,} letters.")
    if table["label"] not in set(Label):
        raise FaultyParameters(f"{identifier}: “{table['label'][:60]}” is no label. Use {', '.join(Label)}.")
    try:
        numbers = {name: _finite(table[name]) for name in NUMBERS[shape]}
        ranges = {name: (_finite(low), _finite(high)) for name, (low, high) in table.get("range", {}).items()}
    except (TypeError, ValueError, AttributeError, OverflowError):
        raise FaultyParameters(
            f"{identifier}: its numbers must be finite, and a range has a low and a high end."
        ) from None
    if min(numbers.values()) < 0 or numbers.get("low", 0) > numbers.get("high", math.inf):
        raise FaultyParameters(f"{identifier}: no number may be below 0, nor low above high.")
    if shape is Shape.PROBABILITY and numbers["value"] > 1:
        raise FaultyParameters(f"{identifier}: a probability may be from 0 to 1, not {numbers['value']:g}.")
    for name, (low, high) in ranges.items():
        if name not in numbers:
            raise FaultyParameters(f"{identifier}: the range of “{name}” belongs to no number.")
        if not low <= numbers[name] <= high:
            raise FaultyParameters(
                f"{identifier}: {name} {numbers[name]:g} is outside of its own range {low:g} to {high:g}."
            )
    return Parameter(
        identifier,
        table["meaning"],
        table["unit"],
        shape,
        numbers,
        ranges,
        Label(table["label"]),
        table["source"],
    )
