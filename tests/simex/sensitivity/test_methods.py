from pathlib import Path

import numpy as np
import pytest
from tests.simex.experiment.tiny import study

from simex.parameters import Label, Parameters
from simex.parameters.varied import Number, numbers_of
from simex.sensitivity import sensitivity
from simex.sensitivity.methods import (
    best_shares,
    draws,
    kept,
    morris_points,
    morris_shares,
    sobol_indices,
    sobol_points,
)

THREE = [Number(name, -np.pi, np.pi, name, "", Label.ASSUMED) for name in ("x1", "x2", "x3")]


def ishigami(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_indices_of_the_textbook_function_are_those_of_the_textbook() -> None:
    """Ishigami and Homma 1990, a = 7, b = 0.1: first order 0.314, 0.442, 0; total 0.558, 0.442, 0.244."""
    found = sobol_indices(THREE, ishigami(sobol_points(THREE, 2048, 1)), 1)
    assert [one.first for one in found] == pytest.approx([0.314, 0.442, 0.0], abs=0.05)
    assert [one.total for one in found] == pytest.approx([0.558, 0.442, 0.244], abs=0.05)


def test_screening_orders_a_linear_model_by_its_slopes_and_keeps_what_matters() -> None:
    numbers = [Number(f"n{place}", 0.0, 1.0, "", "", Label.ASSUMED) for place in range(4)]
    points = morris_points(numbers, 10, 3)
    shares = morris_shares(numbers, points, points @ np.array([10.0, -4.0, 0.5, 0.0]), 3)
    assert shares == pytest.approx([1, 0.4, 0.05, 0], abs=1e-6)
    assert kept(shares[None, :]) == [0, 1]


def test_only_assumed_and_standard_numbers_with_a_range_are_varied_and_none_is_the_hazards() -> None:
    numbers = numbers_of(Parameters.defaults(), on_foot=False)
    assert len(numbers) > 50
    assert {one.label for one in numbers} <= {Label.ASSUMED, Label.KNOWN}
    assert not [
        one.name
        for one in numbers
        for word in ("hazard", "h_rate", "h_len", "h_move", "h_start")
        if word in one.name
    ]
    sets = draws(numbers, 5, 1)
    assert all(one.low <= value <= one.high for row in sets for one, value in zip(numbers, row, strict=True))


def test_the_share_in_which_an_option_is_best_shares_ties() -> None:
    values = np.array([[1.0, 2.0, 2.0], [3.0, 1.0, 0.0]])
    assert best_shares(values, more_is_better=True) == pytest.approx([0.5, 0.25, 0.25])
    assert best_shares(values, more_is_better=False) == pytest.approx([0.5, 0.0, 0.5])


def test_a_whole_analysis_names_the_one_input_and_the_best_options(tmp_path: Path) -> None:
    made = study(design={"form": "full-factorial"}, factors={"doors": ["manual", "pre-locked"]})
    found = sensitivity(made, trajectories=2, points=4, parameter_draws=3, workers=1, progress=False)
    assert found["influential"] in (["t_cue.median"], [])
    best = {(one["measure"], one["levels"]["doors"]): one["share"] for one in found["best"]}
    assert best["rooms_completed", "pre-locked"] >= best["rooms_completed", "manual"]
