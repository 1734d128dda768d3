"""Simex.md 2.1: defenders' levers only, and a hazard that nobody can set, see or search."""

import ast
import dataclasses
import hashlib
import re
from pathlib import Path

import pytest

from simex.decisions import hazard
from simex.measures import MEASURES
from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import generate
from simex.runs import RunTable
from simex.scenario import Kind, Layer, Scenario
from simex.verification import caught

# The hazard's constants as simex.md 2.7 has them. Whoever changes one changes this digest too, and so shows
# it to a reviewer.
SIGNED = "68a724b5bcc949f5b09875070491a5abcb96905512fc7d130390e3a2e7c36cde"
MODULE = Path(hazard.__file__)


def constants() -> dict[str, object]:
    return {
        name: value
        for name, value in vars(hazard).items()
        if name.isupper() and isinstance(value, float | tuple)
    }


def test_the_constants_of_the_hazard_are_those_that_were_signed() -> None:
    assert hashlib.sha256(repr(sorted(constants().items())).encode()).hexdigest() == SIGNED


def test_the_module_of_the_hazard_reads_nothing_and_asks_nobody() -> None:
    tree = ast.parse(MODULE.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {
        "__future__",
        "math",
        "simex.distributions",
        "simex.draws",
        "simex.compiling",
        "numbers",
    }
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"open", "input", "getattr", "setattr", "eval", "exec", "print"}


def test_no_parameter_lever_or_layer_holds_a_number_of_the_hazard() -> None:
    words = ("hazard", "assailant", "attack", "weapon", "entry")
    levers = [field.name for field in dataclasses.fields(Scenario)] + list(Parameters.defaults())
    # Of students, at a locked room
    assert [name for name in levers if any(word in name for word in words)] == ["p_reentry"]
    assert [field.type for field in dataclasses.fields(Layer)] == ["StopBand", "HazardStep"]


def test_a_table_of_runs_holds_no_place_but_the_locks_and_shows_the_hazard_only_as_a_ratio() -> None:
    assert {field.name for field in dataclasses.fields(RunTable)} == {
        "replicates",
        "columns",
        "room_lockdown_s",
        "horizon_s",
    }
    assert all(measure.relative_only for measure in MEASURES if measure.code in {"M10", "M11", "M12"})
    assert not [
        measure
        for measure in MEASURES
        if "zone" in measure.column or "position" in measure.column or "start" in measure.column.split("_")
    ]


def test_a_run_keeps_no_trace_of_where_the_hazard_was() -> None:
    import numpy as np

    engine = NetworkEngine(generate("elementary", 100))
    table = engine.run(Scenario(kind=Kind.LOCKDOWN), seed=1, replicates=np.arange(3))
    places = [world.scene[0] for world in engine._worlds.values()]
    assert [(int(g["hazard_zone"]), int(g["hazard_start"])) for g in places] == [(-1, -1)]
    assert [int(world.rooms["breached"].sum()) for world in engine._worlds.values()] == [0]
    assert table.columns["hazard_count"].shape == (3,)


@pytest.mark.long
def test_danger_stands_where_a_check_says_in_two_fixtures_that_nothing_else_can_reach() -> None:
    """L5 and L6 of simex-verification.md: their scene is drawn in their own module, and what they compiled
    tells no place afterwards."""
    source = MODULE.parents[1]
    places = [
        path
        for path in source.rglob("*.py")
        if re.search(r"hazard_zone\b[^=\n]*=[^=]", path.read_text(encoding="utf-8"))
    ]
    assert {path.relative_to(source).as_posix() for path in places} == {
        "decisions/exposure.py",
        "decisions/places.py",
        "verification/caught.py",
    }
    users = [
        path.stem
        for path in source.rglob("*.py")
        if re.search(r"\bcaught import", path.read_text(encoding="utf-8"))
    ]
    assert users == ["events"]
    world, zones, _ = caught._made()
    caught._stand(world, zones["back"], zones["here"], zones["corner"], -1, 7.0, 20.0)
    assert int(world.scene[0]["hazard_zone"]) == -1
