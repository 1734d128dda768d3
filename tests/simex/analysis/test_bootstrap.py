import numpy as np
import pytest
from scipy import stats

from simex.analysis.bootstrap import bca_interval, left_out_means, resampled_means


def test_the_interval_agrees_with_a_reference_on_skewed_data() -> None:
    values = np.random.default_rng(3).gamma(1.5, 10, 60)
    resampled = resampled_means(values[:, None], seed=5)[:, 0]
    low, high = bca_interval(float(values.mean()), resampled, left_out_means(values[:, None])[:, 0])
    reference = stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method="BCa", rng=4
    ).confidence_interval
    assert low == pytest.approx(reference.low, rel=0.02)
    assert high == pytest.approx(reference.high, rel=0.02)


def test_the_same_seed_gives_the_same_interval_and_columns_stay_paired() -> None:
    values = np.random.default_rng(3).normal(size=(40, 1)) + np.array([[0.0, 5.0]])
    paired = resampled_means(values, seed=5, resamples=200)
    assert np.array_equal(paired, resampled_means(values, seed=5, resamples=200))
    assert np.allclose(paired[:, 1] - paired[:, 0], 5)
    apart = resampled_means(values, seed=5, resamples=200, apart=True)
    assert np.std(apart[:, 1] - apart[:, 0]) > 0.05


def test_an_interval_of_a_mean_covers_as_often_as_it_says() -> None:
    random, inside = np.random.default_rng(8), 0
    for trial in range(200):
        values = random.normal(size=(50, 1))
        low, high = bca_interval(
            float(values.mean()),
            resampled_means(values, trial, resamples=1000)[:, 0],
            left_out_means(values)[:, 0],
        )
        inside += low <= 0 <= high
    assert 0.89 <= inside / 200 <= 0.985
