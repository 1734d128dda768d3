"""Each page's number of queries stands in tests/query_counts.json, and no page asks more with many rows than with few.

A change of a number fails and prints the queries. Where it is meant, write the table anew: SSC_WRITE_QUERY_COUNTS=yes ./ssc test <this file>.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.house.addresses import Things, public_names, staff_names
from tests.house.rows import add_rows
from tests.house.test_urls_by_role_and_tenant import STAFF
from tests.reporting.acts import Valley, valley  # noqa: F401 - the fixture

from security_center.foundation import clock

COUNTS = Path(__file__).parents[1] / "query_counts.json"
# Answers that are no page: the two copies of a photo, and addresses that lead on to another.
NO_PAGE = {
    "center:set_up_start",
    "reporting:report_file_clean",
    "reporting:report_file_original",
    "reporting:desk_next",
    "students:index",
    "threat_assessment:file_clean",
    "threat_assessment:summary",  # a paper
}
# Two lead on to another address; two only have a page after what a reporter sends: see tests/reporting/test_public_receipt.py.
NO_PUBLIC_PAGE = {"reporting:start", "reporting:short_link", "reporting:thread", "reporting:help_now"}
HOUSEKEEPING = re.compile(r"^(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|PRAGMA)")
Measured = dict[str, list[str]]


def who_asks(name: str) -> str:
    """Somebody who sees the most there: an administrator, on reporting's pages a reader, on those of cases their lead, else whoever is admitted."""
    if name == "threat_assessment:glass":
        return "ivy"  # nobody of the team needs it
    if name.startswith("threat_assessment:") and "tess" in STAFF[name].admitted:
        return "tess"
    order = ["rosa", "ivy", "nia", "omar", "ada"] if name.startswith("reporting:") else ["ada", "ivy", "omar", "rosa", "aud", "dana"]
    return next(who for who in order if who in STAFF[name].admitted)


def staff_pages() -> list[str]:
    return [name for name, row in STAFF.items() if row.method == "get" and name not in NO_PAGE]


class Pages:
    """Asks every page of both programs and keeps the queries of each."""

    def __init__(self, valley: Valley, things: Things, signed_in: Callable[..., Client], public: Client) -> None:  # noqa: F811
        self.valley, self.things, self.public = valley, things, public
        self.clients = {who: signed_in(getattr(valley.cast, who)) for who in ("rosa", "ivy", "nia", "omar", "ada", "aud", "dana", "tess")}

    def measure(self) -> Measured:
        found: Measured = {}
        patterns = staff_names()
        for name in staff_pages():
            path = reverse(name, urlconf=settings.STAFF_URLCONF, kwargs=self.things.arguments(name, patterns[name]))
            found[name] = self._ask(self.clients[who_asks(name)], name, path)
        for name, wanted in public_names().items():
            if name not in NO_PUBLIC_PAGE and not name.startswith("web:"):
                path = reverse(name, urlconf=settings.PUBLIC_URLCONF, kwargs={key: self.things.by_argument[key] for key in wanted})
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
                queries = [query["sql"] for query in captured.captured_queries if not HOUSEKEEPING.match(query["sql"])]
                transaction.set_rollback(True)
        return queries


def repeated(queries: list[str]) -> str:
    """The queries without their values, those that came often first."""
    shapes = Counter(re.sub(r"'[^']*'|\b\d+\b|\((\?|NULL)(, (\?|NULL))*\)", "?", query)[:400] for query in queries)
    return "\n".join(f"  {count} x {shape}" for shape, count in shapes.most_common())


@pytest.fixture
def measured(valley: Valley, signed_in: Callable[..., Client], public_client: Client) -> tuple[Measured, Measured]:  # noqa: F811
    """The queries of every page with few rows and with many."""
    things = Things(valley)
    add_rows(valley, things, range(3))
    pages = Pages(valley, things, signed_in, public_client)
    few = pages.measure()
    add_rows(valley, things, range(3, 12))
    return few, pages.measure()


def test_a_page_asks_as_many_questions_as_its_table_says_however_many_rows_there_are(measured: tuple[Measured, Measured]) -> None:
    few, many = measured
    if os.environ.get("SSC_WRITE_QUERY_COUNTS") == "yes":
        COUNTS.write_text(json.dumps({name: len(many[name]) for name in sorted(many)}, indent=2) + "\n", encoding="utf-8")
    counts: dict[str, Any] = json.loads(COUNTS.read_text(encoding="utf-8"))
    grown = [
        f"{name}: {len(few[name])} with few rows, {len(many[name])} with many\n{repeated(many[name])}"
        for name in few
        if len(few[name]) < len(many[name])
    ]
    assert not grown, "\n".join(grown)
    changed = [
        f"{name}: {len(queries)}, not {counts.get(name)}\n{repeated(queries)}" for name, queries in many.items() if counts.get(name) != len(queries)
    ]
    assert not changed, "\n".join(changed)
    assert set(counts) == set(many), "a page that is no more stands in the table"
