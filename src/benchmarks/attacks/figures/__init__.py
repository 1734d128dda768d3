"""Figures of 10,000 random districts, read by somebody who works out what was kept back."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from ... import system
from ...figures import Figure

DISTRICTS = 10_000
_TRY = """
import json, sys, django; django.setup()
from benchmarks.attacks.figures import trying
tried = [trying.of(seed) for seed in range(*map(int, sys.argv[1:4]))]
print("figures:", json.dumps([[len(one.found_out), one.shown, one.cells, one.slowest] for one in tried]))
"""


def run() -> list[Figure]:
    environment = system.environment(system.fresh("attacks-figures"), SSC_PROGRAM="manage", SSC_DEMO="yes")
    hands = os.cpu_count() or 1
    commands = [[sys.executable, "-c", _TRY, str(hand), str(DISTRICTS), str(hands)] for hand in range(hands)]
    working = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for command in commands
    ]
    tried = [row for one in working for row in _rows(one.communicate()[0])]
    if len(tried) != DISTRICTS:
        raise RuntimeError(f"Only {len(tried)} districts of {DISTRICTS} were tried to the end.")
    broken = sum(1 for found_out, *_more in tried if found_out)
    shown = 100 * sum(row[1] for row in tried) / sum(row[2] for row in tried)
    return [
        Figure(f"of {DISTRICTS:,} random districts, those with a figure found out", broken, "", 0),
        Figure("cells of these small districts that are shown", shown, "%", None),
        Figure("slowest publication among them", max(row[3] for row in tried), "s", 30),
    ]


def _rows(printed: str) -> list[list[float]]:
    return [
        row
        for line in printed.splitlines()
        if line.startswith("figures: ")
        for row in json.loads(line.removeprefix("figures: "))
    ]
