"""Cheap attempts to break the model (simex.md 7.4): a lever that does nothing, and the same room lockdown by
another road."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simex.distributions import quantile
from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import benchmark
from simex.scenario import Kind, Lock, Scenario

from .table import Judged, Statement

EXPERIMENTS, RUNS = 1_000, 20


def placebo(parameters: Parameters, seed: int) -> Statement:
    """A thousand two-level experiments on the color of the walls, with independent luck: 5 % must look
    significant, and not more."""
    from scipy import stats

    engine = NetworkEngine(benchmark(10), parameters)
    times = []
    for level, color in enumerate(("white", "green")):
        numbers = np.arange(EXPERIMENTS * RUNS) + level * EXPERIMENTS * RUNS
        columns = engine.run(Scenario(wall_color=color), seed=seed, replicates=numbers).columns
        times.append(columns["room_lockdown_mean_s"].reshape(EXPERIMENTS, RUNS))
    share = float((stats.ttest_ind(times[0], times[1], axis=1).pvalue < 0.05).mean())
    verdict = Judged.PASSED if 0.03 <= share <= 0.07 else Judged.FAILED
    return Statement(
        "F1",
        "Placebo: the color of the walls has no effect",
        f"{share:.1%} of 1,000 experiments significant at 5 %",
        "3 to 7 %",
        verdict,
    )


def mean_of(parameters: Parameters, identifier: str, reciprocal: bool = False) -> float:
    """The mean of a parameter's law (or of one over it), by 20,000 quantiles."""
    parameter = parameters[identifier]
    values = np.array(
        [
            quantile(int(parameter.shape), *parameter.quad(), share)
            for share in (np.arange(20_000) + 0.5) / 20_000
        ]
    )
    return float((1 / values).mean() if reciprocal else values.mean())


def closed_form(parameters: Parameters, seed: int) -> Statement:
    """The mean time from announcement to locked with an inside key is a sum of means: compared with the
    engine's rooms."""
    silent = {"p_prop": 0.0, "p_hear_pa_room": 1.0, "absent": 0.0}
    changed = parameters.changed(silent)
    walk = (
        mean_of(changed, "door_distance")
        * mean_of(changed, "v_adult", reciprocal=True)
        * mean_of(changed, "k_hurry", reciprocal=True)
    )
    expected = (
        sum(mean_of(changed, name) for name in ("t_pa_react", "t_sweep", "t_key_find", "t_key_turn")) + walk
    )
    table = NetworkEngine(benchmark(40), changed).run(
        Scenario(kind=Kind.LOCKDOWN_DRILL, lock=Lock.INSIDE_KEY), seed=seed, replicates=np.arange(400)
    )
    since = table.room_lockdown_s - table.columns["notification_s"][:, None]
    starter = np.nanargmin(table.room_lockdown_s, axis=1)
    since[np.arange(len(since)), starter] = np.nan  # told before the announcement
    found = float(np.nanmean(since))
    verdict = Judged.PASSED if abs(found / expected - 1) <= 0.02 else Judged.FAILED
    return Statement(
        "F2",
        "Room lockdown by a sum of means",
        f"engine {found:.2f} s, closed form {expected:.2f} s ({found / expected - 1:+.1%})",
        "within 2 %",
        verdict,
    )


def falsification(
    parameters: Parameters, seed: int, tell: Callable[[str], None] = lambda line: None
) -> list[Statement]:
    tell("placebo and closed form")
    return [placebo(parameters, seed), closed_form(parameters, seed)]
