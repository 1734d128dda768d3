"""How a run with several processes (`./ssc test`, xdist) deals out its tests: a file at a time, what takes longest first (a pytest plugin).

A file's fixtures for all its tests, a running start above all, are then made once and not once in each process. Files that share such a start name
the same `pytest.mark.xdist_group("…")`. xdist's own `--dist loadgroup` writes the group into the test's id, which pytest 9.2 no longer lets it do:
the groups were torn apart without a word.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

REPOSITORY = Path(__file__).resolve().parents[1]
GROUP = re.compile(r'xdist_group\("(\w+)"\)')
# Each test of these takes minutes, so each is dealt out by itself, in this order, before all others: none may be left running alone at the end.
ALONE = (
    "tests/postgres/test_rooms_on_postgresql.py",
    "tests/house/test_axe_every_page.py",
    "tests/threat_assessment/test_state_machine.py",
)
# Compiled code is shared by their tests; two processes at once would compile it twice.
TOGETHER = ("tests/simex/",)


@cache
def unit_of_file(file: str) -> str:
    """The name under which the tests of a file are dealt out together."""
    for folder in TOGETHER:
        if file.startswith(folder):
            return folder
    found = GROUP.search((REPOSITORY / file).read_text(encoding="utf-8")) if (REPOSITORY / file).is_file() else None
    return f"group {found[1]}" if found else file


def unit_of(nodeid: str) -> str:
    file = nodeid.split("::", 1)[0]
    return nodeid if file in ALONE else unit_of_file(file)


class Dealer(LoadScopeScheduling):
    """The same as xdist's `--dist loadscope`, with units of our own in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


@pytest.hookimpl(optionalhook=True)  # the repeats on PostgreSQL run without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Dealer | None:
    return Dealer(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, then what stands on running programs, then files by how many tests they hold."""
    units = {item: unit_of(item.nodeid) for item in items}
    sizes = Counter(units.values())

    def place(item: pytest.Item) -> tuple[int, int, str]:
        unit, file = units[item], item.nodeid.split("::", 1)[0]
        if file in ALONE:
            return (0, ALONE.index(file), "")
        return (1, 0, unit) if unit != file else (2, -sizes[unit], unit)

    items.sort(key=place)
