"""`./ssc bench [NAME …]`: measures what the system promises, on this machine, and prints each figure beside
its target.

Each part starts the real programs on a data folder of its own under .build/bench and ends them by their
process ids. Two things that are compared are measured in one run, in turn. These figures are the only ones
that may be claimed (docs/performance.md)."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from pathlib import Path

from .figures import Figure

PARTS = {
    "submissions": "full encrypted submissions, beside a bare Django POST with one INSERT",
    "threads": "a thread opened with its receipt",
    "desk": "the desk page at 1,000, 100,000 and 1,000,000 reports",
    "cases": (
        "the page of a large case over HTTP; the case list at 1,000, 10,000 and 100,000 cases; the "
        "equity figures of 100,000 students"
    ),
    "form": "the weight of the report form",
    "memory": "a 25 MB photo taken in and cleaned; the three programs at rest",
    "students": "a register of 100,000 students, checked, put in force, changed and undone",
    "state": "the pages of a state of 190 districts and 2,000 schools, by role, on SQLite and PostgreSQL",
    "starts": "a first start of the demo, and a second start",
    "simex": "the simulation engine, beside JuPedSim and Mesa on the same plan",
    "attacks": "what attackers, wrong clocks and crowds broke, at length",
    "killing": "50 submitters while the public program and the worker are killed",
}


def main(words: list[str]) -> int:
    """Run the parts named (all without a name). Returns 1 when a figure misses its target."""
    parser = argparse.ArgumentParser(prog="./ssc bench", description="Measure the system.")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help="; ".join(f"{name}: {what}" for name, what in PARTS.items())
    )
    parser.add_argument("--json", metavar="FILE", help="also write the figures as JSON")
    options = parser.parse_args(words)
    unknown = [name for name in options.parts if name not in PARTS]
    if unknown:
        sys.stderr.write(f"ssc: there is no bench called {unknown[0]}. There are {', '.join(PARTS)}.\n")
        return 2
    figures: list[Figure] = []
    for name in options.parts or PARTS:
        sys.stdout.write(f"\n{name}: {PARTS[name]}\n")
        sys.stdout.flush()
        began = time.monotonic()
        found = importlib.import_module(f".{name}", __name__).run()
        for figure in found:
            sys.stdout.write(f"  {figure.line()}\n")
        sys.stdout.write(f"  ({time.monotonic() - began:.0f} s)\n")
        sys.stdout.flush()
        figures += found
    if options.json:
        Path(options.json).write_text(
            json.dumps([vars(figure) for figure in figures], indent=1), encoding="utf-8"
        )
    missed = [figure for figure in figures if not figure.met]
    sys.stdout.write(f"\n{len(figures) - len(missed)} of {len(figures)} figures meet their target.\n")
    return 1 if missed else 0
