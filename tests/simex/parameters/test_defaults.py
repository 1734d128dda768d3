import math
import re
import tomllib
from pathlib import Path

import pytest

from simex.distributions import NUMBERS, Shape, quantile
from simex.parameters import FaultyParameters, Label, Parameters
from simex.parameters.model import DEFAULTS
from simex.parameters.varied import numbers_of


def test_every_default_has_a_unit_a_source_and_a_label() -> None:
    defaults = Parameters.defaults()
    assert defaults.version
    assert [p.id for p in defaults.values() if not (p.unit and p.source and p.meaning)] == []


def test_every_assumed_number_can_be_varied() -> None:
    # A rule of the model; three bands that are always all run; a number of the method
    fixed = {"class_follows", "t_engage", "walk_step"}
    frozen = [
        p.id
        for p in Parameters.defaults().values()
        if p.label is Label.ASSUMED and p.id not in fixed and not _room_to_vary(p.ranges.values())
    ]
    assert frozen == []


def _room_to_vary(ranges: object) -> bool:
    return any(low < high for low, high in ranges)  # type: ignore[attr-defined]


def test_no_parameter_is_about_the_hazard() -> None:
    assert [
        name
        for name in Parameters.defaults()
        if name.startswith("h_") or "hazard" in name or "assailant" in name
    ] == []


@pytest.mark.parametrize(
    ("name", "share", "value"),
    [("t_911_answer", 0.9, 10.0), ("t_dispatch", 0.9, 60.0), ("t_police", 0.5, 180.0), ("t_cue", 0.5, 8.0)],
)
def test_a_fitted_law_meets_the_percentile_that_was_published(name: str, share: float, value: float) -> None:
    parameter = Parameters.defaults()[name]
    assert math.isclose(quantile(int(parameter.shape), *parameter.quad(), share), value, rel_tol=0.005)


def test_the_digest_follows_numbers_and_not_labels() -> None:
    defaults = Parameters.defaults()
    assert (
        defaults.changed({"t_cue.median": 8.0}, label=Label.LOCAL, source="drill").digest()
        == defaults.digest()
    )
    assert defaults.changed({"t_cue.median": 9.0}).digest() != defaults.digest()


def test_a_number_outside_of_its_range_is_refused_with_the_range() -> None:
    with pytest.raises(FaultyParameters, match=r"t_cue\.median may be from 3 to 30 s, not 40"):
        Parameters.defaults().changed({"t_cue.median": 40})
    with pytest.raises(FaultyParameters, match="no parameter"):
        Parameters.defaults().changed({"h_rate": 6})


def test_every_shape_in_the_file_can_be_compiled() -> None:
    shapes, numbers = Parameters.defaults().compiled()
    assert shapes.shape[0] == numbers.shape[0] == len(Parameters.defaults())
    for p in Parameters.defaults().values():
        assert p.shape is not Shape.GAMMA
        assert set(p.numbers) == set(NUMBERS[p.shape])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "",
            '[hazard_rate]\nmeaning = "x"\nunit = "1/s"\nvalue = 3.0\nlabel = "known"\nsource = "x"\n',
            "there is no parameter “hazard_rate”",
        ),
        ("[t_sweep]", "[t_swept]", "no parameter “t_swept”"),
        ('label = "known"', 'label = "certain"', "“certain” is no label"),
        ('label = "known"', "label = 5", "label must be text"),
        ("range = {", "range = 5 #", "its numbers must be finite"),
        ("\nvalue = ", "\nvalue = inf #", "its numbers must be finite"),
        ("\nmedian = ", "\nmedian = -", "no number may be below 0"),
        ('unit = "m/s"', 'unit = "km/h"', "is in “m/s”"),
    ],
)
def test_a_file_of_ones_own_holds_the_same_parameters_and_numbers_that_can_be(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    whole = DEFAULTS.read_text(encoding="utf-8")
    (tmp_path / "ours.toml").write_text(whole.replace(old, new, 1) if old else whole + new, encoding="utf-8")
    with pytest.raises(FaultyParameters, match=words):
        Parameters.load(tmp_path / "ours.toml")


@pytest.mark.parametrize(
    "own",
    [
        "value = 0.0\nrange = { value = [0.0, 0.0] }",
        "value = 1e30\nrange = { value = [1.0, 1e30] }",
        "value = 0.05",
        "mean = 1\nsd = 1",
    ],
)
@pytest.mark.parametrize("name", [name for name in Parameters.defaults() if name.startswith("walk_")])
def test_walking_as_a_body_is_changed_only_inside_of_what_it_works_with(
    tmp_path: Path, name: str, own: str
) -> None:
    """With a time step of 0 a walk would never end."""
    whole = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    one = Parameters.defaults()[name]
    head = (
        f'[{name}]\nmeaning = "x"\nunit = "{one.unit}"\nlabel = "assumed"\nsource = "x"\nshape = '
        f'"{"normal" if "mean" in own else "value"}"\n'
    )
    text = re.sub(rf"(?ms)^\[{name}\]$.*?(?=^\[|\Z)", head + own + "\n", DEFAULTS.read_text(encoding="utf-8"))
    assert set(tomllib.loads(text)) == set(whole)
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    low, high = one.ranges["value"]
    if own == "value = 0.05" and low <= 0.05 <= high:
        assert Parameters.load(tmp_path / "ours.toml").value(name) == 0.05
    else:
        with pytest.raises(FaultyParameters, match=name):
            Parameters.load(tmp_path / "ours.toml")


def test_no_source_is_a_page_that_a_reader_does_not_have() -> None:
    assert [
        p.id for p in Parameters.defaults().values() if re.search(r"\w\.md\b", p.source + p.meaning)
    ] == []


def test_how_people_walk_is_varied_where_they_walk_and_nowhere_else() -> None:
    """The step is a number of the method (check L15)."""
    walked = {number.name for number in numbers_of(Parameters.defaults(), on_foot=True)}
    events = {number.name for number in numbers_of(Parameters.defaults(), on_foot=False)}
    own = {name for name in Parameters.defaults() if name.startswith("walk_")}
    assert {name.removesuffix(".value") for name in walked - events} == own - {"walk_step"}
