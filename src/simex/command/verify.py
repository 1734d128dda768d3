"""`./ssc simex verify`: the movement and logic tests, with what was measured, the target and the verdict."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import BadInput
from .writing import make_ready, tell_written, write_beside

HELP = "run the movement tests of RiMEA, NIST and ISO and our logic tests, and print their table"

EXAMPLES = """examples:
  ./ssc simex verify --quick
  ./ssc simex verify --out verification
  ./ssc simex verify --only "RiMEA 6" --only L14

All of it takes about twenty minutes of one processor, most of that for L17; --quick takes about two.
Exit code 1 when a check fails. An expected failure keeps its reason and is not counted as passed.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, without the long checks")
    parser.add_argument(
        "--only",
        action="append",
        metavar="TEST",
        help="only this test, by its code; may be given several times",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="write verification.md and verification.json there"
    )


def run(options: argparse.Namespace) -> int:
    from simex.verification import Extent, Row, Verdict, as_json, as_markdown, every_check, judge

    checks = every_check()
    if options.only:
        known = {code for check in checks for code in check.codes}
        for code in options.only:
            if code not in known:
                raise BadInput(f"there is no check called “{code}”. There are {', '.join(sorted(known))}.")
        checks = tuple(check for check in checks if set(check.codes) & set(options.only))
    files = [options.out / "verification.md", options.out / "verification.json"] if options.out else []
    make_ready(*files)
    extent = Extent(quick=options.quick and not options.only)
    sys.stdout.write(f"{len(checks)} check{'s' if len(checks) != 1 else ''}.\n")

    def tell(row: Row) -> None:
        if row.verdict is Verdict.NOT_APPLICABLE and options.only:
            return
        note = f"\n    {row.note}" if row.note else ""
        target = f"   target {row.target} ({row.tolerance})" if row.target else ""
        sys.stdout.write(f"{row.verdict:<17} {row.codes[0]:<10} {row.title}: {row.measured}{target}{note}\n")
        sys.stdout.flush()

    rows = judge(checks, extent, tell)
    if files:
        write_beside(
            options.out,
            {"verification.md": as_markdown(rows, quick=extent.quick), "verification.json": as_json(rows)},
        )
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    shown = (
        f"{count} {verdict}"
        for verdict, count in counts.items()
        if count and not (verdict is Verdict.NOT_APPLICABLE and options.only)
    )
    sys.stdout.write(f"\n{', '.join(shown)}.\n")
    if files:
        tell_written(*files)
    return 1 if counts[Verdict.FAILED] else 0
