import numpy as np
import pytest
from shapely import contains_xy, union_all
from shapely.geometry import LineString, Polygon, box
from tests.simex.space.rectangles import plan_of

from simex.plan import OUTSIDE, PortalState
from simex.plan.generator import benchmark
from simex.space import SHUT, DoorChange, Goal, NobodyCanStandThere, Outcome, People, SpaceModel, furnished

OUT = Goal()


@pytest.fixture(scope="module")
def school() -> SpaceModel:
    return SpaceModel(benchmark(8))


def everybody() -> People:
    spots, levels, _ = furnished(benchmark(8))
    return People.at(spots, level=levels, speed_m_s=1.2)


@pytest.fixture(scope="module")
def evacuated(school: SpaceModel) -> Outcome:
    return school.run(everybody(), [OUT], until_s=600, frames_every_s=1.0)


def test_everybody_leaves_by_the_nearer_exit(school: SpaceModel, evacuated: Outcome) -> None:
    assert evacuated.still_walking == 0
    assert np.isfinite(evacuated.left_s).all()
    assert np.unique(evacuated.left_by, return_counts=True)[1].tolist() == [100, 100]
    assert 25 < np.nanmax(evacuated.left_s) < 80


def test_the_order_in_which_people_are_named_changes_nothing(school: SpaceModel, evacuated: Outcome) -> None:
    shuffled = everybody().chosen(np.random.default_rng(1).permutation(200))
    again = school.run(shuffled, [OUT], until_s=600)
    assert np.array_equal(again.numbers, evacuated.numbers)
    assert np.array_equal(again.left_s, evacuated.left_s)


def test_everybody_is_inside_or_has_left_at_every_moment_and_nobody_returns(evacuated: Outcome) -> None:
    frames = evacuated.kept
    inside = np.isfinite(frames.x)
    for index, at in enumerate(frames.times_s):
        assert np.count_nonzero(inside[index]) + np.count_nonzero(evacuated.left_s <= at + 1e-9) == 200
    assert not (inside[1:] & ~inside[:-1]).any()


def test_nobody_stands_in_a_wall_and_no_step_goes_through_one() -> None:
    plan = plan_of(
        {"arm": (0, 0, 12, 2), "leg": (10, 2, 12, 12), "store": (0, 2.1, 9.9, 6)},
        {
            "turn": ("arm", "leg", (10, 2), (12, 2)),
            "door store": ("store", "arm", (1, 2.05), (1.8, 2.05)),
            "way out": ("leg", OUTSIDE, (10, 12), (12, 12)),
        },
    )
    spots = [(0.5 + 0.6 * column, 0.4 + 0.6 * row) for column in range(8) for row in range(3)] + [
        (1 + 0.8 * k, 3.0) for k in range(9)
    ]
    outcome = SpaceModel(plan).run(
        People.at(spots, level="ground", speed_m_s=2.0), [OUT], until_s=120, frames_every_s=0.05
    )
    floor = union_all([Polygon(region.polygon) for region in plan.regions] + [box(1, 2.0, 1.8, 2.1)]).buffer(
        0.001
    )
    frames = outcome.kept
    assert outcome.still_walking == 0
    present = np.isfinite(frames.x)
    assert contains_xy(floor, frames.x[present], frames.y[present]).all()
    for person in range(len(spots)):
        here = present[:, person]
        assert floor.contains(LineString(np.column_stack([frames.x[here, person], frames.y[here, person]])))


def test_a_door_that_locks_during_the_run_lets_people_out_and_nobody_in(school: SpaceModel) -> None:
    inside, outside = [(3.0, 6.0), (4.0, 7.0)], [(30.0, 0.0), (31.0, 0.0)]
    people = People.at(
        inside + outside, level="1", goal=[0, 0, 1, 1], place=[(4, 7)] * 4, start_s=[5, 5, 0, 0]
    )
    goals = [OUT, Goal(region="room-002")]
    free = school.run(people, goals, until_s=120)
    assert np.isfinite(free.rested_s[2:]).all()
    locked = school.run(people, goals, until_s=120, doors=[DoorChange(1.0, "door-002", PortalState.LOCKED)])
    assert np.isfinite(locked.left_s[:2]).all()
    assert np.isnan(locked.rested_s[2:]).all()
    assert all(school.plan.regions[region].id == "corridor" for region in locked.region[2:])


def test_people_turn_to_the_other_exit_when_theirs_is_shut(school: SpaceModel) -> None:
    people = People.at([(4.0, 0.0)], level="1")
    west, east = (school.floor.portal_index[name] for name in ("exit-west", "exit-east"))
    assert school.run(people, [OUT], until_s=120).left_by[0] == west
    assert (
        school.run(people, [OUT], until_s=120, doors=[DoorChange(1.0, "exit-west", SHUT)]).left_by[0] == east
    )


def test_who_has_no_way_out_stays_and_is_counted(school: SpaceModel) -> None:
    shut = [DoorChange(0.0, name, SHUT) for name in ("exit-west", "exit-east")]
    outcome = school.run(People.at([(4.0, 0.0)], level="1"), [OUT], until_s=5, doors=shut)
    assert outcome.still_walking == 1
    assert (outcome.x[0], outcome.y[0]) == (4.0, 0.0)


def test_people_behind_a_wall_change_nobodys_step(school: SpaceModel) -> None:
    alone = school.run(People.at([(2.0, 1.6)], level="1"), [OUT], until_s=60, frames_every_s=0.5)
    beside = school.run(
        People.at([(2.0, 1.6), (2.0, 2.5)], level="1", start_s=[0, 50]), [OUT], until_s=40, frames_every_s=0.5
    )
    assert alone.left_s[0] == beside.left_s[0]
    kept = min(len(alone.kept.x), len(beside.kept.x))
    assert np.array_equal(alone.kept.x[:kept, 0], beside.kept.x[:kept, 0], equal_nan=True)


def test_nobody_can_be_placed_where_there_is_no_floor(school: SpaceModel) -> None:
    with pytest.raises(NobodyCanStandThere, match="level “1”"):
        school.run(People.at([(4.0, 2.1)], level="1"), [OUT], until_s=1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"speed_m_s": 0}, "speed_m_s"),
        ({"radius_m": 2}, "radius_m"),
        ({"number": [1, 1]}, "number of their own"),
    ],
)
def test_people_that_cannot_be_are_refused(values: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        People.at([(1.0, 1.0), (2.0, 1.0)], level="ground", **values)  # type: ignore[arg-type]
