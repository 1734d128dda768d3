"""`./ssc simex design new FILE` and `design show FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import BadInput
from .reading import faults_as_sentences
from .writing import make_ready

HELP = "write a commented design file, or show what one asks for"
EXAMPLES = """examples:
  ./ssc simex design new doors.toml      a commented file that runs as it is
  ./ssc simex design show doors.toml     its runs, and the effects it cannot tell apart
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("act", choices=("new", "show"))
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    if options.act == "new":
        return _new(options.file)
    from simex.experiment import Design
    from simex.experiment.words import describe

    with faults_as_sentences():
        sys.stdout.write(describe(Design.read(options.file)))
    return 0


def _new(path: Path) -> int:
    from simex.experiment import design

    make_ready(path)
    template = Path(design.__file__).with_name("new_design.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template.replace("{file}", path.name))
    except FileExistsError:
        raise BadInput(f"{path} is there already. Choose another name.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None
    sys.stdout.write(f"{path} is written. It runs as it is: ./ssc simex run {path} --out results\n")
    return 0
