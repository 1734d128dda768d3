"""Copies of everything that decides a study's runs, beside them: so a folder can be resumed and judged
without the files it was started from."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from simex.files import read_ordinary
from simex.parameters import Parameter, Parameters, parameter_of
from simex.plan import Plan
from simex.population import Population
from simex.runs import Resolution

from .check import faults_of
from .chunks import ENGINES
from .design import Design, Form, PlanSource, Precision
from .faults import CannotRun
from .folder import Folder

PLAN = "plan.json"
LARGEST_FILE = 4_000_000  # of parameters
PARAMETERS = "parameters.json"
TEXTS = ("meaning", "unit", "shape", "label", "source")


def plan_of(design: Design) -> Plan:
    """The plan that a design names: read from its file and checked, or generated. Raises `UnreadablePlan` or
    `FaultyPlan`."""
    if design.plan.file is not None:
        from simex.plan.file import read_plan

        return read_plan(design.plan.file)
    from simex.plan.generator import generate

    return generate(design.plan.generate, design.plan.students)


def parameters_of(design: Design) -> Parameters:
    """The design's calibrated parameter file, or the defaults. Raises `FaultyParameters`, or OSError when it
    cannot be read."""
    return Parameters.load(design.parameter_file) if design.parameter_file else Parameters.defaults()


def copies_of(plan: Plan, parameters: Parameters) -> dict[str, bytes]:
    """The files that a study's folder keeps of its inputs, by name."""
    from simex.plan.file import plan_bytes

    return {PLAN: plan_bytes(plan), PARAMETERS: parameters_as_json(parameters)}


def read_inputs(folder: Folder) -> tuple[Design, Plan, Parameters, str]:
    """Design, plan, parameters and the engine's name from a folder's own copies. Raises `CannotRun`."""
    from simex.plan.file import digest, read_plan

    manifest = folder.manifest()
    try:
        parameters = parameters_from_json(read_ordinary(folder.path / PARAMETERS, LARGEST_FILE))
        plan = read_plan(folder.path / PLAN, refuse_faults=False)  # checked when the study began
        if (parameters.digest(), digest(plan)) != (manifest["parameters_digest"], manifest["plan_digest"]):
            raise ValueError(f"{PARAMETERS} or {PLAN} is of another study than study.json")
        design = design_of(manifest["design"])
        if faults := faults_of(design):  # somebody wrote into the copy what no design may say
            raise ValueError(" ".join(faults))
        engine = str(manifest["engine"])
        if engine in ENGINES.values() and engine != ENGINES[design.resolution]:
            raise ValueError("its engine is not that of its resolution")
        return design, plan, parameters, engine
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CannotRun(
            f"{folder.path} is damaged: {str(error)[:400]}. Start the study again in a new folder."
        ) from None


def design_of(facts: dict[str, Any]) -> Design:
    """The design that `Design.facts` describes."""
    values = dict(facts)
    values["form"] = Form(values["form"])
    values["plan"] = PlanSource(**values["plan"])
    values["population"] = Population(**values["population"])
    values["precision"] = Precision(**values["precision"])
    values["resolution"] = Resolution(values["resolution"])
    values["factors"] = {
        name: tuple(tuple(level) if isinstance(level, list) else level for level in levels)
        for name, levels in values["factors"].items()
    }
    values["ranges"] = {name: (low, high) for name, (low, high) in values["ranges"].items()}
    values["moments"] = tuple(values["moments"])
    values["claims"] = tuple(tuple(claim) for claim in values["claims"])
    return Design(**values)


def parameters_as_json(parameters: Parameters) -> bytes:
    facts = [
        {**asdict(parameter), "shape": parameter.shape.name.lower()} for parameter in parameters.values()
    ]
    return (
        json.dumps(
            {"version": parameters.version, "parameters": facts}, indent=1, ensure_ascii=False
        ).encode()
        + b"\n"
    )


def parameters_from_json(content: bytes) -> Parameters:
    facts = json.loads(content)
    return Parameters([_parameter(one) for one in facts["parameters"]], facts["version"])


def _parameter(one: dict[str, Any]) -> Parameter:
    """By the rules of a parameter file: nobody but the program wrote this one, but who knows."""
    return parameter_of(
        one["id"], {**{name: one[name] for name in TEXTS}, "range": one["ranges"], **one["numbers"]}
    )
