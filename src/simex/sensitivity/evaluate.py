"""Runs points of the input space: for each the mean of every watched measure in every condition, over
replicates that are the same at every point."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simex.analysis.survival import restricted
from simex.experiment import Cell, Study
from simex.experiment.chunks import Order, engine_of
from simex.experiment.pools import processors
from simex.measures import BY_COLUMN, Scale
from simex.parameters.varied import Number, changes
from simex.scenario import Layer

Floats = NDArray[np.float64]
WATCHED = ("rooms_completed", "students_reported_safe", "exposure_person_s")  # M5, M9, M11
REPLICATES = 10  # so that luck is not taken for sensitivity


@dataclass(frozen=True)
class Task:
    """order: of the study. numbers: what is varied. conditions: which are run."""

    order: Order
    numbers: tuple[Number, ...]
    conditions: tuple[int, ...]
    replicates: int = REPLICATES


def measured(task: Task, point: Floats) -> Floats:
    """(conditions, measures) at one point; NaN where a measure means nothing here."""
    order = replace(task.order, parameters=task.order.parameters.changed(changes(list(task.numbers), point)))
    engine = engine_of(order, order.parameters.digest())
    out = np.full((len(task.conditions), len(WATCHED)), np.nan)
    for row, condition in enumerate(task.conditions):
        cells = [cell for cell in order.cells if cell.condition == condition]
        out[row] = np.mean([_means(engine, order, cell, task.replicates) for cell in cells], axis=0)
    return out


def _means(engine: Any, order: Order, cell: Cell, replicates: int) -> list[float]:
    table = engine.run(
        cell.scenario, seed=order.seed, replicates=np.arange(replicates, dtype=np.int64), layer=Layer()
    )
    found = []
    for name in WATCHED:
        values = table.columns.get(name)
        if values is None or np.isnan(values).all():
            found.append(float("nan"))
            continue
        found.append(
            float(
                np.nanmean(
                    restricted(values, table.horizon_s) if BY_COLUMN[name].scale is Scale.TIME else values
                )
            )
        )
    return found


_task: Task | None = None


def _begin(task: Task) -> None:
    global _task
    _task = task


def _one(point: Floats) -> Floats:
    assert _task is not None  # noqa: S101 - the pool's initializer set it
    return measured(_task, point)


def evaluate(
    task: Task, points: Floats, *, workers: int | None = None, progress: bool = True, about: str = ""
) -> Floats:
    """(points, conditions, measures). The same numbers on any number of workers."""
    from tqdm import tqdm

    count = workers or processors()
    with tqdm(total=len(points), unit=" points", desc=about, disable=None if progress else True) as bar:
        found = []
        for one in _each(task, list(points), count):
            found.append(one)
            bar.update()
    return np.array(found)


def _each(task: Task, points: Sequence[Floats], count: int) -> Iterator[Floats]:
    if count == 1 or len(points) < 8:
        yield from (measured(task, point) for point in points)
        return
    yield measured(task, points[0])  # compiles, so that the workers need not all do so
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _begin, (task,)) as pool:
        yield from pool.map(_one, points[1:], chunksize=8)


def task_of(study: Study, numbers: Sequence[Number], conditions: Sequence[int]) -> Task:
    return Task(study.order, tuple(numbers), tuple(conditions))
