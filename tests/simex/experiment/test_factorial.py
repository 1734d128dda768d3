import numpy as np
import pytest

from simex.experiment import factorial
from simex.experiment.hypercube import latin_hypercube


def test_a_full_factorial_holds_every_combination_once() -> None:
    signs = factorial.full(3)
    assert len({tuple(row) for row in signs.tolist()}) == 8
    assert tuple(signs[0]) == (-1, -1, -1)
    assert not factorial.aliases(signs)


@pytest.mark.parametrize(
    ("name", "runs"), [("2^(4-1)", 8), ("2^(5-1)", 16), ("2^(6-2)", 16), ("2^(7-3)", 16), ("2^(7-4)", 8)]
)
def test_a_fraction_has_the_resolution_of_the_textbook(name: str, runs: int) -> None:
    """Box, Hunter and Hunter: at resolution R no effect of p factors is mixed with one of fewer than R - p
    factors."""
    signs = factorial.fraction(name)
    assert signs.shape == (runs, factorial.FRACTIONS[name].factors)
    assert np.array_equal(signs.T.astype(int) @ signs, runs * np.eye(signs.shape[1], dtype=int))
    lengths = {
        len(one.effect) + len(one.other)
        for one in factorial.aliases(signs, order=3)
        if not set(one.effect) & set(one.other)
    }
    assert min(lengths) == factorial.FRACTIONS[name].resolution


def test_the_half_fraction_of_four_factors_mixes_two_way_interactions_in_three_pairs() -> None:
    mixed = {(one.effect, one.other) for one in factorial.aliases(factorial.fraction("2^(4-1)"))}
    assert mixed == {((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))}  # I = ABCD


def test_plackett_burman_is_balanced_orthogonal_and_mixes_main_effects_in_part_with_pairs_of_others() -> None:
    signs = factorial.plackett_burman(11).astype(int)
    assert np.array_equal(signs.T @ signs, 12 * np.eye(11, dtype=int))
    assert not signs.sum(axis=0).any()
    mixed = factorial.mixed_with(factorial.plackett_burman(11), (0,))
    assert {round(one.share, 6) for one in mixed} == {round(1 / 3, 6)}
    assert len(mixed) == 45  # every pair of the ten others


def test_a_latin_hypercube_has_one_point_in_each_slice_and_hardly_correlates() -> None:
    cube = latin_hypercube(40, 4, seed=3)
    assert np.array_equal(np.sort((cube * 40).astype(int), axis=0), np.tile(np.arange(40)[:, None], (1, 4)))
    assert np.abs(np.corrcoef(cube.T) - np.eye(4)).max() < 0.2
    assert np.array_equal(cube, latin_hypercube(40, 4, seed=3))
