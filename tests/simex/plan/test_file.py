"""The plan's file: what is written is read again, and what is no plan is refused by name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.simex.plan.small import small_plan

from simex.plan import Plan, UnreadablePlan, benchmark, digest, generate, read_plan, write_plan
from simex.plan.file import parse_plan, plan_bytes, schema
from simex.plan.structure import departures

PLANS = {"small": small_plan(), "high": generate("high", 1000), "benchmark": benchmark(20)}


def tree() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(plan_bytes(small_plan()))
    return content


def as_bytes(content: object) -> bytes:
    return json.dumps(content).encode()


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_what_is_written_is_read_again(plan: Plan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.json")
    again = Plan.read(tmp_path / "plan.json")
    assert again == plan
    assert plan_bytes(again) == (tmp_path / "plan.json").read_bytes()
    assert digest(again) == digest(plan)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_what_is_written_keeps_to_the_published_schema(plan: Plan) -> None:
    Draft202012Validator.check_schema(schema())
    assert not list(Draft202012Validator(schema()).iter_errors(json.loads(plan_bytes(plan))))


def objects(part: Any) -> list[dict[str, Any]]:
    found = (
        [part] if isinstance(part, dict) and ("properties" in part or part.get("type") == "object") else []
    )
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else []:
        found += objects(value)
    return found


def test_no_object_of_the_schema_takes_unknown_fields_and_none_has_a_field_of_the_hazard() -> None:
    every = objects(schema())
    assert len(every) >= 7
    assert all(one["additionalProperties"] is False for one in every)
    names = {name for one in every for name in one["properties"]}
    forbidden = (
        "hazard",
        "assail",
        "attack",
        "shoot",
        "weapon",
        "threat",
        "intruder",
        "danger",
        "casualt",
        "entry",
        "target",
    )
    assert not [name for name in names if any(word in name for word in forbidden)]


@pytest.mark.parametrize(
    "place", ["the file", "levels", "spaces", "regions", "portals", "by_time", "assembly_points"]
)
def test_an_unknown_field_is_refused_by_name(place: str) -> None:
    content = tree()
    at = {"the file": content, "by_time": content["portals"][2]["by_time"][0]} | {
        name: items[0] for name, items in content.items() if isinstance(items, list)
    }
    at[place]["hazard_start"] = 1
    with pytest.raises(UnreadablePlan, match="“hazard_start” is no field of"):
        parse_plan(as_bytes(content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"ISO-10303-21;", "plan import"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"name": "a", "name": "b"}', "“name” is there twice"),
        (b'{"version": NaN}', "NaN is no number"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "digits"),
        (b"[]", "the file must be a table of fields"),
        (b"{}", "“format” and “version” and “name”"),
    ],
    ids=["nothing", "ifc", "bytes", "deep", "twice", "nan", "digits", "list", "empty"],
)
def test_what_is_no_plan_ends_in_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(UnreadablePlan, match=words):
        parse_plan(content)


def test_another_version_or_format_is_refused() -> None:
    with pytest.raises(UnreadablePlan, match="version must be “1”, not “2”"):
        parse_plan(as_bytes(tree() | {"version": 2}))
    with pytest.raises(UnreadablePlan, match="format must be “simex-plan”"):
        parse_plan(as_bytes(tree() | {"format": "other"}))


def test_numbers_beyond_any_building_are_refused() -> None:
    content = tree()
    content["regions"][0]["polygon"][0][0] = 1e300
    with pytest.raises(UnreadablePlan, match="too large"):
        parse_plan(as_bytes(content))
    with pytest.raises(UnreadablePlan, match="too large"):
        parse_plan(as_bytes(content).replace(b"1e+300", b"1e999"))


def test_a_missing_file_and_a_folder_end_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePlan, match="cannot be read"):
        read_plan(tmp_path / "none.json")
    with pytest.raises(UnreadablePlan, match="cannot be read"):
        read_plan(tmp_path)


def test_a_plan_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_plan(small_plan(), tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_the_direction_of_corners_does_not_matter() -> None:
    content = tree()
    for region in content["regions"]:
        region["polygon"] = [region["polygon"][0], *reversed(region["polygon"][1:])]
    assert parse_plan(as_bytes(content)) == small_plan()


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**7),
    st.floats(allow_nan=False),
    st.text(max_size=120),
    st.just([]),
    st.just({}),
    st.just([1, 2, 3]),
)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_the_reader_and_a_general_validator_agree_on_broken_plans(data: st.DataObject) -> None:
    content = copy.deepcopy(tree())
    here: Any = content
    while True:
        step = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        if not isinstance(here[step], dict | list) or not here[step] or data.draw(st.integers(0, 3)) == 0:
            break
        here = here[step]
    if data.draw(st.booleans()):
        here[step] = data.draw(VALUES)
    elif isinstance(here, dict):
        del here[step]
    else:
        here.append(data.draw(VALUES))
    whole = json.loads(json.dumps(content))
    general = not list(Draft202012Validator(schema()).iter_errors(whole))
    if not _has_whole_float(whole):
        assert (departures(whole, schema()) == []) == general


def _has_whole_float(part: Any) -> bool:
    """JSON Schema calls 1.0 and 1e300 integers; this reader wants them written as such."""
    if isinstance(part, dict | list):
        return any(_has_whole_float(value) for value in (part.values() if isinstance(part, dict) else part))
    return isinstance(part, float) and (part.is_integer() or part in (float("inf"), float("-inf")))


@pytest.mark.parametrize(
    "name", ["\x1b[31mRed", "back\u202ewards", "half \ud800", "two\nlines", "end\n", "nul\0"]
)
def test_a_name_that_cannot_be_printed_is_refused(name: str) -> None:
    content = tree() | {"name": name}
    with pytest.raises(UnreadablePlan, match="holds a sign that cannot be printed") as caught:
        parse_plan(as_bytes(content))
    assert "\x1b" not in str(caught.value)
    assert list(Draft202012Validator(schema()).iter_errors(content))


def test_a_plan_of_more_corners_than_any_building_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simex.plan.file.MOST_CORNERS", 10)
    with pytest.raises(UnreadablePlan, match="corners; a floor plan holds up to 10"):
        parse_plan(as_bytes(tree()))


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(UnreadablePlan, match="a number of thousands of digits"):
        parse_plan(b"9" * 5_000)
