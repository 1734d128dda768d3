"""The desk page of a district's reader at 1,000, 100,000 and 1,000,000 reports: time and number of
queries."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from . import school, system
from .figures import Figure, percentile

SIZES = (1_000, 100_000, 1_000_000)
TIMES = 60
READER = "ivy.chen@cedarvalley.example"
PATHS = ("/desk/", "/desk/?tab=late", "/desk/?tab=mine", "/desk/?closed=1")


def run() -> list[Figure]:
    data = school.ready("desk")
    settings = system.environment(data, SSC_PROGRAM="staff", SSC_DEMO="yes")
    code = "import django; django.setup(); from benchmarks import desk; desk.measure()"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=settings, check=True, capture_output=True, text=True
    )
    found = json.loads(ended.stdout.splitlines()[-1])
    figures = []
    for row in found:
        worst = max(row["ms"].items(), key=lambda pair: pair[1])
        figures.append(
            Figure(
                f"desk at {row['size']:,} reports, 95 of 100 within",
                worst[1],
                "ms",
                100,
                note=f"slowest list: {worst[0]}",
            )
        )
    counts = {row["queries"] for row in found}
    figures.append(
        Figure(
            "different query counts of the desk page across sizes",
            len(counts),
            "",
            1,
            note=f"{sorted(counts)} queries",
        )
    )
    return figures


def measure() -> None:
    """Runs inside the staff program's settings: fills the database step by step and asks the page through the
    whole stack of middleware."""
    from allauth.account.internal.flows.login import (
        _AUTHENTICATION_METHODS_USER_SESSION_KEY,
        AUTHENTICATION_METHODS_SESSION_KEY,
    )
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    person: Any = get_user_model().objects.get(email=READER)
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    found, there = [], 0
    for size in SIZES:
        fill(there, size)
        there = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        queries = _queries_of(browser, "/desk/")
        times: dict[str, float] = {}
        for path in PATHS:
            taken = []
            for _turn in range(TIMES):
                started = time.perf_counter()
                answer = browser.get(path)
                taken.append((time.perf_counter() - started) * 1000)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path} answered {answer.status_code}.")
            times[path] = percentile(taken, 0.95)
        found.append({"size": size, "ms": times, "queries": queries})
    sys.stdout.write(json.dumps(found) + "\n")


def _queries_of(browser: Any, path: str) -> int:
    from django.core.signals import request_started
    from django.db import connection, reset_queries

    request_started.disconnect(reset_queries)  # or the log would be emptied as the request begins
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    try:
        if browser.get(path).status_code != 200:
            raise RuntimeError(f"{path} did not open.")
        return len(connection.queries_log)
    finally:
        connection.force_debug_cursor = False
        request_started.connect(reset_queries)


def fill(have: int, want: int) -> None:
    """Copies of one real report, spread over schools and five years, one in fifty still open; written as
    rows, since only the reading is measured."""
    from datetime import timedelta

    from django.db import connection, transaction
    from django_scopes import scopes_disabled

    from security_center.foundation.clock import now
    from security_center.foundation.organizations.models import Organization
    from security_center.foundation.vault.receipts import Receipt
    from security_center.reporting.actions.intake import receive_report
    from security_center.reporting.content_of_report import ReportContent
    from security_center.reporting.models import Report

    schools = list(Organization.objects.filter(kind="school").select_related("parent"))
    if not have:
        receive_report(
            actor=None,
            organization=schools[0],
            content=ReportContent("A report to copy."),
            receipt=Receipt.new(),
        )
        have = 1
    with scopes_disabled(), connection.cursor() as cursor:
        first: Any = Report.objects.order_by("pk").values().first()
        if first is None:
            raise RuntimeError("There is no report to copy.")
        model = {name: value for name, value in first.items() if name != "id"}
        at = now()
        moment = connection.ops.adapt_datetimefield_value

        def rows() -> Iterator[list[Any]]:
            for number in range(have, want):
                place = schools[number % len(schools)]
                came = at - timedelta(minutes=2 * (want - number) % (5 * 365 * 24 * 60), seconds=number % 60)
                is_open = number % 50 == 0
                row = dict(model) | {
                    "uuid": f"{number:032x}",
                    "record": f"{number + 2**100:032x}",
                    "number": f"{number:08d}",
                    "district_id": place.parent_id,
                    "organization_id": place.pk,
                    "desk_id": place.pk,
                    "urgency": f"U{number % 4 + 1}",
                    "state": "received" if is_open else "finished",
                    "received_at": moment(came),
                    "acknowledge_by": moment(came + timedelta(hours=4)),
                    "decide_by": moment(came + timedelta(days=10)),
                    "acknowledged_at": None if is_open else moment(came),
                    "decided_at": None if is_open else moment(came),
                    "closed_at": None if is_open else moment(came + timedelta(days=1)),
                    "locator_digest": None,
                    "content_digest": None,
                }
                yield [row[name] for name in model]

        columns = ", ".join(connection.ops.quote_name(name) for name in model)
        statement = (
            f"INSERT INTO {Report._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(model))})"  # noqa: S608 - names of columns
        )
        with transaction.atomic():
            for batch in itertools.batched(rows(), 5_000):
                cursor.executemany(statement, list(batch))
