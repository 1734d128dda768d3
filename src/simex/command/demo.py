"""`./ssc simex demo`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import CONTENT_NOTICE, PREVIEW_NOTICE
from .reading import faults_as_sentences

HELP = (
    "the whole way once: a generated high school of 1,000, the experiment of 2020 in 24 runs and with "
    "enough runs, the report"
)
EXAMPLES = """examples:
  ./ssc simex demo
  ./ssc simex demo --out try --replicates 50

Writes the folders study and replica with all runs, and report.html and report.pdf.
Under five minutes, half a minute of it compiling the first time.
"""
DESIGN = {
    "version": 1,
    "name": "officer, doors and notice",
    "question": (
        "Which helps most in a lockdown: an officer on patrol, doors locked beforehand, or letting any "
        "teacher announce?"
    ),
    "purpose": "A demonstration on a school that is generated. No real school is described.",
    "preview": True,
    "plan": {"generate": "high", "students": 1000},
    "population": {"students": 1000, "staff": 60},
    "common": {"kind": "lockdown", "moment": "lesson"},
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("--out", type=Path, default=Path("simex-demo"), help="a new folder (simex-demo)")
    parser.add_argument("--replicates", type=int, default=200, help="runs of each combination and card (200)")
    parser.add_argument("--workers", type=int, help="local processes (without it: one for each processor)")


def run(options: argparse.Namespace) -> int:
    from simex.experiment import Design, Study
    from simex.experiment.inputs import plan_of

    sys.stderr.write(CONTENT_NOTICE + "\n")
    began = time.monotonic()
    folder = options.out
    with faults_as_sentences():
        runs = {"seed": 2020, "replicates": options.replicates}
        study_design = Design.of({**DESIGN, "design": {"form": "study"}, "runs": runs})
        _tell("Generating a high school of 1,000 …")
        plan = plan_of(study_design)
        study = Study(study_design, plan)
        if study.preview:
            sys.stderr.write(PREVIEW_NOTICE + "\n")
        _tell("Running the form of 24 runs …")
        Study(Design.of({**DESIGN, "design": {"form": "replica"}, "runs": runs}), plan).run(
            folder / "replica", workers=1, progress=False
        )
        _tell(f"Running the study, {study.runs_at_most():,} runs …")
        study.run(folder / "study", workers=options.workers)
        _report(folder)
    _tell(f"Done in {time.monotonic() - began:.0f} s. Open {folder / 'report.html'}")
    return 0


def _report(folder: Path) -> None:
    from simex.analysis import Results
    from simex.report import write

    _tell("Analyzing and writing the report …")
    results = Results.load(folder / "study")
    write(results, folder, replica=Results.load(folder / "replica"))
    results.export(folder)


def _tell(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
