"""`./ssc simex run design.toml --out DIR`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from . import CONTENT_NOTICE, PREVIEW_NOTICE
from .reading import faults_as_sentences

HELP = "run a design into a folder; it can be stopped and resumed"
EXAMPLES = """examples:
  ./ssc simex run doors.toml --out results
  ./ssc simex run doors.toml --out results --workers 1
  ./ssc simex run doors.toml --out results --dask tcp://127.0.0.1:8786
  ./ssc simex run hazard.toml --out results --preview

The files are the same bytes whatever the workers. Stop with Ctrl-C; go on with ./ssc simex resume results.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("design", type=Path, help="a design file (./ssc simex design new)")
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    parser.add_argument(
        "--preview",
        action="store_true",
        help="run a lockdown with a hazard although the mode is not released; all results say so",
    )
    where(parser)


def where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=_count, help="local processes (without it: one for each processor)")
    parser.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="the scheduler of an existing Dask cluster, for example tcp://127.0.0.1:8786",
    )


def _count(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text[:9]) <= 512):
        raise argparse.ArgumentTypeError("a whole number from 1 to 512")
    return int(text)


def run(options: argparse.Namespace) -> int:
    from simex.experiment import Study
    from simex.experiment.words import describe
    from simex.scenario import Kind

    with faults_as_sentences():
        study = Study.read(options.design)
        if options.preview:
            study = replace(study, design=replace(study.design, preview=True))
        release = study.check_release(options.out)
        if study.design.kind is Kind.LOCKDOWN:
            sys.stderr.write(CONTENT_NOTICE + "\n")
        if study.is_preview(release):
            sys.stderr.write(PREVIEW_NOTICE + "\n")
        sys.stderr.write(describe(study.design))
        study.run(options.out, workers=options.workers, dask=options.dask)
    sys.stdout.write(f"Done: {options.out}. Read it with ./ssc simex report {options.out}\n")
    return 0
