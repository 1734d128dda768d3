import math

import numpy as np
import pytest

from simex.analysis.multiplicity import benjamini_hochberg, equivalence_p, holm, upper_bound_of_none

SHUFFLED = [0.04, 0.01, 0.03, 0.005]


def test_holm_multiplies_each_by_how_many_are_left_and_never_goes_down() -> None:
    assert np.allclose(holm(SHUFFLED), [0.06, 0.03, 0.06, 0.02])


def test_benjamini_hochberg_divides_by_the_rank() -> None:
    assert np.allclose(benjamini_hochberg(SHUFFLED), [0.04, 0.02, 0.04, 0.02])


def test_equivalence_is_the_larger_of_two_one_sided_tests() -> None:
    assert equivalence_p(0.0, 1.0, 1.6448536, 1e9) == pytest.approx(0.05, abs=1e-6)
    assert equivalence_p(0.5, 1.0, 1.6448536, 1e9) > 0.05
    assert equivalence_p(3.0, 1.0, 2.0, 1e9) > 0.5
    assert math.isnan(equivalence_p(0.0, 1.0, 0.0, 10))


def test_none_in_thirty_runs_may_still_be_one_in_ten() -> None:
    assert upper_bound_of_none(30) == pytest.approx(0.1)
