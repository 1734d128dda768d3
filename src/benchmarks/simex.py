"""The simulation engines: the continuous one in turn with JuPedSim and Mesa on the same plan, and what they
take."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from . import system
from .figures import Figure
from .simex_job import SPEED_M_S, UNTIL_S, job
from .simex_studies import STUCK_RUNS, reading, stuck, studies

FOLDER = system.FOLDER / "simex"
PEERS = FOLDER / "peers" / "bin" / "python"
PACKAGES = ("jupedsim==1.4.2", "mesa==3.5.1", "networkx>=3")
ROOMS = 40  # 1,000 people
ROUNDS = 3
# Of 500 people, so that they take as long as 5,000: the best of short runs is luckier than that of long ones
SMALL_REPEATS = 60
FIRST_EVENTS = """import numpy
from simex.network import NetworkEngine
from simex.plan import benchmark
from simex.scenario import Kind, Scenario
NetworkEngine(benchmark(2)).run(Scenario(kind=Kind.EVACUATION), seed=1, replicates=numpy.arange(1))
"""


def run() -> list[Figure]:
    return [*studies(), *reading(), stuck(STUCK_RUNS), *continuous(), *against_peers()]


def measure(rooms: int, repeats: int = 1) -> dict[str, float]:
    """Evacuations by our engine in a process of its own, warm: person-steps, seconds, evacuation time, people
    left, peak memory in MB."""
    code = (
        f"from benchmarks.simex import evacuate; import json; print(json.dumps(evacuate({rooms}, {repeats})))"
    )
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=_settings(), check=True, capture_output=True, text=True
    )
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def evacuate(rooms: int, repeats: int = 1) -> dict[str, float]:
    """Locks, storeys and sight lines are always on: there is no other way through the engine."""
    from simex.plan.generator import benchmark
    from simex.space import Goal, People, SpaceModel, furnished

    plan = benchmark(rooms)
    model, (spots, levels, _) = SpaceModel(plan), furnished(plan)
    people = People.at(spots, level=levels, speed_m_s=SPEED_M_S)
    model.run(people, [Goal()], until_s=0.1)  # loads the compiled code and makes the floor field
    began, person_steps = time.perf_counter(), 0
    for _turn in range(repeats):
        outcome = model.run(people, [Goal()], until_s=UNTIL_S)
        person_steps += outcome.person_steps
    return {
        "person_steps": person_steps,
        "seconds": time.perf_counter() - began,
        "evacuation_s": outcome.ended_s,
        "left": outcome.still_walking,
        "memory_mb": system.peak(os.getpid()) / 1e6,
    }


def continuous() -> list[Figure]:
    small: list[dict[str, Any]] = []
    large: list[dict[str, Any]] = []
    for _round in range(ROUNDS):
        small.append(measure(20, SMALL_REPEATS))
        large.append(measure(200))
    ratio = statistics.median(_rate(one) / _rate(other) for one, other in zip(large, small, strict=True))
    rate = {name: max(_rate(one) for one in rows) for name, rows in (("small", small), ("large", large))}
    evacuate(20)
    alone = max(_rate(evacuate(20, 10)) for _turn in range(2))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.starmap(evacuate, [(20, 1), (20, 1)])
        both = max(
            sum(_rate(one) for one in pool.starmap(evacuate, [(20, 10), (20, 10)], chunksize=1))
            for _turn in range(2)
        )
    return [
        Figure(
            "continuous engine, 500 people",
            rate["small"] / 1e6,
            "M/s",
            note="person-steps a second, one core, step 0.05 s",
        ),
        Figure("continuous engine, 5,000 people", rate["large"] / 1e6, "M/s"),
        Figure(
            "rate at 5,000 people / rate at 500",
            ratio,
            "times",
            0.9,
            at_least=True,
            note="median of rounds in turn, as long each",
        ),
        Figure("two processes against one", both / alone, "times", 1.9, at_least=True),
        Figure("people left behind", small[0]["left"] + large[0]["left"], "", 0),
        Figure("memory of a process, 500 people", small[0]["memory_mb"], "MB", 250),
        *_first_results("continuous", "from benchmarks.simex import evacuate; evacuate(2)"),
        *_first_results("event", FIRST_EVENTS),
    ]


def _first_results(engine: str, code: str) -> list[Figure]:
    """A new process from its start to its end, with nothing compiled and then with what that kept; processor
    time with that of all its processes."""
    settings = _settings(NUMBA_CACHE_DIR=str(system.fresh(f"simex-cold-{engine}")))
    taken = []
    for _turn in range(3):
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-c", code], env=settings)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, code)
        taken.append(
            (time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)
        )
    cold, warm = taken[0], min(taken[1:])
    return [
        Figure(
            f"first result, {engine} engine, compiled code cached",
            warm[0],
            "s",
            1,
            note=f"{warm[1]:.2f} s processor time; a plan of 2 rooms",
        ),
        Figure(
            f"first result, {engine} engine, nothing compiled yet",
            cold[0],
            "s",
            3,
            note=f"{cold[1]:.1f} s processor time",
        ),
        Figure(f"memory while the {engine} engine compiles, the largest process", cold[2], "MB", 250),
    ]


def against_peers() -> list[Figure]:
    """Ours and JuPedSim in turn; Mesa once, for as long as it is given."""
    from simex.space import Settings

    if not _peers_ready():
        only = measure(ROOMS)
        sys.stdout.write("  The peers could not be installed; ours is measured alone.\n")
        return [
            Figure("continuous engine, 1,000 people", _rate(only) / 1e6, "M/s", note="without peers"),
            Figure("evacuation", only["evacuation_s"], "s"),
        ]
    task = FOLDER / "job.json"
    task.write_text(
        json.dumps(job(ROOMS, radius_m=0.2, time_gap_s=Settings.of().time_gap_s)), encoding="utf-8"
    )
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    for _round in range(ROUNDS):
        ours.append(measure(ROOMS))
        theirs.append(_peer("simex_peer_jupedsim.py", task))
    mesa = _peer("simex_peer_mesa.py", task)
    ratio = statistics.median(_rate(one) / _rate(other) for one, other in zip(ours, theirs, strict=True))
    apart = abs(ours[0]["evacuation_s"] / theirs[0]["evacuation_s"] - 1) * 100
    ended = (
        f"{mesa['simulated_s']:.0f} s simulated in {mesa['seconds']:.0f} s, {mesa['left']:.0f} people "
        "still inside"
    )
    return [
        Figure("continuous engine, 1,000 people", max(map(_rate, ours)) / 1e6, "M/s"),
        Figure(f"JuPedSim {theirs[0]['version']}, 1,000 people", max(map(_rate, theirs)) / 1e6, "M/s"),
        Figure(
            "ours against JuPedSim",
            ratio,
            "times",
            30,
            at_least=True,
            note="median of rounds in turn; aim 100",
        ),
        Figure("evacuation, ours", ours[0]["evacuation_s"], "s"),
        Figure("evacuation, JuPedSim, same radius and time gap", theirs[0]["evacuation_s"], "s"),
        Figure("difference of the two", apart, "%", 10),
        Figure(f"Mesa {mesa['version']}, 1,000 people", _rate(mesa) / 1e6, "M/s", note=ended),
    ]


def _rate(row: dict[str, Any]) -> float:
    return float(row["person_steps"] / row["seconds"])


def _settings(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(system.SOURCE), **more}


def _peer(script: str, task: Path) -> dict[str, Any]:
    place = Path(__file__).with_name(script)
    ended = subprocess.run([str(PEERS), str(place), str(task)], check=True, capture_output=True, text=True)  # noqa: S603
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def _peers_ready() -> bool:
    if PEERS.exists():
        return True
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(
        "  installing the peers in an environment of their own; JuPedSim brings 1.2 GB of packages …\n"
    )
    sys.stdout.flush()
    uv = shutil.which("uv")
    make = [uv, "venv", "-q", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    install = (
        [uv, "pip", "install", "-q", "--python", str(PEERS)]
        if uv
        else [str(PEERS), "-m", "pip", "install", "-q"]
    )
    try:
        subprocess.run([*make, str(PEERS.parents[1])], check=True)  # noqa: S603
        subprocess.run([*install, *PACKAGES], check=True)  # noqa: S603
    except (subprocess.CalledProcessError, OSError):
        shutil.rmtree(PEERS.parents[1], ignore_errors=True)
        return False
    return True
