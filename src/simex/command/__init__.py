"""`./ssc simex …`: one module a verb, each with `HELP`, `configure(parser)` and `run(options) -> int`.

Exit codes: 0 done, 1 a check or a verification failed, 2 bad input (a sentence on standard error says what to
do), 130 stopped by the person."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from simex.plan.words import plain

# In the order of the help; a module of this package each.
VERBS: tuple[str, ...] = (
    "demo",
    "plan",
    "design",
    "run",
    "resume",
    "report",
    "sensitivity",
    "calibrate",
    "film",
    "verify",
    "validate",
    "prepare",
)
CONTENT_NOTICE = (
    "A plain notice: a lockdown experiment is about danger in a school. It counts seconds and locked "
    "doors; nobody is shown, nothing is predicted."
)
PREVIEW_NOTICE = (
    "Preview: not validated. The hazard mode is not released for this parameter set "
    "(docs/simex/validation). Every page and table says so, "
    "nothing that measures the hazard is shown, and no public report is written."
)


LONGEST_LINE = 2_000


class BadInput(Exception):
    """What was given cannot be used; the sentence says why and what to do."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        sys.stderr.write(f"simex: {message}. See {self.prog} --help.\n")
        raise SystemExit(2)


def printable(sentences: str) -> str:
    """Lines without what would steer a terminal: they may quote a stranger's file."""
    return "\n".join(
        line[: len(line) - len(line.lstrip(" "))] + plain(line, LONGEST_LINE)
        for line in sentences.split("\n")
    )


def parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="./ssc simex",
        description="A simulation experiment on a school's own floor plan.",
        allow_abbrev=False,
    )
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=_Parser)
    for name in VERBS:
        module = importlib.import_module(f"simex.command.{name}")
        raw = argparse.RawDescriptionHelpFormatter
        one = verbs.add_parser(
            name, help=module.HELP, description=module.HELP, allow_abbrev=False, formatter_class=raw
        )
        module.configure(one)
        one.set_defaults(run=module.run)
    return top


def main(words: Sequence[str] | None = None) -> int:
    options = parser().parse_args(words)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except BadInput as error:
        sys.stderr.write(f"simex: {printable(str(error))}\n")
        return 2
    except BrokenPipeError:  # whoever reads us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nsimex: stopped.\n")
        return 130
