import math
import os
from pathlib import Path

import pytest
from tests.simex.experiment.tiny import design

from simex.experiment import Design, FaultyDesign
from simex.experiment.cells import cells_of, conditions_of, headline_conditions, layers_of
from simex.experiment.check import faults_in_plan
from simex.experiment.design import schema
from simex.plan import generate

BASE: dict[str, object] = {
    "version": 1,
    "name": "A",
    "purpose": "to try something out",
    "plan": {"generate": "high"},
    "design": {"form": "study"},
}


def faults(**changes: object) -> str:
    with pytest.raises(FaultyDesign) as caught:
        Design.of({**BASE, **changes})
    return str(caught.value)


@pytest.mark.parametrize("table", ["hazard", "assailant", "attacker", "weapon", "threat"])
def test_a_table_about_an_assailant_is_refused_by_name(table: str) -> None:
    said = faults(**{table: {"rate": 3}})
    assert f"“{table}”" in said
    assert "Nothing about an assailant can be set" in said


@pytest.mark.parametrize(
    "name", ["hazard_rate", "h_rate", "h_start", "entry_point", "weapon", "stop_band", "hazard_step"]
)
def test_no_lever_or_factor_or_option_is_about_an_assailant(name: str) -> None:
    assert f"“{name}”" in faults(common={name: 3})
    assert f"“{name}”" in faults(factors={name: [1, 2]}, design={"form": "full-factorial"})
    assert f"“{name}”" in faults(options={"today": {}, "other": {name: 1}}, design={"form": "options"})
    assert f"“{name}”" in faults(robustness={name: 1})


def test_no_key_of_the_schema_is_about_an_assailant() -> None:
    def keys(node: object) -> set[str]:
        if not isinstance(node, dict):
            return set()
        own = set(node.get("properties", {}))
        return own.union(
            *[
                keys(child)
                for child in (
                    *node.get("properties", {}).values(),
                    node.get("additionalProperties"),
                    *node.get("oneOf", ()),
                )
            ]
        )

    named = keys(schema())
    assert {"plan", "factors", "replicates"} <= named
    assert not {
        key
        for key in named
        for word in ("hazard", "assail", "attack", "weapon", "shoot", "layer", "band")
        if word in key
    }


def test_every_fault_is_named_at_once() -> None:
    said = faults(runs={"sead": 1, "replicates": 0}, plan={"generate": "college"}, extra=1)
    assert "“sead” is not known in [runs]" in said
    assert "“college” is not one of" in said
    assert "“extra”" in said
    assert "runs.replicates" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"design": {"form": "full-factorial"}, "factors": {"doors": ["manual", "open"]}},
            "“open” is no level of doors",
        ),
        ({"design": {"form": "full-factorial"}, "factors": {"card": ["mass", "targeted"]}}, "never a lever"),
        (
            {"design": {"form": "full-factorial"}, "factors": {"kind": ["lockdown", "evacuation"]}},
            "one design holds one kind",
        ),
        ({"common": {"doors": "manual"}}, "both under [common] and under [factors]"),
        ({"common": {"kind": "evacuation"}}, "is about kind"),
        ({"design": {"form": "full-factorial"}}, "[factors] is empty"),
        (
            {
                "design": {"form": "fraction", "fraction": "2^(4-1)"},
                "factors": {"doors": ["manual", "pre-locked"]},
            },
            "holds 4 factors",
        ),
        (
            {"design": {"form": "full-factorial"}, "factors": {"propped_share": {"low": 0.0, "high": 0.4}}},
            "latin-hypercube",
        ),
        ({"smallest_effect": {"lives": 1}}, "no measure “lives”"),
        ({"blocks": {"moment": ["midnight"]}}, "“midnight” is no moment"),
        (
            {
                "runs": {"replicates": 10000},
                "design": {"form": "latin-hypercube", "points": 2000},
                "factors": {"propped_share": {"low": 0.0, "high": 0.4}},
            },
            "runs; the most",
        ),
    ],
)
def test_an_impossible_design_is_refused_with_the_reason(changes: dict[str, object], said: str) -> None:
    assert said in faults(**changes)


def test_an_unknown_lever_is_named_once_however_many_levels_it_has() -> None:
    said = faults(design={"form": "full-factorial"}, factors={"doores": ["manual", "pre-locked"]})
    assert said.count("“doores”") == 1


FOUR = {
    "officer": ["absent", "patrol"],
    "doors": ["manual", "pre-locked"],
    "notice": ["centralized", "decentralized"],
    "training": ["untrained", "trained"],
}


def test_a_claim_that_the_design_mixes_with_another_is_refused_with_the_other() -> None:
    said = faults(
        design={"form": "fraction", "fraction": "2^(4-1)", "claims": ["officer:doors"]}, factors=FOUR
    )
    assert "cannot tell “officer:doors” from notice:training" in said
    assert "not varied" in faults(design={"form": "study", "claims": ["wording"]})
    assert "screening" in faults(
        design={"form": "plackett-burman", "claims": ["officer:doors"]}, factors=FOUR
    )
    allowed = Design.of(
        {
            **BASE,
            "design": {"form": "fraction", "fraction": "2^(4-1)", "claims": ["officer", "doors"]},
            "factors": FOUR,
        }
    )
    assert allowed.claims == (("officer",), ("doors",))


def test_the_replica_is_the_form_of_24_runs() -> None:
    replica = design(design={"form": "replica"})
    cells = cells_of(replica)
    assert len({cell.condition for cell in cells}) == 8
    assert sum(len(cell.replicates or ()) for cell in cells) == 24
    assert layers_of(replica) == layers_of(design(common={"kind": "lockdown"}))[:1]


def test_the_study_crosses_three_factors_with_both_cards_and_always_runs_nine_layers() -> None:
    cells = cells_of(design())
    assert len(cells) == 16
    assert {cell.blocks["card"] for cell in cells} == {"mass", "targeted"}
    assert len(layers_of(design())) == 9
    drill = design(
        design={"form": "full-factorial"},
        factors={"doors": ["manual", "pre-locked"]},
        common={"kind": "lockdown-drill"},
    )
    assert len(layers_of(drill)) == 1
    assert all("card" not in cell.blocks for cell in cells_of(drill))


def test_an_added_factor_level_leaves_the_other_cells_as_they_were() -> None:
    two = design(design={"form": "full-factorial"}, factors={"doors": ["manual", "pre-locked"]})
    three = design(
        design={"form": "full-factorial"}, factors={"doors": ["manual", "pre-locked", "automatic"]}
    )
    assert [cell.scenario for cell in cells_of(two)] == [cell.scenario for cell in cells_of(three)][:2]
    assert {cell.first for cell in (*cells_of(two), *cells_of(three))} == {0}


def test_a_large_factorial_repeats_its_headline_conditions_in_the_layers() -> None:
    large = design(
        design={"form": "full-factorial"},
        factors={**FOUR, "wording": ["coded", "plain"]},
        common={"kind": "lockdown"},
    )
    assert len(headline_conditions(large)) == 1 + 5 + 1


def test_a_latin_hypercube_takes_lists_and_ranges() -> None:
    cube = design(
        design={"form": "latin-hypercube"},
        factors={"propped_share": {"low": 0.0, "high": 0.4}, "doors": ["manual", "pre-locked"]},
    )
    levels = conditions_of(cube)
    assert len(levels) == 20
    assert sum(one["doors"] == "manual" for one in levels) == 10
    assert all(0 <= one["propped_share"] <= 0.4 for one in levels)


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"a = " + b"[" * 100_000, b"a" * 300_000])
def test_a_file_that_is_no_design_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "d.toml"
    path.write_bytes(content)
    with pytest.raises(FaultyDesign, match=r"design file|TOML file|UTF-8"):
        Design.read(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"runs": {"seed": 7.0}}, "runs.seed: “7.0” must be a whole number"),
        ({"runs": {"seed": -1}}, "less than the minimum"),
        ({"runs": {"replicates": 20.0}}, "a whole number from 2 to 10,000"),
        ({"smallest_effect": {"rooms_completed": math.nan}}, "must be a finite number"),
        ({"precision": {"relative": math.inf}}, "must be a finite number"),
        ({"common": {"closed_exits": "abc"}}, "a list of exits"),
        ({"common": {"closed_exits": [[1], 2.5]}}, "a list of exits"),
        ({"common": {"wall_color": ["x"]}}, "Use a word"),
        ({"plan": {"generate": "high", "file": "a.json"}}, "give file or generate, not both"),
        ({"name": "\x1b[2J"}, "holds a sign that cannot be printed"),
        (
            {"options": {"today": {}, "\u202eother": {}}, "design": {"form": "options"}},
            "holds a sign that cannot be printed",
        ),
        ({"h\u0430zard": {"rate": 1}}, "“h\u0430zard” is not known"),
    ],
)
def test_numbers_and_words_that_no_design_has_are_refused(changes: dict[str, object], words: str) -> None:
    assert words in faults(**changes)


def test_each_fault_is_told_once() -> None:
    with pytest.raises(FaultyDesign) as caught:
        Design.of({})
    assert len(set(caught.value.faults)) == len(caught.value.faults) == 5


def test_tables_within_tables_end_at_the_bound(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(".".join(["a"] * 50_000) + " = 1")
    with pytest.raises(FaultyDesign, match="nests its tables too deeply"):
        Design.read(tmp_path / "d.toml")
    (tmp_path / "w.toml").write_text("a" * 190_000)
    with pytest.raises(FaultyDesign, match="not a TOML file"):
        Design.read(tmp_path / "w.toml")


def test_a_design_from_a_device_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "d.toml")
    for path in (tmp_path / "d.toml", Path("/dev/zero")):
        with pytest.raises(OSError, match="no ordinary file"):
            Design.read(path)


def test_an_exit_that_the_plan_has_not_is_refused_by_name() -> None:
    kind = {"kind": "evacuation"}
    base = {**BASE, "design": {"form": "full-factorial"}, "factors": {"training": ["trained", "untrained"]}}
    plan = generate("elementary", 100)
    exits = [portal.id for portal in plan.exits]
    assert (
        "“nope” is no exit of the plan"
        in faults_in_plan(Design.of({**base, "common": {**kind, "closed_exits": ["nope"]}}), plan)[0]
    )
    assert (
        "nobody can leave"
        in faults_in_plan(Design.of({**base, "common": {**kind, "closed_exits": exits}}), plan)[0]
    )
    assert not faults_in_plan(Design.of({**base, "common": {**kind, "closed_exits": exits[1:]}}), plan)
