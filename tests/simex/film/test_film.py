import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest

from simex.command import main
from simex.film import CannotFilm, Scene, film_page, film_scene
from simex.film.cast import Drawing, lesson
from simex.parameters import Parameters
from simex.plan import Plan, Use, generate, write_plan
from simex.plan.generator import benchmark


@pytest.fixture(scope="module")
def drill() -> Scene:
    return film_scene(benchmark(6), "lockdown-drill", seed=3)


@pytest.fixture(scope="module")
def evacuation() -> Scene:
    return film_scene(benchmark(6), "evacuation", closed_exits=("exit-west",))


def test_a_run_with_a_hazard_is_never_filmed() -> None:
    with pytest.raises(CannotFilm, match="no run with a hazard is ever filmed"):
        film_scene(benchmark(4), "lockdown")


@pytest.mark.parametrize(
    ("kind", "exits", "words"),
    [("hold", (), "cannot be filmed"), ("evacuation", ("nowhere",), "no exit “nowhere”")],
)
def test_what_cannot_be_filmed_is_said_in_a_sentence(kind: str, exits: tuple[str, ...], words: str) -> None:
    with pytest.raises(CannotFilm, match=words):
        film_scene(benchmark(4), kind, closed_exits=exits)


def test_nobody_leaves_by_a_closed_exit(evacuation: Scene) -> None:
    names = {evacuation.plan.portals[portal].id for portal in evacuation.outcome.left_by}
    assert names == {"exit-east"}
    assert evacuation.outcome.still_walking == 0


def test_doors_lock_one_after_another_and_nobody_enters_afterwards(drill: Scene) -> None:
    locked = {portal: at for at, portal in drill.locks}
    assert len(locked) >= 3
    assert len(set(locked.values())) == len(locked)
    outcome = drill.outcome
    inward = outcome.crossed_side % 2 == 1
    for side, at in zip(outcome.crossed_side[inward], outcome.crossed_s[inward], strict=True):
        assert at <= locked.get(int(side) // 2, np.inf) + 0.051


def test_the_page_needs_no_network_and_holds_no_hazard(drill: Scene) -> None:
    page = film_page(drill)
    assert not re.search(r"(?:src|href)=|https?://|url\(", page)
    assert "hazard" not in page.lower()
    assert "assailant" not in page.lower()
    data = json.loads(re.search(r'id="film">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert data["people"] == len(drill.adult)
    assert len(data["locks"]) == len(drill.locks)


def test_a_plans_name_cannot_break_out_of_the_page() -> None:
    scene = film_scene(dataclasses.replace(benchmark(2), name="</script><b>School</b>"), "evacuation")
    page = film_page(scene)
    assert "</script><b>" not in page


def test_the_same_seed_gives_the_same_film(drill: Scene) -> None:
    assert film_page(film_scene(benchmark(6), "lockdown-drill", seed=3)) == film_page(drill)


def test_the_command_writes_the_page_and_refuses_a_hazard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, page = tmp_path / "plan.json", tmp_path / "film.html"
    write_plan(benchmark(2), plan)
    assert main(["film", str(plan), "--scenario", "evacuation", "--out", str(page)]) == 0
    assert page.stat().st_size > 10_000
    assert main(["film", str(plan), "--scenario", "lockdown", "--out", str(page)]) == 2
    assert "no run with a hazard is ever filmed" in capsys.readouterr().err


def test_names_are_only_ever_text_in_a_film(drill: Scene) -> None:
    name = "@SCRIPT@ @DATA@ </script><script>alert(1)</script>"
    page = film_page(dataclasses.replace(drill, plan=dataclasses.replace(drill.plan, name=name)))
    assert page.count("<script") == 2
    data = json.loads(page.split('id="film">')[1].split("</script>")[0])
    assert data["title"].endswith(name)


def test_a_plan_larger_than_a_film_can_show_is_refused_before_its_floor_is_laid() -> None:
    plan = benchmark(4)
    far = tuple((x + 2_000, y) for x, y in plan.regions[0].polygon)
    with pytest.raises(CannotFilm, match="m across with"):
        film_scene(
            dataclasses.replace(
                plan, regions=(dataclasses.replace(plan.regions[0], polygon=far), *plan.regions[1:])
            ),
            "evacuation",
        )
    wide = ((0.0, 0.0), (1_200.0, 0.0), (1_200.0, 1_200.0), (0.0, 1_200.0))
    with pytest.raises(CannotFilm, match="1,440,"):
        film_scene(
            dataclasses.replace(
                plan, regions=(*plan.regions, dataclasses.replace(plan.regions[0], id="wide", polygon=wide))
            ),
            "evacuation",
        )


def used_as(use: Use) -> Plan:
    plan = benchmark(4)
    return dataclasses.replace(
        plan,
        spaces=tuple(
            dataclasses.replace(one, use=use) if one.use is Use.CLASSROOM else one for one in plan.spaces
        ),
    )


def test_an_import_whose_rooms_have_no_known_use_is_filmed_with_its_rooms_full() -> None:
    scene = film_scene(used_as(Use.OTHER), "evacuation")
    assert len(scene.adult) == sum(space.capacity for space in benchmark(4).spaces)
    assert scene.outcome.still_walking == 0


def test_a_plan_in_which_nobody_is_is_refused_with_what_to_do() -> None:
    with pytest.raises(CannotFilm, match="give its rooms a use and a capacity"):
        film_scene(used_as(Use.STORAGE), "evacuation")


def test_in_offices_and_staff_rooms_everybody_is_an_adult() -> None:
    plan = generate(kind="elementary", students=60)
    cast = lesson(plan, Drawing(Parameters.defaults(), 1))
    of_staff = [
        person for person, space in enumerate(cast.spaces) if plan.space(space).use in (Use.OFFICE, Use.STAFF)
    ]
    assert len(of_staff) > 4
    assert cast.adult[of_staff].all()
    assert not cast.adult.all()


def test_a_film_lasts_until_the_last_person_is_outside(evacuation: Scene) -> None:
    data = json.loads(re.search(r'id="film">(.*?)</script>', film_page(evacuation), re.DOTALL)[1])  # type: ignore[index]
    assert max(data["left"]) == pytest.approx(data["said"][-1][0])
    assert "Math.ceil(10 * Math.max(...film.times.slice(-1), ...film.left)) / 10" in film_page(evacuation)
