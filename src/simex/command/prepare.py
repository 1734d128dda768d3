"""`./ssc simex prepare`: compiles what most first commands run, so that the first result need not wait for
it."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

HELP = "compile the engines ahead; ./ssc does it when it installs them"
EXAMPLES = """examples:
  ./ssc simex prepare

Takes about half a minute on two processors, and two seconds where everything is compiled.
Useful after an upgrade too.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES


def lockdowns() -> None:
    """The event engine's lockdown and drill, which are one whole."""
    _events("LOCKDOWN_DRILL")


def evacuations() -> None:
    """The event engine's evacuation."""
    _events("EVACUATION")


def walks() -> None:
    """The continuous engine's step, of which films are made."""
    from simex.plan import benchmark
    from simex.space import Goal, People, SpaceModel, furnished

    plan = benchmark(2)
    spots, levels, _ = furnished(plan)
    SpaceModel(plan).run(People.at(spots, level=levels), [Goal()], until_s=0.1)


WHOLES: tuple[Callable[[], None], ...] = (lockdowns, walks, evacuations)  # the longest first


def _events(kind: str) -> None:
    import numpy as np

    from simex.network import NetworkEngine
    from simex.plan import benchmark
    from simex.scenario import Kind, Scenario

    NetworkEngine(benchmark(2)).run(Scenario(kind=Kind[kind]), seed=1, replicates=np.arange(1))


def run(options: argparse.Namespace) -> int:
    from simex.experiment.pools import processors

    with ProcessPoolExecutor(min(processors(), len(WHOLES)), multiprocessing.get_context("spawn")) as pool:
        for one in [pool.submit(whole) for whole in WHOLES]:
            one.result()
    sys.stdout.write("The engines are compiled.\n")
    return 0
