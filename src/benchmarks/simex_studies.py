"""What a study takes in either resolution, and the reading of a building's file."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from pathlib import Path
from typing import Any

from . import system
from .figures import Figure

STUDENTS = 1000
STUDY = 1000  # replicates of each of the 2^3 combinations
# Of them that are run in continuous space; were it fewer, the time of all would be reckoned from these
WALKED = STUDY
PROCESSES = 2
STUCK_RUNS = 1000
FILE_MB = 3.0


def studies() -> list[Figure]:
    """The 2^3 lockdown study of 1,000 students in both resolutions, on two processes that have the engine
    made and compiled."""
    network = lockdown_study("simex.network:NetworkEngine", STUDY)
    walked = lockdown_study("simex.continuous:ContinuousEngine", WALKED)
    whole = walked["seconds"] * STUDY / WALKED
    per_run = f"{walked['seconds'] * PROCESSES / (8 * WALKED) * 1000:.0f} ms a run and core"
    return [
        Figure(
            "2^3 x 1,000 lockdown study, network resolution",
            network["seconds"],
            "s",
            30,
            note="with the hazard; 2 processes, warm; aim 3",
        ),
        Figure(
            "the same in continuous space",
            whole / 60,
            "min",
            10,
            note=f"from 2^3 x {WALKED} in {walked['seconds']:.0f} s, {per_run}; aim 2",
        ),
        Figure("people on their way at the horizon in those runs", walked["still"], "", 0),
    ]


def lockdown_study(engine: str, replicates: int) -> dict[str, float]:
    """Wall-clock seconds of 2^3 x `replicates` lockdowns on two processes, engines made before; people on
    their way at the horizon."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    with context.Pool(PROCESSES, initializer=_hold, initargs=(barrier,)) as pool:
        rows = pool.starmap(
            half_a_study, [(engine, replicates, half) for half in range(PROCESSES)], chunksize=1
        )
    return {"seconds": max(row["seconds"] for row in rows), "still": sum(row["still"] for row in rows)}


_held: dict[str, Any] = {}


def _hold(barrier: Any) -> None:
    _held["barrier"] = barrier


def half_a_study(name: str, replicates: int, half: int) -> dict[str, float]:
    """Four of the eight combinations, once both processes are ready."""
    from importlib import import_module
    from itertools import product

    import numpy as np

    from simex.plan.generator import generate
    from simex.scenario import Doors, Kind, Notice, Officer, Scenario

    module, _, attribute = name.partition(":")
    engine = getattr(import_module(module), attribute)(generate("high", STUDENTS))
    levels = list(
        product(
            (Officer.ABSENT, Officer.PATROL),
            (Doors.MANUAL, Doors.PRE_LOCKED),
            (Notice.CENTRALIZED, Notice.DECENTRALIZED),
        )
    )
    cells = [
        Scenario(kind=Kind.LOCKDOWN, officer=officer, doors=doors, notice=notice)
        for officer, doors, notice in levels
    ][half::PROCESSES]
    for cell in cells:
        # Compiled, and in continuous space the ways to rooms found
        engine.run(cell, seed=2, replicates=np.arange(10))
    _held["barrier"].wait()
    began, still = time.perf_counter(), 0
    for cell in cells:
        engine.run(cell, seed=1, replicates=np.arange(replicates))
        still += int(getattr(engine, "still_walking", np.zeros(1)).sum())
    return {"seconds": time.perf_counter() - began, "still": still}


def stuck(runs: int) -> Figure:
    """People who do not get out in evacuations of the benchmark plan, each with other speeds."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        left = sum(pool.map(left_behind, range(runs), chunksize=25))
    return Figure(
        f"people stuck in {runs:,} evacuations of the benchmark plan",
        left,
        "",
        0,
        note="1,000 people, each run with other speeds",
    )


def left_behind(seed: int) -> int:
    import numpy as np

    from simex.plan.generator import benchmark
    from simex.space import Goal, People, SpaceModel, furnished

    if "model" not in _held:
        plan = benchmark(40)
        _held["model"], _held["spots"] = SpaceModel(plan), furnished(plan)
    spots, levels, _ = _held["spots"]
    speeds = np.clip(np.random.default_rng(seed).normal(1.34, 0.26, len(spots)), 0.5, 2.2)
    return (  # type: ignore[no-any-return]
        _held["model"]
        .run(People.at(spots, level=levels, speed_m_s=speeds), [Goal()], until_s=900)
        .still_walking
    )


def reading() -> list[Figure]:
    """The import of a building of about 3 MB, which is written here as programs write them: most of it the
    shapes of walls."""
    from simex.importing import import_plan

    from .simex_ifc import write_building

    place: Path = system.fresh("simex-ifc") / "school.ifc"
    rooms = write_building(place, FILE_MB)
    import_plan(place)  # loads what is imported with it
    taken = []
    for _turn in range(5):
        began = time.perf_counter()
        found = import_plan(place)
        taken.append(time.perf_counter() - began)
    note = (
        f"{place.stat().st_size / 1e6:.1f} MB, {rooms} rooms, {len(found.plan.spaces)} read; median of "
        "5; aim 0.3"
    )
    return [Figure("import of an IFC file of 3 MB", statistics.median(taken), "s", 1, note=note)]
