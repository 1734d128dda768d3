"""`./ssc simex calibrate drills.csv --out ours.toml`."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from .reading import faults_as_sentences
from .writing import make_ready

HELP = "replace assumptions by stop-watch times of your own drills, and test them on the latest drill"
EXAMPLES = """examples:
  ./ssc simex calibrate drills.csv --out ours.toml
  ./ssc simex calibrate drills.csv --out ours.toml --plan our-school.json

drills.csv has the columns drill, day, room, step, seconds and, if you like, outcome;
a line for each time of each room.
Never write down a person's name.
Days are written as 2026-09-30 (Excel changes them: format that column as text).
Two kinds of steps. locked (from the end of the announcement; leave seconds empty when the room never was)
tests the model and replaces nothing. Each of the others replaces one assumption: reaction (from the end of
the announcement to the first move), sweep, close, key found, key turned, button lock, outside lock,
electronic lock, hidden, office called, relayed, decided, spoken by any, spoken by office.
A step needs 16 times in at least two drills; the latest drill is kept aside and only tests the result.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("records", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="the parameter file to write")
    parser.add_argument("--plan", type=Path, help="your plan, to test the result on the latest drill")
    parser.add_argument(
        "--bias",
        type=float,
        default=1.3,
        help="how much longer recognizing and locking take in a real event than in a drill (1.3)",
    )


def run(options: argparse.Namespace) -> int:
    from simex.calibration import as_toml, calibrated, drill_summary, fit, hold_out, read_records
    from simex.calibration.fit import FEWEST_DRILLS, FEWEST_ROOMS
    from simex.experiment.folder import write_whole
    from simex.parameters import Parameters

    from . import BadInput

    if not 1 <= options.bias <= 2:
        raise BadInput("--bias may be from 1 to 2.")
    with faults_as_sentences():
        earlier, latest = hold_out(read_records(options.records))
        if not earlier:
            raise BadInput(
                "there is one drill only. The latest drill is kept aside, so at least two are "
                "needed, and three to replace an assumption."
            )
        defaults = Parameters.defaults()
        fits = fit(earlier, defaults, bias=options.bias)
        enough = any(one.enough for one in fits)
        if enough:
            make_ready(options.out)
        for one in fits:
            verb = "replaced" if one.enough else "kept (too few times or drills)"
            sys.stdout.write(
                f"{one.parameter} ({defaults[one.parameter].meaning}): {one.times} times in "
                f"{one.drills} drills; "
                f"median {one.prior_median:.1f} s assumed, {one.median:.1f} s fitted "
                f"(drill to real event x {one.bias:g}); {verb}\n"
            )
        if enough:
            write_whole(options.out, as_toml(calibrated(defaults, fits)).encode())
            sys.stdout.write(
                f'Written: {options.out}. Use it in a design: [parameters] file = "{options.out.name}"\n'
            )
        else:
            sys.stdout.write(
                f"No assumption is replaced, so {options.out} is not written. A step other than "
                "“locked” needs "
                f"{FEWEST_ROOMS * FEWEST_DRILLS} times in {FEWEST_DRILLS} drills before the latest "
                "one; times of “locked” only test the model.\n"
            )
        drill = drill_summary(latest)
        if options.plan is None or drill is None:
            sys.stdout.write("The latest drill was not tested: give --plan, and times of “locked” in it.\n")
            return 0
        return _tested(options.plan, calibrated(defaults, fit(earlier, defaults, bias=1.0)), drill)


def _tested(plan_file: Path, parameters: object, drill: object) -> int:
    from simex.calibration.check import engine_for, hold_out_check
    from simex.plan.file import read_plan
    from simex.population import Population

    held = hold_out_check(engine_for(read_plan(plan_file), parameters, Population()), drill)  # type: ignore[arg-type]
    for one in held:
        value = "never" if math.isnan(one.drill) else f"{one.drill:.2f}"
        band = f"{one.low:.2f} to {'never' if math.isinf(one.high) else f'{one.high:.2f}'}"
        sys.stdout.write(
            f"{'inside ' if one.inside else 'OUTSIDE'}  {one.name}: drill {value}, model's 90 % band {band}\n"
        )
    passed = sum(one.inside for one in held) >= 2
    sys.stdout.write(
        f"The model holds your latest drill: {'passed' if passed else 'not passed'}, "
        f"{sum(one.inside for one in held)} of 3 inside, 2 are needed "
        "(level 2, local, of the validation).\n"
    )
    return 0 if passed else 1
