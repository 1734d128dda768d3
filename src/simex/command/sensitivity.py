"""`./ssc simex sensitivity DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .reading import faults_as_sentences, stored_study
from .writing import make_ready, tell_written

HELP = "find which inputs drive a study's results, and how often each option is best when they change"
EXAMPLES = """examples:
  ./ssc simex sensitivity results
  ./ssc simex sensitivity results --trajectories 4 --points 0     a quick look

Writes sensitivity.json into the study's folder; ./ssc simex report takes it in.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("folder", type=Path, help="a study's folder")
    parser.add_argument("--trajectories", type=int, default=20, help="of the Morris screening (20)")
    parser.add_argument(
        "--points",
        type=int,
        default=256,
        help="of the Sobol indices, a power of two; 0 leaves them out (256)",
    )
    parser.add_argument(
        "--draws",
        type=int,
        default=100,
        help="plausible parameter sets for the order of the options; 0 leaves it out (100)",
    )
    parser.add_argument("--workers", type=int, help="local processes (without it: one for each processor)")


def run(options: argparse.Namespace) -> int:
    from simex.experiment.folder import write_whole
    from simex.sensitivity import sensitivity

    file = options.folder / "sensitivity.json"
    with faults_as_sentences():
        study = stored_study(options.folder)
        make_ready(file)
        found = sensitivity(
            study,
            trajectories=options.trajectories,
            points=options.points,
            parameter_draws=options.draws,
            workers=options.workers,
        )
        write_whole(file, json.dumps(found, indent=1, ensure_ascii=False).encode() + b"\n")
    for one in found["tornado"]:
        sys.stdout.write(
            f"{100 * one['share']:5.0f}  {one['parameter']:<28} {one['label']:<9} {one['meaning']}\n"
        )
    for one in sorted(found["best"], key=lambda one: (one["measure"], -one["share"])):
        if one["share"] >= 0.05:
            sys.stdout.write(
                f"best on {one['measure']} in {100 * one['share']:.0f} % of parameter draws: "
                f"{', '.join(one['levels'].values())}\n"
            )
    tell_written(file)
    return 0
