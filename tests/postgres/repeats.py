"""Which of the rooms' tests are repeated on PostgreSQL (a pytest plugin: see test_rooms_on_postgresql.py).

Most statements are the same on both databases, and most tests run statements that another one runs too. So
`repeats.json` names tests (by their function, wherever it stands) that together run

- each statement that writes, and each that Django or we word otherwise for PostgreSQL,
- each that sorts, groups, counts or looks into another one, where the two databases could differ,
- each function of the system that touches data and that any test of a room runs.

`functions_not_reached` are those of the last kind that none of them runs: other tests of this folder do, or
they are for SQLite. A function that stands nowhere yet fails the run: add the name of a test that runs it to
`tests`. Of a room that is not among `rooms` yet, every test is repeated. The whole list is recorded anew with
`SSC_WRITE_REPEATS=yes ./ssc test tests/postgres/test_rooms_on_postgresql.py`."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

LIST = Path(__file__).with_name("repeats.json")
SOURCE = Path(__file__).resolve().parents[2] / "src" / "security_center"
WRITES = os.environ.get("SSC_WRITE_REPEATS") == "yes"
TOUCHES = {
    *("objects", "atomic", "cursor", "execute", "select_for_update", "on_commit"),
    *("bulk_create", "bulk_update"),
}
DATA = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "EXPLAIN", "WITH")
PUT_BACK = re.compile(r'SELECT setval|INSERT INTO "\w+" \("id"')  # rows made before: tests/keeping.py
MAY_DIFFER = re.compile(
    r"FOR UPDATE|LIKE|UPPER\(|::|->|AT TIME ZONE|EXTRACT|DATE_TRUNC|INTERVAL|GREATEST|LEAST|\bpg_|OVER \("
    r"|UNION|NULLS|UNNEST|GROUP BY|CASE WHEN|COALESCE|EXISTS|SUM\(|MAX\(|MIN\(|DISTINCT|ORDER BY"
)

# The sample district is made on PostgreSQL by the real programs too (test_several_machines.py).
LEFT_OUT = {"test_the_sample_district_has_people_in_every_role_and_reports_in_every_state"}

ran: set[str] = set()  # functions, since the last look
_statements: set[str] = set()
_tests: dict[str, tuple[set[str], float]] = {}  # name → (what it runs, seconds of the processor)


def touching() -> set[str]:
    """Functions of the system that read or write the database, as "file:qualified name"."""
    return {
        f"{path.relative_to(SOURCE)}:{name}"
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts
        for name, parts in _functions(ast.parse(path.read_text(encoding="utf-8")))
        if any(isinstance(part, ast.Attribute) and part.attr in TOUCHES for part in parts)
    }


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, list[ast.AST]]]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body):
                yield within + name, [part for line in body for part in _own(line)]
                yield from _functions(node, f"{within}{name}.<locals>.")
            case ast.ClassDef(name=name):
                yield from _functions(node, f"{within}{name}.")
            case _:
                yield from _functions(node, within)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Without what stands in a function of its own within."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node
        for part in ast.iter_child_nodes(node):
            yield from _own(part)


def _begins(code: Any, _offset: int) -> Any:
    if code.co_filename.startswith(str(SOURCE)):
        ran.add(f"{code.co_filename[len(str(SOURCE)) + 1 :]}:{code.co_qualname}")
    return sys.monitoring.DISABLE  # each once: it costs nothing


def shape(statement: str) -> str | None:
    """What makes it another statement than the next; None where both databases do the same with it."""
    if not statement.startswith(DATA) or PUT_BACK.match(statement):
        return None
    found = re.sub(r"\(%s(?:, ?%s)*\)", "(…)", statement)
    found = re.sub(r"(?:\(…\), ?)+\(…\)", "(…)", found)
    found = re.sub(r"\b\d+\b", "0", found)
    found = re.sub(r"(?: WHEN \([^()]*\) THEN %s)+", " WHEN …", found)
    found = re.sub(r'^SELECT (DISTINCT )?("[\w.]+"(\."\w+")?(, )?)+ FROM', r"SELECT \1… FROM", found)
    return found if MAY_DIFFER.search(found) or not found.startswith("SELECT") else None


def _see(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    _statements.add(str(sql))
    return execute(sql, params, many, context)


def fewest(tests: dict[str, tuple[set[str], float]]) -> list[str]:
    """Names of tests that run everything that any runs, the cheapest for what they add first."""
    left, chosen = set().union(*(runs for runs, _seconds in tests.values())), []
    while left:
        best = max(tests, key=lambda name: len(tests[name][0] & left) / (tests[name][1] + 0.02))
        chosen.append(best)
        left -= tests[best][0]
    return sorted(chosen)


def pytest_configure() -> None:
    sys.monitoring.use_tool_id(4, "repeats")
    sys.monitoring.register_callback(4, sys.monitoring.events.PY_START, _begins)
    sys.monitoring.set_events(4, sys.monitoring.events.PY_START)


def _name(item: Any) -> str:
    return str(getattr(item, "originalname", item.name))


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Only tests that touch the database, and of those the ones that the list names or of a new room."""
    recorded = json.loads(LIST.read_text(encoding="utf-8"))
    known, rooms = set(recorded["tests"]), set(recorded["rooms"])
    kept = [
        item
        for item in items
        if (item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames))
        and _name(item) not in LEFT_OUT
        and (WRITES or _name(item) in known or item.path.parent.name not in rooms)
    ]
    if not WRITES and (gone := known - {_name(item) for item in kept}):
        raise pytest.UsageError(f"{LIST.name} names tests that are gone; record it anew: {sorted(gone)}")
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: Any) -> Generator[None, Any, Any]:
    if not WRITES:
        return (yield)
    from django.db import connection

    connection.execute_wrappers[:] = [*(one for one in connection.execute_wrappers if one is not _see), _see]
    before, began = set(ran), time.process_time()
    ran.clear()
    _statements.clear()
    sys.monitoring.restart_events()
    try:
        return (yield)
    finally:
        runs = {found for one in _statements if (found := shape(one))} | ran
        others, seconds = _tests.get(_name(item), (set(), 0.0))
        _tests[_name(item)] = (others | runs, seconds + time.process_time() - began)
        ran.update(before)


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    wanted = touching()
    if WRITES and exitstatus == 0:
        runs = {
            name: ({one for one in everything if " " in one or one in wanted}, seconds)
            for name, (everything, seconds) in _tests.items()
        }
        rooms = sorted(path.name for path in LIST.parents[1].iterdir() if any(path.glob("test_*.py")))
        written = {"rooms": rooms, "tests": fewest(runs), "functions_not_reached": sorted(wanted - ran)}
        LIST.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    known = set(json.loads(LIST.read_text(encoding="utf-8"))["functions_not_reached"])
    new = json.dumps(sorted(wanted - ran - known))
    terminalreporter.write_line(f"new functions that no repeat reaches: {new}")
