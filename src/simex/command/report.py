"""`./ssc simex report DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import PREVIEW_NOTICE
from .reading import faults_as_sentences
from .writing import make_ready

HELP = "write the after-action report of a finished study"
EXAMPLES = """examples:
  ./ssc simex report results
  ./ssc simex report results --replica results-24 --out for-the-board

report.html and report.pdf are for the safety team;
report-public.* leave out the building and the numbers for analysts.
A preview of the hazard mode (not validated) has no public version, and says so on every page.
runs.csv, conditions.csv and effects.csv hold the numbers.
Tables of verify, validate and sensitivity that lie in the study's folder are taken into the report.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("folder", type=Path, help="a study's folder")
    parser.add_argument(
        "--replica", type=Path, metavar="DIR", help="a folder with the same in the form of 24 runs"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="another folder for the reports")


def run(options: argparse.Namespace) -> int:
    from simex.analysis import Results
    from simex.report import write

    with faults_as_sentences():
        results = Results.load(options.folder)
        replica = Results.load(options.replica) if options.replica else None
        folder = options.out or options.folder
        make_ready(folder / "report.html")
        if results.preview:
            sys.stderr.write(PREVIEW_NOTICE + "\n")
        written = [*write(results, folder, replica=replica), *results.export(folder)]
    sys.stdout.write("Written:\n" + "".join(f"  {path}\n" for path in written))
    return 0
