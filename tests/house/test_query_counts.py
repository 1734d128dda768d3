"""Each page's number of queries stands in tests/<room>/query_counts.json, and no page asks more with many
rows than with few.

A change of a number fails and prints the queries. Where it is meant, write the tables anew:
SSC_WRITE_QUERY_COUNTS=yes ./ssc test <this file>."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.house.addresses import Things, public_names, room_of, staff_names, staff_pages, table, who_asks
from tests.house.rows import add_rows
from tests.house.tables import TESTS
from tests.reporting.acts import Valley, valley  # noqa: F401 - the fixture

from security_center.foundation import clock

HOUSEKEEPING = re.compile(r"^(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|PRAGMA)")
Measured = dict[str, list[str]]


def counts_by_room() -> dict[Path, dict[str, int]]:
    return {
        file: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(TESTS.glob("*/query_counts.json"))
    }


def write_anew(measured: Measured) -> None:
    """Into the folder whose table of addresses names the page."""
    by_room: dict[str, dict[str, int]] = {}
    for name in sorted(measured):
        by_room.setdefault(room_of(name), {})[name] = len(measured[name])
    for file in counts_by_room():
        file.unlink()
    for room, counts in by_room.items():
        (TESTS / room / "query_counts.json").write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")


class Pages:
    """Asks every page of both programs and keeps the queries of each."""

    def __init__(
        self,
        valley: Valley,  # noqa: F811
        things: Things,
        signed_in: Callable[..., Client],
        public: Client,
    ) -> None:
        self.valley, self.things, self.public = valley, things, public
        self.clients = {
            who: signed_in(getattr(valley.cast, who))
            for who in ("rosa", "ivy", "nia", "omar", "ada", "aud", "dana", "tess")
        }

    def measure(self) -> Measured:
        found: Measured = {}
        patterns = staff_names()
        for name in staff_pages():
            path = reverse(
                name, urlconf=settings.STAFF_URLCONF, kwargs=self.things.arguments(name, patterns[name])
            )
            found[name] = self._ask(self.clients[who_asks(name)], name, path)
        for name, wanted in public_names().items():
            if name not in table("NOT_COUNTED"):
                path = reverse(
                    name, urlconf=settings.PUBLIC_URLCONF, kwargs=self.things.arguments(name, wanted)
                )
                found[f"public {name}"] = self._ask(self.public, name, path)
        return found

    def _ask(self, client: Client, name: str, path: str) -> list[str]:
        queries: list[str] = []
        for _ in range(2):  # the first time also fills what a process keeps
            with ExitStack() as stack:
                stack.enter_context(clock.clock_at(self.valley.at))
                stack.enter_context(transaction.atomic())
                connection.queries_log.clear()  # it holds 9000 at the most and would drop what a page asked
                captured = stack.enter_context(CaptureQueriesContext(connection))
                answer = client.get(path)
                assert answer.status_code == 200, (name, path, answer.status_code)
                list(answer)
                queries = [
                    query["sql"]
                    for query in captured.captured_queries
                    if not HOUSEKEEPING.match(query["sql"])
                ]
                transaction.set_rollback(True)
        return queries


def repeated(queries: list[str]) -> str:
    """The queries without their values, those that came often first."""
    shapes = Counter(
        re.sub(r"'[^']*'|\b\d+\b|\((\?|NULL)(, (\?|NULL))*\)", "?", query)[:400] for query in queries
    )
    return "\n".join(f"  {count} x {shape}" for shape, count in shapes.most_common())


@pytest.fixture
def measured(
    valley: Valley,  # noqa: F811
    signed_in: Callable[..., Client],
    public_client: Client,
) -> tuple[Measured, Measured]:
    """The queries of every page with few rows and with many."""
    things = Things(valley)
    add_rows(things, range(3))
    pages = Pages(valley, things, signed_in, public_client)
    few = pages.measure()
    add_rows(things, range(3, 12))
    return few, pages.measure()


@pytest.mark.long
def test_a_page_asks_as_many_questions_as_its_table_says_however_many_rows_there_are(
    measured: tuple[Measured, Measured],
) -> None:
    few, many = measured
    if os.environ.get("SSC_WRITE_QUERY_COUNTS") == "yes":
        write_anew(many)
    by_room = counts_by_room()
    counts = {name: count for found in by_room.values() for name, count in found.items()}
    grown = [
        f"{name}: {len(few[name])} with few rows, {len(many[name])} with many\n{repeated(many[name])}"
        for name in few
        if len(few[name]) < len(many[name])
    ]
    assert not grown, "\n".join(grown)
    changed = [
        f"{name}: {len(queries)}, not {counts.get(name)}\n{repeated(queries)}"
        for name, queries in many.items()
        if counts.get(name) != len(queries)
    ]
    assert not changed, "\n".join(changed)
    assert sorted(name for found in by_room.values() for name in found) == sorted(many), (
        "a page that is no more stands in a table"
    )
    astray = [name for file, found in by_room.items() for name in found if room_of(name) != file.parent.name]
    assert astray == [], "a page stands in the table of another room"
