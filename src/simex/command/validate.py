"""`./ssc simex validate`: the direction tests V1 to V8 on a parameter set, the frozen one without a
choice."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import BadInput
from .writing import make_ready, tell_written, write_beside

HELP = (
    "compare directions with the reference experiment and the literature (V1 to V8, E1 to E8), and "
    "print the table"
)

EXAMPLES = """examples:
  ./ssc simex validate
  ./ssc simex validate --out validation

  ./ssc simex validate --parameters ours.toml --out results      for a study in the folder results

Exit code 1 when one of V1 to V5 is not reproduced: then the abstract count (M12) is not shown.
Nothing is tuned to pass.
For parameters of your own, validation.json in the study's folder is the record. It holds for these
parameters and this version of the engine only, it is judged by its numbers, and the report says that it
is your own.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument(
        "--parameters", type=Path, metavar="FILE", help="a parameter file instead of the defaults"
    )
    parser.add_argument(
        "--replicates",
        type=int,
        default=400,
        metavar="N",
        help="runs of each of the 16 cells, at least 200 (400)",
    )
    parser.add_argument(
        "--replications",
        type=int,
        default=500,
        metavar="N",
        help="small experiments of 24 runs, at least 100 (500); fewer than 500 release nothing",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write validation.md and validation.json there"
    )


def run(options: argparse.Namespace) -> int:
    from simex.parameters import FaultyParameters, Parameters
    from simex.validation import Judged, as_json, as_markdown, every_test

    if options.replicates < 200 or options.replications < 100:
        raise BadInput("validation needs at least 200 replicates of each cell and 100 small experiments.")
    try:
        parameters = Parameters.load(options.parameters) if options.parameters else Parameters.defaults()
    except FaultyParameters as error:
        raise BadInput(str(error)) from None
    except OSError as error:
        raise BadInput(f"{options.parameters} cannot be read: {error.strerror}.") from None
    files = [options.out / "validation.md", options.out / "validation.json"] if options.out else []
    make_ready(*files)
    rows, about = every_test(
        parameters,
        replicates=options.replicates,
        replications=options.replications,
        tell=lambda line: _tell(f"  {line}"),
    )
    for row in rows:
        _tell(
            f"{row.code:<3} {row.verdict:<15} {row.statement}\n      found: {row.found}\n      "
            f"criterion: {row.criterion}"
        )
    if files:
        write_beside(
            options.out, {"validation.md": as_markdown(rows, about), "validation.json": as_json(rows, about)}
        )
    needed = [row for row in rows if row.code in {"V1", "V2", "V3", "V4", "V5"}]
    missed = [row.code for row in needed if row.verdict is not Judged.PASSED]
    _tell(
        f"\n{len(needed) - len(missed)} of V1 to V5 reproduced."
        + (f" Not reproduced: {', '.join(missed)}." if missed else "")
    )
    if files:
        tell_written(*files)
    return 1 if missed else 0


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
