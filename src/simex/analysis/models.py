"""Generalized linear models of counts and of proportions, with errors that hold when the runs of one
replicate belong together (simex.md 4.5)."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .anova import Codes, design_matrix

Floats = NDArray[np.float64]
POISSON_BELOW = 1.2  # Pearson dispersion


@dataclass(frozen=True)
class LogContrast:
    """A contrast on the scale of logarithms (rate ratio) or log odds (odds ratio): its exponential, 95 %
    interval, p-value, and the model's name."""

    ratio: float
    low: float
    high: float
    p: float
    log_error: float
    model: str


class LogMeans:
    """A model of conditions and blocks with a log or logit link; the errors are clustered by replicate."""

    def __init__(self, fit: Any, conditions: int, name: str) -> None:
        self.coefficients = np.asarray(fit.params)
        self.covariance = np.asarray(fit.cov_params())
        self.conditions = conditions
        self.name = name

    def test(self, weights: Floats) -> LogContrast:
        """weights: (conditions,), summing to 0."""
        from scipy.special import ndtr

        whole = np.zeros(len(self.coefficients))
        whole[: self.conditions] = weights
        estimate = float(whole @ self.coefficients)
        error = math.sqrt(max(float(whole @ self.covariance @ whole), 0.0))
        p = float(2 * ndtr(-abs(estimate) / error)) if error > 0 else (0.0 if estimate else 1.0)
        half = 1.959964 * error
        return LogContrast(
            math.exp(estimate), math.exp(estimate - half), math.exp(estimate + half), p, error, self.name
        )


def count_model(y: Floats, condition: Codes, blocks: Codes, replicate: Codes) -> LogMeans | None:
    """Negative binomial with a log link; Poisson where the dispersion is under 1.2. None where a condition
    has no event, so that no ratio exists."""
    import statsmodels.api as sm

    x, conditions = design_matrix(condition, blocks)
    if any(y[condition == one].sum() <= 0 for one in range(conditions)):
        return None
    poisson = _fit(sm, y, x, sm.families.Poisson(), replicate)
    if poisson is None:
        return None
    dispersion = float(poisson.pearson_chi2 / poisson.df_resid)
    if dispersion < POISSON_BELOW:
        return LogMeans(poisson, conditions, "Poisson")
    mu = np.asarray(poisson.mu)
    # Cameron and Trivedi's regression for variance = mu + alpha mu^2
    alpha = float((((y - mu) ** 2 - y) / mu) @ mu / (mu @ mu))
    if not alpha > 1e-6:
        return LogMeans(poisson, conditions, "Poisson, errors by replicate")
    fit = _fit(sm, y, x, sm.families.NegativeBinomial(alpha=alpha), replicate)
    return None if fit is None else LogMeans(fit, conditions, "negative binomial")


def rate_model(y: Floats, condition: Codes, blocks: Codes, replicate: Codes) -> LogMeans | None:
    """For amounts that are no counts (person-seconds): the means on the log scale, with errors by replicate
    whatever their variance."""
    import statsmodels.api as sm

    x, conditions = design_matrix(condition, blocks)
    if any(y[condition == one].sum() <= 0 for one in range(conditions)):
        return None
    fit = _fit(sm, y, x, sm.families.Poisson(), replicate)
    return None if fit is None else LogMeans(fit, conditions, "log means, errors by replicate")


def share_model(y: Floats, condition: Codes, blocks: Codes, replicate: Codes) -> LogMeans | None:
    """Quasi-binomial with a logit link. None where a condition is all 0 or all 1, so that no odds ratio
    exists."""
    import statsmodels.api as sm

    x, conditions = design_matrix(condition, blocks)
    means = [y[condition == one].mean() for one in range(conditions)]
    if min(means) <= 0 or max(means) >= 1:
        return None
    fit = _fit(sm, np.clip(y, 0, 1), x, sm.families.Binomial(), replicate)
    return None if fit is None else LogMeans(fit, conditions, "quasi-binomial")


def _fit(sm: Any, y: Floats, x: Floats, family: Any, replicate: Codes) -> Any:
    with warnings.catch_warnings():
        # Shares between 0 and 1 are told as unusual; a fit that fails is seen below
        warnings.simplefilter("ignore")
        try:
            fit = sm.GLM(y, x, family=family).fit(cov_type="cluster", cov_kwds={"groups": replicate})
        except (ValueError, np.linalg.LinAlgError, FloatingPointError):
            return None
    return fit if np.isfinite(fit.params).all() and np.isfinite(np.asarray(fit.cov_params())).all() else None
