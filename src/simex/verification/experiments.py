"""L8c and L10 to L12: what the experiment and its statistics say where the truth is known."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from simex.analysis.known_answers import TRUTH, known_effect, null_factor
from simex.experiment import Design, Study
from simex.network import NetworkEngine
from simex.plan.generator import generate
from simex.scenario import Doors, Kind, Scenario

from .check import Checks, Engine, Extent, Finding

checks = Checks(Engine.NETWORK)


@checks.add(
    "L8c",
    title="A drill's study on 1 and 2 processes, and with one more level of a factor",
    target="identical files",
    tolerance="byte for byte",
)
def workers(extent: Extent) -> Finding:
    with tempfile.TemporaryDirectory() as kept:
        levels = ["manual", "pre-locked"]
        one, two, more = (
            chunks_of(chosen, Path(kept) / name, count)
            for name, chosen, count in (
                ("one", levels, 1),
                ("two", levels, 2),
                ("more", [*levels, "automatic"], 1),
            )
        )
    return Finding(
        f"{len(one)} files; with one more level {len(more)}", one == two and one.items() < more.items()
    )


def chunks_of(doors: list[str], folder: Path, count: int) -> dict[str, bytes]:
    """The files of runs of a study of door policies, by name."""
    design = Design.of(
        {
            "version": 1, "name": "Workers", "purpose": "verification",
            "plan": {"generate": "elementary", "students": 250},
            "design": {"form": "full-factorial"}, "factors": {"doors": doors},
            "common": {"kind": "lockdown-drill"},
            "runs": {"seed": 8, "replicates": 120},
        }
    )  # fmt: skip
    Study(design, generate("elementary", 250)).run(folder, workers=count, progress=False)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")}


@checks.add(
    "L10",
    title="A factor that does nothing",
    target="p-values uniform; 5 % false alarms",
    tolerance="KS p > 0.01; 3.6 to 6.4 %",
)
def nothing(extent: Extent) -> Finding:
    found = null_factor(300 if extent.quick else 1000)
    low, high = (0.02, 0.085) if extent.quick else (0.036, 0.064)
    passed = found.uniform_p > 0.01 and low <= found.false_alarms <= high
    return Finding(f"KS p {found.uniform_p:.3f}, {100 * found.false_alarms:.1f} % false alarms", passed)


@checks.add(
    "L11",
    title="Known effects lie in their 95 % intervals",
    target="in 95 % of 1,000 repeats",
    tolerance="93 to 97 % each",
)
def known(extent: Extent) -> Finding:
    repeats = 200 if extent.quick else 1000
    slack = 0.045 if extent.quick else 0.02
    shares = [*known_effect(repeats).values(), *known_effect(repeats, resamples=2000).values()]
    passed = all(abs(share - 0.95) <= slack for share in shares)
    told = (
        f"{100 * min(shares):.1f} to {100 * max(shares):.1f} % over {len(TRUTH)} effects, by HC3 errors "
        "and by the bootstrap"
    )
    return Finding(told, passed)


@checks.add(
    "L12",
    title="Common random numbers",
    target="variance of an effect below that of independent draws; same mean",
    tolerance="3 standard errors",
)
def common(extent: Extent) -> Finding:
    count = 60 if extent.quick else 200
    engine = NetworkEngine(generate("middle", 300))
    cells = [Scenario(kind=Kind.LOCKDOWN_DRILL, doors=doors) for doors in (Doors.MANUAL, Doors.PRE_LOCKED)]
    shared, apart = (
        [
            engine.run(cell, seed=12, replicates=np.arange(count) + start).columns["room_lockdown_mean_s"]
            for cell, start in zip(cells, starts, strict=True)
        ]
        for starts in ((0, 0), (0, 100_000))
    )
    effect, other = shared[1] - shared[0], apart[1] - apart[0]
    ratio = float(effect.var(ddof=1) / other.var(ddof=1))
    error = float(np.sqrt((effect.var(ddof=1) + other.var(ddof=1)) / count))
    difference = float(abs(effect.mean() - other.mean()))
    return Finding(
        f"variance ratio {ratio:.2f}; means differ by {difference / error:.1f} standard errors",
        ratio < 1 and difference < 3 * error,
    )
