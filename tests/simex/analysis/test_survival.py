import numpy as np
import pytest

from simex.analysis.survival import kaplan_meier, restricted


def test_times_that_did_not_come_count_as_the_horizon() -> None:
    values = np.array([100.0, 300.0, np.nan, np.nan])
    assert restricted(values, 1200).mean() == pytest.approx((100 + 300 + 2400) / 4)


def test_kaplan_meier_of_five_times_by_hand() -> None:
    """10, 20, 20, 40 s and one never. After each time 4/5, 2/5 and 1/5 are left; Greenwood's sum after 20 s
    is 1/(5*4) + 2/(4*2)."""
    curve = kaplan_meier(np.array([20.0, 10.0, np.nan, 20.0, 40.0]), 100)
    assert curve.times_s.tolist() == [10, 20, 40]
    assert np.allclose(curve.share, [0.8, 0.4, 0.2])
    spread = 1.959964 * np.sqrt(1 / 20 + 2 / 8) / np.log(0.4)
    assert sorted([curve.low[1], curve.high[1]]) == pytest.approx(
        sorted([0.4 ** np.exp(-spread), 0.4 ** np.exp(spread)]), rel=1e-4
    )
    assert curve.low[1] < 0.4 < curve.high[1]
    assert curve.quantile(0.5) == 20
    assert np.isnan(curve.quantile(0.9))


def test_the_area_under_the_curve_is_the_restricted_mean() -> None:
    values = np.random.default_rng(1).exponential(50, 200)
    values[values > 100] = np.nan
    curve = kaplan_meier(values, 100)
    steps = np.diff(np.concatenate([[0], curve.times_s, [100]]))
    assert float(steps @ np.concatenate([[1], curve.share])) == pytest.approx(restricted(values, 100).mean())
