import dataclasses

import pytest

from simex.scenario import Doors, ImpossibleLevel, Layer, Scenario, UnknownLever


@pytest.mark.parametrize(
    "name", ["hazard", "hazard_rate", "h_rate", "weapon", "attacker", "assailant_start", "entry"]
)
def test_nothing_about_an_assailant_can_be_set(name: str) -> None:
    with pytest.raises(UnknownLever, match=name):
        Scenario.of({name: 1})


def test_the_robustness_layer_has_fixed_steps_and_nothing_else() -> None:
    assert [field.name for field in dataclasses.fields(Layer)] == ["stop_band", "hazard_step"]
    assert {step.value for step in type(Layer().hazard_step)} == {"half", "one", "double"}
    assert {band.value for band in type(Layer().stop_band)} == {"optimistic", "neutral", "never"}


def test_a_level_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ImpossibleLevel, match="manual or pre-locked or automatic"):
        Scenario.of({"doors": "open"})
    assert Scenario.of({"doors": "pre-locked"}).doors is Doors.PRE_LOCKED


@pytest.mark.parametrize(
    "levels",
    [
        {"propped_share": 1.2},
        {"officers": 0},
        {"police_median_minutes": 0},
        {"glazing_treated": "yes"},
        {"propped_share": True},
    ],
)
def test_a_number_outside_of_what_it_can_mean_is_refused(levels: dict[str, object]) -> None:
    with pytest.raises(ImpossibleLevel):
        Scenario.of(levels)
