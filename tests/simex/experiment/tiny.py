"""A school of four rooms and an engine of a few lines, whose effects are known: what the experiment and the
statistics are tried on."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simex.distributions import Shape
from simex.draws import Stream, uniform
from simex.experiment import Design, Study
from simex.parameters import Label, Parameter, Parameters
from simex.plan import Level, Plan, Region, Space, Use
from simex.population import Population
from simex.runs import RunTable
from simex.scenario import Doors, HazardStep, Kind, Layer, Notice, Officer, Scenario, StopBand

ENGINE = "tests.simex.experiment.tiny:TinyEngine"
KILL_ONCE = "TINY_KILL_ONCE"  # a path: the worker that makes this file dies at once
ROOMS = 4


def plan() -> Plan:
    spaces = tuple(
        Space(f"r{place}", f"Room {place}", Use.CLASSROOM, 25, lockable=True) for place in range(ROOMS)
    )
    regions = tuple(
        Region(
            f"g{place}", f"r{place}", "l", ((8.0 * place, 0.0), (8.0 * place + 8, 0.0), (8.0 * place, 8.0))
        )
        for place in range(ROOMS)
    )
    return Plan("Four rooms", (Level("l", "Ground floor"),), spaces, regions, ())


def parameters() -> Parameters:
    one = Parameter(
        "t_cue",
        "belief",
        "s",
        Shape.LOGNORMAL,
        {"median": 8.0, "sigma": 0.7},
        {"median": (3.0, 30.0)},
        Label.ASSUMED,
        "a choice",
    )
    return Parameters([one], "tiny")


class TinyEngine:
    """Lock times: 60 s, 40 s less with pre-locked doors, 10 s less with decentralized notice, and luck of
    each room."""

    def __init__(self, plan: Plan, parameters: Parameters, population: Population) -> None:
        self.rooms = len(plan.rooms_to_lock)
        self.cue = parameters.value("t_cue")

    def run(
        self,
        scenario: Scenario,
        *,
        seed: int,
        replicates: NDArray[np.int64],
        layer: Layer = Layer(),  # noqa: B008
    ) -> RunTable:
        die_once()
        luck = np.array(
            [
                [uniform(seed, replicate, int(Stream.LOCKS), room, 0) for room in range(self.rooms)]
                for replicate in replicates
            ]
        )
        officer, fixed = scenario.officer is not Officer.ABSENT, scenario.doors is not Doors.MANUAL
        start = 20.0 if scenario.notice is Notice.CENTRALIZED else 10.0
        locks = start + self.cue + (0.0 if fixed else 40.0) + 60 * luck
        locks = np.where((luck > 0.95) & (not fixed), np.nan, locks)
        completed = (~np.isnan(locks)).mean(axis=1)
        safe = np.clip(0.5 + 0.3 * completed + 0.05 * officer + 0.1 * (luck[:, 0] - 0.5), 0, 1)
        columns = {
            "notification_s": start + 5 * luck[:, 1],
            "room_lockdown_mean_s": np.where(np.isnan(locks), 1200, locks).mean(axis=1),
            "rooms_completed": completed,
            "students_reported_safe": safe,
        }
        if scenario.kind is Kind.LOCKDOWN:
            stop = (
                {StopBand.OPTIMISTIC: 0.5, StopBand.NEUTRAL: 0.7, StopBand.NEVER: 1.0}[layer.stop_band]
                if officer
                else 1.0
            )
            step = {HazardStep.HALF: 0.5, HazardStep.ONE: 1.0, HazardStep.DOUBLE: 2.0}[layer.hazard_step]
            columns["hazard_count"] = step * stop * (1.5 - completed) * 4 * luck[:, 2]
        return RunTable(replicates, columns, locks.astype(np.float32))


def die_once() -> None:
    mark = os.environ.get(KILL_ONCE)
    # The process that starts the study is not the one to die
    worker = multiprocessing.parent_process() is not None
    if mark and worker and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def design(**changes: object) -> Design:
    document: dict[str, object] = {
        "version": 1,
        "name": "Tiny",
        "purpose": "a test of the experiment",
        "preview": True,  # no parameter set of this engine is validated
        "plan": {"generate": "high"},
        "design": {"form": "study"},
        "runs": {"seed": 7, "replicates": 120},
        "robustness": {"replicates": 10},
    }
    document.update(changes)
    return Design.of(document)


def study(**changes: object) -> Study:
    return Study(design(**changes), plan(), parameters(), engine=ENGINE)
