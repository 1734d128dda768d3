import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from simex.analysis.anova import ConditionMeans, one_way
from simex.analysis.models import count_model, rate_model, share_model

RANDOM = np.random.default_rng(11)
# Two levers of two levels, twelve runs each.
CONDITION = np.tile(np.arange(4), 12)
NO_BLOCK = np.zeros(48, dtype=int)
REPLICATE = np.repeat(np.arange(12), 4)
MAIN = np.array([-0.5, -0.5, 0.5, 0.5])


def test_one_way_analysis_of_three_groups_by_hand() -> None:
    """Means 2, 3, 7 around 4: between 3 (4 + 1 + 9) = 42, within 2 + 2 + 2 = 6, so F = (42 / 2) / (6 / 6) =
    21."""
    found = one_way([np.array([1.0, 2, 3]), np.array([2.0, 3, 4]), np.array([6.0, 7, 8])])
    assert (found.f, found.between, found.within) == (pytest.approx(21), 2, 6)
    assert found.eta2 == pytest.approx(42 / 48)
    assert found.p == pytest.approx(stats.f.sf(21, 2, 6))


def test_errors_are_the_hc3_errors_of_a_reference() -> None:
    y = 5 + 2.0 * (CONDITION >= 2) + RANDOM.normal(size=48) * (1 + CONDITION)
    found = ConditionMeans(y, CONDITION, NO_BLOCK).test(MAIN)
    reference = sm.OLS(y, np.eye(4)[CONDITION]).fit(cov_type="HC3", use_t=True).t_test(MAIN)
    assert found.estimate == pytest.approx(float(np.squeeze(reference.effect)))
    assert found.error == pytest.approx(float(np.squeeze(reference.sd)))
    assert found.p == pytest.approx(float(np.squeeze(reference.pvalue)))


def test_hedges_g_and_partial_eta_squared_by_hand() -> None:
    """Two groups of 4, means 10 and 13, sum of squares 12 in each, so variance 4: g = 3/2 (1 - 3/(4*6 - 1));
    explained 2 * 3^2 = 18 of 18 + 24."""
    group = np.array([-1.0, 0, 0, 1]) * math.sqrt(6)
    y = np.concatenate([10 + group, 13 + group])
    condition = np.repeat([0, 1], 4)
    found = ConditionMeans(y, condition, np.zeros(8, dtype=int)).test(np.array([-1.0, 1.0]))
    assert found.hedges_g == pytest.approx(1.5 * (1 - 3 / 23))
    assert found.partial_eta2 == pytest.approx(18 / 42)


def test_pairing_takes_what_replicates_share_out_of_the_error() -> None:
    shared = RANDOM.normal(size=12)[REPLICATE] * 10
    y = shared + (CONDITION >= 2) + RANDOM.normal(size=48)
    alone, paired = ConditionMeans(y, CONDITION, NO_BLOCK), ConditionMeans(y, CONDITION, NO_BLOCK, REPLICATE)
    assert paired.test(MAIN).estimate == pytest.approx(alone.test(MAIN).estimate)
    assert paired.test(MAIN).error < alone.test(MAIN).error / 4


def test_counts_without_extra_spread_are_poisson_and_the_ratio_is_that_of_the_means() -> None:
    y = RANDOM.poisson(np.where(CONDITION >= 2, 2.0, 6.0)).astype(float)
    found = count_model(y, CONDITION, NO_BLOCK, REPLICATE)
    assert found is not None
    assert found.name.startswith("Poisson")
    means = [y[one == CONDITION].mean() for one in range(4)]
    assert found.test(MAIN).ratio == pytest.approx(
        math.sqrt(means[2] * means[3] / means[0] / means[1]), rel=1e-6
    )


def test_counts_with_extra_spread_are_negative_binomial_and_cover_a_known_ratio() -> None:
    condition, replicate = np.tile(np.arange(2), 600), np.repeat(np.arange(600), 2)
    y = RANDOM.negative_binomial(2, 2 / (2 + np.where(condition == 1, 3.0, 6.0))).astype(float)
    found = count_model(y, condition, np.zeros(1200, dtype=int), replicate)
    assert found is not None
    assert found.name == "negative binomial"
    ratio = found.test(np.array([-1.0, 1.0]))
    assert ratio.low < 0.5 < ratio.high
    assert ratio.high - ratio.low < 0.15


def test_a_condition_without_any_event_has_no_model() -> None:
    y = np.where(CONDITION == 0, 0.0, 1.0)
    assert count_model(y, CONDITION, NO_BLOCK, REPLICATE) is None
    assert rate_model(y, CONDITION, NO_BLOCK, REPLICATE) is None
    assert share_model(y, CONDITION, NO_BLOCK, REPLICATE) is None


def test_the_odds_ratio_is_that_of_the_shares() -> None:
    y = np.where(np.arange(48) % 12 < np.where(CONDITION >= 2, 9, 3), 0.9, 0.3)
    found = share_model(y, CONDITION, NO_BLOCK, REPLICATE)
    assert found is not None
    odds = [y[one == CONDITION].mean() / (1 - y[one == CONDITION].mean()) for one in range(4)]
    assert found.test(MAIN).ratio == pytest.approx(math.sqrt(odds[2] * odds[3] / odds[0] / odds[1]), rel=1e-5)
