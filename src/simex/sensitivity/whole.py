"""The whole of it for one study: screening, indices of what is kept, rank probabilities; as plain values for
sensitivity.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from simex.experiment import Study
from simex.experiment.release import PREVIEW
from simex.measures import BY_COLUMN
from simex.parameters import Label
from simex.parameters.varied import numbers_of
from simex.runs import Resolution

from .evaluate import WATCHED, evaluate, task_of
from .methods import (
    SOBOL_POINTS,
    TRAJECTORIES,
    best_shares,
    draws,
    kept,
    morris_points,
    morris_shares,
    sobol_indices,
    sobol_points,
)

DRAWS = 100
TODAY = 0


def sensitivity(
    study: Study,
    *,
    trajectories: int = TRAJECTORIES,
    points: int = SOBOL_POINTS,
    parameter_draws: int = DRAWS,
    workers: int | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """Screens today's condition, then works out the indices of what is kept, then ranks all conditions under
    plausible parameter sets.

    Gives {"influential": names, "tornado": [...], "sobol": by measure, "best": [...], "stop_watch":
    sentences}. M11 appears as shares only."""
    numbers = numbers_of(study.parameters, on_foot=study.design.resolution is Resolution.CONTINUOUS)
    seed = study.design.seed
    settings: dict[str, Any] = {"workers": workers, "progress": progress}
    cube = morris_points(numbers, trajectories, seed)
    found = evaluate(task_of(study, numbers, [TODAY]), cube, about="Screening", **settings)[:, 0]
    used = [
        place
        for place in range(len(WATCHED))
        if np.isfinite(found[:, place]).all() and np.ptp(found[:, place]) > 0
    ]
    if study.preview:
        used = [place for place in used if not BY_COLUMN[WATCHED[place]].relative_only]
    shares = (
        np.array([morris_shares(numbers, cube, found[:, place], seed) for place in used])
        if used
        else np.zeros((1, len(numbers)))
    )
    chosen = [numbers[place] for place in kept(shares)]
    sobol: dict[str, list[dict[str, Any]]] = {}
    if chosen and points:
        base = sobol_points(chosen, points, seed)
        values = evaluate(task_of(study, chosen, [TODAY]), base, about="Indices", **settings)[:, 0]
        sobol = {
            WATCHED[place]: [asdict(one) for one in sobol_indices(chosen, values[:, place], seed)]
            for place in used
        }
    strongest = shares.max(axis=0)
    tornado = [
        {
            "parameter": one.name,
            "meaning": one.meaning,
            "unit": one.unit,
            "label": one.label.value,
            "share": float(strongest[numbers.index(one)]),
        }
        for one in chosen
    ]
    return {
        "state": PREVIEW if study.preview else "",
        "influential": [one.name for one in chosen],
        "measures": [WATCHED[place] for place in used],
        "trajectories": trajectories,
        "tornado": tornado,
        "sobol": sobol,
        "best": _best(study, numbers, parameter_draws, settings),
        "stop_watch": [one.meaning for one in chosen if one.unit == "s" and one.label is Label.ASSUMED],
    }


def _best(study: Study, numbers: list[Any], count: int, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """In what share of plausible parameter sets each condition is best, by measure."""
    conditions = sorted({cell.condition for cell in study.cells})
    if len(conditions) < 2 or not count:
        return []
    values = evaluate(
        task_of(study, numbers, conditions),
        draws(numbers, count, study.design.seed),
        about="Options",
        **settings,
    )
    rows = []
    for place, name in enumerate(WATCHED):
        if not np.isfinite(values[:, :, place]).all() or (study.preview and BY_COLUMN[name].relative_only):
            continue
        shares = best_shares(values[:, :, place], more_is_better=BY_COLUMN[name].better == "more")
        for condition, share in zip(conditions, shares, strict=True):
            levels = next(cell.levels for cell in study.cells if cell.condition == condition)
            rows.append(
                {
                    "measure": name,
                    "condition": condition,
                    "levels": {key: str(value) for key, value in levels.items()},
                    "share": float(share),
                }
            )
    return rows
