"""Pictures of plans: names, doors, exits and faults are in them, and the same plan gives the same bytes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.simex.plan.small import rectangle, small_plan

from simex.plan import Plan, faults, generate
from simex.plan.drawing import UnknownPicture, draw, picture


def broken() -> Plan:
    plan = small_plan()
    regions = tuple(
        dataclasses.replace(one, polygon=rectangle(3.5, 3.2, 12, 10)) if one.id == "room" else one
        for one in plan.regions
    )
    return dataclasses.replace(plan, regions=regions, office=None)


def test_a_picture_names_rooms_levels_locks_and_exits() -> None:
    drawn = picture(small_plan(), "svg").decode()
    for words in (
        "Small school",
        "Ground floor",
        "Upper floor, +3.0 m",
        "Office",
        "Room 1",
        "Room 2",
        "Corridor",
        "Sports field, ",
    ):
        assert words in drawn
    for words in (
        "Door, button inside",
        "Door, key inside",
        "Door, key outside",
        "Exit for emergencies only",
        "Assembly point",
        "Opening without a leaf",
    ):
        assert words in drawn
    assert "Gym" not in drawn, "the legend holds only what the plan holds"


def test_faults_are_listed_under_the_picture_and_marked_in_it() -> None:
    plan = broken()
    drawn = picture(plan, "svg", faults=faults(plan)).decode()
    assert "What was found" in drawn
    assert "overlap by 0.50 m" in drawn
    assert "The plan names no office" in drawn


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert picture(small_plan(), "svg") == picture(small_plan(), "svg")
    assert picture(small_plan(), "png", level="2") == picture(small_plan(), "png", level="2")


def test_one_level_can_be_drawn_alone(tmp_path: Path) -> None:
    draw(generate("middle"), tmp_path / "two.svg", level="2")
    drawn = (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert "Level 2" in drawn
    assert "Cafeteria" not in drawn.split("Rooms")[0]


def test_a_picture_of_another_kind_or_of_a_level_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownPicture, match=r"\.svg or \.png"):
        draw(small_plan(), tmp_path / "plan.pdf")
    with pytest.raises(UnknownPicture, match="no level “9”"):
        draw(small_plan(), tmp_path / "plan.svg", level="9")
    assert not list(tmp_path.iterdir())


def test_a_name_with_signs_of_a_formula_is_drawn_as_it_is() -> None:
    drawn = picture(dataclasses.replace(small_plan(), name="Aid $\\frac{1$ <b> & co"), "svg").decode()
    assert "Aid $\\frac{1$ &lt;b&gt; &amp; co" in drawn


def test_a_plan_of_nonsense_is_still_drawn() -> None:
    plan = small_plan()
    regions = tuple(dataclasses.replace(one, polygon=rectangle(0, 0, 1e6, 0.01)) for one in plan.regions)
    nonsense = dataclasses.replace(plan, regions=regions)
    assert picture(nonsense, "svg", faults=faults(nonsense)).startswith(b"<?xml")
