"""`./ssc simex resume DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import PREVIEW_NOTICE
from .reading import faults_as_sentences, stored_study
from .run import where

HELP = "go on with a study that was stopped"
EXAMPLES = """examples:
  ./ssc simex resume results
  ./ssc simex resume results --workers 1
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("folder", type=Path)
    where(parser)


def run(options: argparse.Namespace) -> int:
    with faults_as_sentences():
        study = stored_study(options.folder)
        if study.is_preview(study.release(options.folder)):
            sys.stderr.write(PREVIEW_NOTICE + "\n")
        study.run(options.folder, workers=options.workers, dask=options.dask)
    sys.stdout.write(f"Done: {options.folder}. Read it with ./ssc simex report {options.folder}\n")
    return 0
