"""A design file (TOML) as an object, with every fault named at once (simex.md 4.1, 4.2)."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from simex.files import TooLarge, read_ordinary
from simex.plan.words import plain
from simex.population import Population
from simex.runs import Resolution
from simex.scenario import Kind

from .faults import NOT_SETTABLE, FaultyDesign

SCHEMA = Path(__file__).with_name("design.schema.json")
LARGEST_FILE = 200_000  # bytes
LONGEST_WORDS = 1_000  # letters of question and purpose
LONGEST_FAULT = 400
# a.b.c.d…: its depth costs time with its square
DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++\s*+\.\s*+){30}""")


class Form(StrEnum):
    STUDY = "study"
    REPLICA = "replica"
    FULL_FACTORIAL = "full-factorial"
    FRACTION = "fraction"
    PLACKETT_BURMAN = "plackett-burman"
    LATIN_HYPERCUBE = "latin-hypercube"
    OPTIONS = "options"


# The three factors of SIMEX 20-6 and their levels, the first as today (simex.md 1.1).
SIMEX_FACTORS: dict[str, tuple[Any, ...]] = {
    "officer": ("absent", "patrol"),
    "doors": ("manual", "pre-locked"),
    "notice": ("centralized", "decentralized"),
}
NEVER_FACTORS = {
    "kind": "kind says what is tried. Put it under [common]; one design holds one kind.",
    "card": (
        "The scenario card is a block that every combination meets, never a lever: it cannot be chosen, "
        "and cards are never compared."
    ),
}
# 3 runs a condition; the split 2 + 1 is an assumption (simex.md 4.2)
REPLICA_CARDS = (("mass", (0, 1)), ("targeted", (2,)))


@dataclass(frozen=True)
class PlanSource:
    """A plan file (path), or what the generator is asked for. `students`: how many a generated school is
    built for."""

    file: Path | None = None
    generate: str = "high"
    students: int = 1000


@dataclass(frozen=True)
class Precision:
    """When to stop (simex.md 4.4). relative: gamma for means. share, seconds: half widths of proportions and
    of times. cap: most replicates."""

    relative: float = 0.10
    share: float = 0.05
    seconds: float = 10.0
    cap: int = 1000


# The smallest differences that would matter, unless the design says otherwise: 5 points of rooms, 10 s, 2
# points of students (simex.md 4.4). For counts a ratio: 1.25 means a quarter more or a fifth less [A].
SMALLEST_EFFECTS = {"rooms": 0.05, "seconds": 10.0, "students": 0.02, "ratio": 1.25, "other": 0.0}


@dataclass(frozen=True)
class Design:
    """A designed experiment over defenders' levers.

    common: levels that every run shares. factors: the levels of each lever, today's first. ranges: low and
    high of a lever varied continuously. options: named tables of levers, today's first. claims: the effects
    to be spoken about, as tuples of levers. replicates: of each cell; None leaves it to the stop rule.
    resolution: how people move. preview: a lockdown with a hazard is run although the mode is not released.
    smallest_effect: by measure column, in the measure's own unit (a ratio for counts)."""

    name: str
    purpose: str
    form: Form
    question: str = ""
    plan: PlanSource = field(default_factory=PlanSource)
    population: Population = field(default_factory=Population)
    common: dict[str, Any] = field(default_factory=dict)
    factors: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    moments: tuple[str, ...] = ()
    fraction: str | None = None
    points: int | None = None
    claims: tuple[tuple[str, ...], ...] = ()
    seed: int = 1
    replicates: int | None = 200
    resolution: Resolution = Resolution.NETWORK
    common_random_numbers: bool = True
    precision: Precision = field(default_factory=Precision)
    smallest_effect: dict[str, float] = field(default_factory=dict)
    robustness_replicates: int = 50
    parameter_file: Path | None = None
    preview: bool = False

    @classmethod
    def read(cls, path: Path | str) -> Design:
        """From a TOML file. Raises `FaultyDesign` with every fault, or OSError when it cannot be read."""
        path = Path(path)
        try:
            text = read_ordinary(path, LARGEST_FILE).decode("utf-8-sig")
        except TooLarge as error:
            raise FaultyDesign([f"{path.name}: {error.strerror}. It is no design file."]) from None
        except UnicodeDecodeError:
            raise FaultyDesign([f"{path.name} is not text in UTF-8. Save it again as UTF-8."]) from None
        if DEEP_KEY.search(text):
            raise FaultyDesign([f"{path.name} nests its tables too deeply: it is no design file."])
        try:
            document = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise FaultyDesign([f"{path.name} is not a TOML file: {error}."]) from None
        return cls.of(document, path.parent)

    @classmethod
    def of(cls, document: dict[str, Any], folder: Path = Path()) -> Design:
        """From the tables of a design file; paths in it are seen from `folder`. Raises `FaultyDesign`."""
        faults = _schema_faults(document)
        if faults:
            raise FaultyDesign(faults)
        design = _assemble(document, folder)
        from .check import faults_of

        faults = faults_of(design)
        if faults:
            raise FaultyDesign(faults)
        return design

    @property
    def kind(self) -> Kind:
        simex = self.form in (Form.STUDY, Form.REPLICA)
        return Kind(self.common.get("kind", Kind.LOCKDOWN if simex else Kind.LOCKDOWN_DRILL))

    @property
    def varied(self) -> tuple[str, ...]:
        """The names of the levers that are varied, in the file's order."""
        if self.form is Form.OPTIONS:
            return ("option",)
        return (*self.factors, *self.ranges)

    def facts(self) -> dict[str, Any]:
        """Everything that decides the runs, as plain values for the manifest of a folder (paths aside: their
        content has digests of its own)."""
        facts = dataclasses.asdict(self)
        facts.pop("parameter_file")
        facts["plan"] = {key: value for key, value in facts["plan"].items() if key != "file"}
        return dict(json.loads(json.dumps(facts)))


def _assemble(document: dict[str, Any], folder: Path) -> Design:
    plan, runs, design = document["plan"], document.get("runs", {}), document["design"]
    form = Form(design["form"])
    factors = {
        name: tuple(level) for name, level in document.get("factors", {}).items() if isinstance(level, list)
    }
    ranges = {
        name: (float(level["low"]), float(level["high"]))
        for name, level in document.get("factors", {}).items()
        if isinstance(level, dict)
    }
    if form in (Form.STUDY, Form.REPLICA) and not factors:
        factors = dict(SIMEX_FACTORS)
    replicates = runs.get("replicates", 200)
    return Design(
        name=document["name"],
        purpose=plain(document["purpose"], LONGEST_WORDS),
        question=plain(document.get("question", ""), LONGEST_WORDS),
        preview=document.get("preview", False),
        form=form,
        plan=PlanSource(
            folder / plan["file"] if "file" in plan else None,
            plan.get("generate", "high"),
            plan.get("students", 1000),
        ),
        population=Population(**document.get("population", {})),
        common=dict(document.get("common", {})),
        factors=factors,
        ranges=ranges,
        options=dict(document.get("options", {})),
        moments=tuple(document.get("blocks", {}).get("moment", ())),
        fraction=design.get("fraction"),
        points=design.get("points"),
        claims=tuple(tuple(part.strip() for part in claim.split(":")) for claim in design.get("claims", ())),
        seed=runs.get("seed", 1),
        replicates=None if replicates == "precision" else replicates,
        resolution=Resolution(runs.get("resolution", Resolution.NETWORK)),
        common_random_numbers=runs.get("common_random_numbers", True),
        precision=Precision(**document.get("precision", {})),
        smallest_effect=dict(document.get("smallest_effect", {})),
        robustness_replicates=document.get("robustness", {}).get("replicates", 50),
        parameter_file=folder / document["parameters"]["file"]
        if "file" in document.get("parameters", {})
        else None,
    )


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of design files."""
    return dict(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _schema_faults(document: dict[str, Any]) -> list[str]:
    import jsonschema

    # TOML knows nan, inf and 7.0; a design's numbers are finite, and its counts are written without a point.
    types = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    types = types.redefine(
        "number",
        lambda _, value: (
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        ),
    )
    validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=types)(schema())
    errors = sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
    return list(dict.fromkeys(sentence for error in errors for sentence in _sentences(error)))


def _sentences(error: Any) -> list[str]:
    place = ".".join(str(part) for part in error.absolute_path)
    where = f"[{place}]" if place else "the file"
    if error.validator == "additionalProperties" and isinstance(error.schema.get("properties"), dict):
        known = error.schema["properties"]
        unknown = [key for key in error.instance if key not in known]
        return [
            f"“{key}” is not known in {where}. Known are {', '.join(known)}. {NOT_SETTABLE}"
            for key in unknown
        ]
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return [f"“{key}” is missing in {where}." for key in missing]
    if error.validator == "enum":
        return [f"{place}: “{error.instance}” is not one of {', '.join(map(str, error.validator_value))}."]
    if error.validator == "const":
        return [
            f"{place}: “{error.instance}” cannot be read by this version; it must be {error.validator_value}."
        ]
    if error.validator == "oneOf" and place.startswith("factors"):
        return [
            (
                f"{place}: give a list of at least two different levels, or for a Latin hypercube {{low "
                "= …, high = …}."
            )
        ]
    if error.validator == "oneOf":
        return [f'{place}: a whole number from 2 to 10,000, or "precision".']
    if error.validator == "not":
        return [f"[{place}]: give file or generate, not both."]
    if error.validator == "pattern":
        return [f"{place}: “{plain(error.instance, 60)}” holds a sign that cannot be printed. Take it out."]
    if error.validator == "type" and error.validator_value == "integer":
        return [f"{place}: “{str(error.instance)[:60]}” must be a whole number, without a point."]
    if error.validator == "type" and error.validator_value == "number":
        return [f"{place}: “{str(error.instance)[:60]}” must be a finite number."]
    return [f"{place}: {error.message[:LONGEST_FAULT]}."]
